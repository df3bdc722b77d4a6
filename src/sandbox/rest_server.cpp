#include "sandbox/rest_server.hpp"

#include "protocol/codes.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <memory>
#include <optional>

namespace omen::sandbox {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::asio::ip::tcp;
using ErrorCode = beast::error_code;

RestRequest request_of(const http::request<http::string_body>& message) {
    return {.method = std::string(message.method_string()),
            .target = std::string(message.target()),
            .authorization = std::string(message[http::field::authorization]),
            .body = message.body()};
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

class HttpSession : public std::enable_shared_from_this<HttpSession> {
  public:
    HttpSession(tcp::socket socket, std::size_t max_body, RestApi& api)
        : stream_(std::move(socket)), max_body_(max_body), api_(api) {}

    void receive() {
        parser_.emplace();
        parser_->body_limit(max_body_);
        stream_.expires_after(std::chrono::minutes(1));
        http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](ErrorCode error, std::size_t) {
            error ? self->refuse(error) : self->answer();
        });
    }

  private:
    void answer() {
        const auto& message = parser_->get();
        const auto is_head = message.method() == http::verb::head;
        send(api_.handle(request_of(message), Timestamp::now()), message.keep_alive(), is_head);
    }

    void refuse(const ErrorCode& error) {
        if (const auto reply = reply_to(error)) send(*reply, false, false);
    }

    void send(const RestReply& reply, bool keep_alive, bool is_head) {
        response_ = {};
        response_.result(static_cast<unsigned>(reply.status));
        response_.keep_alive(keep_alive);
        response_.body() = reply.body;
        if (!reply.body.empty()) response_.set(http::field::content_type, "application/json");
        if (!reply.allow.empty()) response_.set(http::field::allow, reply.allow);
        if (reply.status == 401) response_.set(http::field::www_authenticate, "Bearer");
        response_.prepare_payload();
        if (reply.status == 204) response_.erase(http::field::content_length);
        if (is_head) response_.body().clear(); // but for Content-Length, which stays
        http::async_write(stream_, response_, [self = shared_from_this()](ErrorCode error, std::size_t) {
            if (error) return;
            self->response_.keep_alive() ? self->receive() : self->shut_down();
        });
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

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    std::size_t max_body_;
    RestApi& api_;
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> response_;
};

} // namespace

void serve_http(tcp::socket socket, std::size_t max_body, RestApi& api) {
    std::make_shared<HttpSession>(std::move(socket), max_body, api)->receive();
}

} // namespace omen::sandbox
