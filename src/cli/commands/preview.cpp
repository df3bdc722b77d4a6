#include "cli/commands/preview.hpp"

#include "cli/commands/line_source.hpp"
#include "client/markets/gate.hpp"
#include "client/requests/batch_line.hpp"
#include "client/trading/reading.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sys/stat.h>

namespace omen::preview {

namespace {

const std::string unknown = "unknown";

/// Nobody waits longer for a question.
Deadline soon() {
    return Deadline::after(Milliseconds(2'000));
}

/// What `read` gives; nothing where it fails.
template <class Read> auto if_readable(Read&& read) -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (const Error&) {
        return std::nullopt;
    } catch (const DecimalError&) {
        return std::nullopt;
    }
}

std::string percent_of(Decimal part, Decimal whole) {
    const auto share = multiply_divide(part, Decimal::whole(100), whole, Rounding::toward_zero);
    const auto text = floor_to(share, Decimal::from_units(Decimal::whole(1).units() / 100)).text();
    return text + "%";
}

/// "bid 99, ask 101; the price is 1% below the ask"
std::string distance(const gw::Order& order, const rest::OrderbookSnapshotResponse& book) {
    const auto best = [](const std::vector<Level>& side) { return side.empty() ? "none" : side.front().price.text(); };
    auto text = "bid " + best(book.bids) + ", ask " + best(book.asks);
    const bool buys = order.side == Side::buy;
    const auto& opposite = buys ? book.asks : book.bids;
    if (!order.price || opposite.empty() || !opposite.front().price.is_positive()) return text;
    const auto touch = opposite.front().price;
    const auto name = buys ? " the ask" : " the bid";
    if (*order.price == touch) return text + "; the price is at" + name;
    const bool is_below = *order.price < touch;
    const auto away = is_below ? touch - *order.price : *order.price - touch;
    text += "; the price is " + percent_of(away, touch) + (is_below ? " below" : " above") + name;
    return is_below == buys ? text : text + ": it fills at once";
}

std::string terms(const gw::Order& order, const std::string& symbol) {
    auto text = std::string(to_string(order.side)) + " " + order.size.text() + " " + symbol + " " +
                (order.price ? "at " + order.price->text() : "at market") + ", " +
                std::string(to_string(order.time_in_force));
    if (order.post_only) text += ", post-only";
    return text + (order.reduce_only ? ", reduce-only" : "");
}

std::vector<std::string> lines_of(const gw::Order& order, const std::string& first, Context& context) {
    const auto book = if_readable([&] { return context.sessions.new_rest(soon()).orderbook(*order.market_id, {}); });
    const auto opposite = book ? (order.side == Side::buy ? book->asks : book->bids) : std::vector<Level>();
    const auto notional = book || !may_improve(order)
                              ? if_readable([&] { return notional_of(order, opposite); }).value_or(std::nullopt)
                              : std::nullopt;
    const auto market = book ? if_readable([&] { return distance(order, *book); }) : std::nullopt;
    return {first, "notional " + (notional ? notional->text() : unknown), "market   " + market.value_or(unknown)};
}

std::string text_of(const std::optional<Decimal>& amount) {
    return amount ? amount->text() : unknown;
}

} // namespace

std::vector<std::string> of(const gw::Order& order, const std::string& symbol, Context& context) {
    return lines_of(order, "order    " + terms(order, symbol), context);
}

std::vector<std::string> of(const gw::Amend& amend, Context& context) {
    const auto open = if_readable([&] { return context.sessions.new_gateway(soon()).call(gw::GetOrders{}).orders; });
    const auto ref = ref_of(amend);
    const gw::OrderState* order = nullptr;
    if (open)
        for (const auto& one : *open)
            if (ref.is(one)) order = &one;
    const auto side = order != nullptr && order->side ? order->side->known() : std::nullopt;
    const auto changes = [&](const std::optional<Decimal>& before, const std::optional<Decimal>& now) {
        return now ? text_of(before) + " -> " + now->text() : text_of(before);
    };
    const auto size = order != nullptr ? std::optional(order->size) : std::nullopt;
    const auto price = order != nullptr ? order->price : std::nullopt;
    const auto symbol = order != nullptr && order->market_id ? context.sessions.markets().symbol_of(*order->market_id)
                                                             : unknown + " market";
    const auto first = "amend    " + (side ? std::string(to_string(*side)) : unknown + " side") + " " + symbol +
                       ": size " + changes(size, amend.size) + ", price " + changes(price, amend.price);
    if (!side || !order->market_id) return {first, "notional " + unknown, "market   " + unknown};
    gw::Order changed;
    changed.market_id = order->market_id;
    changed.side = *side;
    changed.price = amend.price ? amend.price : order->price;
    changed.size = amend.size.value_or(order->size);
    changed.post_only = order->post_only.value_or(false);
    return lines_of(changed, first, context);
}

std::vector<std::string> of(const std::vector<rest::PositionResponse>& positions, Context& context) {
    std::vector<std::string> lines;
    for (const auto& position : positions) {
        const auto mark = position.mark_price;
        const auto notional = if_readable([&]() -> std::optional<Decimal> {
            if (!mark) return std::nullopt;
            return multiply(*mark, position.size, Rounding::away_from_zero);
        });
        lines.push_back("close    " + std::string(to_string(position.side)) + " " + position.size.text() + " " +
                        context.sessions.markets().symbol_of(position.market_id) + " at market, reduce-only; mark " +
                        text_of(mark) + ", notional " + text_of(notional.value_or(std::nullopt)));
    }
    return lines;
}

std::vector<std::string> of_batch(const std::string& path) {
    struct stat file {};
    const bool is_file = ::stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode);
    if (!is_file) return {"lines    " + unknown + ": it can be read only once"};
    std::map<std::string, std::size_t> kinds;
    std::set<std::string> markets;
    Decimal total;
    bool is_known = true;
    for (LineSource lines(path); !lines.ended(); lines.fill())
        while (const auto line = lines.next()) {
            if (!line->too_long && line->text.find_first_not_of(" \t") == std::string::npos) continue;
            try {
                if (line->too_long) throw DecodeError("too long");
                const auto parsed = BatchLine::parse(line->text);
                markets.insert(parsed.markets.begin(), parsed.markets.end());
                auto kind = std::string(op_of(parsed.command));
                if (const auto* order = std::get_if<gw::Order>(&parsed.command)) {
                    kind += " " + std::string(to_string(order->side)) + (order->price ? "" : " at market");
                    if (order->price) total += multiply(*order->price, order->size, Rounding::away_from_zero);
                    is_known &= order->price.has_value();
                }
                ++kinds[kind];
            } catch (const DecodeError&) {
                ++kinds["unreadable"];
            } catch (const DecimalError&) {
                is_known = false;
            }
        }
    std::string counts;
    for (const auto& [kind, count] : kinds) counts += (counts.empty() ? "" : ", ") + std::to_string(count) + " " + kind;
    std::string names;
    for (const auto& name : markets) names += (names.empty() ? "" : ", ") + name;
    return {"lines    " + (counts.empty() ? "none" : counts), "markets  " + (names.empty() ? "none named" : names),
            "notional " + total.text() + (is_known ? "" : " and what goes at market")};
}

} // namespace omen::preview
