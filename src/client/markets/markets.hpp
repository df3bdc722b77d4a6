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

/// The exchange's markets. The exchange is asked at most once, and only when needed: names are looked up in what is
/// remembered of it first, where there is such a memory, and the exchange is asked when they are not there.
class Markets {
  public:
    using List = std::vector<rest::MarketResponse>;
    using Load = std::function<List()>;
    using Recall = std::function<std::optional<List>()>;
    explicit Markets(Load load, Recall recall = {}) : load_(std::move(load)), recall_(std::move(recall)) {}

    /// All of them, as the exchange has them now.
    const List& all();
    /// A market by its exact symbol or its id, or by a symbol in another case that only one market has. Errors: usage,
    /// for an empty name and one that several have; not_found, naming the nearest symbols; those of the REST call.
    Market find(std::string_view name);
    /// As find(), but an id in digits is believed as it is, without asking: for commands that must not pay for the
    /// question.
    Market find_or_trust_id(std::string_view name);
    /// The market as the exchange has it now; nothing where that is what find() and all() gave already. Errors:
    /// not_found where it is gone; those of the REST call.
    std::optional<Market> refreshed(const MarketId& id);
    /// The symbol of an id; the id itself when the list has no such market or can't be had: what is to be shown is
    /// shown.
    std::string symbol_of(const MarketId& id);
    /// The same of what may name no market.
    std::optional<std::string> symbol_of(const std::optional<MarketId>& id) {
        return id ? std::optional(symbol_of(*id)) : std::nullopt;
    }

  private:
    /// What is remembered of the list; null where the exchange has given it, or there is no memory.
    const List* remembered();

    Load load_;
    Recall recall_;
    std::optional<List> list_; ///< as the exchange has given it
    std::optional<List> remembered_;
};

} // namespace omen
