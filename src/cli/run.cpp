#include "cli/run.hpp"

#include "cli/command.hpp"
#include "cli/parse.hpp"
#include "cli/report.hpp"
#include "cli/subcommands.hpp"
#include "cli/usage.hpp"
#include "transport/signals.hpp"
#include "transport/websocket.hpp"

#include <string_view>

namespace omen {

namespace {

constexpr Command command_table[] = {
    {"markets", "list markets, or show one", add_markets},
    {"book", "show an order book", add_book},
    {"ticker", "24-hour statistics", add_ticker},
    {"trades", "latest trades of a market", add_trades},
    {"positions", "open positions of your wallet", add_positions},
    {"account", "balance and profit or loss", add_account},
    {"orders", "open orders, or one order by its client order id", add_orders},
    {"order", "place an order", add_order},
    {"cancel", "cancel orders", add_cancel},
    {"amend", "change an order's price or size", add_amend},
    {"stream", "follow books or trades", add_stream},
    {"sandbox", "run a complete local exchange", add_sandbox},
};

/// The format for errors of a command line that could not be parsed.
Format requested_format(int argc, const char* const* argv, const Variables& variables) {
    std::string name = variables("OMENCTL_OUTPUT").value_or("table");
    for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
        const std::string_view word = argv[i];
        const bool apart = word == "-o" || word == "--output";
        if (apart && i + 1 < argc) name = argv[i + 1];
        if (word.starts_with("--output=")) name = word.substr(9);
        if (word.starts_with("-o") && word.size() > 2) name = word.substr(word[2] == '=' ? 3 : 2);
    }
    return parse_enum<Format>(name).value_or(Format::table);
}

void add_global_options(CLI::App& app, GlobalOptions& options, const Variables& variables) {
    if (const auto format = variables("OMENCTL_OUTPUT"))
        options.format = parse::one_of<Format>("OMENCTL_OUTPUT", *format);
    parse::option(app, "-o,--output", options.format, parse::one_of<Format>, "table, json or ndjson (OMENCTL_OUTPUT)");
    app.add_flag("--raw", options.raw, "amounts as integers scaled by 1e18");
    app.add_option("--env", options.environment, "local or test (OMENCTL_ENV); beats OMENCTL_*_URL");
    parse::option(app, "--timeout", options.timeout, parse::duration,
                  "for the whole of a one-shot command; for a stream, each step (default 10s)");
    app.add_flag("-y,--yes", options.yes, "don't ask for confirmation");
    app.add_option("--token-file", options.token.file, "read the token from this file");
    app.add_flag("--token-stdin", options.token.standard_input, "read the token from standard input");
    app.add_flag_callback(
        "--no-pipeline", [&options] { options.pipeline = false; },
        "wait for the answer to auth before the first command");
    app.footer("These flags go with every command. Each command has its own: omenctl COMMAND --help");
}

/// Writes out what a command left. Its reader having gone ends a read well, and leaves a trading command its own
/// outcome.
Exit finish(Context& context, Exit exit) {
    try {
        context.output().flush();
        return exit;
    } catch (const OutputFailed& failure) {
        if (failure.closed) return exit;
        const auto outcome = context.outcome().empty() ? "" : " (" + context.outcome() + ")";
        report(Error(Fault::internal, "stdout: " + failure.reason + outcome, {.code = "output_failed"}),
               context.options().format);
        return Exit::internal;
    }
}

Exit report_and_finish(Context& context, const Error& error) {
    finish(context, Exit::done);
    const bool nothing_there = error.fault() == Fault::unreachable && error.detail().code == "connect_failed";
    if (nothing_there && error.detail().hint.empty() && context.environment().loopback()) {
        auto detail = error.detail();
        detail.hint = "start a local exchange with: omenctl sandbox";
        report(Error(error.fault(), error.what(), detail), context.options().format);
    } else {
        report(error, context.options().format);
    }
    return error.exit_code();
}

Exit execute(Context& context, const Run& run_command) {
    try {
        return finish(context, run_command(context));
    } catch (const Error& error) {
        return report_and_finish(context, error);
    } catch (const Interrupted& interrupted) {
        return finish(context, static_cast<Exit>(128 + interrupted.signal));
    } catch (const OutputFailed& failure) {
        if (failure.closed) return Exit::done;
        return report_and_finish(context,
                                 Error(Fault::internal, "stdout: " + failure.reason, {.code = "output_failed"}));
    } catch (const WebSocket::OutputClosed&) {
        return Exit::done;
    } catch (const DecimalError& error) {
        return report_and_finish(context, Error(Fault::internal, std::string("arithmetic: ") + error.what()));
    }
}

} // namespace

std::span<const Command> commands() {
    return command_table;
}

int run(int argc, const char* const* argv, const Variables& variables) {
    const auto format = requested_format(argc, argv, variables);
    try {
        signals::install();
        CLI::App app("omenctl: the command line of the Omen perpetuals exchange", "omenctl");
        app.set_version_flag("--version", "omenctl " OMENCTL_VERSION);
        GlobalOptions options;
        add_global_options(app, options, variables);
        Run run_command;
        add_subcommands(app, run_command, commands());
        try {
            app.parse(argc, argv);
        } catch (const CLI::Success& request) { // --help and --version
            return app.exit(request);
        } catch (const CLI::ParseError& error) {
            throw usage_error(app, error);
        }
        Context context(std::move(options), variables);
        return static_cast<int>(execute(context, run_command));
    } catch (const Error& error) {
        report(error, format);
        return static_cast<int>(error.exit_code());
    } catch (const std::exception& error) {
        report(Error(Fault::internal, std::string("internal failure: ") + error.what()), format);
        return static_cast<int>(Exit::internal);
    }
}

} // namespace omen
