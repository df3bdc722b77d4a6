#include "sandbox/servers/websocket_session.hpp"

#include "sandbox/access/http_head.hpp"
#include "sandbox/servers/gathering_socket.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <limits>
#include <optional>

namespace omen::sandbox {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using ErrorCode = beast::error_code;

/// What a message is sent as, by its frame's first byte.
enum class As : unsigned char { text = 0x81, binary = 0x82 };

/// How a session ends once its queue is empty.
enum class Ending { close, hang_up, reset, stall };

/// The head of a frame that carries this many bytes.
std::string frame_head(As as, std::size_t size) {
    std::string head(1, static_cast<char>(as));
    const int length_bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
    head += static_cast<char>(length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127);
    for (int shift = 8 * (length_bytes - 1); shift >= 0; shift -= 8) head += static_cast<char>(size >> shift & 0xff);
    return head;
}

std::string half_frame(const std::string& payload) {
    auto frame = frame_head(As::binary, payload.size()) + payload;
    frame.resize(frame.size() / 2);
    return frame;
}

/// Fields of one name say what one field with all of their values says; Beast looks at the first alone.
void join_fields(http::fields& fields, http::field name) {
    std::string values;
    const auto range = fields.equal_range(name);
    for (auto field = range.first; field != range.second; ++field)
        values.append(values.empty() ? "" : ", ").append(field->value().data(), field->value().size());
    if (!values.empty()) fields.set(name, values);
}

/// Every pending operation holds the session; it goes when the last one has ended. Handlers are only destroyed from
/// completions, never while one of their functions runs.
class WebSocketSession : public Session,
                         public Connections::Member,
                         public std::enable_shared_from_this<WebSocketSession> {
  public:
    WebSocketSession(tcp::socket socket, const WebSocketServer& server)
        : Member(server.connections, client_of(socket)),
          server_(server),
          stream_(std::move(socket), [this] { flush(); }),
          handshake_end_(stream_.get_executor()) {
        stream_.set_option(websocket::stream_base::timeout{.handshake_timeout = std::chrono::seconds(10),
                                                           .idle_timeout = std::chrono::minutes(5),
                                                           .keep_alive_pings = true});
        // The limit is checked here, so that an error can be sent before the close; but a length's top bit is never
        // set.
        stream_.read_message_max(std::numeric_limits<std::int64_t>::max());
        head_.header_limit(longest_head);
    }

    void start() {
        handshake_end_.expires_after(std::chrono::seconds(10));
        handshake_end_.async_wait([self = weak_from_this()](ErrorCode cancelled) {
            if (const auto still = self.lock(); still && !cancelled) still->end();
        });
        http::async_read_header(output(), buffer_, head_, [self = shared_from_this()](ErrorCode error, std::size_t) {
            self->handshake_end_.cancel();
            self->upgrade(error);
        });
    }

    void send(Message message) override {
        if (ended_ || ending_) return;
        if (const auto* fault = server_.faults.on_frame(server_.endpoint)) return spoil(fault->kind, message);
        enqueue(*message, As::binary);
    }

    void close(std::uint16_t code) override {
        close_code_ = code;
        finish_by(Ending::close);
    }

    void later(Milliseconds delay, std::function<void()> act) override {
        auto timer = std::make_shared<asio::steady_timer>(stream_.get_executor(), delay);
        timer->async_wait(
            [self = shared_from_this(), handler = handler_, timer, act = std::move(act)](ErrorCode error) {
                if (!error) act();
            });
    }

    void cut(Message message) override {
        enqueue(half_frame(*message));
        finish_by(Ending::hang_up);
    }

    void stall_within(Message message) override {
        enqueue(half_frame(*message));
        finish_by(Ending::stall);
    }

    void end_stream() override { finish_by(Ending::hang_up); }
    void reset() override { finish_by(Ending::reset); }
    void stall() override { finish_by(Ending::stall); }
    void hang_up() override { beast_close_socket(output()); }

    bool is_behind() const override { return behind_; }
    const std::string& address() const override { return client(); }

  private:
    GatheringSocket& output() { return stream_.next_layer(); }

    void upgrade(ErrorCode error) {
        if (error == http::error::header_limit) return refuse({431, "the header is too large"});
        if (error.category() == make_error_code(http::error::bad_method).category() &&
            error != http::error::end_of_stream && error != http::error::partial_message)
            return refuse({400, "no HTTP: " + error.message()});
        if (error) return end();
        auto request = head_.release();
        if (const auto fault = fault_of(request)) return refuse(*fault);
        if (!server_.names.admit(authority_of(request), std::string(request[http::field::origin])))
            return refuse({403, "this name, or this page's, is none of the sandbox's own; see --host"});
        join_fields(request, http::field::connection);
        join_fields(request, http::field::upgrade);
        output().upgrade({static_cast<const char*>(buffer_.cdata().data()), buffer_.size()});
        buffer_.clear();
        stream_.async_accept(request, [self = shared_from_this()](ErrorCode refused) {
            if (refused) return self->end();
            self->handler_ = self->server_.open(*self);
            if (self->handler_ && !self->ended_) self->receive();
        });
    }

    /// Answers a request that is not upgraded.
    void refuse(const HeadFault& fault) {
        const auto reason = http::obsolete_reason(static_cast<http::status>(fault.status));
        const auto body = fault.message + "\n";
        enqueue("HTTP/1.1 " + std::to_string(fault.status) + " " + std::string(reason) + "\r\nDate: " + http_date() +
                "\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\nConnection: close\r\n\r\n" + body);
        finish_by(Ending::hang_up);
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
            return enqueue(std::string(16, '\xff'));
        case FaultKind::text_frame:
            return enqueue("a text frame, where a binary one is due", As::text);
        case FaultKind::disconnect:
            return close(close_code::restart);
        default:
            return stall();
        }
    }

    void enqueue(const std::string& payload, As as) { enqueue(frame_head(as, payload.size()), payload); }

    void enqueue(const std::string& bytes, std::string_view more = {}) {
        if (ended_ || ending_) return;
        output().gather(bytes, more);
        if (output().unsent() > behind_above) behind_ = true;
    }

    /// Sends what is gathered. What comes while the socket is busy, or before control is back in the loop, goes
    /// together. Of a client that does not read, pings must not fill the memory either.
    void flush() {
        if (output().unsent() > dropped_above && !std::exchange(dropped_, true)) drop();
        if (std::exchange(sending_, true)) return;
        output().send([self = shared_from_this()](ErrorCode error) {
            self->sending_ = false;
            if (error) return self->end();
            self->sent();
        });
    }

    void sent() {
        if (ended_) return;
        if (output().unsent() > 0)
            flush();
        else if (ending_ && !finishing_)
            finish();
        if (behind_ && output().unsent() <= behind_above / 2) {
            behind_ = false;
            if (handler_) handler_->on_caught_up();
        }
    }

    void finish_by(Ending ending) {
        if (ended_ || ending_) return;
        ending_ = ending;
        if (output().unsent() == 0) finish();
    }

    void finish() {
        finishing_ = true;
        switch (*ending_) {
        case Ending::close:
            return stream_.async_close(static_cast<websocket::close_code>(close_code_),
                                       [self = shared_from_this()](ErrorCode) { self->end(); });
        case Ending::reset:
            sandbox::reset(output().socket());
            return drop();
        case Ending::hang_up:
            return leave(HalfOpen::ended);
        case Ending::stall:
            return leave(HalfOpen::open);
        }
    }

    /// Ends the session, but not yet its connection.
    void leave(HalfOpen silence) {
        auto& socket = output().socket();
        ErrorCode error;
        const auto endpoint = socket.local_endpoint(error);
        if (error) return drop();
        const auto protocol = endpoint.protocol();
        leave_open(tcp::socket(stream_.get_executor(), protocol, socket.release()), silence, all());
        drop();
    }

    void drop() {
        asio::post(stream_.get_executor(), [self = shared_from_this()] { self->end(); });
    }

    void end() {
        ended_ = true;
        handler_.reset();
        hang_up();
    }

    static constexpr std::uint32_t longest_head = 64U << 10;

    const WebSocketServer& server_;
    websocket::stream<GatheringSocket, false> stream_;
    asio::steady_timer handshake_end_;
    http::request_parser<http::empty_body> head_;
    beast::flat_buffer buffer_;
    std::shared_ptr<SessionHandler> handler_;
    std::optional<Ending> ending_;
    std::uint16_t close_code_ = 0;
    bool behind_ = false;
    bool sending_ = false;
    bool finishing_ = false;
    bool dropped_ = false;
    bool ended_ = false;
};

} // namespace

void serve_websocket(tcp::socket socket, const WebSocketServer& server) {
    if (server.connections.has_too_many(client_of(socket))) return reset(socket);
    if (server.faults.on_connection(server.endpoint) != nullptr) return reset(socket);
    std::make_shared<WebSocketSession>(std::move(socket), server)->start();
}

} // namespace omen::sandbox
