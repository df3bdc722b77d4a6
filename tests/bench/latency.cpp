// bench_latency
//
// Reads lines that carry the moment of their sending, "timestamp":NANOSECONDS of CLOCK_MONOTONIC, and prints the median
// time from there to the line's arrival here, and the time that 99 of 100 need at most, in nanoseconds.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <time.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::string_view key = "\"timestamp\":";

long long now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

long long share(const std::vector<long long>& sorted, std::size_t percent) {
    return sorted[(sorted.size() - 1) * percent / 100];
}

} // namespace

int main() {
    std::vector<long long> latencies;
    std::string pending;
    char chunk[65536];
    for (ssize_t count = 0; (count = read(STDIN_FILENO, chunk, sizeof chunk)) > 0;) {
        const auto arrived = now();
        pending.append(chunk, static_cast<std::size_t>(count));
        std::size_t begin = 0;
        for (std::size_t end = 0; (end = pending.find('\n', begin)) != std::string::npos; begin = end + 1) {
            const auto at = pending.find(key, begin);
            if (at < end) latencies.push_back(arrived - std::atoll(pending.c_str() + at + key.size()));
        }
        pending.erase(0, begin);
    }
    if (latencies.empty()) return 1;
    std::sort(latencies.begin(), latencies.end());
    std::printf("%lld %lld\n", share(latencies, 50), share(latencies, 99));
}
