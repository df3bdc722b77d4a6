#include "support/scripted_server.hpp"

#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <list>
#include <mutex>
#include <thread>

namespace omen::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

struct ScriptedConnection::Impl {
    Impl(tcp::socket connected, std::size_t which) : stream(std::move(connected)), number(which) {
        stream.auto_fragment(false);
        stream.binary(true);
        stream.control_callback([this](websocket::frame_type type, beast::string_view payload) {
            if (type == websocket::frame_type::pong) last_pong = std::string(payload);
        });
    }

    tcp::socket& socket() { return stream.next_layer(); }

    websocket::stream<tcp::socket> stream;
    std::size_t number;
    std::string last_pong{};
    asio::streambuf unread{}; ///< of HTTP requests
};

namespace {

void must(const error_code& ec) {
    if (ec) throw ClientGone{};
}

} // namespace

std::size_t ScriptedConnection::number() const {
    return impl_.number;
}

std::string ScriptedConnection::read() {
    beast::flat_buffer message;
    error_code ec;
    impl_.stream.read(message, ec);
    must(ec);
    return beast::buffers_to_string(message.cdata());
}

void ScriptedConnection::write(std::string_view message) {
    error_code ec;
    impl_.stream.write(asio::buffer(message), ec);
    must(ec);
}

void ScriptedConnection::write_text(std::string_view message) {
    impl_.stream.text(true);
    write(message);
    impl_.stream.binary(true);
}

void ScriptedConnection::write_fragments(const std::vector<std::string>& fragments) {
    for (const std::string& fragment : fragments) {
        error_code ec;
        impl_.stream.write_some(&fragment == &fragments.back(), asio::buffer(fragment), ec);
        must(ec);
    }
}

void ScriptedConnection::ping(std::string_view payload) {
    error_code ec;
    impl_.stream.ping({payload.data(), payload.size()}, ec);
    must(ec);
}

std::string ScriptedConnection::last_pong() const {
    return impl_.last_pong;
}

void ScriptedConnection::close(std::uint16_t code, std::string_view reason) {
    error_code ec;
    impl_.stream.close({websocket::close_code(code), beast::string_view(reason.data(), reason.size())}, ec);
}

std::string ScriptedConnection::read_raw() {
    std::string bytes(64U << 10, '\0');
    error_code ec;
    bytes.resize(impl_.socket().read_some(asio::buffer(bytes), ec));
    must(ec);
    return bytes;
}

void ScriptedConnection::write_raw(std::string_view bytes) {
    error_code ec;
    asio::write(impl_.socket(), asio::buffer(bytes), ec);
    must(ec);
}

std::string ScriptedConnection::read_request() {
    error_code ec;
    auto size = asio::read_until(impl_.socket(), impl_.unread, "\r\n\r\n", ec);
    must(ec);
    const auto text = [this] { return beast::buffers_to_string(impl_.unread.data()); };
    if (const auto field = text().find("Content-Length: "); field < size)
        size += std::strtoul(text().c_str() + field + std::string_view("Content-Length: ").size(), nullptr, 10);
    if (impl_.unread.size() < size)
        asio::read(impl_.socket(), impl_.unread, asio::transfer_exactly(size - impl_.unread.size()), ec);
    must(ec);
    const std::string request = text().substr(0, size);
    impl_.unread.consume(size);
    return request;
}

void ScriptedConnection::reset() {
    error_code ec;
    impl_.socket().set_option(asio::socket_base::linger(true, 0), ec);
    impl_.socket().close(ec);
}

void ScriptedConnection::wait_until_closed() {
    try {
        for (;;) read_raw();
    } catch (const ClientGone&) {
    }
}

struct ScriptedServer::Impl {
    Impl(std::vector<Script> one_each, bool with_upgrade, const std::string& address)
        : scripts(std::move(one_each)),
          upgrade(with_upgrade),
          acceptor(context, tcp::endpoint(asio::ip::make_address(address), 0)),
          acceptor_thread([this] { accept(); }) {}

    ~Impl() {
        // A blocking accept() is not ended by closing its socket, but by shutting it down.
        ::shutdown(acceptor.native_handle(), SHUT_RDWR);
        acceptor_thread.join();
        {
            const std::lock_guard lock(mutex);
            for (const auto& connection : connections) ::shutdown(connection->socket().native_handle(), SHUT_RDWR);
        }
        threads.clear();
    }

    void accept() {
        for (;;) {
            error_code ec;
            tcp::socket socket(context);
            acceptor.accept(socket, ec);
            if (ec) return;
            const std::lock_guard lock(mutex);
            if (accepted >= scripts.size() && scripts.size() != 1) continue;
            auto& connection =
                *connections.emplace_back(std::make_unique<ScriptedConnection::Impl>(std::move(socket), accepted));
            const Script& script = scripts[std::min(accepted, scripts.size() - 1)];
            ++accepted;
            threads.emplace_back([this, &connection, &script] { run(connection, script); });
        }
    }

    void run(ScriptedConnection::Impl& connection, const Script& script) {
        try {
            error_code ec;
            connection.socket().set_option(tcp::no_delay(true), ec);
            if (upgrade) connection.stream.accept(ec);
            must(ec);
            ScriptedConnection client(connection);
            script(client);
        } catch (const ClientGone&) {
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!failure) failure = std::current_exception();
        }
        const std::lock_guard lock(mutex);
        error_code ec;
        connection.socket().close(ec);
    }

    std::vector<Script> scripts; ///< one for all connections, or one each
    bool upgrade;
    asio::io_context context;
    tcp::acceptor acceptor;
    std::mutex mutex;
    std::size_t accepted = 0;
    std::exception_ptr failure;
    std::list<std::unique_ptr<ScriptedConnection::Impl>> connections;
    std::list<std::jthread> threads;
    std::thread acceptor_thread;
};

ScriptedServer::ScriptedServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ScriptedServer::ScriptedServer(Script script) : ScriptedServer(std::vector{std::move(script)}) {}
ScriptedServer::ScriptedServer(std::vector<Script> scripts)
    : impl_(std::make_unique<Impl>(std::move(scripts), true, "127.0.0.1")) {}
ScriptedServer::~ScriptedServer() = default;
ScriptedServer::ScriptedServer(ScriptedServer&&) noexcept = default;

ScriptedServer ScriptedServer::raw(Script script, const std::string& address) {
    return ScriptedServer(std::make_unique<Impl>(std::vector{std::move(script)}, false, address));
}

ScriptedServer ScriptedServer::http(Handler handler, const std::string& address) {
    return raw(
        [handler = std::move(handler)](ScriptedConnection& client) {
            for (;;) client.write_raw(handler(client.read_request()));
        },
        address);
}

Url ScriptedServer::url() const {
    const auto endpoint = impl_->acceptor.local_endpoint();
    return {.scheme = "ws", .host = endpoint.address().to_string(), .port = endpoint.port(), .path = "/"};
}

std::string ScriptedServer::http_url(std::string_view path) const {
    return "http://" + url().authority() + std::string(path);
}

std::size_t ScriptedServer::connections() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->accepted;
}

void ScriptedServer::finish() {
    std::list<std::jthread> running;
    {
        const std::lock_guard lock(impl_->mutex);
        running.swap(impl_->threads);
    }
    running.clear();
    const std::lock_guard lock(impl_->mutex);
    if (impl_->failure) std::rethrow_exception(impl_->failure);
}

std::string http_answer(int status, std::string_view body, const std::vector<std::string>& headers) {
    std::string answer = "HTTP/1.1 " + std::to_string(status) + " Scripted\r\nContent-Type: application/json\r\n";
    answer += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    for (const std::string& header : headers) answer += header + "\r\n";
    return answer.append("\r\n").append(body);
}

std::uint16_t unused_port() {
    asio::io_context context;
    return tcp::acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)).local_endpoint().port();
}

} // namespace omen::test
