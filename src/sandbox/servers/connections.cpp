#include "sandbox/servers/connections.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <memory>

namespace omen::sandbox {

namespace {

using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

class SilentConnection : public Connections::Member, public std::enable_shared_from_this<SilentConnection> {
  public:
    SilentConnection(tcp::socket socket, Connections& all)
        : Member(all, client_of(socket)), socket_(std::move(socket)), end_(socket_.get_executor()) {}

    void end_after(std::chrono::seconds time) {
        end_.expires_after(time);
        end_.async_wait([self = weak_from_this()](ErrorCode cancelled) {
            if (const auto still = self.lock(); still && !cancelled) still->hang_up();
        });
    }

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
    boost::asio::steady_timer end_;
    std::array<char, 4096> ignored_{};
};

} // namespace

std::string client_of(const tcp::socket& socket) {
    ErrorCode error;
    const auto endpoint = socket.remote_endpoint(error);
    return error ? std::string{} : endpoint.address().to_string();
}

void reset(tcp::socket& socket) {
    ErrorCode ignored;
    socket.set_option(tcp::socket::linger(true, 0), ignored);
    socket.close(ignored);
}

void leave_open(tcp::socket socket, HalfOpen silence, Connections& all) {
    ErrorCode ignored;
    if (silence == HalfOpen::ended) socket.shutdown(tcp::socket::shutdown_send, ignored);
    const auto connection = std::make_shared<SilentConnection>(std::move(socket), all);
    connection->end_after(silence == HalfOpen::ended ? std::chrono::minutes(1) : std::chrono::minutes(15));
    connection->drain();
}

} // namespace omen::sandbox
