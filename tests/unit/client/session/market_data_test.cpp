// The market-data client against a scripted server on a real socket.

#include "client/session/market_data.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/scripted_server.hpp"

#include <array>

namespace omen::market_data_test {

using test::ScriptedConnection;
using test::ScriptedServer;

namespace {

const std::array books{md::Channel{ChannelKind::orderbook, MarketId(1)}};

Deadline soon() {
    return Deadline::after(Milliseconds(2000));
}

template <class T> void send(ScriptedConnection& client, const T& event) {
    client.write(wire::encode(event));
}

/// Reads a subscription and confirms it.
void confirm(ScriptedConnection& client) {
    send(client, md::Subscribed{wire::decode<md::Subscribe>(client.read()).channel});
}

Exit exit_of_call(const std::function<void()>& call) {
    try {
        call();
        return Exit::done;
    } catch (const Error& error) {
        return error.exit_code();
    }
}

} // namespace

TEST_CASE("subscribe waits for the confirmation; what comes before it is not lost") {
    ScriptedServer server([](ScriptedConnection& client) {
        const auto command = wire::decode<md::Subscribe>(client.read());
        send(client,
             md::OrderbookSnapshot{.market_id = MarketId(1), .sequence = 7, .timestamp = {}, .bids = {}, .asks = {}});
        send(client, md::Subscribed{command.channel});
        client.wait_until_closed();
    });
    MarketData feed(server.url(), {});
    feed.subscribe(books, soon());
    CHECK(std::get<md::OrderbookSnapshot>(*feed.next(soon())).sequence == 7);
}

TEST_CASE("all subscriptions leave together") {
    ScriptedServer server([](ScriptedConnection& client) {
        const auto first = wire::decode<md::Subscribe>(client.read());
        const auto second = wire::decode<md::Subscribe>(client.read());
        send(client, md::Subscribed{second.channel});
        send(client, md::Subscribed{first.channel});
    });
    MarketData feed(server.url(), {});
    const std::array channels{md::Channel{ChannelKind::trades, MarketId(1)},
                              md::Channel{ChannelKind::trades, MarketId(2)}};
    CHECK_NOTHROW(feed.subscribe(channels, soon()));
}

TEST_CASE("a refused subscription is the exchange's error") {
    ScriptedServer server([](ScriptedConnection& client) {
        send(client,
             md::ErrorEvent{"unknown_market", "no such market", wire::decode<md::Subscribe>(client.read()).channel});
    });
    MarketData feed(server.url(), {});
    CHECK(exit_of_call([&] { feed.subscribe(books, soon()); }) == Exit::not_found);
}

TEST_CASE("a subscription that is never confirmed is unreachable") {
    ScriptedServer server([](ScriptedConnection& client) { client.wait_until_closed(); });
    MarketData feed(server.url(), {});
    CHECK(exit_of_call([&] { feed.subscribe(books, Deadline::after(Milliseconds(200))); }) == Exit::unreachable);
}

TEST_CASE("no event by the deadline is nothing, and the feed goes on") {
    ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        client.read();
        send(client, md::Pong{.id = 1, .timestamp = {}});
        client.wait_until_closed();
    });
    MarketData feed(server.url(), {});
    feed.subscribe(books, soon());
    CHECK(feed.next(Deadline::after(Milliseconds(50))) == nullptr);
    feed.resubscribe(books.front());
    CHECK(std::holds_alternative<md::Pong>(*feed.next(soon())));
}

TEST_CASE("resubscribe leaves the channel and joins it again") {
    ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        const auto left = wire::decode<md::Unsubscribe>(client.read()).channel;
        if (wire::decode<md::Subscribe>(client.read()).channel != left) throw std::runtime_error("another channel");
    });
    MarketData feed(server.url(), {});
    feed.subscribe(books, soon());
    feed.resubscribe(books.front());
    server.finish();
}

TEST_CASE("garbage on the feed is a protocol error; its end is unreachable") {
    for (const std::string garbage : {"\xc1", "not msgpack", "\x90", "\x93\xa5trade\x01"}) {
        ScriptedServer server([garbage](ScriptedConnection& client) {
            confirm(client);
            client.write(garbage);
            client.wait_until_closed();
        });
        MarketData feed(server.url(), {});
        feed.subscribe(books, soon());
        CHECK(exit_of_call([&] { feed.next(soon()); }) == Exit::protocol);
    }
    ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        client.close(1001);
    });
    MarketData feed(server.url(), {});
    feed.subscribe(books, soon());
    CHECK(exit_of_call([&] { feed.next(soon()); }) == Exit::unreachable);
}

TEST_CASE("an event of an unknown name is handed on as it is") {
    ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        client.write("\x92\xa3new\x01");
        client.wait_until_closed();
    });
    MarketData feed(server.url(), {});
    feed.subscribe(books, soon());
    CHECK(std::get<wire::Unknown>(*feed.next(soon())).type == "new");
}

TEST_CASE("65 channels take two connections; both are read, and each channel is repeated on its own") {
    std::vector<md::Channel> channels;
    for (std::uint64_t market = 1; market <= 65; ++market)
        channels.push_back({ChannelKind::orderbook, MarketId(market)});
    const auto script = [](ScriptedConnection& client) {
        std::string last;
        for (std::size_t left = client.number() == 0 ? 64 : 1; left > 0; --left) {
            last = wire::decode<md::Subscribe>(client.read()).channel;
            send(client, md::Subscribed{last});
        }
        for (int i = 0; i < 100; ++i)
            send(client, md::OrderbookGap{md::Channel::parse(last)->market_id, client.number(), {}});
        if (wire::decode<md::Unsubscribe>(client.read()).channel != last) throw std::runtime_error("another one");
        client.read();
        send(client, md::Pong{.id = client.number(), .timestamp = {}});
        client.wait_until_closed();
    };
    ScriptedServer server(std::vector<ScriptedServer::Script>{script, script});
    MarketData feed(server.url(), {});
    feed.subscribe(channels, soon());
    std::array<int, 2> gaps{};
    std::array<bool, 2> pongs{};
    while (!pongs[0] || !pongs[1]) {
        const auto* event = feed.next(soon());
        REQUIRE(event != nullptr);
        if (const auto* pong = std::get_if<md::Pong>(event)) pongs.at(pong->id) = true;
        const auto* gap = std::get_if<md::OrderbookGap>(event);
        if (gap == nullptr) continue;
        if (gaps.at(*gap->last_sequence)++ == 0) feed.resubscribe({ChannelKind::orderbook, gap->market_id});
    }
    CHECK(gaps == std::array{100, 100});
    CHECK(feed.next(Deadline::after(Milliseconds(20))) == nullptr);
    CHECK(server.connections() == 2);
}

TEST_CASE("a refusal among several is an event; when all are refused, the most serious is thrown") {
    const std::array three{md::Channel{ChannelKind::trades, MarketId(1)}, md::Channel{ChannelKind::trades, MarketId(2)},
                           md::Channel{ChannelKind::trades, MarketId(3)}};
    for (const bool all : {false, true}) {
        ScriptedServer server([all](ScriptedConnection& client) {
            for (const auto* code : {"unknown_market", "market_halted", "too_many_subscriptions"}) {
                const auto channel = wire::decode<md::Subscribe>(client.read()).channel;
                if (all || std::string_view(code) != "market_halted")
                    send(client, md::ErrorEvent{code, "no", channel});
                else
                    send(client, md::Subscribed{channel});
            }
            client.wait_until_closed();
        });
        MarketData feed(server.url(), {});
        const auto code = exit_of_call([&] { feed.subscribe(three, soon()); });
        CHECK(code == (all ? Exit::rate_limited : Exit::done));
        if (all) continue;
        CHECK(std::get<md::ErrorEvent>(*feed.next(soon())).code == "unknown_market");
        CHECK(std::get<md::ErrorEvent>(*feed.next(soon())).code == "too_many_subscriptions");
    }
}

TEST_CASE("an end of a subscription that nobody asked for is an event, and is followed by a new one") {
    ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        send(client, md::Unsubscribed{books.front().text()});
        confirm(client);
        client.wait_until_closed();
    });
    MarketData feed(server.url(), {});
    feed.subscribe(books, soon());
    CHECK(std::holds_alternative<md::Unsubscribed>(*feed.next(soon())));
    CHECK(std::holds_alternative<md::Subscribed>(*feed.next(soon())));
}

TEST_CASE("a later subscription that is never answered is unreachable") {
    ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        client.wait_until_closed();
    });
    MarketData feed(server.url(), {}, Milliseconds(50));
    feed.subscribe(books, soon());
    feed.resubscribe(books.front());
    CHECK(exit_of_call([&] { feed.next(soon()); }) == Exit::unreachable);
}

TEST_CASE("more channels than an address may have connections for are refused before anything is sent") {
    std::vector<md::Channel> channels;
    for (std::uint64_t market = 0; market <= 64 * 64; ++market)
        channels.push_back({ChannelKind::trades, MarketId(market)});
    ScriptedServer server([](ScriptedConnection&) {});
    MarketData feed(server.url(), {});
    CHECK(exit_of_call([&] { feed.subscribe(channels, soon()); }) == Exit::refused_locally);
    CHECK(server.connections() == 0);
}

TEST_CASE("a snapshot of two megabytes is read whole") {
    ScriptedServer server([](ScriptedConnection& client) {
        confirm(client);
        md::OrderbookSnapshot snapshot{
            .market_id = MarketId(1), .sequence = 1, .timestamp = {}, .bids = {}, .asks = {}};
        for (int i = 1; i <= 50'000; ++i) snapshot.asks.push_back({Decimal::whole(i), Decimal::whole(1)});
        send(client, snapshot);
        client.wait_until_closed();
    });
    MarketData feed(server.url(), {});
    feed.subscribe(books, soon());
    CHECK(std::get<md::OrderbookSnapshot>(*feed.next(soon())).asks.size() == 50'000);
}

} // namespace omen::market_data_test
