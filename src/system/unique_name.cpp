#include "system/unique_name.hpp"

#include "core/error.hpp"
#include "core/time.hpp"

#include <fmt/format.h>

#include <array>
#include <span>
#include <string_view>
#include <sys/random.h>
#include <unistd.h>

namespace omen {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

} // namespace

std::string unique_name() {
    // The system is asked for the random bytes of many names at once: a batch may need a new one every few
    // microseconds. A process that was forked off has them, too, and must not use them.
    constexpr std::size_t size = 10;
    thread_local std::array<unsigned char, 64 * size> pool{};
    thread_local std::size_t used = pool.size();
    thread_local pid_t owner = 0;
    if (used == pool.size() || owner != getpid()) {
        if (getrandom(pool.data(), pool.size(), 0) != static_cast<ssize_t>(pool.size()))
            throw Error(Fault::internal, "client order id: the system gave no random bytes",
                        {.hint = "use --client-id"});
        used = 0;
        owner = getpid();
    }
    const std::span random(pool.data() + used, size);
    used += size;
    std::string id = fmt::format("{:012x}-", Timestamp::now().ms);
    for (const auto byte : random) id += {hex_digits[byte >> 4U], hex_digits[byte & 15U]};
    return id;
}

} // namespace omen
