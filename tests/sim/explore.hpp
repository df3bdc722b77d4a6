#pragma once

#include "core/time.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>

namespace omen::sim {

/// What is asked of the simulator.
struct Options {
    std::uint64_t seed = 1;
    std::uint64_t count = 1;
    bool trace = false;
    bool shrink = true;
    bool keep_going = false;
    bool avoidable = false; ///< an outcome that was called unknown needlessly is a failure, too
};

using Tracer = std::function<void(const std::string&)>;

/// Says which seed is at work, for whoever interrupts it.
void watch(std::uint64_t seed);

/// Lives through worlds of one kind, one for each seed. A kind has a Plan, which is drawn from a seed, is put into
/// words, and can be had without any of its parts; Figures, which count `worlds` and are put into words; and says what
/// is wrong in the world of a plan.
template <class Kind> class Explorer {
  public:
    using Plan = typename Kind::Plan;
    using Figures = typename Kind::Figures;

    explicit Explorer(const Options& options) : options_(options) {}

    /// The exit status.
    int run() {
        std::uint64_t failures = 0;
        const auto began = Clock::now();
        for (auto seed = options_.seed; seed < options_.seed + options_.count; ++seed) {
            watch(seed);
            const auto plan = Plan::draw(seed);
            if (options_.trace) print_world(plan);
            ++figures_.worlds;
            const auto fault = Kind::fault_in(plan, options_, figures_, {});
            if (!fault) continue;
            ++failures;
            fmt::print("seed {}: {}\n", seed, *fault);
            std::fflush(stdout);
            if (options_.keep_going) continue;
            print_world(options_.shrink ? shrunk(plan) : plan);
            break;
        }
        const auto seconds = std::chrono::duration<double>(Clock::now() - began).count();
        fmt::print("{} worlds in {:.1f} s, {:.0f} a second; {} failed\n{}", figures_.worlds, seconds,
                   static_cast<double>(figures_.worlds) / seconds, failures, Kind::text_of(figures_));
        return failures == 0 ? 0 : 1;
    }

  private:
    std::optional<std::string> fault_in(const Plan& plan) const {
        Figures figures;
        return Kind::fault_in(plan, options_, figures, {});
    }

    /// Leaves out whatever the fault does not need.
    Plan shrunk(const Plan& plan) const {
        auto small = plan;
        for (bool has_shrunk = true; has_shrunk;) {
            has_shrunk = false;
            for (auto part = small.parts(); part-- > 0;) {
                auto smaller = small.without({part});
                if (!fault_in(smaller)) continue;
                small = std::move(smaller);
                has_shrunk = true;
            }
        }
        return small;
    }

    void print_world(const Plan& plan) const {
        Figures figures;
        fmt::print("{}", plan.text());
        const auto fault =
            Kind::fault_in(plan, options_, figures, [](const std::string& line) { fmt::print("    {}\n", line); });
        fmt::print("  {}\n", fault.value_or("all is well"));
    }

    const Options& options_;
    Figures figures_;
};

} // namespace omen::sim
