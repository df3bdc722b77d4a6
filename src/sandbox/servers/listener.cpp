#include "sandbox/servers/listener.hpp"

#include "core/error.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include <fcntl.h>

namespace omen::sandbox {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

/// A command that we start must not hold our sockets open.
template <class Handle> void close_on_exec(Handle& handle) {
    ::fcntl(handle.native_handle(), F_SETFD, FD_CLOEXEC);
}

bool says_no_such_address(const ErrorCode& error) {
    return error == boost::system::errc::address_not_available || error == asio::error::address_family_not_supported;
}

} // namespace

Listener::Listener(asio::io_context& io, Options options, OnSocket on_socket)
    : options_(std::move(options)), on_socket_(std::move(on_socket)), io_(io), pause_(io) {
    const bool any_port = options_.port == 0;
    for (int attempts = any_port ? 16 : 1;; options_.port = 0) {
        try {
            bind_all();
            break;
        } catch (const Error&) { // a port that is free on the first address may be taken on the second
            if (--attempts == 0) throw;
            acceptors_.clear();
        }
    }
    listen_all();
}

void Listener::bind_all() {
    for (const auto& address : options_.addresses) bind(address, false);
    if (!options_.addresses.empty()) return;
    bind("127.0.0.1", false);
    bind("::1", true);
}

void Listener::bind(const std::string& address, bool may_be_missing) {
    ErrorCode error;
    const auto parsed = asio::ip::make_address(address, error);
    if (error) throw Error(Fault::usage, "listen address " + address + ": not an IP address");
    const tcp::endpoint endpoint(parsed, options_.port);
    Acceptor acceptor(io_);
    const auto then = [&](auto&& step) {
        if (!error) step();
    };
    acceptor.open(endpoint.protocol(), error);
    then([&] { close_on_exec(acceptor); });
    then([&] { acceptor.set_option(tcp::acceptor::reuse_address(true), error); });
    if (parsed.is_v6()) then([&] { acceptor.set_option(asio::ip::v6_only(true), error); });
    then([&] { acceptor.bind(endpoint, error); });
    if (error && may_be_missing && says_no_such_address(error)) return;
    if (error) fail(address, error);
    options_.port = acceptor.local_endpoint().port();
    acceptors_.push_back(std::move(acceptor));
}

void Listener::fail(const std::string& address, const ErrorCode& error) const {
    const auto where = options_.server + " port " + std::to_string(options_.port) + " on " + address;
    if (error == asio::error::address_in_use)
        throw Error(
            Fault::usage, where + ": already in use",
            {.hint = "choose another port with " + options_.flag + ", or any free one with " + options_.flag + " 0"});
    throw Error(Fault::usage, where + ": " + error.message());
}

void Listener::pause(Milliseconds duration) {
    acceptors_.clear();
    ++bound_;
    try {
        bind_all(); // without listening: connections are refused, and who asks for any free port gets another
    } catch (const Error&) {
        acceptors_.clear(); // somebody has it already
    }
    pause_.expires_after(duration);
    pause_.async_wait([this](ErrorCode cancelled) {
        if (!cancelled) resume();
    });
}

/// Where somebody has the port it is tried again until it is free.
void Listener::resume() {
    try {
        if (acceptors_.empty()) bind_all();
        listen_all();
    } catch (const Error&) {
        pause(Milliseconds(100));
    }
}

void Listener::listen_all() {
    for (auto& acceptor : acceptors_) {
        ErrorCode error;
        acceptor.listen(asio::socket_base::max_listen_connections, error);
        if (error) fail(acceptor.local_endpoint().address().to_string(), error);
        accept(acceptor);
    }
}

void Listener::accept(Acceptor& acceptor) {
    acceptor.async_accept([this, &acceptor, bound = bound_](ErrorCode error, Socket socket) {
        if (error != asio::error::operation_aborted && bound == bound_) accepted(acceptor, error, std::move(socket));
    });
}

void Listener::accepted(Acceptor& acceptor, const ErrorCode& error, Socket socket) {
    if (error) { // most likely no descriptors are left: let some be closed first
        pause_.expires_after(std::chrono::milliseconds(100));
        pause_.async_wait([this, &acceptor, bound = bound_](ErrorCode cancelled) {
            if (!cancelled && bound == bound_) accept(acceptor);
        });
        return;
    }
    close_on_exec(socket);
    ErrorCode ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    on_socket_(std::move(socket));
    accept(acceptor);
}

} // namespace omen::sandbox
