// Lives through simulated worlds, one for each seed, and says where the trading engine did what it must never do.

#include "sim/world.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <unistd.h>

namespace omen::sim {

namespace {

struct Options {
    std::uint64_t seed = 1;
    std::uint64_t count = 1;
    bool trace = false;
    bool shrink = true;
    bool keep_going = false;
    bool avoidable = false; ///< an outcome that was called unknown needlessly is a failure, too
};

constexpr const char* usage = R"(Usage: sim [--seed N] [--count N] [--trace] [--no-shrink] [--keep-going] [--avoidable]
Lives through N worlds from a seed on. A world in which the trading engine does what it must never do, or says what is
not so, is printed with its seed, shrunk to what it takes, and its course; the status is 1 then.
  --trace       print the course of each world
  --no-shrink   print a failing world as it was drawn
  --keep-going  go on behind a failing world
  --avoidable   an outcome that is called unknown though a look-up would have told fails as well
)";

/// The seed that is at work, for whoever interrupts it.
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

/// What is wrong in a world, if anything is.
std::optional<std::string> fault_in(const Plan& plan, const Options& options, Figures& figures,
                                    World::Tracer tracer = {}) {
    World world(plan, figures, std::move(tracer));
    auto fault = world.run();
    if (!fault && options.avoidable && !world.avoidable().empty()) fault = "avoidable: " + world.avoidable().front();
    return fault;
}

/// Leaves out whatever the fault does not need.
Plan shrunk(const Plan& plan, const Options& options) {
    auto small = plan;
    for (bool has_shrunk = true; has_shrunk;) {
        has_shrunk = false;
        for (auto part = small.parts(); part-- > 0;) {
            auto smaller = small.without({part});
            Figures figures;
            if (!fault_in(smaller, options, figures)) continue;
            small = std::move(smaller);
            has_shrunk = true;
        }
    }
    return small;
}

void print_world(const Plan& plan, const Options& options) {
    Figures figures;
    fmt::print("{}", plan.text());
    const auto fault = fault_in(plan, options, figures, [](const std::string& line) { fmt::print("    {}\n", line); });
    fmt::print("  {}\n", fault.value_or("all is well"));
}

void print_figures(const Figures& figures, std::uint64_t failures, double seconds) {
    fmt::print("{} worlds in {:.1f} s, {:.0f} a second; {} failed\n", figures.worlds, seconds,
               static_cast<double>(figures.worlds) / seconds, failures);
    fmt::print(
        "outcomes: {} done, {} refused, {} not executed, {} not sent, {} unknown, of these {} avoidable; {} behind "
        "a reset that nothing shows; {} reads\n",
        figures.done, figures.refused, figures.not_executed, figures.not_sent, figures.unknown, figures.avoidable,
        figures.hidden, figures.reads);
    fmt::print("faults:");
    for (std::size_t kind = 0; kind < figures.faults.size(); ++kind)
        fmt::print(" {} {}", to_string(static_cast<StepKind>(kind)), figures.faults[kind]);
    fmt::print("\n");
}

int run(const Options& options) {
    Figures figures;
    std::uint64_t failures = 0;
    const auto began = Clock::now();
    for (auto seed = options.seed; seed < options.seed + options.count; ++seed) {
        seed_at_work = seed;
        alarm(longest_world_s);
        const auto plan = Plan::draw(seed);
        if (options.trace) print_world(plan, options);
        const auto fault = fault_in(plan, options, figures);
        if (!fault) continue;
        ++failures;
        fmt::print("seed {}: {}\n", seed, *fault);
        std::fflush(stdout);
        if (options.keep_going) continue;
        print_world(options.shrink ? shrunk(plan, options) : plan, options);
        break;
    }
    print_figures(figures, failures, std::chrono::duration<double>(Clock::now() - began).count());
    return failures == 0 ? 0 : 1;
}

std::optional<std::uint64_t> number_in(const char* text) {
    std::uint64_t number = 0;
    const auto* end = text + std::strlen(text);
    const auto [stop, error] = std::from_chars(text, end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

std::optional<Options> options_in(int count, char** words) {
    Options options;
    for (int at = 1; at < count; ++at) {
        const std::string word = words[at];
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

} // namespace

} // namespace omen::sim

int main(int count, char** words) {
    const auto options = omen::sim::options_in(count, words);
    if (!options) {
        std::fputs(omen::sim::usage, stderr);
        return 2;
    }
    std::signal(SIGALRM, omen::sim::on_alarm);
    return omen::sim::run(*options);
}
