#include "sandbox/servers/connections.hpp"

#include <boost/asio/buffer.hpp>

#include <array>
#include <memory>

namespace omen::sandbox {

namespace {

using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

class SilentConnection : public Connections::Member, public std::enable_shared_from_this<SilentConnection> {
  public:
    SilentConnection(tcp::socket socket, Connections& all) : Member(all), socket_(std::move(socket)) {}

    void drain() {
        socket_.async_read_some(boost::asio::buffer(ignored_),
                                [self = shared_from_this()](ErrorCode error, std::size_t) {
                                    if (!error) self->drain();
                                });
    }

    void hang_up() override {
        ErrorCode ignored;
        socket_.close(ignored);
    }

  private:
    tcp::socket socket_;
    std::array<char, 4096> ignored_{};
};

} // namespace

void reset(tcp::socket& socket) {
    ErrorCode ignored;
    socket.set_option(tcp::socket::linger(true, 0), ignored);
    socket.close(ignored);
}

void leave_open(tcp::socket socket, HalfOpen silence, Connections& all) {
    ErrorCode ignored;
    if (silence == HalfOpen::ended) socket.shutdown(tcp::socket::shutdown_send, ignored);
    std::make_shared<SilentConnection>(std::move(socket), all)->drain();
}

} // namespace omen::sandbox
