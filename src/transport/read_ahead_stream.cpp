#include "transport/read_ahead_stream.hpp"

#include "system/signals.hpp"
#include "system/wait.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/websocket/error.hpp>

#include <array>
#include <cerrno>

namespace omen {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t input_size = 64U << 10;

} // namespace

ReadAheadStream::ReadAheadStream(asio::io_context& context, std::unique_ptr<Channel> channel,
                                 WebSocket::Options options)
    : context_(context),
      channel_(std::move(channel)),
      options_(std::move(options)),
      input_(std::make_unique_for_overwrite<char[]>(input_size)) {}

ReadAheadStream::Fill ReadAheadStream::fill(Deadline deadline, int wake_fd) {
    if (buffered()) return Fill::bytes;
    while (!input_ended_) {
        signals::check();
        send_gathered();
        const Transfer transfer = channel_->read({input_.get(), input_size});
        if (transfer.state == Transfer::State::done) {
            begin_ = 0;
            end_ = transfer.bytes;
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
        if (wait(true, deadline, wake_fd) == Ready::wake) return Fill::woken;
    }
    return Fill::ended;
}

void ReadAheadStream::flush(error_code& ec) {
    ec = {};
    while (!send_gathered()) {
        if (wait(false, stalled()) == Ready::transfer) continue;
        ec = asio::error::timed_out;
        return;
    }
}

void ReadAheadStream::say_goodbye() noexcept {
    send_gathered();
    channel_->say_goodbye();
}

error_code ReadAheadStream::await_input() {
    if (answer_.refused()) return boost::beast::websocket::error::upgrade_declined;
    if (buffered()) return {};
    if (!input_ended_ && answer_.complete() && between_messages()) throw BetweenMessages{};
    if (!read_deadline_) read_deadline_ = stalled();
    switch (fill(*read_deadline_)) {
    case Fill::bytes:
        return {};
    case Fill::timed_out:
    case Fill::woken:
        return asio::error::timed_out;
    case Fill::ended:
        break;
    }
    return *input_ended_;
}

asio::const_buffer ReadAheadStream::take(std::size_t limit) {
    const std::string_view bytes(input_.get() + begin_, std::min(limit, end_ - begin_));
    const auto count = answer_.complete() ? frames_.advance(bytes) : answer_.advance(bytes);
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
ReadAheadStream::Ready ReadAheadStream::wait(bool for_input, Deadline deadline, int wake_fd) {
    const bool output_waits = sent_ < output_.size();
    const bool in = for_input || write_wants_input_;
    const bool out = (output_waits && !write_wants_input_) || (for_input && read_wants_output_);
    std::array waiting{
        pollfd{channel_->fd(), static_cast<short>((in ? POLLIN : 0) | (out ? POLLOUT : 0)), 0},
        pollfd{options_.output_fd, 0, 0},
        pollfd{wake_fd, POLLIN, 0},
    };
    const bool ready = wait_for_any(waiting, deadline);
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
