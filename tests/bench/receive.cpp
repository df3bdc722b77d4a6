// bench_receive MARKET_DATA_URL CHANNEL [COUNT]
//
// The floor of streaming: Beast over the read-ahead stream, as omenctl reads, with nothing decoded and nothing printed.
// Ends after so many messages, or with the connection.
#include "protocol/market_data.hpp"
#include "transport/websocket.hpp"

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    using namespace omen;
    if (argc < 3) {
        std::fputs("usage: bench_receive MARKET_DATA_URL CHANNEL [COUNT]\n", stderr);
        return 2;
    }
    const auto count = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : UINT64_MAX;
    std::uint64_t received = 0;
    try {
        auto socket =
            WebSocket::connect(Url::parse(argv[1]), Deadline::after(Milliseconds(10'000)), WebSocket::Options{});
        socket.send(wire::encode(md::Subscribe{argv[2]}));
        while (received < count && socket.receive(Deadline::never())) ++received;
    } catch (const Disconnected& end) {
        if (argc > 3 || end.cause() != Disconnected::Cause::closed_by_peer) {
            std::fprintf(stderr, "bench_receive: %s\n", end.what());
            return 1;
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_receive: %s\n", error.what());
        return 1;
    }
    std::printf("%llu\n", static_cast<unsigned long long>(received));
}
