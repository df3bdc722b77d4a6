// bench_bare PORT COUNT
//
// The floor of latency: receives the frames of spot_price:COUNT with recv, copies the timestamp of each into a line,
// and writes the line. No library, no check, nothing decoded.
#include <algorithm>
#include <arpa/inet.h>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace {

int connect_to(std::uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return -1;
    return fd;
}

bool send_all(int fd, std::string_view bytes) {
    return send(fd, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
}

/// A subscription in a frame masked with zeros.
std::string subscription(const std::string& channel) {
    const auto text = [](std::string_view value) {
        return static_cast<char>(0xa0 | value.size()) + std::string(value);
    };
    const auto message = "\x82" + text("type") + text("subscribe") + text("channel") + text(channel);
    return "\x82" + std::string(1, static_cast<char>(0x80 | message.size())) + std::string(4, '\0') + message;
}

/// Writes a line for each whole frame that is there; what is left of the last one stays. False at the end of the feed.
bool write_lines(std::string& input) {
    constexpr char goodbye = '\x88';
    std::string out;
    std::size_t at = 0;
    bool goes_on = true;
    while (goes_on && at + 2 <= input.size()) {
        const auto frame = std::string_view(input).substr(at);
        const auto size = 2U + static_cast<unsigned char>(frame[1]);
        if (size > frame.size()) break;
        goes_on = frame[0] != goodbye;
        // A timestamp has nine bytes, and is the only integer of that length in an event.
        const auto mark = frame.substr(0, size).find('\xcf');
        if (mark != std::string_view::npos) {
            std::uint64_t value = 0;
            for (std::size_t i = 1; i <= 8; ++i) value = value << 8U | static_cast<unsigned char>(frame[mark + i]);
            out += "{\"timestamp\":" + std::to_string(value) + "}\n";
        }
        at += size;
    }
    input.erase(0, at);
    if (!out.empty() && write(STDOUT_FILENO, out.data(), out.size()) < 0) std::exit(1);
    return goes_on;
}

} // namespace

int main(int argc, char** argv) {
    const int fd = argc == 3 ? connect_to(static_cast<std::uint16_t>(std::atoi(argv[1]))) : -1;
    if (fd < 0 || !send_all(fd, "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")) {
        std::fputs("bench_bare: no connection\n", stderr);
        return 1;
    }
    std::string input;
    bool upgraded = false;
    char chunk[65536];
    for (ssize_t count = 0; (count = recv(fd, chunk, sizeof chunk, 0)) > 0;) {
        input.append(chunk, static_cast<std::size_t>(count));
        if (upgraded) {
            if (!write_lines(input)) return 0;
        } else if (input.find("\r\n\r\n") != std::string::npos) {
            upgraded = true;
            input.clear();
            if (!send_all(fd, subscription(std::string("spot_price:") + argv[2]))) return 1;
        }
    }
    return 1;
}
