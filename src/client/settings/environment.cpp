#include "client/settings/environment.hpp"

#include "client/settings/config.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace omen {

namespace {

/// Documented by Omen.
const std::array<Environment, 2>& built_in() {
    static const std::array environments{
        Environment{.name = "local",
                    .rest = {Url::parse("http://localhost:8083")},
                    .gateway = {Url::parse("ws://localhost:8080/")},
                    .market_data = {Url::parse("ws://localhost:8082/")}},
        Environment{.name = "test",
                    .rest = {Url::parse("https://api.perps.test.omen.trade")},
                    .gateway = {Url::parse("wss://ws.perps.test.omen.trade/")},
                    .market_data = {Url::parse("wss://stream.perps.test.omen.trade/")}},
    };
    return environments;
}

template <class List> auto find_name(const List& list, const std::string& name) {
    return std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.name == name; });
}

[[noreturn]] void refuse_unknown(const Setting<std::string>& name, const Config& config) {
    std::vector<std::string> names;
    for (const auto& environment : built_in()) names.push_back(environment.name);
    for (const auto& table : config.environments) names.push_back(table.name);
    const auto meant = nearest(name.value, names);
    throw Error(Fault::usage, "environment \"" + name.value + "\" (" + name.origin + "): not known",
                {.code = "unknown_environment",
                 .hint = meant.empty()
                             ? "use local or test, or describe it in the configuration under [env." + name.value + "]"
                             : "did you mean " + meant + "?"});
}

template <class EndpointUrl> void set(Endpoint& endpoint, const Maybe<EndpointUrl>& url) {
    if (url) endpoint = {url->value, url->origin};
}

Environment find_environment(const Setting<std::string>& name, const Config& config) {
    const auto known = find_name(built_in(), name.value);
    const auto table = find_name(config.environments, name.value);
    const bool is_known = known != built_in().end();
    if (!is_known && table == config.environments.end()) refuse_unknown(name, config);
    Environment environment = is_known ? *known : Environment{.name = name.value};
    if (table == config.environments.end()) return environment;
    set(environment.rest, table->rest);
    set(environment.gateway, table->gateway);
    set(environment.market_data, table->market_data);
    environment.token_file = table->token_file;
    environment.token_command = table->token_command;
    return environment;
}

constexpr std::array endpoint_variables{"OMENCTL_REST_URL", "OMENCTL_GATEWAY_URL", "OMENCTL_MARKET_DATA_URL"};

void move(Endpoint& endpoint, const std::string& variable, const Variables& variables) {
    const auto text = variables(variable);
    if (!text) return;
    const bool web_socket = endpoint.scheme.starts_with("ws");
    endpoint = {Url::parse(*text), variable};
    if (endpoint.scheme.starts_with("ws") != web_socket)
        throw Error(Fault::usage, variable + ": " + *text + " has the wrong scheme",
                    {.hint = web_socket ? "use a ws:// or wss:// URL" : "use an http:// or https:// URL"});
}

Environment with_moved_endpoints(const Environment& home, const Variables& variables) {
    auto environment = home;
    move(environment.rest, endpoint_variables[0], variables);
    move(environment.gateway, endpoint_variables[1], variables);
    move(environment.market_data, endpoint_variables[2], variables);
    if (!same_exchange(environment, home)) {
        environment.token_file.reset();
        environment.token_command.reset();
    }
    return environment;
}

} // namespace

bool is_built_in(const std::string& name) {
    return find_name(built_in(), name) != built_in().end();
}

Environment select_environment(const EnvironmentChoice& choice, const Variables& variables, const Config& config) {
    const auto environment = find_environment(choice.name(), config);
    return choice.flag ? environment : with_moved_endpoints(environment, variables);
}

std::optional<Environment> chosen_without_flag(EnvironmentChoice choice, const Variables& variables,
                                               const Config& config) {
    choice.flag.reset();
    const auto is_set = [&](const char* name) { return variables(name).has_value(); };
    const bool endpoints_moved = std::any_of(endpoint_variables.begin(), endpoint_variables.end(), is_set);
    if (!choice.variable && !choice.profile && !endpoints_moved) return std::nullopt;
    return select_environment(choice, variables, config);
}

bool same_exchange(const Environment& left, const Environment& right) {
    return left.rest.text() == right.rest.text() && left.gateway.text() == right.gateway.text() &&
           left.market_data.text() == right.market_data.text();
}

} // namespace omen
