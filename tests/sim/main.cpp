// Lives through simulated worlds, one for each seed, and says where the client did what it must never do.

#include "sim/book/world.hpp"
#include "sim/drop_copy/world.hpp"
#include "sim/explore.hpp"
#include "sim/killed/world.hpp"
#include "sim/world.hpp"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>

namespace omen::sim {

namespace {

constexpr const char* usage =
    R"(Usage: sim [KIND] [--seed N] [--count N] [--trace] [--no-shrink] [--keep-going] [--avoidable]
Lives through N worlds of a kind from a seed on. A world in which the client does what it must never do, or says what
is not so, is printed with its seed, shrunk to what it takes, and its course; the status is 1 then.
  engine        the trading engine against the gateway (default)
  killed        the same, killed at some step, and what the journal's resolve makes of it
  drop-copy     a drop-copy and its cursor, across connections, kills and resets
  book          books that are kept right from the market data
  --trace       print the course of each world
  --no-shrink   print a failing world as it was drawn
  --keep-going  go on behind a failing world
  --avoidable   an outcome of the engine that is called unknown though a look-up would have told fails as well
)";

volatile std::uint64_t seed_at_work = 0;

/// A world that takes seconds does not end.
constexpr unsigned longest_world_s = 20;

void on_alarm(int) {
    char text[80];
    const auto size =
        std::snprintf(text, sizeof text, "seed %llu does not end\n", static_cast<unsigned long long>(seed_at_work));
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, static_cast<std::size_t>(size));
    _exit(1);
}

template <class Kind> int explore(const Options& options) {
    return Explorer<Kind>(options).run();
}

struct KindOfWorld {
    std::string_view name;
    int (*explore)(const Options&);
};

constexpr KindOfWorld kinds[] = {{"engine", explore<EngineWorlds>},
                                 {"killed", explore<KilledWorlds>},
                                 {"drop-copy", explore<DropCopyWorlds>},
                                 {"book", explore<BookWorlds>}};

std::optional<std::uint64_t> number_in(const char* text) {
    std::uint64_t number = 0;
    const auto* end = text + std::strlen(text);
    const auto [stop, error] = std::from_chars(text, end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

std::optional<Options> options_in(int count, char** words) {
    Options options;
    for (int at = 0; at < count; ++at) {
        const std::string_view word = words[at];
        if (word == "--trace") {
            options.trace = true;
        } else if (word == "--no-shrink") {
            options.shrink = false;
        } else if (word == "--keep-going") {
            options.keep_going = true;
        } else if (word == "--avoidable") {
            options.avoidable = true;
        } else if ((word == "--seed" || word == "--count") && at + 1 < count) {
            const auto number = number_in(words[++at]);
            if (!number) return std::nullopt;
            (word == "--seed" ? options.seed : options.count) = *number;
        } else {
            return std::nullopt;
        }
    }
    return options;
}

int run(int count, char** words) {
    auto kind = kinds[0];
    for (const auto& one : kinds)
        if (count > 0 && words[0] == one.name) kind = one;
    const bool is_named = count > 0 && words[0][0] != '-';
    const auto options = options_in(count - (is_named ? 1 : 0), words + (is_named ? 1 : 0));
    if (!options || (is_named && words[0] != kind.name)) {
        std::fputs(usage, stderr);
        return 2;
    }
    std::signal(SIGALRM, on_alarm);
    return kind.explore(*options);
}

} // namespace

void watch(std::uint64_t seed) {
    seed_at_work = seed;
    alarm(longest_world_s);
}

} // namespace omen::sim

int main(int count, char** words) {
    return omen::sim::run(count - 1, words + 1);
}
