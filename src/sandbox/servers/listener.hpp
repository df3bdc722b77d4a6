#pragma once

#include "core/time.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace omen::sandbox {

/// One server's port, on every address asked for. Sockets are close-on-exec, accepted ones TCP_NODELAY.
class Listener {
  public:
    using Socket = boost::asio::ip::tcp::socket;
    using OnSocket = std::function<void(Socket)>;

    struct Options {
        std::string server;                 ///< its name in errors
        std::string flag;                   ///< the option that chooses its port, for errors
        std::uint16_t port = 0;             ///< 0: any that is free on all addresses
        std::vector<std::string> addresses; ///< empty: 127.0.0.1, and ::1 where the machine has IPv6
    };

    /// Binds. A usage Error when the port is in use or an address is none of this machine.
    Listener(boost::asio::io_context& io, Options options, OnSocket on_socket);

    std::uint16_t port() const { return options_.port; }

    /// Refuses connections for so long, as a server that is being restarted. The port is not free meanwhile.
    void pause(Milliseconds duration);

  private:
    using Acceptor = boost::asio::ip::tcp::acceptor;

    void bind_all();
    void bind(const std::string& address, bool may_be_missing);
    void resume();
    void listen_all();
    void accept(Acceptor& acceptor);
    void accepted(Acceptor& acceptor, const boost::system::error_code& error, Socket socket);
    [[noreturn]] void fail(const std::string& address, const boost::system::error_code& error) const;

    Options options_;
    OnSocket on_socket_;
    boost::asio::io_context& io_;
    std::deque<Acceptor> acceptors_;
    boost::asio::steady_timer pause_;
    std::uint64_t bound_ = 0; ///< how often: what was accepted before the last time is not ours
};

} // namespace omen::sandbox
