// bench_receive MARKET_DATA_URL CHANNEL [COUNT]
//
// The floor of streaming: Beast's synchronous WebSocket over a read-ahead of 64 KB, with nothing decoded and nothing
// printed. Ends after so many messages, or with the connection.
#include "protocol/market_data.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

/// A TCP connection that is read in large pieces, and handed out in the small ones that Beast asks for.
class ReadAhead {
  public:
    using executor_type = asio::ip::tcp::socket::executor_type;

    explicit ReadAhead(asio::ip::tcp::socket socket) : socket_(std::move(socket)), bytes_(64U << 10) {}

    executor_type get_executor() { return socket_.get_executor(); }

    template <class Buffers> std::size_t read_some(const Buffers& buffers, error_code& ec) {
        if (begin_ == end_) {
            begin_ = 0;
            end_ = socket_.read_some(asio::buffer(bytes_), ec);
        }
        const auto count = asio::buffer_copy(buffers, asio::buffer(bytes_.data() + begin_, end_ - begin_));
        begin_ += count;
        return count;
    }
    template <class Buffers> std::size_t write_some(const Buffers& buffers, error_code& ec) {
        return socket_.write_some(buffers, ec);
    }
    template <class Buffers> std::size_t read_some(const Buffers& buffers) {
        error_code ec;
        const auto count = read_some(buffers, ec);
        return ec ? throw boost::system::system_error(ec) : count;
    }
    template <class Buffers> std::size_t write_some(const Buffers& buffers) { return socket_.write_some(buffers); }

  private:
    asio::ip::tcp::socket socket_;
    std::vector<char> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

void teardown(boost::beast::role_type, ReadAhead&, error_code&) {}

std::uint64_t receive(const std::string& host, const std::string& port, const std::string& channel,
                      std::uint64_t count) {
    asio::io_context context;
    asio::ip::tcp::socket socket(context);
    asio::connect(socket, asio::ip::tcp::resolver(context).resolve(host, port));
    socket.set_option(asio::ip::tcp::no_delay(true));
    websocket::stream<ReadAhead, false> stream(std::move(socket));
    stream.handshake(host, "/");
    stream.binary(true);
    stream.write(asio::buffer(omen::wire::encode(omen::md::Subscribe{channel})));
    boost::beast::flat_buffer message;
    std::uint64_t received = 0;
    for (error_code ec; received < count; ++received) {
        message.clear();
        stream.read(message, ec);
        if (ec == websocket::error::closed || ec == asio::error::eof) break;
        if (ec) throw boost::system::system_error(ec);
    }
    return received;
}

} // namespace

int main(int argc, char** argv) {
    const std::string url = argc < 3 ? "" : argv[1]; // ws://HOST:PORT/
    const auto colon = url.rfind(':');
    if (!url.starts_with("ws://") || colon < 5) {
        std::fputs("usage: bench_receive MARKET_DATA_URL CHANNEL [COUNT]\n", stderr);
        return 2;
    }
    try {
        const auto count = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : UINT64_MAX;
        const auto port = url.substr(colon + 1, url.find('/', colon) - colon - 1);
        const auto received = receive(url.substr(5, colon - 5), port, argv[2], count);
        std::printf("%llu\n", static_cast<unsigned long long>(received));
        return argc > 3 && received < count ? 1 : 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_receive: %s\n", error.what());
        return 1;
    }
}
