#include "sandbox/sandbox.hpp"

#include "cli/commands/sandbox_audit.hpp"
#include "cli/commands/sandbox_fault.hpp"
#include "cli/context/command.hpp"
#include "cli/context/parse.hpp"
#include "cli/context/subcommands.hpp"
#include "core/text.hpp"
#include "sandbox/flow/recording_file.hpp"

#include <iostream>
#include <memory>

namespace omen {

namespace {

struct SandboxOptions {
    sandbox::Options sandbox;
    std::optional<std::string> recording;
};

std::uint16_t parse_port(const std::string& name, const std::string& text) {
    return static_cast<std::uint16_t>(parse::whole(name, text, 0, 65535));
}

unsigned parse_subscriptions(const std::string& name, const std::string& text) {
    return static_cast<unsigned>(parse::whole(name, text, 0, 1000));
}

std::optional<std::uint32_t> parse_speed(const std::string& name, const std::string& text) {
    if (text == "max") return std::nullopt;
    return static_cast<std::uint32_t>(parse::whole(name, text, 1, 1000));
}

std::string parse_host(const std::string& name, const std::string& text) {
    if (!is_visible_ascii(text) || text.find_first_of("/:@") != text.npos)
        parse::bad_value(name, text, "a name alone, without scheme and port");
    return text;
}

Milliseconds parse_funding_interval(const std::string& name, const std::string& text) {
    const auto interval = parse::duration(name, text);
    if (interval < std::chrono::seconds(1)) parse::bad_value(name, text, "at least 1s");
    return interval;
}

void print_ready(Output& output, const sandbox::Ready& ready) {
    output.text("OMENCTL_REST_URL=" + ready.rest_url + "\nOMENCTL_GATEWAY_URL=" + ready.gateway_url +
                "\nOMENCTL_MARKET_DATA_URL=" + ready.market_data_url + "\nOMENCTL_TOKEN=" + ready.token + "\n");
    output.flush();
}

Exit run_sandbox(SandboxOptions options, Context& context) {
    options.sandbox.if_there = context.settings.flags().if_there;
    options.sandbox.state_dir = sandbox_state_directory(context.settings);
    if (options.recording)
        options.sandbox.recording = sandbox::load_recording(*options.recording, context.sessions.deadline());
    const bool for_command = !options.sandbox.command.empty();
    const auto on_ready = [&](const sandbox::Ready& ready) {
        if (!for_command) print_ready(context.console.output(), ready);
    };
    return static_cast<Exit>(sandbox::run(options.sandbox, on_ready));
}

struct MintOptions {
    sandbox::TokenOptions token;
};

std::vector<Permission> parse_permissions(const std::string& name, const std::string& text) {
    std::vector<Permission> permissions;
    for (std::size_t at = 0; at <= text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        permissions.push_back(parse::one_of<Permission>(name, text.substr(at, comma - at)));
        at = comma + 1;
    }
    return permissions;
}

void add_token(CLI::App& app, Run& run) {
    auto options = std::make_shared<MintOptions>();
    app.add_option("--account", options->token.account, "whose token (default: default, linked and funded)");
    parse::option(app, "--permissions", options->token.permissions, parse_permissions,
                  "of read, trade and withdraw, with commas (default read,trade)");
    parse::option(app, "--ttl", options->token.ttl, parse::duration, "how long it is valid (default 1h)");
    run = {[options](Context& context) {
        context.console.output().text(sandbox::mint_token(sandbox_state_directory(context.settings), options->token) +
                                      "\n");
        return Exit::done;
    }};
}

constexpr Command sandbox_subcommands[] = {
    {"token", "mint a token for the sandbox; works from any process", add_token},
    {"fault", "let things go wrong in the running sandbox", add_sandbox_fault},
    {"audit", "whether the running sandbox's money and books add up", add_sandbox_audit},
};

} // namespace

void add_sandbox(CLI::App& app, Run& run) {
    auto options = std::make_shared<SandboxOptions>();
    auto& sandbox = options->sandbox;
    add_subcommands(app, run, sandbox_subcommands);
    app.require_subcommand(0, 1);
    parse::option(app, "--rest-port", sandbox.rest_port, parse_port, "default 8083; 0: any free one");
    parse::option(app, "--gateway-port", sandbox.gateway_port, parse_port, "default 8080; 0: any free one");
    parse::option(app, "--market-data-port", sandbox.market_data_port, parse_port, "default 8082; 0: any free one");
    // One word each: CLI11 would take the "--" of a command for the end of a list.
    app.add_option("--listen", sandbox.listen, "an address to listen on; repeatable (default: this machine's own only)")
        ->allow_extra_args(false);
    app.add_option_function<std::vector<std::string>>(
           "--host",
           [&sandbox](const std::vector<std::string>& names) {
               for (const auto& name : names) sandbox.hosts.push_back(parse_host("--host", name));
           },
           "another name under which it is reached; repeatable (default: localhost, and what it listens on)")
        ->allow_extra_args(false);
    parse::option(app, "--seed", sandbox.seed, parse::whole_from(0, UINT64_MAX), "of the generated market flow");
    parse::option(app, "--volatility", sandbox.volatility, parse::whole_from(1, 1000),
                  "of the generated market flow: how many times larger its steps are (default 1)");
    parse::option(app, "--funding-interval", sandbox.funding_interval, parse_funding_interval,
                  "how often funding is paid, at whole multiples since the epoch (default 1h)");
    app.add_option("--recording", options->recording, "replay this recording instead of generating a market");
    parse::option(app, "--speed", sandbox.speed, parse_speed, "of the replay: 1, 10, ... or max (default 1)");
    app.add_flag("--loop", sandbox.loop, "begin the replay again at its end");
    parse::option(app, "--start-after", sandbox.start_after, parse_subscriptions,
                  "hold the replay until there are this many book subscriptions");
    app.add_flag_callback(
        "--no-limits", [&sandbox] { sandbox.limits.lift_rates(); }, "take orders and cancels as fast as they come");
    app.add_flag("--exit-with-stdin", sandbox.exit_with_stdin, "end when standard input closes");
    app.add_option_function<std::vector<std::string>>(
           "--fault",
           [&sandbox](const std::vector<std::string>& specs) {
               for (const auto& spec : specs) sandbox.faults.push_back(sandbox::FaultSpec::parse(spec));
           },
           "let this go wrong: NAME[:key=value,...]; repeatable")
        ->allow_extra_args(false);
    app.add_option("--log", sandbox.log, "write what the exchange saw of every order, cancel and amend to this file");
    app.add_option("command", sandbox.command, "behind --: run this against the sandbox and return its status");
    run = {[options](Context& context) { return run_sandbox(*options, context); }};
}

} // namespace omen
