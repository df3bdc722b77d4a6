#include "cli/run.hpp"

#include "cli/parse.hpp"
#include "cli/report.hpp"
#include "cli/subcommands.hpp"
#include "cli/usage.hpp"
#include "transport/signals.hpp"
#include "transport/websocket.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
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
    {"help", "on exit codes", add_help},
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
Format format_of_errors(int argc, const char* const* argv, const GlobalFlags& flags, const Variables& variables) {
    if (const auto format = requested_format(argc, argv)) return *format;
    try {
        return settle(flags, variables).output;
    } catch (const Error&) {
        return parse_enum<Format>(variables("OMENCTL_OUTPUT").value_or("")).value_or(Format::table);
    }
}

void add_global_options(CLI::App& app, GlobalFlags& flags) {
    parse::setting(app, "-o,--output", flags.output, parse::one_of<Format>,
                   "table, json, ndjson or csv (OMENCTL_OUTPUT)");
    parse::setting_flag(app, "--raw", flags.raw, true, "amounts as integers scaled by 1e18");
    app.add_option("--fields", flags.fields, "only these fields, in this order (a,b,...)")->delimiter(',');
    app.add_flag_callback(
        "--no-header", [&flags] { flags.header = false; }, "no heading line in tables and CSV");
    parse::setting(app, "--color", flags.colour, parse::one_of<ColourChoice>, "auto, always or never (NO_COLOR)");
    parse::setting(app, "--env", flags.environment, parse::text,
                   "local, test or one of your own (OMENCTL_ENV); beats OMENCTL_*_URL");
    parse::setting(app, "--profile", flags.profile, parse::text, "of the configuration (OMENCTL_PROFILE)");
    parse::setting(app, "--config", flags.config, parse::text, "the configuration file (OMENCTL_CONFIG)");
    parse::setting(app, "--timeout", flags.timeout, parse::duration,
                   "for the whole of a one-shot command; for a stream, each step (default 10s)");
    parse::setting_flag(app, "-y,--yes", flags.confirm, false, "don't ask for confirmation");
    app.add_option("--token-file", flags.token.file, "read the token from this file");
    app.add_flag("--token-stdin", flags.token.standard_input, "read the token from standard input");
    parse::setting_flag(app, "--no-pipeline", flags.pipeline, false,
                        "wait for the answer to auth before the first command");
    app.add_flag_callback(
        "-v,--verbose", [&flags] { flags.verbosity = std::max(flags.verbosity, Verbosity::verbose); },
        "tell on stderr what goes over the wire, a line a message");
    app.add_flag_callback(
        "--trace", [&flags] { flags.verbosity = Verbosity::trace; },
        "the same with the messages themselves; secrets are removed");
    app.add_option("--record", flags.record, "write every WebSocket message, decoded, to this file");
    app.footer("These flags go with every command. Each command has its own: omenctl COMMAND --help");
}

using Tell = std::function<void(const Error& error)>;

/// Writes out what a command left. Its reader having gone ends a read well, and leaves a trading command its own
/// outcome.
Exit finish(Context& context, Exit exit, const Tell& tell) {
    try {
        context.flush();
        context.report_recording();
        return exit;
    } catch (const OutputFailed& failure) {
        if (failure.closed) return exit;
        const auto outcome = context.outcome().empty() ? "" : " (" + context.outcome() + ")";
        tell(Error(Fault::internal, "stdout: " + failure.reason + outcome, {.code = "output_failed"}));
        return Exit::internal;
    }
}

Exit tell_and_finish(Context& context, const Error& error, const Tell& tell) {
    finish(context, Exit::done, tell);
    const bool nothing_there = error.fault() == Fault::unreachable && error.detail().code == "connect_failed";
    auto detail = error.detail();
    if (nothing_there && detail.hint.empty() && context.environment().loopback())
        detail.hint = "start a local exchange with: omenctl sandbox";
    tell(context.without_secrets(Error(error.fault(), error.what(), detail)));
    return error.exit_code();
}

/// A signal that came while an outcome was found out counts now that it is known.
Exit after_signal(Context& context, Exit exit) {
    const auto signal = context.interrupted();
    if (!signal) return exit;
    if (!context.outcome().empty()) context.note("interrupted; " + context.outcome());
    return more_serious(exit, static_cast<Exit>(128 + *signal));
}

Exit execute(Context& context, const Run& run_command, const Tell& tell) {
    try {
        return after_signal(context, finish(context, run_command(context), tell));
    } catch (const Error& error) {
        return after_signal(context, tell_and_finish(context, error, tell));
    } catch (const Interrupted& interrupted) {
        return finish(context, static_cast<Exit>(128 + interrupted.signal), tell);
    } catch (const OutputFailed& failure) {
        if (failure.closed) return Exit::done;
        const Error error(Fault::internal, "stdout: " + failure.reason, {.code = "output_failed"});
        return tell_and_finish(context, error, tell);
    } catch (const WebSocket::OutputClosed&) {
        return Exit::done;
    } catch (const DecimalError& error) {
        return tell_and_finish(context, Error(Fault::internal, std::string("arithmetic: ") + error.what()), tell);
    }
}

/// A command line, and what it has chosen. The App refers to the rest.
struct CommandLine {
    CLI::App app{};
    GlobalFlags flags{};
    Run run{};

    void parse(int argc, const char* const* argv, std::span<const Command> among) {
        build_app(app, flags, run, among);
        app.parse(argc, argv);
    }
};

/// The commands whose names are on the command line: no other can be the chosen one.
std::vector<Command> named_commands(int argc, const char* const* argv) {
    const std::span words(argv, static_cast<std::size_t>(argc));
    std::vector<Command> named;
    for (const auto& command : command_table)
        if (std::ranges::find(words, command.name, [](const char* word) { return std::string_view(word); }) !=
            words.end())
            named.push_back(command);
    return named;
}

/// Making all the commands costs a start a third of a millisecond, so it is done only for what help and errors tell.
void read_command_line(std::optional<CommandLine>& line, int argc, const char* const* argv) {
    try {
        line.emplace().parse(argc, argv, named_commands(argc, argv));
    } catch (const CLI::CallForVersion&) {
        throw;
    } catch (const CLI::ParseError&) {
        line.emplace().parse(argc, argv, commands());
    }
}

} // namespace

std::span<const Command> commands() {
    return command_table;
}

void build_app(CLI::App& app, GlobalFlags& flags, Run& run, std::span<const Command> among) {
    app.name("omenctl");
    app.description("omenctl: the command line of the Omen perpetuals exchange");
    app.set_version_flag("--version", "omenctl " OMENCTL_VERSION);
    add_global_options(app, flags);
    add_subcommands(app, run, among);
}

int run(int argc, const char* const* argv, const Variables& variables) {
    std::optional<CommandLine> line;
    const auto tell = [&](const Error& error) {
        report(error, format_of_errors(argc, argv, line ? line->flags : GlobalFlags{}, variables));
    };
    try {
        signals::install();
        try {
            read_command_line(line, argc, argv);
        } catch (const CLI::Success& request) { // --help and --version
            return line->app.exit(request);
        } catch (const CLI::ParseError& error) {
            throw usage_error(line->app, error);
        }
        Context context(line->flags, variables);
        return static_cast<int>(execute(context, line->run, tell));
    } catch (const Error& error) {
        tell(error);
        return static_cast<int>(error.exit_code());
    } catch (const std::exception& error) {
        tell(Error(Fault::internal, std::string("internal failure: ") + error.what()));
        return static_cast<int>(Exit::internal);
    }
}

} // namespace omen
