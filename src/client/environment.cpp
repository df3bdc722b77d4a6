#include "client/environment.hpp"

#include "core/error.hpp"

#include <cstdlib>

namespace omen {

namespace {

Environment named(const std::string& name) {
    if (name == "local")
        return {name, Url::parse("http://localhost:8083"), Url::parse("ws://localhost:8080/"),
                Url::parse("ws://localhost:8082/")};
    if (name == "test")
        return {name, Url::parse("https://api.perps.test.omen.trade"), Url::parse("wss://ws.perps.test.omen.trade/"),
                Url::parse("wss://stream.perps.test.omen.trade/")};
    throw Error(
        Fault::usage, "environment \"" + name + "\": not known",
        {.hint = "use local or test, or set OMENCTL_REST_URL, OMENCTL_GATEWAY_URL and OMENCTL_MARKET_DATA_URL"});
}

void override_url(Url& url, const std::string& variable, bool web_socket, const Variables& variables) {
    const auto text = variables(variable);
    if (!text) return;
    url = Url::parse(*text);
    const bool right_kind = web_socket == url.scheme.starts_with("ws");
    if (!right_kind)
        throw Error(Fault::usage, variable + ": " + *text + " has the wrong scheme",
                    {.hint = web_socket ? "use a ws:// or wss:// URL" : "use an http:// or https:// URL"});
}

} // namespace

std::optional<std::string> process_variable(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
}

Environment select_environment(const std::optional<std::string>& chosen, const Variables& variables) {
    if (chosen) return named(*chosen);
    auto environment = named(variables("OMENCTL_ENV").value_or("local"));
    override_url(environment.rest, "OMENCTL_REST_URL", false, variables);
    override_url(environment.gateway, "OMENCTL_GATEWAY_URL", true, variables);
    override_url(environment.market_data, "OMENCTL_MARKET_DATA_URL", true, variables);
    return environment;
}

} // namespace omen
