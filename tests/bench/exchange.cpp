// bench_exchange PORT [TLS_PORT CERTIFICATE KEY]
//
// The other side of the benchmarks, so light that it is not what is measured. REST: GET of anything gives a market list
// of 20 KB. Market data: a market's id is the number of messages that its feed has; then the connection is closed.
// trades and orderbook send them as fast as they are read, spot_price 5,000 a second with CLOCK_MONOTONIC's nanoseconds
// as the timestamp. Gateway: every token is right, every order rests, there are no limits. All of that at one port, and
// behind TLS at the other one.
#include "feed.hpp"
#include "protocol/json.hpp"
#include "protocol/rest.hpp"
#include "session.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using namespace omen;

rest::MarketResponse market_of(std::uint64_t id) {
    const auto name = "M" + std::to_string(id);
    return {.market_id = MarketId(id),
            .symbol = name + "-PERP",
            .base = name,
            .quote = "USD",
            .status = "live",
            .tick_size = Decimal::parse("0.05"),
            .lot_size = Decimal::parse("0.001"),
            .min_size = Decimal::parse("0.001"),
            .max_leverage = 20,
            .initial_margin = Decimal::parse("0.05"),
            .maintenance_margin = Decimal::parse("0.025"),
            .maker_fee = Decimal::parse("-0.0001"),
            .taker_fee = Decimal::parse("0.0005")};
}

/// About 20 KB. The markets that the benchmarks name are among them.
std::string market_list() {
    std::vector<rest::MarketResponse> markets;
    for (const std::uint64_t id : {10'000, 20'000, 100'000, 200'000, 1'000'000, 10'000'000})
        markets.push_back(market_of(id));
    for (std::uint64_t id = 1; id <= 58; ++id) markets.push_back(market_of(id));
    return wire::to_json(markets);
}

/// One connection: a WebSocket, or HTTP requests for as long as they come.
template <class Stream> void serve(Stream stream, const std::string& markets) {
    beast::flat_buffer buffer;
    for (;;) {
        http::request<http::empty_body> request;
        http::read(stream, buffer, request);
        if (beast::websocket::is_upgrade(request)) {
            beast::websocket::stream<Stream> upgraded(std::move(stream));
            upgraded.accept(request);
            bench::Session<Stream>(upgraded.next_layer()).run();
            return;
        }
        http::response<http::string_body> answer(http::status::ok, request.version());
        answer.set(http::field::content_type, "application/json");
        answer.body() = markets;
        answer.prepare_payload();
        http::write(stream, answer);
    }
}

template <class Handle> [[noreturn]] void accept(asio::io_context& context, std::uint16_t port, Handle handle) {
    // Both families, as "localhost" may be either.
    tcp::acceptor acceptor(context);
    acceptor.open(tcp::v6());
    acceptor.set_option(asio::ip::v6_only(false));
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind({tcp::v6(), port});
    acceptor.listen();
    for (;;) {
        auto socket = acceptor.accept();
        socket.set_option(tcp::no_delay(true));
        std::thread([handle, peer = std::move(socket)]() mutable {
            try {
                handle(std::move(peer));
            } catch (const std::exception&) {
                // The client has gone, as clients do.
            }
        }).detach();
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 5) {
        std::fputs("usage: bench_exchange PORT [TLS_PORT CERTIFICATE KEY]\n", stderr);
        return 2;
    }
    const auto port_of = [](const char* text) { return static_cast<std::uint16_t>(std::atoi(text)); };
    const auto markets = market_list();
    asio::io_context context;
    asio::ssl::context tls(asio::ssl::context::tls_server);
    try {
        if (argc == 5) {
            tls.use_certificate_chain_file(argv[3]);
            tls.use_private_key_file(argv[4], asio::ssl::context::pem);
            std::thread([&] {
                accept(context, port_of(argv[2]), [&](tcp::socket socket) {
                    asio::ssl::stream<tcp::socket> stream(std::move(socket), tls);
                    stream.handshake(asio::ssl::stream_base::server);
                    serve(std::move(stream), markets);
                });
            }).detach();
        }
        accept(context, port_of(argv[1]), [&](tcp::socket socket) { serve(std::move(socket), markets); });
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_exchange: %s\n", error.what());
        return 1;
    }
}
