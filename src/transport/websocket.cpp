#include "transport/websocket.hpp"

#include "core/text.hpp"
#include "transport/failures.hpp"
#include "transport/keepalive.hpp"
#include "transport/read_ahead_stream.hpp"
#include "transport/socket.hpp"
#include "transport/tls.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <array>
#include <optional>

namespace omen {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

namespace {

struct CloseCodeRow {
    std::uint16_t code;
    std::string_view meaning;
};

constexpr std::array close_codes{
    CloseCodeRow{1000, "normal"},          CloseCodeRow{1001, "going away"},     CloseCodeRow{1002, "protocol error"},
    CloseCodeRow{1003, "unknown data"},    CloseCodeRow{1007, "bad payload"},    CloseCodeRow{1008, "policy violation"},
    CloseCodeRow{1009, "message too big"}, CloseCodeRow{1011, "internal error"}, CloseCodeRow{1012, "service restart"},
    CloseCodeRow{1013, "try again later"}, CloseCodeRow{1014, "bad gateway"},
};

/// What a peer may leave unread of what is queued for it: pongs are, for as long as it sends pings.
constexpr std::size_t most_unsent = 1U << 20;
/// What has come by a deadline is still taken when it has passed, up to so much: one who sends on must not stop time.
constexpr std::size_t most_late = 256U << 10;

/// "closed by the exchange (1009 message too big)", from a close frame's payload; the peer's own words are preferred.
std::string describe_close(std::string_view payload) {
    std::string text = "closed by the exchange";
    if (payload.size() < 2) return text;
    const auto code = static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
    auto meaning = payload.substr(2);
    if (meaning.empty())
        for (const CloseCodeRow& row : close_codes)
            if (row.code == code) meaning = row.meaning;
    text += " (" + std::to_string(code);
    if (!meaning.empty()) text.append(" ").append(meaning);
    return text + ")";
}

std::unique_ptr<Channel> connect_channel(const Url& url, Deadline deadline, const WebSocket::Options& options) {
    std::optional<TlsClient> tls;
    Descriptor socket = connect_tcp(url, deadline, [&] {
        if (url.secure()) tls.emplace(url);
    });
    if (options.recall_after) recall_unsent(socket.get(), *options.recall_after);
    return tls ? tls->connect(std::move(socket), deadline) : plain_channel(std::move(socket));
}

} // namespace

struct WebSocket::Impl {
    Impl(std::unique_ptr<Channel> channel, Url peer, const Options& chosen)
        : url(std::move(peer)),
          options(chosen),
          stream(context, std::move(channel), chosen),
          keepalive(options.ping_after, options.dead_after) {
        stream.read_message_max(options.max_message);
        stream.auto_fragment(false);
        stream.binary(true);
    }
    /// What is unanswered on a connection whose unsent bytes are to be recalled is recalled with its end.
    ~Impl() {
        if (!options.recall_after) close();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    ReadAheadStream& bottom() { return stream.next_layer(); }

    void upgrade(Deadline deadline);
    [[noreturn]] void refuse_upgrade(error_code ec);
    void queue(std::string_view payload);
    void flush();
    void close() noexcept;
    bool await_input(Deadline deadline, std::span<const pollfd> wake);
    bool is_over(Deadline deadline);
    void check_stalled();
    std::optional<Frame> receive(Deadline deadline, std::span<const pollfd> wake);
    std::optional<Frame> read();
    [[noreturn]] void end(Disconnected::Cause cause, const std::string& reason);
    [[noreturn]] void end(error_code ec);
    void check_open() const {
        if (ended) throw *ended;
    }

    Url url;
    Options options;
    asio::io_context context{1}; ///< never run: Beast's stream only needs to name one
    websocket::stream<ReadAheadStream, false> stream;
    Keepalive keepalive;
    beast::flat_buffer message;
    std::optional<Deadline> stalled;    ///< a message has begun, and must be all here by then
    std::optional<Deadline> late_for{}; ///< the deadline that was last seen to have passed
    std::uint64_t late_from = 0;        ///< how much had been received then
    bool upgraded = false;
    std::optional<Disconnected> ended;
};

void WebSocket::Impl::upgrade(Deadline deadline) {
    stream.set_option(websocket::stream_base::decorator(
        [](websocket::request_type& request) { request.set(beast::http::field::user_agent, "omenctl"); }));
    bottom().set_upgrade_deadline(deadline);
    error_code ec;
    stream.handshake(url.host_header(), url.path, ec);
    if (ec) refuse_upgrade(ec);
    upgraded = true;
    if (options.tap != nullptr) options.tap->connected(url);
}

void WebSocket::Impl::refuse_upgrade(error_code ec) {
    if (ec == asio::error::timed_out) throw connect_timed_out(url);
    if (ec.category() == boost::system::system_category() || ec == asio::error::eof ||
        ec == beast::http::error::end_of_stream || ec == beast::http::error::partial_message)
        throw connect_failed(url, "the connection was closed before the WebSocket upgrade was answered");
    const UpgradeAnswer& answer = bottom().upgrade_answer();
    if (answer.refused() && answer.status() != 0) throw upgrade_refused(url, answer.status(), answer.status_text());
    const auto objection = answer.complete() ? answer.objection() : std::string();
    throw not_upgraded(url, objection.empty() ? "the answer is no WebSocket upgrade" : objection);
}

void WebSocket::Impl::queue(std::string_view payload) {
    check_open();
    if (options.tap != nullptr) options.tap->frame(url, Direction::sent, payload, true);
    error_code ec;
    stream.write(asio::buffer(payload), ec);
    if (ec) end(ec);
}

void WebSocket::Impl::flush() {
    check_open();
    error_code ec;
    bottom().flush(ec);
    if (ec) end(Disconnected::Cause::lost, "the exchange does not read what is sent to it");
}

/// Whether the deadline has passed, and all that can have come by then was taken. All input passes by here, 64 KB at
/// most at a time, and so do all loops that wait for a message: no other one need mind a peer that never stops sending.
bool WebSocket::Impl::is_over(Deadline deadline) {
    if (deadline.is_never() || !deadline.passed()) return false;
    if (!late_for || late_for->when() != deadline.when()) {
        late_for = deadline;
        late_from = bottom().received();
    }
    return bottom().received() - late_from >= most_late;
}

void WebSocket::Impl::check_stalled() {
    if (stalled && stalled->passed()) end(Disconnected::Cause::lost, "the exchange did not end a message in time");
}

/// Waits for the next bytes, or for the end of the input, without touching Beast; false when the deadline
/// passes, or one of the descriptors of `wake` is ready, first.
bool WebSocket::Impl::await_input(Deadline deadline, std::span<const pollfd> wake) {
    while (!bottom().buffered()) {
        const auto due = deadline.earlier(stalled.value_or(deadline));
        if (is_over(due)) {
            check_stalled();
            return false;
        }
        if (bottom().unsent() > most_unsent)
            end(Disconnected::Cause::lost, "the exchange does not read what is sent to it");
        keepalive.heard(bottom().last_input());
        const auto until = due.earlier(Deadline::at(keepalive.next()));
        const auto filled = bottom().fill(until, wake);
        if (filled == ReadAheadStream::Fill::woken) return false;
        if (filled != ReadAheadStream::Fill::timed_out) return true;
        check_stalled();
        switch (keepalive.due(Clock::now())) {
        case Keepalive::Due::nothing:
            break;
        case Keepalive::Due::ping:
            stream.ping({});
            break;
        case Keepalive::Due::give_up:
            end(Disconnected::Cause::lost, "the exchange has fallen silent");
        }
        if (deadline.passed()) return false;
    }
    return true;
}

std::optional<Frame> WebSocket::Impl::receive(Deadline deadline, std::span<const pollfd> wake) {
    check_open();
    while (await_input(deadline, wake)) {
        const auto frame = read();
        if (frame && options.tap != nullptr)
            options.tap->frame(url, Direction::received, frame->payload, frame->binary);
        if (frame) return frame;
    }
    return std::nullopt;
}

/// The message that has begun. Nothing when it was a ping or pong, or is not all here.
std::optional<Frame> WebSocket::Impl::read() {
    if (const auto payload = bottom().take_message(options.max_message)) return Frame{*payload};
    if (bottom().between_messages()) message.clear();
    try {
        error_code ec;
        stream.read(message, ec);
        if (ec) end(ec);
    } catch (const ReadAheadStream::NothingMore&) {
        if (bottom().between_messages())
            stalled.reset();
        else if (!stalled)
            stalled = bottom().stalled();
        return std::nullopt;
    }
    stalled.reset();
    const auto bytes = message.cdata();
    return Frame{{static_cast<const char*>(bytes.data()), bytes.size()}, stream.got_binary()};
}

void WebSocket::Impl::close() noexcept {
    // A close frame "1000 normal", masked with zeros. Beast's own close() waits for the peer's.
    constexpr std::string_view close_frame("\x88\x82\0\0\0\0\x03\xe8", 8);
    if (!upgraded || ended) return;
    ended.emplace(Disconnected::Cause::lost, "closed by us");
    if (options.tap != nullptr) options.tap->ended(url, "closed by us");
    if (options.recall_after) deliver_sent(bottom().fd());
    bottom().gather(close_frame);
    bottom().say_goodbye();
}

void WebSocket::Impl::end(Disconnected::Cause cause, const std::string& reason) {
    ended.emplace(cause, reason);
    if (options.tap != nullptr) options.tap->ended(url, reason);
    throw *ended;
}

void WebSocket::Impl::end(error_code ec) {
    using Cause = Disconnected::Cause;
    if (ec == websocket::error::closed) end(Cause::closed_by_peer, describe_close(bottom().closing()));
    if (ec == websocket::error::message_too_big || ec == websocket::error::buffer_overflow)
        end(Cause::violation, "a message of more than " + std::to_string(options.max_message) + " bytes");
    if (ec == asio::error::eof && bottom().between_messages())
        end(Cause::lost, "the connection was ended without a close frame");
    if (ec == asio::error::eof) end(Cause::lost, "the connection ended in the middle of a message");
    if (ec.category() == boost::system::system_category()) end(Cause::lost, lower_first(ec.message()));
    end(Cause::violation, "the exchange broke the WebSocket protocol: " + ec.message());
}

WebSocket WebSocket::connect(const Url& url, Deadline deadline, Options options) {
    auto impl = std::make_unique<Impl>(connect_channel(url, deadline, options), url, options);
    impl->upgrade(deadline);
    return WebSocket(std::move(impl));
}

WebSocket::WebSocket(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WebSocket::~WebSocket() = default;
WebSocket::WebSocket(WebSocket&&) noexcept = default;
WebSocket& WebSocket::operator=(WebSocket&&) noexcept = default;

void WebSocket::queue(std::string_view payload) {
    impl_->queue(payload);
}

void WebSocket::flush() {
    impl_->flush();
}

std::optional<Frame> WebSocket::receive(Deadline deadline, std::span<const pollfd> wake) {
    return impl_->receive(deadline, wake);
}

pollfd WebSocket::readable() const {
    return {.fd = impl_->bottom().fd(), .events = POLLIN, .revents = 0};
}

bool WebSocket::buffered() const {
    return impl_->bottom().buffered();
}

std::uint64_t WebSocket::queued() const {
    return impl_->bottom().gathered();
}

std::uint64_t WebSocket::written() const {
    return impl_->bottom().written();
}

void WebSocket::reset() noexcept {
    if (impl_->ended) return;
    impl_->ended.emplace(Disconnected::Cause::lost, "broken off by us");
    if (impl_->options.tap != nullptr) impl_->options.tap->ended(impl_->url, "broken off by us");
    impl_->bottom().reset();
}

void WebSocket::close() noexcept {
    impl_->close();
}

} // namespace omen
