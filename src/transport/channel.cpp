#include "transport/channel.hpp"

#include <cerrno>
#include <sys/socket.h>

namespace omen {

namespace {

bool would_block(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

class PlainChannel final : public Channel {
  public:
    explicit PlainChannel(Descriptor socket) : socket_(std::move(socket)) {}

    Transfer read(std::span<char> into) override {
        const auto count = recv(socket_.get(), into.data(), into.size(), MSG_DONTWAIT);
        if (count == 0) return {.state = Transfer::State::ended};
        return transfer(count, Transfer::State::wants_input);
    }

    Transfer write(std::string_view bytes) override {
        const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        return transfer(count, Transfer::State::wants_output);
    }

    void say_goodbye() noexcept override { shutdown(socket_.get(), SHUT_WR); }

    int fd() const override { return socket_.get(); }

  private:
    static Transfer transfer(ssize_t count, Transfer::State when_blocked) {
        if (count >= 0) return {.state = Transfer::State::done, .bytes = static_cast<std::size_t>(count)};
        if (would_block(errno)) return {.state = when_blocked};
        return {.state = Transfer::State::failed, .error = errno};
    }

    Descriptor socket_;
};

} // namespace

std::unique_ptr<Channel> plain_channel(Descriptor socket) {
    return std::make_unique<PlainChannel>(std::move(socket));
}

} // namespace omen
