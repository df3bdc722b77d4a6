#include "cli/stream/reconnect.hpp"

#include "core/text.hpp"
#include "protocol/codes.hpp"
#include "system/wait.hpp"

#include <array>
#include <utility>

namespace omen {

namespace {

/// Waits with everything written out, for as long as somebody reads it.
void pause_until(Console& console, Deadline deadline) {
    console.flush();
    std::array reader{pollfd{.fd = console.output().descriptor(), .events = 0, .revents = 0}};
    if (wait_for_any(reader, deadline)) throw WebSocket::OutputClosed{};
}

/// Whether a token that is no longer accepted can be refreshed.
bool renews_token(Sessions& sessions, const Error& error) {
    const auto& code = error.detail().code;
    return (code == code::token_expired || code == code::unauthenticated) && sessions.renew_token();
}

} // namespace

Reconnect::Reconnect(Context& context) : context_(context) {
    backoff_.connected(Clock::now());
}

bool Reconnect::helps(const Error& error) {
    return error.retryable() || renews_token(context_.sessions, error);
}

std::string Reconnect::reason_of(const Error& error) const {
    return harmless(error.what());
}

bool Reconnect::again(const std::function<void(Deadline)>& connect, Deadline end) {
    for (bool renewed = false;;) {
        pause_until(context_.console, end.earlier(Deadline::after(backoff_.pause(Clock::now()))));
        if (!end.is_never() && end.passed()) return false;
        try {
            connect(end.earlier(context_.sessions.step()));
        } catch (const Error& error) {
            // A new token that is not accepted either is the last.
            if (!error.retryable() && (std::exchange(renewed, true) || !renews_token(context_.sessions, error))) throw;
            continue;
        }
        backoff_.connected(Clock::now());
        return true;
    }
}

} // namespace omen
