#include "sandbox/websocket_session.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
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

/// What a queued message is sent as.
enum class As { binary, text, raw };

/// How a session ends once its queue is empty.
enum class Ending { close, hang_up, reset, stall };

Message message_of(std::string bytes) {
    return std::make_shared<const std::string>(std::move(bytes));
}

/// Half of the frame that would carry this.
Message half_frame(const std::string& payload) {
    const auto size = payload.size();
    std::string frame = "\x82";
    const int length_bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
    frame += static_cast<char>(length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127);
    for (int shift = 8 * (length_bytes - 1); shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift & 0xff);
    frame += payload;
    frame.resize(frame.size() / 2);
    return message_of(std::move(frame));
}

/// Every pending operation holds the session; it goes when the last one has ended. Handlers are only destroyed from
/// completions, never while one of their functions runs.
class WebSocketSession : public Session,
                         public Connections::Member,
                         public std::enable_shared_from_this<WebSocketSession> {
  public:
    WebSocketSession(tcp::socket socket, const WebSocketServer& server)
        : Member(server.connections), address_(address_of(socket)), server_(server), stream_(std::move(socket)) {
        stream_.set_option(websocket::stream_base::timeout{.handshake_timeout = std::chrono::seconds(10),
                                                           .idle_timeout = std::chrono::minutes(5),
                                                           .keep_alive_pings = true});
        stream_.read_message_max(0); // the limit is checked here, so that an error can be sent before the close
        stream_.auto_fragment(false);
    }

    void start() {
        stream_.async_accept([self = shared_from_this()](ErrorCode error) {
            if (error) return self->end();
            self->handler_ = self->server_.open(*self);
            if (self->handler_ && !self->ended_) self->receive();
        });
    }

    void send(Message message) override {
        if (const auto* fault = server_.faults.on_frame(server_.door)) return spoil(fault->kind, message);
        enqueue(std::move(message), As::binary);
    }

    void close(std::uint16_t code) override {
        close_code_ = code;
        finish_by(Ending::close);
    }

    void send_late(Message message, Milliseconds delay) override {
        auto timer = std::make_shared<asio::steady_timer>(stream_.get_executor(), delay);
        timer->async_wait([self = shared_from_this(), timer, message = std::move(message)](ErrorCode cancelled) {
            if (!cancelled) self->send(message);
        });
    }

    void cut(Message message) override {
        enqueue(half_frame(*message), As::raw);
        finish_by(Ending::hang_up);
    }

    void reset() override { finish_by(Ending::reset); }
    void stall() override { finish_by(Ending::stall); }
    void hang_up() override {
        ErrorCode ignored;
        stream_.next_layer().close(ignored);
    }

    bool is_behind() const override { return behind_; }
    const std::string& address() const override { return address_; }

  private:
    struct Queued {
        Message message;
        As as;
    };

    static std::string address_of(const tcp::socket& socket) {
        ErrorCode error;
        const auto endpoint = socket.remote_endpoint(error);
        return error ? std::string{} : endpoint.address().to_string();
    }

    void receive() {
        const auto room = server_.max_message + 1 - buffer_.size();
        stream_.async_read_some(buffer_, room, [self = shared_from_this()](ErrorCode error, std::size_t) {
            if (error) return self->end();
            self->received();
        });
    }

    void received() {
        if (ended_ || ending_) return;
        if (buffer_.size() > server_.max_message) return handler_->on_too_large();
        if (stream_.is_message_done()) {
            const auto bytes = buffer_.cdata();
            handler_->on_message({static_cast<const char*>(bytes.data()), bytes.size()}, stream_.got_binary());
            buffer_.consume(buffer_.size());
        }
        if (!ending_) receive();
    }

    /// What a fault makes of a frame.
    void spoil(FaultKind kind, const Message& message) {
        switch (kind) {
        case FaultKind::cut_frame:
            return cut(message);
        case FaultKind::garbage_frame:
            return enqueue(message_of(std::string(16, '\xff')), As::raw);
        case FaultKind::text_frame:
            return enqueue(message_of("a text frame, where a binary one is due"), As::text);
        case FaultKind::disconnect:
            return close(close_code::restart);
        default:
            return stall();
        }
    }

    void enqueue(Message message, As as) {
        if (ended_ || ending_) return;
        queued_ += message->size();
        queue_.push_back({std::move(message), as});
        if (queued_ > behind_above) behind_ = true;
        if (queued_ > dropped_above) return drop();
        if (queue_.size() == 1) write();
    }

    void write() {
        const auto& [message, as] = queue_.front();
        auto written = [self = shared_from_this(), kept = message](ErrorCode error, std::size_t) {
            if (error) return self->end();
            self->written();
        };
        if (as == As::raw) return asio::async_write(stream_.next_layer(), asio::buffer(*message), std::move(written));
        stream_.binary(as == As::binary);
        stream_.async_write(asio::buffer(*message), std::move(written));
    }

    void written() {
        if (ended_) return;
        queued_ -= queue_.front().message->size();
        queue_.pop_front();
        if (!queue_.empty())
            write();
        else if (ending_)
            finish();
        if (behind_ && queued_ <= behind_above / 2) {
            behind_ = false;
            if (handler_) handler_->on_caught_up();
        }
    }

    void finish_by(Ending ending) {
        if (ended_ || ending_) return;
        ending_ = ending;
        if (queue_.empty()) finish();
    }

    void finish() {
        switch (*ending_) {
        case Ending::close:
            return stream_.async_close(static_cast<websocket::close_code>(close_code_),
                                       [self = shared_from_this()](ErrorCode) { self->end(); });
        case Ending::reset:
            sandbox::reset(stream_.next_layer());
            return drop();
        case Ending::hang_up:
            return leave(Silence::ended);
        case Ending::stall:
            return leave(Silence::open);
        }
    }

    /// Ends the session, but not yet its connection.
    void leave(Silence silence) {
        auto& socket = stream_.next_layer();
        ErrorCode error;
        const auto endpoint = socket.local_endpoint(error);
        if (error) return drop();
        const auto protocol = endpoint.protocol();
        keep_silently(tcp::socket(stream_.get_executor(), protocol, socket.release()), silence, all());
        drop();
    }

    void drop() {
        asio::post(stream_.get_executor(), [self = shared_from_this()] { self->end(); });
    }

    void end() {
        ended_ = true;
        handler_.reset();
        queue_.clear();
        hang_up();
    }

    std::string address_;
    const WebSocketServer& server_;
    websocket::stream<tcp::socket, false> stream_;
    beast::flat_buffer buffer_;
    std::unique_ptr<SessionHandler> handler_;
    std::deque<Queued> queue_; ///< the first one is being written
    std::size_t queued_ = 0;   ///< bytes
    std::optional<Ending> ending_;
    std::uint16_t close_code_ = 0;
    bool behind_ = false;
    bool ended_ = false;
};

} // namespace

void serve_websocket(tcp::socket socket, const WebSocketServer& server) {
    if (server.faults.on_connection(server.door) != nullptr) return reset(socket);
    std::make_shared<WebSocketSession>(std::move(socket), server)->start();
}

} // namespace omen::sandbox
