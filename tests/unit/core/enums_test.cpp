#include "core/enums.hpp"
#include "protocol/market_data.hpp"
#include "support/catch.hpp"

#include <string>
#include <utility>

namespace omen::enums_test {

namespace {

enum class Colour { red, green2, blue };
enum class Shade : std::uint8_t { dark };
enum class None {};

/// The wire names in the order of the values, each of which is also what its name parses to.
template <Enumeration E> std::string names() {
    std::string all;
    for (std::size_t i = 0; i < enum_names<E>.size(); ++i) {
        const auto value = static_cast<E>(i);
        CHECK(parse_enum<E>(to_string(value)) == value);
        all += (i == 0 ? "" : " ") + std::string(to_string(value));
    }
    return all;
}

} // namespace

TEST_CASE("enumerations have the documented wire names") {
    CHECK(names<Side>() == "buy sell");
    CHECK(names<PositionSide>() == "long short");
    CHECK(names<OrderType>() == "limit market");
    CHECK(names<TimeInForce>() == "gtc ioc fok");
    CHECK(names<OrderStatus>() == "open partially_filled filled cancelled rejected expired");
    CHECK(names<ExecutionEvent>() == "accepted filled amended cancelled rejected expired funding write_off");
    CHECK(names<Liquidity>() == "maker taker");
    CHECK(names<Permission>() == "read trade withdraw");
    CHECK(names<Interval>() == "1m 5m 15m 1h 4h 1d");
    CHECK(names<PrivateChannel>() == "balance positions pnl orders drop_copy");
    CHECK(names<ChannelKind>() == "orderbook trades funding spot_price");
}

TEST_CASE("each value of an enumeration has its own name") {
    CHECK(to_string(Side::sell) == "sell");
    CHECK(to_string(PositionSide::short_) == "short");
    CHECK(to_string(OrderType::market) == "market");
    CHECK(to_string(TimeInForce::fok) == "fok");
    CHECK(to_string(OrderStatus::expired) == "expired");
    CHECK(to_string(ExecutionEvent::expired) == "expired");
    CHECK(to_string(Liquidity::taker) == "taker");
    CHECK(to_string(Permission::withdraw) == "withdraw");
    CHECK(to_string(Interval::d1) == "1d");
    CHECK(to_string(PrivateChannel::drop_copy) == "drop_copy");
}

TEST_CASE("a name that an enumeration does not have is nothing") {
    for (const auto* name : {"", "Buy", "BUY", "buy ", "b", "long"}) CHECK_FALSE(parse_enum<Side>(name).has_value());
}

TEST_CASE("the values of an enumeration are counted") {
    CHECK(enum_size<Colour>() == 3);
    CHECK(enum_size<Shade>() == 1);
    CHECK(enum_size<None>() == 0);
}

TEST_CASE("an open value is one of the enumeration's, or the text of another") {
    const Open<OrderStatus> known = OrderStatus::filled;
    CHECK(known.known() == OrderStatus::filled);
    CHECK(to_string(known) == "filled");
    CHECK(Open<OrderStatus>::of_name("filled") == known);
    const auto unknown = Open<OrderStatus>::of_name("busted");
    CHECK_FALSE(unknown.known().has_value());
    CHECK(to_string(unknown) == "busted");
    CHECK(Open<OrderStatus>().known() == OrderStatus::open);
}

TEST_CASE("open values are equal when their texts are") {
    const auto value = [](const char* name) { return Open<Side>::of_name(name); };
    CHECK(value("buy") == Side::buy);
    CHECK(value("buy") != Side::sell);
    CHECK(value("buy") == value("buy"));
    CHECK(value("buy") != value("sell"));
    CHECK(value("hold") == value("hold"));
    CHECK(value("hold") != value("keep"));
    CHECK(value("hold") != value("buy"));
    for (const auto side : {Side::buy, Side::sell}) CHECK(value("hold") != side);
    CHECK(value("") != Side::buy);
}

TEST_CASE("an open value that is copied or assigned is the same, and nothing of what it was") {
    auto value = Open<Side>::of_name("hold");
    const auto copy = value;
    CHECK(to_string(copy) == "hold");
    value = Side::sell;
    CHECK(value == Side::sell);
    CHECK(to_string(value) == "sell");
    CHECK(to_string(copy) == "hold");
    value = copy;
    CHECK(value == copy);
    CHECK_FALSE(value.known().has_value());
    const auto moved = std::move(value);
    CHECK(moved == copy);
}

TEST_CASE("an order of an unknown status, or none, has not ended as far as is known") {
    CHECK(is_live(Open<OrderStatus>::of_name("busted")));
    CHECK(is_live(std::optional<Open<OrderStatus>>()));
    CHECK(is_live(Open<OrderStatus>(OrderStatus::open)));
    CHECK_FALSE(is_live(Open<OrderStatus>(OrderStatus::filled)));
}

TEST_CASE("a side has an opposite") {
    CHECK(opposite(Side::buy) == Side::sell);
    CHECK(opposite(Side::sell) == Side::buy);
}

TEST_CASE("only an open or partially filled order is live") {
    for (std::size_t i = 0; i < enum_names<OrderStatus>.size(); ++i)
        CHECK(is_live(static_cast<OrderStatus>(i)) == (i < 2));
}

} // namespace omen::enums_test
