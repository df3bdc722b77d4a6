#pragma once

#include "transport/framing.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace omen::sandbox {

/// What Beast's WebSocket stands on here: a socket whose output is gathered, so that a burst of messages leaves in few
/// writes. Whoever adds to it, Beast its pongs or a session its frames, adds whole frames, which therefore never mix.
class GatheringSocket {
  public:
    using Socket = boost::asio::ip::tcp::socket;
    using executor_type = Socket::executor_type;
    using ErrorCode = boost::system::error_code;

    /// `on_output` is called whenever something was added.
    GatheringSocket(Socket socket, std::function<void()> on_output)
        : socket_(std::move(socket)), on_output_(std::move(on_output)) {}

    Socket& socket() { return socket_; }
    executor_type get_executor() { return socket_.get_executor(); }

    /// How many bytes have not been sent yet.
    std::size_t unsent() const { return gathered_.size() + sending_.size() - sent_; }
    void gather(std::string_view head, std::string_view body = {}) {
        gathered_.append(head).append(body);
        on_output_();
    }
    /// Sends some of what there is; `done(error)`. One at a time.
    template <class Done> void send(Done done) {
        if (sent_ == sending_.size()) {
            sending_.clear();
            sent_ = 0;
            sending_.swap(gathered_);
        }
        const auto rest = boost::asio::buffer(sending_) + sent_;
        socket_.async_write_some(rest, [this, done = std::move(done)](ErrorCode error, std::size_t count) {
            sent_ += count;
            done(error);
        });
    }

    /// From now on input is frames. Those that came behind the request for it are given back.
    void upgrade(std::string_view came) {
        is_upgraded_ = true;
        unread_ = came;
    }

    /// Beast's AsyncStream.
    template <class Buffers, class Handler> auto async_read_some(const Buffers& buffers, Handler&& handler) {
        return boost::asio::async_initiate<Handler, void(ErrorCode, std::size_t)>(
            [this](auto&& done, const auto& into) {
                auto followed = [this, into, done = std::forward<decltype(done)>(done)](ErrorCode error,
                                                                                        std::size_t count) mutable {
                    follow(into, count);
                    done(error, count);
                };
                if (unread_.empty()) return socket_.async_read_some(into, std::move(followed));
                const auto count = boost::asio::buffer_copy(into, boost::asio::buffer(unread_));
                unread_.erase(0, count);
                boost::asio::post(get_executor(),
                                  boost::beast::bind_front_handler(std::move(followed), ErrorCode{}, count));
            },
            handler, buffers);
    }
    template <class Buffers, class Handler> auto async_write_some(const Buffers& buffers, Handler&& handler) {
        std::string bytes(boost::asio::buffer_size(buffers), '\0');
        boost::asio::buffer_copy(boost::asio::buffer(bytes), buffers);
        return boost::asio::async_initiate<Handler, void(ErrorCode, std::size_t)>(
            [this](auto&& done, const std::string& added) {
                gather(added);
                boost::asio::post(get_executor(), boost::beast::bind_front_handler(std::forward<decltype(done)>(done),
                                                                                   ErrorCode{}, added.size()));
            },
            handler, std::move(bytes));
    }

  private:
    /// What has come of the frames, for Beast.
    template <class Buffers> void follow(const Buffers& buffers, std::size_t count) {
        if (!is_upgraded_) return;
        for (auto part = boost::asio::buffer_sequence_begin(buffers); count > 0; ++part) {
            const boost::asio::mutable_buffer bytes(*part);
            std::span left(static_cast<char*>(bytes.data()), std::min(bytes.size(), count));
            count -= left.size();
            while (!left.empty()) left = left.subspan(advance_for_beast(frames_, left));
        }
    }

    Socket socket_;
    std::function<void()> on_output_;
    bool is_upgraded_ = false;
    FrameCursor frames_{};
    std::string unread_{};
    std::string gathered_{};
    std::string sending_{};
    std::size_t sent_ = 0; ///< how much of sending_ has gone
};

/// Beast's hooks for the end of a connection.
template <class Handler> void async_teardown(boost::beast::role_type role, GatheringSocket& stream, Handler&& handler) {
    boost::beast::websocket::async_teardown(role, stream.socket(), std::forward<Handler>(handler));
}
inline void beast_close_socket(GatheringSocket& stream) {
    GatheringSocket::ErrorCode ignored;
    stream.socket().close(ignored);
}

} // namespace omen::sandbox
