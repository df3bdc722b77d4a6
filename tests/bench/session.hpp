#pragma once

#include "core/time.hpp"
#include "feed.hpp"
#include "protocol/gateway/messages.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <variant>

namespace omen::bench {

/// The messages in a stream of a client's WebSocket frames: whole ones, each in one frame, as clients send them.
class ClientFrames {
  public:
    /// Where the next bytes are to be put.
    std::string& input() { return input_; }

    /// Hands out the payload of each frame that is there; false when one says goodbye.
    template <class Take> bool take_each(Take&& take) {
        std::size_t at = 0;
        while (const auto size = frame_at(at)) {
            if ((input_[at] & 0x0f) == 0x8) return false;
            const auto payload = at + size->header;
            for (std::size_t i = 0; i < size->payload; ++i) input_[payload + i] ^= input_[payload - 4 + i % 4];
            take(std::string_view(input_).substr(payload, size->payload));
            at = payload + size->payload;
        }
        input_.erase(0, at);
        return true;
    }

  private:
    struct Size {
        std::size_t header;
        std::size_t payload;
    };
    std::optional<Size> frame_at(std::size_t at) const {
        const auto byte = [&](std::size_t i) {
            return static_cast<std::size_t>(static_cast<unsigned char>(input_[at + i]));
        };
        if (input_.size() < at + 6) return std::nullopt;
        Size size{6, byte(1) & 0x7f};
        if (size.payload == 126) size = {8, byte(2) << 8U | byte(3)};
        if (input_.size() < at + size.header + size.payload) return std::nullopt;
        return size;
    }

    std::string input_;
};

/// One client's WebSocket, once it is there. A subscription ends in the connection's end: it is the only one.
template <class Stream> class Session {
  public:
    explicit Session(Stream& stream) : stream_(stream) {}

    void run() {
        char chunk[65536];
        do {
            const auto count = stream_.read_some(boost::asio::buffer(chunk));
            frames_.input().append(chunk, count);
        } while (frames_.take_each([&](std::string_view message) { answer(message); }) && flush());
    }

  private:
    void answer(std::string_view message) {
        if (wire::tag_of(message) == "subscribe" && !is_gateway_)
            return feed(wire::decode<md::Subscribe>(message).channel);
        is_gateway_ = true;
        std::visit([&](const auto& command) { reply(command); }, wire::decode_any<gw::Command>(message));
    }

    void reply(const gw::Auth& auth) {
        send(gw::Authenticated{.id = auth.id,
                               .account = "bench",
                               .wallet = "0xbench",
                               .permissions = std::vector<Open<Permission>>{Permission::read, Permission::trade},
                               .expires_at = Timestamp{Timestamp::now().ms + 3'600'000}});
    }
    void reply(const gw::Order& order) {
        send(gw::OrderAccepted{.id = order.id,
                               .order_id = OrderId{"o-" + std::to_string(++orders_)},
                               .client_order_id = order.client_order_id,
                               .status = OrderStatus::open,
                               .filled_size = Decimal{},
                               .average_price = {},
                               .timestamp = Timestamp::now()});
    }
    void reply(const gw::Subscribe& subscribe) {
        send(gw::Subscribed{.id = subscribe.id, .channel = subscribe.channel, .sequence = 0});
    }
    template <class Other> void reply(const Other&) { throw std::runtime_error("not a command of the benchmarks"); }

    /// Sends a market's whole feed, and the end of the connection.
    void feed(const std::string& text) {
        send(md::Subscribed{text});
        const auto channel = md::Channel::parse(text).value();
        const auto count = channel.market_id.number();
        if (channel.kind == ChannelKind::orderbook)
            feed_deltas(channel.market_id, count);
        else if (channel.kind == ChannelKind::trades)
            feed_trades(channel.market_id, count);
        else
            feed_prices(channel.market_id, count);
        output_ += std::string_view("\x88\x02\x03\xe8"); // a close frame: 1000, normal
        flush();
    }

    void feed_deltas(const MarketId& market, std::uint64_t count) {
        send(snapshot(market));
        flush();
        DeltaFeed deltas(market);
        for (std::uint64_t sent = 0; sent < count;) {
            const auto some = deltas.next(count - sent);
            write(some);
            sent += some.size() / frame_size;
        }
    }

    void feed_trades(const MarketId& market, std::uint64_t count) {
        flush();
        const auto trades = trade_frames(market);
        for (auto left = count * frame_size; left > 0;) {
            const auto some = std::string_view(trades).substr(0, left);
            write(some);
            left -= some.size();
        }
    }

    void feed_prices(const MarketId& market, std::uint64_t count) {
        using namespace std::chrono;
        flush();
        auto due = steady_clock::now();
        for (std::uint64_t sent = 0; sent < count; ++sent) {
            std::this_thread::sleep_until(due += 200us);
            send(md::SpotPrice{market, Timestamp{steady_clock::now().time_since_epoch() / 1ns}, Decimal::whole(3500)});
            flush();
        }
    }

    template <class Message> void send(const Message& message) { output_ += frame(wire::encode(message)); }
    void write(std::string_view bytes) { boost::asio::write(stream_, boost::asio::buffer(bytes)); }
    bool flush() {
        if (!output_.empty()) write(output_);
        output_.clear();
        return true;
    }

    Stream& stream_;
    ClientFrames frames_;
    std::string output_;
    bool is_gateway_ = false;
    std::uint64_t orders_ = 0;
};

} // namespace omen::bench
