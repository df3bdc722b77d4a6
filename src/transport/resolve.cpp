#include "transport/resolve.hpp"

#include "core/error.hpp"
#include "system/descriptor.hpp"
#include "system/wait.hpp"
#include "transport/failures.hpp"

#include <array>
#include <cstring>
#include <future>
#include <memory>
#include <netdb.h>
#include <sys/eventfd.h>
#include <thread>

namespace omen {

namespace {

struct LookUp {
    int error = 0; ///< getaddrinfo's
    std::vector<Address> addresses{};
};

LookUp look_up(const std::string& host, std::uint16_t port, int flags) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    LookUp result{.error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list)};
    if (result.error != 0) return result;
    for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
        Address address{.length = entry->ai_addrlen};
        std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
        result.addresses.push_back(address);
    }
    freeaddrinfo(list);
    return result;
}

/// getaddrinfo can neither be bounded nor interrupted, so it runs in a thread of its own, which is left behind when the
/// deadline passes or a signal comes.
LookUp look_up_in_background(const Url& url, Deadline deadline) {
    const auto done = std::make_shared<Descriptor>(eventfd(0, EFD_CLOEXEC));
    std::promise<LookUp> promise;
    auto result = promise.get_future();
    std::thread([done, host = url.host, port = url.port, promise = std::move(promise)]() mutable {
        promise.set_value(look_up(host, port, 0));
        eventfd_write(done->get(), 1);
    }).detach();
    std::array waiting{pollfd{.fd = done->get(), .events = POLLIN, .revents = 0}};
    if (!wait_for_any(waiting, deadline)) throw connect_timed_out(url);
    return result.get();
}

} // namespace

std::vector<Address> resolve(const Url& url, Deadline deadline) {
    // As browsers and libcurl do: localhost is this machine, whatever a name server says, at both of its addresses.
    if (url.host == "localhost") {
        auto addresses = look_up("::1", url.port, AI_NUMERICHOST).addresses;
        addresses.push_back(look_up("127.0.0.1", url.port, AI_NUMERICHOST).addresses.at(0));
        return addresses;
    }
    auto result = look_up(url.host, url.port, AI_NUMERICHOST);
    if (result.error != 0) result = look_up_in_background(url, deadline);
    if (result.error != 0) throw connect_failed(url, lower_first(gai_strerror(result.error)));
    return std::move(result.addresses);
}

} // namespace omen
