#include "sandbox/rest/server.hpp"

#include "protocol/codes.hpp"
#include "sandbox/access/http_head.hpp"
#include "sandbox/rest/http_faults.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <memory>
#include <optional>
#include <sstream>

namespace omen::sandbox {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::asio::ip::tcp;
using ErrorCode = beast::error_code;

RestRequest request_of(const http::request<http::string_body>& message) {
    return {.method = std::string(message.method_string()),
            .target = path_of(message),
            .authorization = std::string(message[http::field::authorization]),
            .body = message.body(),
            .host = authority_of(message),
            .origin = std::string(message[http::field::origin]),
            .content_type = std::string(message[http::field::content_type])};
}

/// The answer to a request that could not be read; nothing when the connection has just ended.
std::optional<RestReply> reply_to(const ErrorCode& error) {
    if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
    if (error == http::error::body_limit) return rest_error(413, code::message_too_large, "the body is too large");
    if (error == http::error::header_limit) return rest_error(431, code::message_too_large, "the header is too large");
    if (error.category() == make_error_code(http::error::bad_method).category())
        return rest_error(400, code::invalid_message, "no HTTP: " + error.message());
    return std::nullopt;
}

class HttpSession : public Connections::Member, public std::enable_shared_from_this<HttpSession> {
  public:
    HttpSession(tcp::socket socket, const RestServer& server)
        : Member(server.connections, client_of(socket)),
          stream_(std::move(socket)),
          server_(server),
          pause_(stream_.get_executor()) {}

    void receive() {
        parser_.emplace();
        parser_->body_limit(server_.max_body);
        stream_.expires_after(std::chrono::minutes(1));
        http::async_read_header(stream_, buffer_, *parser_, [self = shared_from_this()](ErrorCode error, std::size_t) {
            error ? self->refuse(error) : self->received_head();
        });
    }

    void hang_up() override { stream_.close(); }

  private:
    void received_head() {
        const auto& head = parser_->get().base();
        if (const auto fault = fault_of(head))
            return send(rest_error(fault->status, code::invalid_message, fault->message), false);
        if (parser_->is_done() || !awaits_go_ahead(head)) return receive_body({});
        boost::asio::async_write(
            stream_, boost::asio::buffer(go_ahead),
            [self = shared_from_this()](ErrorCode error, std::size_t) { self->receive_body(error); });
    }

    void receive_body(const ErrorCode& broken) {
        if (broken) return;
        http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](ErrorCode error, std::size_t) {
            error ? self->refuse(error) : self->answer();
        });
    }

    void answer() {
        const auto request = request_of(parser_->get());
        if (Control::is_for(request.target)) return send(server_.control.handle(request, is_from_this_machine()));
        // At the first request only, so that the control can be reached.
        if (!std::exchange(admitted_, true) && server_.faults.on_connection(Endpoint::rest) != nullptr)
            return reset(stream_.socket());
        const auto obey = [&] { return server_.api.handle(request); };
        const auto* fault = server_.faults.on_request(request.target);
        fault == nullptr ? send(obey()) : answer_falsely(fault->http, obey);
    }

    void answer_falsely(const HttpFault& fault, const std::function<RestReply()>& obey) {
        const auto reply = spoiled(fault, obey);
        if (fault.loses_answer) return shut_down();
        fault.slow > Milliseconds(0) ? send_slowly(reply, fault.slow) : send(reply);
    }

    bool is_from_this_machine() {
        ErrorCode error;
        const auto peer = stream_.socket().remote_endpoint(error);
        return !error && peer.address().is_loopback();
    }

    void refuse(const ErrorCode& error) {
        if (const auto reply = reply_to(error)) send(*reply, false);
    }

    void send(const RestReply& reply, bool may_keep_alive = true) {
        prepare(reply, may_keep_alive && parser_->get().keep_alive());
        http::async_write(stream_, response_,
                          [self = shared_from_this()](ErrorCode error, std::size_t) { self->sent(error); });
    }

    void prepare(const RestReply& reply, bool keep_alive) {
        response_ = {};
        response_.result(static_cast<unsigned>(reply.status));
        response_.keep_alive(keep_alive);
        response_.set(http::field::date, http_date());
        response_.body() = reply.body;
        if (!reply.body.empty()) response_.set(http::field::content_type, reply.content_type);
        if (!reply.allow.empty()) response_.set(http::field::allow, reply.allow);
        if (!reply.location.empty()) response_.set(http::field::location, reply.location);
        if (reply.retry_after) response_.set(http::field::retry_after, std::to_string(*reply.retry_after));
        if (reply.status == 401) response_.set(http::field::www_authenticate, "Bearer");
        response_.prepare_payload();
        if (reply.status == 204) response_.erase(http::field::content_length);
        const bool is_head = parser_->get().method() == http::verb::head;
        if (is_head) response_.body().clear(); // but for Content-Length, which stays
    }

    void sent(const ErrorCode& error) {
        if (error) return;
        response_.keep_alive() ? receive() : shut_down();
    }

    /// The head at once, the body in drops; where there is none, the head late.
    void send_slowly(const RestReply& reply, Milliseconds duration) {
        prepare(reply, parser_->get().keep_alive());
        std::ostringstream text;
        text << response_.base();
        const auto head = text.str().size();
        drops_ = text.str() + response_.body();
        const auto first = response_.body().empty() ? 0 : head;
        const auto drop = std::max<std::size_t>(1, (drops_.size() - first + most_drops - 1) / most_drops);
        const auto count = static_cast<int>((drops_.size() - first + drop - 1) / drop);
        stream_.expires_never();
        send_drop(0, first, drop, std::chrono::duration_cast<Clock::duration>(duration) / count);
    }

    void send_drop(std::size_t at, std::size_t size, std::size_t next, Clock::duration pause) {
        size = std::min(size, drops_.size() - at);
        const auto end = at + size;
        auto written = [self = shared_from_this(), end, next, pause](ErrorCode error, std::size_t) {
            if (error || end == self->drops_.size()) return self->sent(error);
            self->pause_.expires_after(pause);
            self->pause_.async_wait([self, end, next, pause](ErrorCode cancelled) {
                if (!cancelled) self->send_drop(end, next, next, pause);
            });
        };
        boost::asio::async_write(stream_, boost::asio::buffer(drops_.data() + at, size), std::move(written));
    }

    /// Reads on for a moment, so that the client gets the answer and no reset for what it is still sending.
    void shut_down() {
        ErrorCode ignored;
        stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        stream_.expires_after(std::chrono::seconds(2));
        drain();
    }

    void drain() {
        buffer_.clear();
        stream_.async_read_some(buffer_.prepare(65536), [self = shared_from_this()](ErrorCode error, std::size_t) {
            if (!error) self->drain();
        });
    }

    static constexpr std::size_t most_drops = 20;
    static constexpr std::string_view go_ahead = "HTTP/1.1 100 Continue\r\n\r\n";

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    const RestServer& server_;
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> response_;
    bool admitted_ = false;
    std::string drops_; ///< an answer that is sent slowly
    boost::asio::steady_timer pause_;
};

} // namespace

void serve_http(tcp::socket socket, const RestServer& server) {
    if (server.connections.has_too_many(client_of(socket))) return reset(socket);
    std::make_shared<HttpSession>(std::move(socket), server)->receive();
}

} // namespace omen::sandbox
