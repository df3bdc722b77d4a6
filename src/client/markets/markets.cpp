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

/// The only one that matches; null where none does. Errors: usage, where several do.
template <class Match> const rest::MarketResponse* only(const Markets::List& list, std::string_view name, Match match) {
    const rest::MarketResponse* found = nullptr;
    for (const auto& one : list) {
        if (!match(one)) continue;
        if (found != nullptr)
            throw Error(Fault::usage,
                        "market " + std::string(name) + ": " + found->symbol + " and " + one.symbol + " are both meant",
                        {.code = "ambiguous_market", .hint = "write the symbol exactly, or use the market's id"});
        found = &one;
    }
    return found;
}

} // namespace

const Markets::List& Markets::all() {
    if (!list_) list_ = load_();
    return *list_;
}

const Markets::List* Markets::remembered() {
    if (list_ || !recall_) return nullptr;
    if (!remembered_) remembered_ = recall_().value_or(List{});
    return &*remembered_;
}

Market Markets::find(std::string_view name) {
    if (name.empty())
        throw Error(Fault::usage, "the market has no name", {.code = "bad_value", .hint = "is a variable not set?"});
    const auto exactly = [&](const auto& one) { return one.symbol == name || one.market_id.text() == name; };
    const auto in_any_case = [&](const auto& one) { return lower(one.symbol) == lower(name); };
    const auto* market = remembered() == nullptr ? nullptr : only(*remembered(), name, exactly);
    // Only the exchange knows that no other symbol differs by its case alone.
    if (market == nullptr) market = only(all(), name, exactly);
    if (market == nullptr) market = only(all(), name, in_any_case);
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
        const auto is_it = [&](const rest::MarketResponse& one) { return one.market_id == id; };
        if (const auto* list = remembered()) market = first(*list, is_it);
        if (market == nullptr) market = first(all(), is_it);
    } catch (const Error&) {
        list_ = remembered_.value_or(List{}); // not asked again for every line
    }
    return market == nullptr ? id.text() : market->symbol;
}

} // namespace omen
