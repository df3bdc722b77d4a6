#include "sandbox/servers/listener.hpp"
#include "support/catch.hpp"

#include <boost/asio/error.hpp>

namespace omen::listener_test {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

} // namespace

TEST_CASE("a paused listener refuses connections and holds its port, until it accepts again") {
    asio::io_context io;
    int accepted = 0;
    sandbox::Listener listener(io, {.server = "test", .flag = "--test-port", .addresses = {"127.0.0.1"}},
                               [&](tcp::socket) { ++accepted; });
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), listener.port());
    const auto connect = [&] {
        boost::system::error_code error;
        tcp::socket(io).connect(endpoint, error);
        return error;
    };
    listener.pause(Milliseconds(50));
    CHECK(connect() == asio::error::connection_refused);
    boost::system::error_code taken;
    tcp::acceptor other(io, tcp::v4());
    other.bind(endpoint, taken);
    CHECK(taken == asio::error::address_in_use);
    io.run_for(std::chrono::milliseconds(500));
    CHECK_FALSE(connect());
    io.run_for(std::chrono::milliseconds(500));
    CHECK(accepted == 1);
}

} // namespace omen::listener_test
