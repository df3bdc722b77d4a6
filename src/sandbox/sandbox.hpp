#pragma once

#include "core/enums.hpp"
#include "core/time.hpp"
#include "protocol/recording.hpp"
#include "sandbox/faults/fault_spec.hpp"
#include "sandbox/servers/limits.hpp"
#include "system/files.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace omen::sandbox {

struct Options {
    std::uint16_t rest_port = 8083; ///< 0: any free one; the same for the other two
    std::uint16_t gateway_port = 8080;
    std::uint16_t market_data_port = 8082;
    std::vector<std::string> listen{};    ///< IP addresses; empty: 127.0.0.1, and ::1 where there is IPv6
    std::vector<std::string> hosts{};     ///< names of its own beside those of the loopback interface and of `listen`
    std::uint64_t seed = 1;               ///< of the generated markets, and of the faults that come by chance
    std::uint64_t volatility = 1;         ///< of the generated markets, 1 to 1000; see Generator
    std::optional<Recording> recording{}; ///< served instead of generated markets
    std::optional<std::uint32_t> speed =
        1;                        ///< how many times faster the markets run; none: as fast as subscribers read
    bool loop = false;            ///< begin the recording again at its end
    unsigned start_after = 0;     ///< the markets begin to move after this many book subscriptions
    std::string state_dir{};      ///< where the signing key and the control's key are
    bool exit_with_stdin = false; ///< stop at the end of standard input
    Milliseconds funding_interval = std::chrono::hours(1); ///< by this machine's clock, however fast the markets run
    std::vector<std::string> command{};                    ///< run this and stop when it ends
    Limits limits{};
    std::vector<FaultSpec> faults{};    ///< switched on from the start
    std::string log{};                  ///< of the trading commands; see TruthLog
    IfThere if_there = IfThere::refuse; ///< of the log
};

/// How to reach a sandbox that is up. The token is the account "default"'s, which is linked and funded.
struct Ready {
    std::string rest_url;
    std::string gateway_url;
    std::string market_data_url;
    std::string token;

    /// The variables that omenctl reads, "NAME=value".
    std::vector<std::string> variables() const;
};

/// Runs the embedded exchange. Calls `on_ready` once its three servers accept connections, then serves until SIGINT or
/// SIGTERM or the end of standard input (returns 0), or until the command has ended (returns its status, or 128 + its
/// signal; SIGTERM and SIGHUP, and the end of standard input as the former, are passed on to it). Throws Interrupted
/// for SIGHUP and SIGQUIT without a command, and where the command died of SIGINT. A usage Error when a port is taken
/// or the command can't be started.
int run(const Options& options, const std::function<void(const Ready&)>& on_ready);

struct TokenOptions {
    std::string account = "default";
    std::vector<Permission> permissions{Permission::read, Permission::trade};
    Milliseconds ttl = std::chrono::hours(1); ///< whole seconds count
};

/// A token that every sandbox with this state directory accepts, running or not.
std::string mint_token(const std::string& state_dir, const TokenOptions& options);

} // namespace omen::sandbox
