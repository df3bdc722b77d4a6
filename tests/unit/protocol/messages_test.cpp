#include "protocol/wire/json.hpp"
#include "support/catch.hpp"
#include "support/every_message.hpp"

#include <array>
#include <utility>

namespace omen::messages_test {

using namespace omen::literals;
using namespace omen::test;

namespace {

/// "cancel: id order_id| client_order_id|": a message's name and its fields in order, what may be missing with "?", and
/// what a rule is about with "|".
template <class T> std::string shape() {
    std::string text(wire::declaration_of<T>.name);
    text += ':';
    wire::for_each_field<T>([&](const auto& field) {
        const bool alone = std::remove_cvref_t<decltype(field)>::essential;
        text += " " + std::string(field.name) + (alone ? "" : wire::is_essential<T>(field.name) ? "|" : "?");
    });
    return text;
}

template <class List> struct Shapes;
template <class... Ts> struct Shapes<std::tuple<Ts...>> {
    static std::vector<std::string> all() { return {shape<Ts>()...}; }
};

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("the gateway's commands are those of the protocol") {
    CHECK(Shapes<Known<gw::Command>>::all() ==
          Lines{"auth: id token", "ping: id",
                "order: id client_order_id market_id? side order_type? price? size time_in_force? post_only? "
                "reduce_only?",
                "cancel: id order_id| client_order_id|", "cancel_all: id market_id?",
                "amend: id order_id| client_order_id| price? size?", "get_balance: id", "get_positions: id",
                "get_pnl: id", "get_orders: id", "subscribe: id channel from_sequence?", "unsubscribe: id channel"});
}

TEST_CASE("the gateway's replies and events are those of the protocol") {
    CHECK(Shapes<Known<gw::ServerMessage>>::all() ==
          Lines{"authenticated: id account? wallet? permissions? expires_at?", "pong: id timestamp?",
                "order_accepted: id order_id| client_order_id| status? filled_size? average_price? timestamp? size?",
                "order_rejected: id? client_order_id? code| message|",
                "cancel_accepted: id order_id| client_order_id| remaining_size?",
                "cancel_rejected: id? order_id? client_order_id? code| message|", "cancelled_all: id order_ids?",
                "amend_accepted: id order_id| client_order_id| price? size? remaining_size? kept_priority?",
                "amend_rejected: id? order_id? client_order_id? code| message|",
                "balance: id? wallet? total| available| margin_used| sequence?",
                "positions: id? wallet? positions sequence?",
                "pnl: id? wallet? realized| unrealized| funding| fees| sequence?",
                "orders: id? wallet? orders sequence?", "subscribed: id channel? sequence?",
                "unsubscribed: id channel?", "error: id? code| message| retry_after_ms?",
                "execution: wallet? sequence timestamp? event order| market_id? trade_id? price? size? fee? liquidity? "
                "reason? amount? rate?",
                "drop_copy_gap: wallet? requested_sequence? oldest_sequence next_sequence"});
    CHECK(shape<gw::OrderState>() ==
          "Order: order_id| client_order_id| market_id? side? order_type? price? size filled_size| average_price? "
          "time_in_force? post_only? reduce_only? status| timestamp?");
}

TEST_CASE("the market-data commands and events are those of the protocol, elements in this order") {
    CHECK(Shapes<Known<md::Command>>::all() == Lines{"subscribe: channel", "unsubscribe: channel", "ping: id"});
    CHECK(Shapes<Known<md::Event>>::all() ==
          Lines{"subscribed: channel", "unsubscribed: channel", "pong: id timestamp?", "error: code| message| channel?",
                "orderbook_snapshot: market_id sequence timestamp? bids asks",
                "orderbook_delta: market_id sequence timestamp? bids asks",
                "orderbook_gap: market_id last_sequence? next_sequence?", "trades_snapshot: market_id trades",
                "trade: market_id? trade_id? timestamp? price size side?",
                "funding: market_id timestamp? funding_rate? next_funding_at? mark_price| index_price|",
                "spot_price: market_id timestamp? price"});
    CHECK(shape<md::PastTrade>() == "past trade: trade_id? timestamp? price size side?");
    CHECK(shape<Level>() == "level: price size");
}

TEST_CASE("the REST models are those of the protocol") {
    CHECK(Shapes<RestModels>::all() ==
          Lines{"HealthResponse: status?", "ReadinessMarketCheck: market_id? ready? reason?",
                "ReadinessResponse: ready markets?",
                "MarketResponse: market_id symbol base? quote? status? tick_size? lot_size? min_size? max_leverage? "
                "initial_margin? maintenance_margin? maker_fee? taker_fee?",
                "TradeResponse: trade_id? market_id? price size side? timestamp?",
                "CandleResponse: open_time open high low close volume? trades?",
                "TickerResponse: market_id last_price| mark_price| index_price| best_bid| best_ask| high_24h? low_24h? "
                "volume_24h? change_24h? open_interest? funding_rate? next_funding_at? timestamp?",
                "OrderbookSnapshotResponse: market_id sequence timestamp? bids asks",
                "WalletResponse: wallet linked_at?", "WalletLinkRequest: wallet message? signature?",
                "MarketBadDebt: market_id? bad_debt?", "BadDebtResponse: total_bad_debt| insurance_fund| markets?",
                "PositionResponse: market_id side size entry_price? mark_price? liquidation_price? margin? leverage? "
                "unrealized_pnl? realized_pnl?",
                "ErrorResponse: error| code| upstream_status?"});
}

namespace {

/// Converts to any member's type, to count how many of them an aggregate can be initialised from.
struct AnyMember {
    template <class T> operator T() const { return {}; }
};

template <class T, std::size_t... index> constexpr bool takes(std::index_sequence<index...>) {
    return requires {
        T{(static_cast<void>(index), AnyMember{})...};
    };
}

/// "price" for &Order::price: the member's own name, out of the compiler's.
template <auto member> std::string_view member_name() {
    const std::string_view function = __PRETTY_FUNCTION__;
    const auto end = function.find_first_of(";]", function.find("member = "));
    const auto start = function.rfind(':', end) + 1;
    return function.substr(start, end - start);
}

template <class T, std::size_t... index> void check_names(std::index_sequence<index...>) {
    const auto check = [](std::string_view name, std::string_view member) { CHECK(name == member); };
    constexpr auto fields = wire::declaration_of<T>.fields;
    (check(std::get<index>(fields).name, member_name<std::get<index>(fields).member>()), ...);
}

} // namespace

TEMPLATE_LIST_TEST_CASE("every member of a struct is declared", "[messages]", EveryMessage) {
    CAPTURE(wire::declaration_of<TestType>.name);
    STATIC_REQUIRE(std::is_aggregate_v<TestType>);
    CHECK(takes<TestType>(std::make_index_sequence<wire::field_count<TestType>>()));
    CHECK_FALSE(takes<TestType>(std::make_index_sequence<wire::field_count<TestType> + 1>()));
}

TEMPLATE_LIST_TEST_CASE("every field has its member's name on the wire", "[messages]", EveryMessage) {
    CAPTURE(wire::declaration_of<TestType>.name);
    check_names<TestType>(std::make_index_sequence<wire::field_count<TestType>>());
}

TEST_CASE("an order on the wire is a map with its type, absent fields left out") {
    const gw::Order order{.id = 7,
                          .client_order_id = {"a1"},
                          .market_id = MarketId(1),
                          .side = Side::sell,
                          .order_type = OrderType::market,
                          .price = std::nullopt,
                          .size = 0.25_d,
                          .time_in_force = TimeInForce::ioc,
                          .post_only = false,
                          .reduce_only = true};
    CHECK(wire::to_json(order) ==
          R"({"type":"order","id":7,"client_order_id":"a1","market_id":1,"side":"sell","order_type":"market",)"
          R"("size":"250000000000000000","time_in_force":"ioc","post_only":false,"reduce_only":true})");
    CHECK(wire::encode(gw::Ping{.id = 7}) == "\x82\xa4type\xa4ping\xa2id\x07");
}

TEST_CASE("a book event on the wire is an array, and so are its levels") {
    const md::OrderbookDelta delta{.market_id = MarketId(std::string("BTC")),
                                   .sequence = 8,
                                   .timestamp = Timestamp{9},
                                   .bids = {{65000.5_d, 0_d}},
                                   .asks = {}};
    CHECK(wire::to_json(delta) == R"(["orderbook_delta","BTC",8,9,[["65000500000000000000000","0"]],[]])");
}

TEST_CASE("an absent element of an event is nil, because its place counts") {
    CHECK(wire::to_json(md::ErrorEvent{"internal", "oops", std::nullopt}) == R"(["error","internal","oops",null])");
    CHECK(wire::decode_json<md::ErrorEvent>(R"(["error","internal","oops"])").channel == std::nullopt);
}

TEST_CASE("a book in a REST body has named fields all the way down") {
    const rest::OrderbookSnapshotResponse book{
        .market_id = MarketId(1), .sequence = 8, .timestamp = Timestamp{9}, .bids = {{1.5_d, 2_d}}, .asks = {}};
    CHECK(wire::to_json(book) == R"({"market_id":1,"sequence":8,"timestamp":9,)"
                                 R"("bids":[{"price":"1500000000000000000","size":"2000000000000000000"}],"asks":[]})");
}

TEST_CASE("a reply repeats its command's id, an event has none") {
    CHECK(gw::reply_id(gw::Pong{.id = 7}) == 7);
    CHECK(gw::reply_id(filled<gw::Balance>()) == filled<gw::Balance>().id);
    CHECK(gw::reply_id(gw::Balance{}) == std::nullopt);
    CHECK(gw::reply_id(gw::ErrorReply{}) == std::nullopt);
    CHECK(gw::reply_id(gw::Execution{}) == std::nullopt);
    CHECK(gw::reply_id(wire::Unknown{}) == std::nullopt);
}

TEST_CASE("a message's id is read from its bytes, wherever it stands") {
    const auto id_in = [](std::string_view json) { return gw::message_id(wire::json_to_msgpack(json)); };
    CHECK(id_in(R"({"id":7,"type":"ping"})") == 7);
    CHECK(id_in(R"({"type":"new","sizes":[{"id":8}],"id":18446744073709551615})") == UINT64_MAX);
    CHECK(id_in(R"({"type":"error","id":null})") == std::nullopt);
    CHECK(id_in(R"({"type":"new","of":{"id":8}})") == std::nullopt);
    CHECK(id_in(R"(["id",7])") == std::nullopt);
    CHECK_THROWS_AS(id_in(R"({"id":"seven"})"), DecodeError);
    CHECK_THROWS_AS(gw::message_id("\x82\xa2id"), DecodeError);
}

} // namespace omen::messages_test
