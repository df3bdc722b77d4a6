#pragma once

#include "transport/channel.hpp"
#include "transport/framing.hpp"
#include "transport/websocket.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <poll.h>
#include <span>
#include <string>
#include <string_view>

namespace omen {

/// What Beast's WebSocket stands on: a synchronous stream over a channel that never waits. Input is handed out frame by
/// frame, output is gathered until flush(). For websocket.cpp only.
class ReadAheadStream {
  public:
    using executor_type = boost::asio::io_context::executor_type;
    using error_code = boost::system::error_code;

    /// Thrown through Beast, whose state it leaves intact, when it wants more of a message than has come, or to read on
    /// although none has begun: only control frames had come.
    struct NothingMore {};

    enum class Fill { bytes, timed_out, ended, woken };

    ReadAheadStream(boost::asio::io_context& context, std::unique_ptr<Channel> channel, WebSocket::Options options);

    /// Until when read_some() waits for the answer to the upgrade. It waits for nothing else.
    void set_upgrade_deadline(Deadline deadline) { upgrade_deadline_ = deadline; }
    /// By when what has just begun must be over.
    Deadline stalled() const { return Deadline::after(options_.stall_timeout).earlier(options_.end); }
    /// Whether input is at hand.
    bool buffered() const { return begin_ != end_; }
    bool between_messages() const { return frames_.between_messages(); }
    /// How many bytes of input have come in all.
    std::uint64_t received() const { return received_; }
    /// The next message where it lies, if it is all at hand and plain; Beast is left out of it. At most of this length.
    std::optional<std::string_view> take_message(std::size_t longest);
    const UpgradeAnswer& upgrade_answer() const { return answer_; }
    /// What has come of the payload of a close frame.
    const std::string& closing() const { return frames_.closing(); }
    Clock::time_point last_input() const { return last_input_; }
    /// Waits for input when none is at hand, or until one of the descriptors of `wake` is ready. Output is sent
    /// meanwhile. Throws Interrupted, OutputClosed.
    Fill fill(Deadline deadline, std::span<const pollfd> wake = {});

    /// Adds bytes to what the next flush() sends.
    void gather(std::string_view bytes) {
        output_ += bytes;
        gathered_ += bytes.size();
    }
    /// How many bytes have been gathered in all, and how many of them the system has taken.
    std::uint64_t gathered() const { return gathered_; }
    std::uint64_t written() const { return written_; }
    /// How many bytes wait to be sent.
    std::size_t unsent() const { return output_.size() - sent_; }
    int fd() const { return channel_->fd(); }
    /// Sends what is gathered; timed_out when the peer has not taken it all within the stall timeout. That the
    /// connection is broken is found out by reading on, after what the peer had to say. Throws Interrupted,
    /// OutputClosed.
    void flush(error_code& ec);
    /// Sends what goes without waiting, and ends our side.
    void say_goodbye() noexcept;
    /// Drops what is gathered, and breaks the connection off.
    void reset() noexcept;

    /// Beast's SyncReadStream and SyncWriteStream.
    executor_type get_executor() { return context_.get_executor(); }

    template <class Buffers> std::size_t read_some(const Buffers& buffers, error_code& ec) {
        ec = await_input();
        return ec ? 0 : boost::asio::buffer_copy(buffers, take(boost::asio::buffer_size(buffers)));
    }
    template <class Buffers> std::size_t read_some(const Buffers& buffers) {
        error_code ec;
        const auto count = read_some(buffers, ec);
        if (ec) throw boost::system::system_error(ec);
        return count;
    }
    template <class Buffers> std::size_t write_some(const Buffers& buffers) {
        const auto before = output_.size();
        for (auto part = boost::asio::buffer_sequence_begin(buffers); part != boost::asio::buffer_sequence_end(buffers);
             ++part) {
            const boost::asio::const_buffer bytes(*part);
            gather({static_cast<const char*>(bytes.data()), bytes.size()});
        }
        return output_.size() - before;
    }
    template <class Buffers> std::size_t write_some(const Buffers& buffers, error_code& ec) {
        ec = {};
        return write_some(buffers);
    }

  private:
    error_code await_input();
    error_code read_answer();
    boost::asio::const_buffer take(std::size_t limit);
    bool send_gathered();
    void end_input(const Transfer& transfer);
    enum class Ready { transfer, nothing, wake };
    Ready wait(bool for_input, Deadline deadline, std::span<const pollfd> wake = {});

    boost::asio::io_context& context_;
    std::unique_ptr<Channel> channel_;
    WebSocket::Options options_;

    std::unique_ptr<char[]> input_; ///< not zeroed: memory that no input comes to is never touched
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t received_ = 0;
    std::optional<error_code> input_ended_{};
    UpgradeAnswer answer_{};
    std::string essence_{};           ///< of the answer
    std::string_view essence_left_{}; ///< what of it Beast has not taken yet
    FrameCursor frames_{};
    Deadline upgrade_deadline_ = Deadline::never();
    Clock::time_point last_input_ = Clock::now();

    std::string output_{};
    std::size_t sent_ = 0; ///< how much of output_ has gone
    std::uint64_t gathered_ = 0;
    std::uint64_t written_ = 0;
    bool output_broken_ = false;
    /// TLS may have to write before it can read on, and the other way round.
    bool read_wants_output_ = false;
    bool write_wants_input_ = false;
};

/// Beast's hooks for the end of a connection.
void teardown(boost::beast::role_type role, ReadAheadStream& stream, boost::system::error_code& ec);
void beast_close_socket(ReadAheadStream& stream);

} // namespace omen
