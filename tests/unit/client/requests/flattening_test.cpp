// What is sent to make positions flat, and when.

#include "client/requests/flattening.hpp"
#include "protocol/codes.hpp"
#include "support/catch.hpp"

namespace omen::flattening_test {

using namespace omen::literals;
using trading::Flattening;

namespace {

constexpr Clock::time_point start{};

rest::PositionResponse position(int market, Decimal size, PositionSide side = PositionSide::long_) {
    return {.market_id = MarketId::from_text(std::to_string(market)), .side = side, .size = size};
}

trading::Result filled(const gw::Order& order, Decimal size) {
    return {.request = order,
            .outcome = trading::Reply(gw::OrderAccepted{}),
            .order = gw::OrderState{.size = order.size, .filled_size = size}};
}

trading::Result failed(const gw::Order& order, Fault fault, std::string_view code = {}) {
    return {.request = order, .outcome = Error(fault, "no", {.code = std::string(code)})};
}

} // namespace

TEST_CASE("each position gets a reduce-only market order of its size on the other side") {
    Flattening flattening(1);
    const Flattening::Positions positions{position(1, 2_d), position(2, 0.5_d, PositionSide::short_)};
    CHECK(flattening.next(positions) == Clock::time_point::min());
    const auto orders = flattening.orders(positions, start);
    REQUIRE(orders.size() == 2);
    for (const auto& order : orders) {
        CHECK(order.reduce_only);
        CHECK(order.order_type == OrderType::market);
        CHECK(order.time_in_force == TimeInForce::ioc);
        CHECK_FALSE(order.price.has_value());
    }
    CHECK((orders[0].side == Side::sell && orders[0].size == 2_d));
    CHECK((orders[1].side == Side::buy && orders[1].size == 0.5_d));
    CHECK(orders[0].client_order_id != orders[1].client_order_id);
}

TEST_CASE("what is left after a fill is sent at once; after an empty book later and later") {
    Flattening flattening(1);
    flattening.on(filled(flattening.orders({position(1, 3_d)}, start).front(), 1_d), start);
    CHECK(flattening.next({position(1, 2_d)}) == start);
    auto now = start;
    Clock::duration before{};
    for (int attempt = 0; attempt < 8; ++attempt) {
        const auto orders = flattening.orders({position(1, 2_d)}, now);
        REQUIRE(orders.size() == 1);
        flattening.on(filled(orders.front(), 0_d), now);
        CHECK(flattening.failure(*orders.front().market_id) == nullptr);
        const auto next = flattening.next({position(1, 2_d)}).value();
        CHECK(flattening.orders({position(1, 2_d)}, next - Milliseconds(1)).empty());
        CHECK(next - now <= Milliseconds(2000));
        if (attempt > 1 && attempt < 5) CHECK(next - now > before / 2);
        before = next - now;
        now = next;
    }
    CHECK(before >= Milliseconds(1000));
    // A fill makes the next wait a short one again.
    flattening.on(filled(flattening.orders({position(1, 2_d)}, now).front(), 1_d), now);
    flattening.on(filled(flattening.orders({position(1, 1_d)}, now).front(), 0_d), now);
    CHECK(flattening.next({position(1, 1_d)}).value() - now <= Milliseconds(100));
}

TEST_CASE("one market's wait is not another's") {
    Flattening flattening(1);
    const Flattening::Positions both{position(1, 1_d), position(2, 1_d)};
    const auto orders = flattening.orders(both, start);
    flattening.on(filled(orders[0], 0_d), start);
    flattening.on(filled(orders[1], 0.5_d), start);
    const auto again = flattening.orders(both, start);
    REQUIRE(again.size() == 1);
    CHECK(again.front().market_id == orders[1].market_id);
}

TEST_CASE("what may pass is tried again; what is for good, or unknown, never") {
    const auto& [fault, code, again] = GENERATE(table<Fault, std::string_view, bool>({
        {Fault::refused, code::not_filled, true},
        {Fault::refused, code::would_not_fill, true},
        {Fault::refused, code::reduce_only, true},
        {Fault::refused, code::market_halted, true},
        {Fault::rate_limited, code::rate_limited, true},
        {Fault::unreachable, "not_sent", true},
        {Fault::refused, code::invalid_size, false},
        {Fault::refused, "something_new", false},
        {Fault::credentials, code::insufficient_permission, false},
        {Fault::not_found, code::unknown_market, false},
        {Fault::refused_locally, "", false},
        {Fault::usage, "journal_unwritable", false},
        {Fault::outcome_unknown, "outcome_unknown", false},
    }));
    INFO(to_string(fault) << ' ' << code);
    Flattening flattening(1);
    const Flattening::Positions positions{position(1, 1_d)};
    const auto orders = flattening.orders(positions, start);
    flattening.on(failed(orders.front(), fault, code), start);
    CHECK(flattening.failure(*orders.front().market_id)->fault() == fault);
    const auto next = flattening.next(positions);
    CHECK(next.has_value() == again);
    CHECK(flattening.orders(positions, start).empty());
    if (!again) CHECK(flattening.orders(positions, start + std::chrono::hours(1)).empty());
    if (!again) return;
    // Taken at last, it counts as a failure no more.
    flattening.on(filled(flattening.orders(positions, *next).front(), 1_d), *next);
    CHECK(flattening.failure(*orders.front().market_id) == nullptr);
}

TEST_CASE("a position whose side is not known is left alone, and that is said") {
    Flattening flattening(1);
    auto odd = position(1, 1_d);
    odd.side = Open<PositionSide>::of_name("both");
    CHECK(flattening.orders({odd}, start).empty());
    CHECK(flattening.failure(odd.market_id)->fault() == Fault::protocol);
    CHECK_FALSE(flattening.next({odd}).has_value());
    CHECK(flattening.next({odd, position(2, 1_d)}).has_value());
}

TEST_CASE("nothing is to be done where there is nothing") {
    Flattening flattening(1);
    CHECK(flattening.orders({}, start).empty());
    CHECK_FALSE(flattening.next({}).has_value());
}

} // namespace omen::flattening_test
