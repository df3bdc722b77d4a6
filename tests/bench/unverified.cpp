// bench_unverified MARKET_DATA_URL MARKET
//
// What `omenctl stream book` would cost without a book: the same reading, decoding and printing by the same layers, and
// nothing checked.
#include "cli/output/output.hpp"
#include "cli/output/views.hpp"
#include "protocol/market_data.hpp"
#include "transport/websocket.hpp"

#include <cstdio>

namespace {

using namespace omen;

void stream(const Url& url, const MarketId& market) {
    Output output({.format = Format::ndjson});
    output.begin_stream({});
    auto socket = WebSocket::connect(url, Deadline::after(Milliseconds(10'000)),
                                     WebSocket::Options{.before_blocking = [&] { output.flush(); }});
    socket.send(wire::encode(md::Subscribe{md::Channel{ChannelKind::orderbook, market}.text()}));
    md::OrderbookDelta delta;
    BookView view{
        .type = "delta", .market_id = market, .symbol = market.text(), .timestamp = {}, .bids = {}, .asks = {}};
    try {
        while (const auto frame = socket.receive(Deadline::never())) {
            if (wire::tag_of(frame->payload) != wire::declaration_of<md::OrderbookDelta>.name) continue;
            wire::decode_into(frame->payload, delta);
            view.sequence = delta.sequence;
            view.timestamp = delta.timestamp;
            view.bids = delta.bids;
            view.asks = delta.asks;
            output.line(view);
        }
    } catch (const Disconnected& end) {
        if (end.cause() != Disconnected::Cause::closed_by_peer) throw;
    }
    output.flush();
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: bench_unverified MARKET_DATA_URL MARKET\n", stderr);
        return 2;
    }
    try {
        stream(Url::parse(argv[1]), MarketId::from_text(argv[2]));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_unverified: %s\n", error.what());
    }
    return 1;
}
