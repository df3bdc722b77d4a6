#include "sandbox/websocket_session.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <deque>
#include <optional>

namespace omen::sandbox {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using ErrorCode = beast::error_code;

/// Every pending operation holds the session; it goes when the last one has ended. Handlers are only destroyed from
/// completions, never while one of their functions runs.
class WebSocketSession : public Session, public std::enable_shared_from_this<WebSocketSession> {
  public:
    WebSocketSession(tcp::socket socket, std::size_t max_message, OpenSession open)
        : address_(address_of(socket)), max_message_(max_message), open_(std::move(open)), stream_(std::move(socket)) {
        stream_.set_option(websocket::stream_base::timeout{.handshake_timeout = std::chrono::seconds(10),
                                                           .idle_timeout = std::chrono::minutes(5),
                                                           .keep_alive_pings = true});
        stream_.read_message_max(0); // the limit is checked here, so that an error can be sent before the close
        stream_.auto_fragment(false);
        stream_.binary(true);
    }

    void start() {
        stream_.async_accept([self = shared_from_this()](ErrorCode error) {
            if (error) return self->end();
            self->handler_ = self->open_(*self);
            if (self->handler_) self->receive();
        });
    }

    void send(Message message) override {
        if (ended_ || closing_) return;
        queued_ += message->size();
        queue_.push_back(std::move(message));
        if (queued_ > behind_above) behind_ = true;
        if (queued_ > dropped_above) return drop();
        if (queue_.size() == 1) write();
    }

    void close(std::uint16_t code) override {
        closing_ = code;
        if (queue_.empty()) send_close();
    }

    bool is_behind() const override { return behind_; }
    const std::string& address() const override { return address_; }

  private:
    static std::string address_of(const tcp::socket& socket) {
        ErrorCode error;
        const auto endpoint = socket.remote_endpoint(error);
        return error ? std::string{} : endpoint.address().to_string();
    }

    void receive() {
        const auto room = max_message_ + 1 - buffer_.size();
        stream_.async_read_some(buffer_, room, [self = shared_from_this()](ErrorCode error, std::size_t) {
            if (error) return self->end();
            self->received();
        });
    }

    void received() {
        if (ended_) return;
        if (buffer_.size() > max_message_) return handler_->on_too_large();
        if (stream_.is_message_done()) {
            const auto bytes = buffer_.cdata();
            handler_->on_message({static_cast<const char*>(bytes.data()), bytes.size()}, stream_.got_binary());
            buffer_.consume(buffer_.size());
        }
        if (!closing_) receive();
    }

    void write() {
        const auto message = queue_.front();
        stream_.async_write(asio::buffer(*message), [self = shared_from_this(), message](ErrorCode error, std::size_t) {
            if (error) return self->end();
            self->written();
        });
    }

    void written() {
        if (ended_) return;
        queued_ -= queue_.front()->size();
        queue_.pop_front();
        if (!queue_.empty())
            write();
        else if (closing_)
            send_close();
        if (behind_ && queued_ <= behind_above / 2) {
            behind_ = false;
            if (handler_) handler_->on_caught_up();
        }
    }

    void send_close() {
        stream_.async_close(static_cast<websocket::close_code>(*closing_),
                            [self = shared_from_this()](ErrorCode) { self->end(); });
    }

    void drop() {
        asio::post(stream_.get_executor(), [self = shared_from_this()] { self->end(); });
    }

    void end() {
        ended_ = true;
        handler_.reset();
        queue_.clear();
        ErrorCode ignored;
        stream_.next_layer().close(ignored);
    }

    std::string address_;
    std::size_t max_message_;
    OpenSession open_;
    websocket::stream<tcp::socket, false> stream_;
    beast::flat_buffer buffer_;
    std::unique_ptr<SessionHandler> handler_;
    std::deque<Message> queue_; ///< the first one is being written
    std::size_t queued_ = 0;    ///< bytes
    std::optional<std::uint16_t> closing_;
    bool behind_ = false;
    bool ended_ = false;
};

} // namespace

void serve_websocket(tcp::socket socket, std::size_t max_message, OpenSession open) {
    std::make_shared<WebSocketSession>(std::move(socket), max_message, std::move(open))->start();
}

} // namespace omen::sandbox
