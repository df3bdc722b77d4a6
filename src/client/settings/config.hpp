#pragma once

#include "client/settings/limits.hpp"
#include "client/settings/setting.hpp"
#include "core/output_format.hpp"
#include "core/time.hpp"
#include "system/variables.hpp"
#include "transport/url.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

/// The configuration file, $XDG_CONFIG_HOME/omenctl/config.toml. The tables of keys below are its schema: reading,
/// `config init` and the messages about misspelt keys all follow from them.
namespace omen {

/// One key of a table of the file. The member's type says what its value may be.
template <class Table, class T> struct ConfigKey {
    std::string_view name;
    Maybe<T> Table::*member;
    std::string_view example; ///< as `config init` writes it
    std::string_view meaning;
};

template <class Table, class T>
constexpr ConfigKey<Table, T> config_key(std::string_view name, Maybe<T> Table::*member, std::string_view example,
                                         std::string_view meaning) {
    return {name, member, example, meaning};
}

/// A [profile.NAME]: what its owner wants where neither a flag nor a variable says otherwise.
struct Profile : Limits {
    std::string name{}; ///< empty: none is used
    Maybe<std::string> environment{};
    Maybe<Format> output{};
    Maybe<bool> raw{};
    Maybe<Milliseconds> timeout{};
    Maybe<std::uint32_t> retries{};
    Maybe<ColourChoice> colour{};
    Maybe<bool> confirm{};
    Maybe<bool> pipeline{};

    static constexpr auto keys() {
        return std::tuple(config_key("env", &Profile::environment, "\"test\"", "local, test or one of your own, below"),
                          config_key("output", &Profile::output, "\"table\"", "table, json, ndjson or csv"),
                          config_key("raw", &Profile::raw, "false", "amounts as integers scaled by 1e18"),
                          config_key("timeout", &Profile::timeout, "\"10s\"", "of a command; of a stream, each step"),
                          config_key("retries", &Profile::retries, "2", "how often REST reads are tried again"),
                          config_key("color", &Profile::colour, "\"auto\"", "auto, always or never"),
                          config_key("confirm", &Profile::confirm, "true", "ask before orders, on a terminal"),
                          config_key("pipeline", &Profile::pipeline, "true", "send the first command along with auth"),
                          config_key("max_order_notional", &Profile::max_order_notional, "\"50000\"",
                                     "refuse orders that come to more"),
                          config_key("max_order_size", &Profile::max_order_size, "\"10\"", "refuse larger orders"),
                          config_key("allowed_markets", &Profile::allowed_markets, "[\"BTC-PERP\", \"ETH-PERP\"]",
                                     "refuse orders in others"));
    }
};

/// A URL that must be http or https, and one that must be ws or wss.
struct HttpUrl : Url {};
struct SocketUrl : Url {};

/// An [env.NAME]: one of the user's own, or what is different about a built-in one.
struct EnvironmentTable {
    std::string name{};
    Maybe<HttpUrl> rest{};
    Maybe<SocketUrl> gateway{};
    Maybe<SocketUrl> market_data{};
    Maybe<std::string> token_file{}; ///< absolute, or beginning with "~/"
    Maybe<std::vector<std::string>> token_command{};

    static constexpr auto keys() {
        return std::tuple(
            config_key("rest", &EnvironmentTable::rest, "\"https://api.example.org\"", "http:// or https://"),
            config_key("gateway", &EnvironmentTable::gateway, "\"wss://ws.example.org/\"", "ws:// or wss://"),
            config_key("market_data", &EnvironmentTable::market_data, "\"wss://stream.example.org/\"",
                       "ws:// or wss://"),
            config_key("token_file", &EnvironmentTable::token_file, "\"~/.config/omenctl/token\"",
                       "readable by you alone"),
            config_key("token_command", &EnvironmentTable::token_command, "[\"pass\", \"show\", \"omen/paper\"]",
                       "instead: a program (no shell) that prints the token"));
    }
};

/// What the file says. `default_profile` can't be called "profile": in TOML that name is taken by [profile.NAME].
struct Config {
    std::string path{}; ///< empty: there is none
    Maybe<std::string> default_profile{};
    std::vector<Profile> profiles{};
    std::vector<EnvironmentTable> environments{};

    static constexpr auto keys() {
        return std::tuple(config_key("default_profile", &Config::default_profile, "\"paper\"",
                                     "which [profile.NAME] to use; without this, one called default"));
    }
};

/// Where the file is: as --config says, else OMENCTL_CONFIG, else in the user's configuration directory; empty when
/// none of these is known.
Setting<std::string> config_path(const Maybe<std::string>& flag, const Variables& variables);

/// Reads the file, or pipe. One that is not there is like an empty one, unless its path was given. Errors: usage,
/// naming file and line, for whatever is not in the tables above.
Config load_config(const Setting<std::string>& path, Deadline deadline = Deadline::never());
Config parse_config(std::string_view text, const std::string& path);

/// The profile of this name. One that does not exist is a usage Error, unless nobody asked for it.
Profile find_profile(const Config& config, const Setting<std::string>& name);

/// A file to begin with: every key, commented out, with its meaning.
std::string example_config();

} // namespace omen
