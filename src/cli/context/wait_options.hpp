#pragma once

#include "cli/context/parse.hpp"
#include "protocol/gateway/messages.hpp"

#include <optional>

namespace omen {

enum class WaitFor { filled, done };

/// --wait and --wait-for.
struct WaitOptions {
    static constexpr Milliseconds default_time{30'000};

    std::optional<WaitFor> until{};
    std::optional<Milliseconds> time{};

    Milliseconds longest() const { return time.value_or(default_time); }
};

void add_wait_options(CLI::App& app, WaitOptions& options);

/// Errors: usage, for --wait-for alone.
void check(const WaitOptions& options);

/// What the state of an order means for whoever has waited for its end. Errors: not_met when it has not ended, refused
/// when it was to be filled and has ended otherwise.
void check_waited(const gw::OrderState& order, const WaitOptions& options, bool ended);

} // namespace omen
