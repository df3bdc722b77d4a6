#include "transport/socket.hpp"

#include "system/wait.hpp"
#include "transport/failures.hpp"
#include "transport/resolve.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>

namespace omen {

namespace {

constexpr Milliseconds head_start{250};

/// Connection attempts to several addresses at once.
class ConnectRace {
  public:
    explicit ConnectRace(std::vector<Address> addresses) : addresses_(std::move(addresses)) {}

    bool can_start() const { return next_ < addresses_.size(); }
    bool running() const { return !attempts_.empty(); }
    int last_error() const { return last_error_; }

    void start_next() {
        const Address& address = addresses_[next_++];
        Descriptor socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
        const int on = 1;
        setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const auto* name = reinterpret_cast<const sockaddr*>(&address.storage);
        if (::connect(socket.get(), name, address.length) == 0 || errno == EINPROGRESS)
            attempts_.push_back(std::move(socket));
        else
            last_error_ = errno;
    }

    /// The first attempt to succeed, if one does before the deadline. Attempts that fail leave the race.
    std::optional<Descriptor> wait(Deadline deadline) {
        std::vector<pollfd> waiting;
        for (const Descriptor& attempt : attempts_) waiting.push_back({attempt.get(), POLLOUT, 0});
        if (!wait_for_any(waiting, deadline)) return std::nullopt;
        std::vector<Descriptor> undecided;
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            if (waiting[i].revents == 0) {
                undecided.push_back(std::move(attempts_[i]));
                continue;
            }
            const int error = outcome(attempts_[i].get());
            if (error == 0) return std::move(attempts_[i]);
            last_error_ = error;
        }
        attempts_ = std::move(undecided);
        return std::nullopt;
    }

  private:
    static int outcome(int socket) {
        int error = 0;
        socklen_t length = sizeof error;
        getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length);
        return error;
    }

    std::vector<Address> addresses_;
    std::size_t next_ = 0;
    std::vector<Descriptor> attempts_{};
    int last_error_ = 0;
};

} // namespace

Descriptor connect_tcp(const Url& url, Deadline deadline, const std::function<void()>& meanwhile) {
    ConnectRace race(resolve(url, deadline));
    race.start_next();
    Deadline next_start = Deadline::after(head_start);
    meanwhile();
    for (;;) {
        while (race.can_start() && (!race.running() || next_start.passed())) {
            race.start_next();
            next_start = Deadline::after(head_start);
        }
        if (!race.running()) throw connect_failed(url, os_reason(race.last_error()));
        if (auto winner = race.wait(race.can_start() ? deadline.earlier(next_start) : deadline))
            return std::move(*winner);
        if (deadline.passed()) throw connect_timed_out(url);
    }
}

void recall_unsent(int socket, Milliseconds after) noexcept {
    const linger reset{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    const auto timeout = static_cast<unsigned>(after.count());
    setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
}

void deliver_sent(int socket) noexcept {
    const linger deliver{.l_onoff = 0, .l_linger = 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &deliver, sizeof deliver);
}

} // namespace omen
