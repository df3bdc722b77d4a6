#pragma once

#include "cli/context/context.hpp"
#include "cli/context/parse.hpp"
#include "client/markets/markets.hpp"
#include "protocol/gateway/messages.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string_view>
#include <vector>

/// What the trading commands have in common: options, and what an order must pass before it is sent.
namespace omen {

/// --no-journal and --journal-sync, of every command that changes something at the exchange.
void add_journal_options(CLI::App& app, JournalFlags& flags);

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

/// A market to trade on: an id in digits is believed as it is, unless the profile has limits to hold it against.
Market market_to_trade(Context& context, std::string_view name);

/// Where all of several requests failed for one reason, this is the command's own error, said once.
void throw_if_all_failed_alike(const std::vector<trading::Result>& results);

/// The open orders as they are now.
std::vector<gw::OrderState> open_orders(Sessions& sessions);

} // namespace omen
