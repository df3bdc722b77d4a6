// What lies under Beast in every WebSocket of the client: a stream over a channel (a socket, or TLS over one) that
// never waits. All waiting of an open connection is done here, in poll(2).
//
// Input is read 64 KB at a time and handed on in portions that follow the framing:
//
//   upgrade           until the end of the HTTP answer's head; any status but 101 is the end of it all
//   between messages  until the first byte of the next frame
//   within a message  until the end of its last frame (or of a control frame that stood between messages)
//
// Beast gets that head, or the rest of one frame, never the beginning of the next, and never waits for any of it: where
// it wants more than has come, be it between messages, as it has met nothing but control frames, or within one,
// NothingMore takes the reader back out of it, and the next read goes on where this one was. So a reader may run into
// its deadline anywhere, and the connection is as it was. A message that is all there, in one plain frame, does not
// pass through Beast at all: take_message() shows it where it lies.
//
// Output is gathered, and leaves on flush() and before each wait for input. A write that fails drops the rest and
// reports nothing: what the peer sent before it hung up may still be unread, and says more. The failure comes to light
// when that has been read, as a reset even where the socket by then reports no more than an orderly end. An end of
// input is final.
//
// A wait also ends when the reader of our own output has gone, on a signal, and when one of the descriptors is ready
// that the caller named. It is poll(2) and no asynchronous read, because that costs a turn of a reactor for each
// message, several times the work on the message itself, and cannot be cancelled without losing the stream.

#include "transport/read_ahead_stream.hpp"

#include "system/signals.hpp"
#include "system/wait.hpp"
#include "transport/socket.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/websocket/error.hpp>

#include <array>
#include <cerrno>

namespace omen {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t input_size = 64U << 10;
constexpr int most_left_unread = 16; // times that

} // namespace

ReadAheadStream::ReadAheadStream(asio::io_context& context, std::unique_ptr<Channel> channel,
                                 WebSocket::Options options)
    : context_(context),
      channel_(std::move(channel)),
      options_(std::move(options)),
      input_(std::make_unique_for_overwrite<char[]>(input_size)) {}

ReadAheadStream::Fill ReadAheadStream::fill(Deadline deadline, std::span<const pollfd> wake) {
    if (buffered()) return Fill::bytes;
    while (!input_ended_) {
        signals::check();
        send_gathered();
        const Transfer transfer = channel_->read({input_.get(), input_size});
        if (transfer.state == Transfer::State::done) {
            begin_ = 0;
            end_ = transfer.bytes;
            received_ += transfer.bytes;
            last_input_ = Clock::now();
            return Fill::bytes;
        }
        if (transfer.state == Transfer::State::ended || transfer.state == Transfer::State::failed) {
            end_input(transfer);
            break;
        }
        read_wants_output_ = transfer.state == Transfer::State::wants_output;
        if (deadline.passed()) return Fill::timed_out;
        if (options_.before_blocking) options_.before_blocking();
        if (wait(true, deadline, wake) == Ready::wake) return Fill::woken;
    }
    return Fill::ended;
}

void ReadAheadStream::flush(error_code& ec) {
    ec = {};
    const auto by = stalled();
    while (!send_gathered()) {
        if (!by.passed() && wait(false, by) == Ready::transfer) continue;
        ec = asio::error::timed_out;
        return;
    }
}

void ReadAheadStream::say_goodbye() noexcept {
    send_gathered();
    channel_->say_goodbye();
    // Where input is left unread, the system resets the connection, and the peer may never see what was sent last.
    for (int parts = 0; parts < most_left_unread; ++parts)
        if (channel_->read({input_.get(), input_size}).state != Transfer::State::done) return;
}

void ReadAheadStream::reset() noexcept {
    output_broken_ = true;
    output_.clear();
    sent_ = 0;
    recall_unsent(channel_->fd(), {});
    channel_.reset();
}

error_code ReadAheadStream::await_input() {
    if (!answer_.complete()) return read_answer();
    if (buffered() || !essence_left_.empty()) return {};
    if (!input_ended_) throw NothingMore{};
    return *input_ended_;
}

/// Beast gets the essence of an answer that has nothing in it that it would not mind.
error_code ReadAheadStream::read_answer() {
    while (!answer_.complete()) {
        if (answer_.too_long()) return boost::beast::http::error::header_limit;
        if (received_ != 0 && upgrade_deadline_.passed()) return asio::error::timed_out;
        const auto filled = fill(upgrade_deadline_);
        if (filled == Fill::ended) return *input_ended_;
        if (filled != Fill::bytes) return asio::error::timed_out;
        begin_ += answer_.advance({input_.get() + begin_, end_ - begin_});
    }
    if (answer_.refused() || !answer_.objection().empty()) return boost::beast::websocket::error::upgrade_declined;
    essence_ = answer_.essence();
    essence_left_ = essence_;
    return {};
}

asio::const_buffer ReadAheadStream::take(std::size_t limit) {
    if (!essence_left_.empty()) {
        const auto part = essence_left_.substr(0, limit);
        essence_left_.remove_prefix(part.size());
        return {part.data(), part.size()};
    }
    const std::span bytes(input_.get() + begin_, std::min(limit, end_ - begin_));
    const auto count = advance_for_beast(frames_, bytes);
    begin_ += count;
    return {bytes.data(), count};
}

std::optional<std::string_view> ReadAheadStream::take_message(std::size_t longest) {
    if (!answer_.complete() || !between_messages()) return std::nullopt;
    const auto payload = whole_message({input_.get() + begin_, end_ - begin_});
    if (!payload || payload->size() > longest) return std::nullopt;
    begin_ = static_cast<std::size_t>(payload->data() - input_.get()) + payload->size();
    return payload;
}

/// Sends what goes without waiting. Returns whether nothing is left.
bool ReadAheadStream::send_gathered() {
    while (!output_broken_ && sent_ < output_.size()) {
        const Transfer transfer = channel_->write(std::string_view(output_).substr(sent_));
        write_wants_input_ = transfer.state == Transfer::State::wants_input;
        if (write_wants_input_ || transfer.state == Transfer::State::wants_output) return false;
        output_broken_ = transfer.state != Transfer::State::done;
        sent_ += transfer.bytes;
        written_ += transfer.bytes;
        // A peer that reads slowly may never have read everything.
        if (sent_ < output_.size() && sent_ >= input_size) {
            output_.erase(0, sent_);
            sent_ = 0;
        }
    }
    output_.clear();
    sent_ = 0;
    return true;
}

void ReadAheadStream::end_input(const Transfer& transfer) {
    if (transfer.state == Transfer::State::failed)
        input_ended_ = error_code(transfer.error, boost::system::system_category());
    else if (output_broken_) // the reset was reported to the write, and only once
        input_ended_ = asio::error::connection_reset;
    else
        input_ended_ = asio::error::eof;
}

/// Waits until there is something to read (`for_input`) or room to write.
ReadAheadStream::Ready ReadAheadStream::wait(bool for_input, Deadline deadline, std::span<const pollfd> wake) {
    const bool output_waits = sent_ < output_.size();
    const bool in = for_input || write_wants_input_;
    const bool out = (output_waits && !write_wants_input_) || (for_input && read_wants_output_);
    std::array waiting{
        pollfd{channel_->fd(), static_cast<short>((in ? POLLIN : 0) | (out ? POLLOUT : 0)), 0},
        pollfd{options_.output_fd, 0, 0},
    };
    const bool ready = wait_for_any(waiting, deadline, wake);
    if (waiting[1].revents != 0) throw WebSocket::OutputClosed{};
    if (waiting[0].revents != 0) return Ready::transfer;
    return ready ? Ready::wake : Ready::nothing;
}

void teardown(boost::beast::role_type, ReadAheadStream& stream, error_code& ec) {
    stream.say_goodbye();
    ec = {};
}

void beast_close_socket(ReadAheadStream&) {}

} // namespace omen
