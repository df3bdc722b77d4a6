// bench_delay_proxy TARGET_PORT MILLISECONDS
//
// Forwards TCP connections to another port of this machine, everything so much later, each way. What a client sends
// first is held for one round trip more: this machine's own connect is immediate, another's takes one. It listens at a
// free port and prints port=N.
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <list>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

sockaddr_in here(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int tcp_socket() {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/// One direction of a connection. Bytes that are on their way have a time of arrival; no bytes are the end.
struct Way {
    struct Chunk {
        Clock::time_point due;
        std::string bytes;
    };
    int from;
    int to;
    milliseconds extra; ///< for what comes first
    std::deque<Chunk> chunks{};
    bool ended = false;

    void receive(milliseconds delay) {
        char buffer[65536];
        const auto count = recv(from, buffer, sizeof buffer, 0);
        ended = count <= 0;
        const auto due = Clock::now() + delay + extra;
        extra = milliseconds::zero();
        chunks.push_back({due, ended ? std::string() : std::string(buffer, static_cast<std::size_t>(count))});
    }
    void deliver() {
        for (; !chunks.empty() && chunks.front().due <= Clock::now(); chunks.pop_front()) {
            const auto& bytes = chunks.front().bytes;
            if (bytes.empty())
                shutdown(to, SHUT_WR);
            else if (send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0)
                ended = true;
        }
    }
    bool over() const { return ended && chunks.empty(); }
};

struct Connection {
    std::array<Way, 2> ways;
    bool over() const { return ways[0].over() && ways[1].over(); }
};

class Proxy {
  public:
    Proxy(int listener, std::uint16_t target, milliseconds delay)
        : listener_(listener), target_(target), delay_(delay) {}

    void turn() {
        std::vector<pollfd> waiting{{listener_, POLLIN, 0}};
        auto next = Clock::time_point::max();
        for (const auto& connection : connections_)
            for (const auto& way : connection.ways) {
                waiting.push_back({way.ended ? -1 : way.from, POLLIN, 0});
                if (!way.chunks.empty()) next = std::min(next, way.chunks.front().due);
            }
        wait(waiting, next);
        std::size_t i = 1;
        for (auto& connection : connections_)
            for (auto& way : connection.ways) {
                if (waiting[i++].revents != 0) way.receive(delay_);
                way.deliver();
            }
        connections_.remove_if([](const Connection& connection) {
            if (!connection.over()) return false;
            close(connection.ways[0].from);
            close(connection.ways[1].from);
            return true;
        });
        if (waiting[0].revents != 0) accept_one();
    }

  private:
    static void wait(std::vector<pollfd>& waiting, Clock::time_point until) {
        timespec left{};
        const auto time = std::max(until - Clock::now(), Clock::duration::zero());
        left.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(time).count();
        left.tv_nsec = (time % std::chrono::seconds(1)).count();
        ppoll(waiting.data(), waiting.size(), until == Clock::time_point::max() ? nullptr : &left, nullptr);
    }

    void accept_one() {
        const int client = accept(listener_, nullptr, nullptr);
        const int server = tcp_socket();
        const int on = 1;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const auto address = here(target_);
        if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            close(client);
            close(server);
            return;
        }
        connections_.push_back({{Way{client, server, 2 * delay_}, Way{server, client, milliseconds::zero()}}});
    }

    int listener_;
    std::uint16_t target_;
    milliseconds delay_;
    std::list<Connection> connections_;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: bench_delay_proxy TARGET_PORT MILLISECONDS\n", stderr);
        return 2;
    }
    const int listener = tcp_socket();
    auto address = here(0);
    socklen_t length = sizeof address;
    auto* name = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener, name, length) != 0 || listen(listener, 64) != 0 || getsockname(listener, name, &length) != 0) {
        std::perror("bench_delay_proxy");
        return 1;
    }
    std::printf("port=%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    Proxy proxy(listener, static_cast<std::uint16_t>(std::atoi(argv[1])), milliseconds(std::atoi(argv[2])));
    for (;;) proxy.turn();
}
