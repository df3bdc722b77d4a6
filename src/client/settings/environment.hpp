#pragma once

#include "client/settings/setting.hpp"
#include "system/variables.hpp"
#include "transport/url.hpp"

#include <optional>
#include <string>
#include <vector>

namespace omen {

struct Config;

/// A URL that knows where it came from.
struct Endpoint : Url {
    std::string origin = "built in";
};

/// The three endpoints of one exchange, and the token that belongs to it.
struct Environment {
    std::string name;
    Endpoint rest{};
    Endpoint gateway{};
    Endpoint market_data{};
    Maybe<std::string> token_file{};
    Maybe<std::vector<std::string>> token_command{};

    /// Whether all three endpoints are on this machine.
    bool loopback() const { return rest.loopback() && gateway.loopback() && market_data.loopback(); }
};

/// Who chooses an environment, most important first; without any of them it is "local".
struct EnvironmentChoice {
    Maybe<std::string> flag{};     ///< --env
    Maybe<std::string> variable{}; ///< OMENCTL_ENV
    Maybe<std::string> profile{};

    Setting<std::string> name() const { return first_of({flag, variable, profile}, std::string("local")); }
};

/// Whether an environment of this name is there without being configured: "local" and "test".
bool is_built_in(const std::string& name);

/// The environment to use: "local" or "test" (which the configuration may extend), or one of the configuration's own.
/// OMENCTL_REST_URL, OMENCTL_GATEWAY_URL and OMENCTL_MARKET_DATA_URL move single endpoints, unless --env has chosen it;
/// an environment with a moved endpoint is another exchange, and its own token stays behind. Errors: usage, for an
/// unknown name or a bad URL.
Environment select_environment(const EnvironmentChoice& choice, const Variables& variables, const Config& config);

/// The exchange that variables or the profile choose, as it would be without --env; nothing where none of them says
/// anything. OMENCTL_TOKEN belongs to it.
std::optional<Environment> chosen_without_flag(EnvironmentChoice choice, const Variables& variables,
                                               const Config& config);

/// Whether two environments lead to the same endpoints.
bool same_exchange(const Environment& left, const Environment& right);

} // namespace omen
