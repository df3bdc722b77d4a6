#include "client/markets.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace omen {

const std::vector<rest::MarketResponse>& Markets::all() {
    if (!list_) list_ = load_();
    return *list_;
}

Market Markets::find(std::string_view name) {
    const auto wanted = lower(name);
    for (const auto& market : all())
        if (lower(market.symbol) == wanted || market.market_id.text() == name) return {market.market_id, market};
    std::vector<std::string> symbols;
    for (const auto& market : all()) symbols.push_back(market.symbol);
    const auto meant = nearest(name, symbols);
    throw Error(Fault::not_found, "market " + std::string(name) + ": not known to this exchange",
                {.code = "unknown_market",
                 .hint = meant.empty() ? "list them with: omenctl markets" : "did you mean " + meant + "?"});
}

Market Markets::find_quickly(std::string_view name) {
    auto id = MarketId::from_text(name);
    return id.is_number() ? Market{std::move(id)} : find(name);
}

std::string Markets::symbol_of(const MarketId& id) {
    try {
        all();
    } catch (const Error&) {
        list_.emplace();
    }
    const auto found = std::find_if(list_->begin(), list_->end(),
                                    [&](const rest::MarketResponse& market) { return market.market_id == id; });
    return found == list_->end() ? id.text() : found->symbol;
}

} // namespace omen
