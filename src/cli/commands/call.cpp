#include "cli/context/command.hpp"
#include "cli/context/parse.hpp"
#include "cli/context/subcommands.hpp"
#include "client/session/passthrough.hpp"

#include <memory>

namespace omen {

namespace {

struct RestOptions {
    std::string method;
    std::string path;
    std::string data;
};

void add_rest(CLI::App& app, Run& run) {
    auto options = std::make_shared<RestOptions>();
    app.add_option("method", options->method, "GET, POST or DELETE")->required();
    app.add_option("path", options->path, "like /api/v1/markets")->required();
    app.add_option("--data", options->data, "a JSON body");
    run = {[options](Context& context) {
        const bool known = options->method == "GET" || options->method == "POST" || options->method == "DELETE";
        if (!known) parse::bad_value("method", options->method, "GET, POST or DELETE");
        if (!options->path.starts_with('/')) parse::bad_value("path", options->path, "a path (it begins with /)");
        auto& output = context.console.output(); // that it can't be written is found out before anything is sent
        const auto body = context.sessions.rest().call(options->method, options->path, options->data);
        output.text(body);
        if (!body.empty() && !body.ends_with('\n')) output.text("\n");
        return Exit::done;
    }};
}

/// What a profile does not allow does not go this way either.
void check_limits(const std::string& json, Context& context) {
    if (!context.settings.values().limits.any()) return;
    auto command = gateway_command(json);
    if (auto* order = std::get_if<gw::Order>(&command)) context.sessions.check_limits(std::move(*order));
    if (auto* amend = std::get_if<gw::Amend>(&command)) context.sessions.check_limits(std::move(*amend));
}

void add_gateway(CLI::App& app, Run& run) {
    auto json = std::make_shared<std::string>();
    app.add_option("json", *json, R"(a command like {"type":"get_orders"}; an id is added)")->required();
    run = {[json](Context& context) {
        check_limits(*json, context);
        context.console.output().text(call_gateway(context.settings.environment().gateway, context.sessions.token(),
                                                   *json, context.sessions.deadline(), context.sessions.socket()) +
                                      "\n");
        return Exit::done;
    }};
}

struct MarketDataOptions {
    std::string json;
    std::uint64_t count = 1;
};

void add_market_data(CLI::App& app, Run& run) {
    auto options = std::make_shared<MarketDataOptions>();
    app.add_option("json", options->json, R"(a command like {"type":"subscribe","channel":"trades:1"})")->required();
    parse::option(app, "--count", options->count, parse::whole_from(1, UINT64_MAX),
                  "how many events to show (default 1)");
    run = {[options](Context& context) {
        const auto print = [&](const std::string& event) {
            context.console.output().text(event + "\n");
            context.console.output().flush();
        };
        call_market_data(context.settings.environment().market_data, options->json, options->count,
                         context.sessions.deadline(), print, context.sessions.socket());
        return Exit::done;
    }};
}

constexpr Command call_subcommands[] = {
    {"rest", "send a request; the answer's body as it came", add_rest},
    {"gateway", "send a command to the trading gateway; its reply as JSON", add_gateway},
    {"market-data", "send a command to the market-data feed; its events as JSON", add_market_data},
};

} // namespace

void add_call(CLI::App& app, Run& run) {
    add_subcommands(app, run, call_subcommands);
}

} // namespace omen
