#pragma once

#include "core/ids.hpp"
#include "protocol/rest.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace omen {

/// A market that a user named: its id and, where the market list was asked, all that is known of it.
struct Market {
    MarketId id;
    std::optional<rest::MarketResponse> details{};

    /// The symbol, or the id where no list was asked.
    std::string symbol() const { return details ? details->symbol : id.text(); }
};

/// The exchange's markets, asked for at most once and only when needed.
class Markets {
  public:
    using Load = std::function<std::vector<rest::MarketResponse>()>;
    explicit Markets(Load load) : load_(std::move(load)) {}

    const std::vector<rest::MarketResponse>& all();
    /// A market by symbol (any case) or id. Errors: not_found, naming the nearest symbols; those of the REST call.
    Market find(std::string_view name);
    /// As find(), but an id in digits is believed as it is, without asking: for commands that must not pay for the
    /// question.
    Market find_quickly(std::string_view name);
    /// The symbol of an id; the id itself when the list has no such market or can't be had: what is to be shown is shown.
    std::string symbol_of(const MarketId& id);

  private:
    Load load_;
    std::optional<std::vector<rest::MarketResponse>> list_;
};

} // namespace omen
