#include "client/markets/markets.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace omen {

namespace {

template <class Match> const rest::MarketResponse* first(const Markets::List& list, Match match) {
    const auto found = std::find_if(list.begin(), list.end(), match);
    return found == list.end() ? nullptr : &*found;
}

} // namespace

const Markets::List& Markets::all() {
    if (!list_) list_ = load_();
    return *list_;
}

template <class Match> const rest::MarketResponse* Markets::search(Match match) {
    if (!list_ && recall_ && !remembered_) remembered_ = recall_().value_or(List{});
    if (!list_ && remembered_)
        if (const auto* market = first(*remembered_, match)) return market;
    return first(all(), match);
}

Market Markets::find(std::string_view name) {
    const auto wanted = lower(name);
    const auto* market = search(
        [&](const rest::MarketResponse& one) { return lower(one.symbol) == wanted || one.market_id.text() == name; });
    if (market != nullptr) return {market->market_id, *market};
    std::vector<std::string> symbols;
    for (const auto& one : all()) symbols.push_back(one.symbol);
    const auto meant = nearest(name, symbols);
    throw Error(Fault::not_found, "market " + std::string(name) + ": not known to this exchange",
                {.code = "unknown_market",
                 .hint = meant.empty() ? "list them with: omenctl markets" : "did you mean " + meant + "?"});
}

Market Markets::find_or_trust_id(std::string_view name) {
    auto id = MarketId::from_text(name);
    return id.is_number() ? Market{std::move(id)} : find(name);
}

std::optional<Market> Markets::refreshed(const MarketId& id) {
    if (list_) return std::nullopt;
    all();
    return find(id.text());
}

std::string Markets::symbol_of(const MarketId& id) {
    const rest::MarketResponse* market = nullptr;
    try {
        market = search([&](const rest::MarketResponse& one) { return one.market_id == id; });
    } catch (const Error&) {
        list_ = remembered_.value_or(List{}); // not asked again for every line
    }
    return market == nullptr ? id.text() : market->symbol;
}

} // namespace omen
