#include "cli/app/run.hpp"

#include "cli/app/usage.hpp"
#include "cli/context/report.hpp"
#include "cli/context/subcommands.hpp"
#include "system/descriptor.hpp"
#include "system/signals.hpp"
#include "transport/websocket.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <sstream>
#include <string_view>
#include <vector>

namespace omen {

namespace {

constexpr Command command_table[] = {
    {"markets", "list markets, or show one", add_markets},
    {"book", "show an order book", add_book},
    {"ticker", "24-hour statistics", add_ticker},
    {"trades", "latest trades of a market", add_trades},
    {"candles", "price history of a market", add_candles},
    {"wallet", "show, link or unlink your wallet", add_wallet},
    {"positions", "open positions of your wallet", add_positions},
    {"account", "balance and profit or loss", add_account},
    {"orders", "open orders, or one order by its client order id", add_orders},
    {"fills", "executions of your orders", add_fills},
    {"order", "place an order", add_order},
    {"cancel", "cancel orders", add_cancel},
    {"amend", "change an order's price or size", add_amend},
    {"close", "flatten positions at market", add_close},
    {"batch", "orders, cancels and amends from NDJSON, over one session", add_batch},
    {"journal", "what was sent, and what became of it", add_journal},
    {"stream", "follow books, trades, prices or your account", add_stream},
    {"health", "is the exchange up, and how far away", add_health},
    {"risk", "bad debt and the insurance fund", add_risk},
    {"call", "send a raw request: JSON in, JSON out", add_call},
    {"config", "where the settings come from, and which are in force", add_config},
    {"sandbox", "run a complete local exchange", add_sandbox},
    {"version", "which omenctl this is", add_version},
    {"help", "explain exit codes", add_help},
};

/// The format that the command line asks for, parsed or not.
std::optional<Format> requested_format(int argc, const char* const* argv) {
    std::optional<Format> format;
    for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
        const std::string_view word = argv[i];
        const bool apart = word == "-o" || word == "--output";
        if (apart && i + 1 < argc) format = parse_enum<Format>(argv[i + 1]);
        if (word.starts_with("--output=")) format = parse_enum<Format>(word.substr(9));
        if (word.starts_with("-o") && word.size() > 2) format = parse_enum<Format>(word.substr(word[2] == '=' ? 3 : 2));
    }
    return format;
}

/// The format for errors, even where it is the settings that are wrong: what can be known of it.
Format format_of_errors(int argc, const char* const* argv, Settings& settings) {
    if (const auto format = requested_format(argc, argv)) return *format;
    const auto by_variable = [&] {
        return parse_enum<Format>(settings.variables()("OMENCTL_OUTPUT").value_or("")).value_or(Format::table);
    };
    if (!settings.may_be_read_at_once()) return by_variable();
    try {
        return settings.values().output;
    } catch (const Error&) {
        return by_variable();
    }
}

using OnError = std::function<void(const Error& error)>;

/// The outcome of a trading command is stated on stderr where stdout can't be written.
Error error_of(const OutputFailed& failure, const std::string& outcome = {}) {
    const auto stated = outcome.empty() ? "" : " (" + outcome + ")";
    return Error(Fault::internal, failure.reason + stated, {.code = "output_failed"});
}

/// Writes out what a command left. Its reader having gone ends a read well, and leaves a trading command its own
/// outcome.
Exit finish(Context& context, Exit exit, const OnError& on_error) {
    try {
        context.console.flush();
        context.sessions.report_recording();
        return exit;
    } catch (const OutputFailed& failure) {
        if (failure.closed) return exit;
        on_error(error_of(failure, context.console.outcome()));
        return Exit::internal;
    }
}

Exit finish_failed(Context& context, const Error& error, const OnError& on_error) {
    finish(context, Exit::done, on_error);
    const bool nothing_there = error.fault() == Fault::unreachable && error.detail().code == "connect_failed";
    auto detail = error.detail();
    if (nothing_there && detail.hint.empty() && context.settings.environment().loopback())
        detail.hint = "start a local exchange with: omenctl sandbox";
    on_error(context.console.without_secrets(Error(error.fault(), error.what(), detail)));
    return error.exit_code();
}

Exit execute(Context& context, const Run& run_command, const OnError& on_error) {
    try {
        return finish(context, run_command.start(context), on_error);
    } catch (const Error& error) {
        return finish_failed(context, error, on_error);
    } catch (const OutputFailed& failure) {
        if (failure.closed) return Exit::done;
        return finish_failed(context, error_of(failure, context.console.outcome()), on_error);
    } catch (const WebSocket::OutputClosed&) {
        return Exit::done;
    } catch (const DecimalError& error) {
        return finish_failed(context, Error(Fault::internal, std::string("arithmetic: ") + error.what()), on_error);
    }
}

/// Runs the command. A signal wins over every outcome, which stderr then states.
Exit execute_for_signals(Context& context, const Run& run_command, const OnError& on_error) {
    const auto note_outcome = [&] {
        const auto& outcome = context.console.outcome();
        if (!outcome.empty()) context.console.note("interrupted; " + outcome);
    };
    try {
        const auto exit = execute(context, run_command, on_error);
        if (signals::received()) note_outcome();
        return exit;
    } catch (const Interrupted&) {
        finish(context, Exit::done, on_error);
        note_outcome();
        throw;
    }
}

/// A command line, and what it has chosen. The App refers to the rest.
struct CommandLine {
    CLI::App app{};
    GlobalFlags flags{};
    Run run{};

    void parse(int argc, const char* const* argv, std::optional<Words> only_for) {
        build_app(app, flags, run, only_for);
        app.parse(argc, argv);
    }
};

/// Registering every command costs a start half a millisecond, so it is done only where help or an error lists them.
void read_command_line(std::optional<CommandLine>& line, int argc, const char* const* argv) {
    try {
        line.emplace().parse(argc, argv, Words(argv, static_cast<std::size_t>(argc)));
    } catch (const CLI::CallForVersion&) {
        throw;
    } catch (const CLI::ParseError&) {
        line.emplace().parse(argc, argv, std::nullopt);
    }
}

/// What can be wrong in any command's line. Nothing has been sent yet.
void check_command_line(const CommandLine& line) {
    refuse_empty_values(line.app);
    if (line.flags.token.file && line.flags.token.standard_input)
        throw Error(Fault::usage, "--token-file and --token-stdin exclude each other",
                    {.code = "bad_flags", .hint = "choose one"});
    check_fields(line.flags.fields, line.run.fields ? line.run.fields() : FieldNames{});
}

/// The commands whose names are among these words: no other can be the chosen one.
std::vector<Command> named_commands(Words words) {
    std::vector<Command> named;
    for (const auto& command : command_table)
        if (std::ranges::any_of(words, [&](std::string_view word) { return word == command.name; }))
            named.push_back(command);
    return named;
}

/// --help and --version.
void print_help(const CLI::App& app, const CLI::Success& request) {
    std::ostringstream text;
    app.exit(request, text, text);
    Output output{{}};
    output.text(text.str());
    output.flush();
}

int run_command_line(int argc, const char* const* argv, const Variables& variables) {
    std::optional<CommandLine> line;
    std::optional<Context> context;
    const auto on_error = [&](const Error& error) {
        Settings known(line ? line->flags : GlobalFlags{}, variables);
        report(error, format_of_errors(argc, argv, context ? context->settings : known));
    };
    try {
        occupy_standard_descriptors();
        signals::install();
        try {
            read_command_line(line, argc, argv);
        } catch (const CLI::Success& request) {
            print_help(line->app, request);
            return 0;
        } catch (const CLI::ParseError& error) {
            throw usage_error(line->app, error);
        }
        check_command_line(*line);
        context.emplace(line->flags, variables);
        return static_cast<int>(execute_for_signals(*context, line->run, on_error));
    } catch (const Error& error) {
        on_error(error);
        return static_cast<int>(error.exit_code());
    } catch (const OutputFailed& failure) {
        if (failure.closed) return 0;
        on_error(error_of(failure));
        return static_cast<int>(Exit::internal);
    } catch (const std::exception& error) {
        on_error(Error(Fault::internal, std::string("internal failure: ") + error.what()));
        return static_cast<int>(Exit::internal);
    }
}

} // namespace

std::span<const Command> commands() {
    return command_table;
}

void build_app(CLI::App& app, GlobalFlags& flags, Run& run, std::optional<Words> only_for) {
    app.name("omenctl");
    app.description("omenctl: the command line of the Omen perpetuals exchange");
    app.footer("These flags go with every command. Each command has its own: omenctl COMMAND --help");
    app.set_version_flag("--version", "omenctl " OMENCTL_VERSION);
    add_global_options(app, flags, only_for);
    if (only_for)
        add_subcommands(app, run, named_commands(*only_for));
    else
        add_subcommands(app, run, commands());
}

int run(int argc, const char* const* argv, const Variables& variables) {
    const int status = run_command_line(argc, argv, variables);
    // One that comes from here on ends the process by itself: none goes unnoticed.
    signals::restore();
    if (const auto signal = signals::received()) throw Interrupted{*signal};
    return status;
}

} // namespace omen
