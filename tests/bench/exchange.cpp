// bench_exchange CERTIFICATE KEY
//
// The other side of the benchmarks, so light that it is not what is measured. REST: GET of anything gives a market list
// of 20 KB. Market data: a market's id is the number of messages that its feed has; then the connection is closed.
// trades and orderbook send them as fast as they are read, spot_price 5,000 a second with CLOCK_MONOTONIC's nanoseconds
// as the timestamp. Gateway: every token is right, every order rests, there are no limits. All of that at a free
// port, and behind TLS at another: it prints plain_port=N and tls_port=N.
#include "feed.hpp"
#include "protocol/rest.hpp"
#include "protocol/wire/json.hpp"
#include "session.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <cstdio>
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

/// Listens at a free port and says which: for both families, as "localhost" may be either.
tcp::acceptor listen(asio::io_context& context, const char* name) {
    tcp::acceptor acceptor(context);
    acceptor.open(tcp::v6());
    acceptor.set_option(asio::ip::v6_only(false));
    acceptor.bind({tcp::v6(), 0});
    acceptor.listen();
    std::printf("%s=%d\n", name, acceptor.local_endpoint().port());
    std::fflush(stdout);
    return acceptor;
}

template <class Handle> [[noreturn]] void accept(tcp::acceptor acceptor, Handle handle) {
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

void run(const char* certificate, const char* key) {
    const auto markets = market_list();
    asio::io_context context;
    asio::ssl::context tls(asio::ssl::context::tls_server);
    tls.use_certificate_chain_file(certificate);
    tls.use_private_key_file(key, asio::ssl::context::pem);
    auto plain_acceptor = listen(context, "plain_port");
    auto tls_acceptor = listen(context, "tls_port");
    std::thread([&] {
        accept(std::move(tls_acceptor), [&](tcp::socket socket) {
            asio::ssl::stream<tcp::socket> stream(std::move(socket), tls);
            stream.handshake(asio::ssl::stream_base::server);
            serve(std::move(stream), markets);
        });
    }).detach();
    accept(std::move(plain_acceptor), [&](tcp::socket socket) { serve(std::move(socket), markets); });
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: bench_exchange CERTIFICATE KEY\n", stderr);
        return 2;
    }
    try {
        run(argv[1], argv[2]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_exchange: %s\n", error.what());
    }
    return 1;
}
