#pragma once

#include "transport/url.hpp"

#include <functional>
#include <optional>
#include <string>

namespace omen {

/// The three doors of one exchange.
struct Environment {
    std::string name;
    Url rest;
    Url gateway;
    Url market_data;

    /// Whether all three doors are on this machine.
    bool loopback() const { return rest.loopback() && gateway.loopback() && market_data.loopback(); }
};

/// Looks an environment variable up; nothing when it is unset or empty.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;
std::optional<std::string> process_variable(const std::string& name);

/// The environment to use. `chosen` (--env) beats OMENCTL_ENV and the OMENCTL_REST_URL, OMENCTL_GATEWAY_URL and
/// OMENCTL_MARKET_DATA_URL variables; without any of them it is "local". "local" and "test" are documented by Omen.
/// Errors: usage, for an unknown name or a bad URL.
Environment select_environment(const std::optional<std::string>& chosen, const Variables& variables);

} // namespace omen
