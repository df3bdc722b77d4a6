#include "system/moment.hpp"

#include <ctime>
#include <fstream>

namespace omen {

namespace {

std::string read_boot_id() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    return id;
}

} // namespace

Moment Moment::now() {
    static const auto boot = read_boot_id();
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    const auto ms = std::uint64_t(time.tv_sec) * 1'000 + std::uint64_t(time.tv_nsec) / 1'000'000;
    return {Timestamp::now(), boot, ms};
}

} // namespace omen
