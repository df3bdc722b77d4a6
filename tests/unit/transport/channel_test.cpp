#include "protocol/market_data.hpp"
#include "support/catch.hpp"

namespace omen::channel_test {

using md::Channel;

TEST_CASE("a channel's text is its kind and market, a book's with the whole depth") {
    CHECK(Channel{ChannelKind::orderbook, MarketId(1)}.text() == "orderbook:1:0");
    CHECK(Channel{ChannelKind::trades, MarketId(1)}.text() == "trades:1");
    CHECK(Channel{ChannelKind::funding, MarketId(std::string("BTC-PERP"))}.text() == "funding:BTC-PERP");
    CHECK(Channel{ChannelKind::spot_price, MarketId(UINT64_MAX)}.text() == "spot_price:18446744073709551615");
}

TEST_CASE("a channel's text gives the channel") {
    for (const auto& id : {MarketId(0), MarketId(12), MarketId(std::string("BTC-PERP")), MarketId(std::string("a:b"))})
        for (std::size_t kind = 0; kind < enum_names<ChannelKind>.size(); ++kind) {
            const Channel channel{static_cast<ChannelKind>(kind), id};
            CHECK(Channel::parse(channel.text()) == channel);
        }
}

TEST_CASE("a text that is no channel is nothing") {
    for (const auto* text :
         {"", ":", "orderbook", "orderbook:", "orderbook:1", "orderbook:1:", "orderbook:1:20", "orderbook::0",
          "orderbook:0", "trades", "trades:", "Trades:1", "balance:1", " trades:1"}) {
        CAPTURE(text);
        CHECK_FALSE(Channel::parse(text).has_value());
    }
}

} // namespace omen::channel_test
