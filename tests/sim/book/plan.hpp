#pragma once

#include "core/enums.hpp"
#include "sim/link_step.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace omen::sim {

/// What happens in a world of books.
enum class BookStepKind : std::uint8_t {
    change, ///< a book changes
    // Of one connection:
    lose,    ///< a delta does not arrive
    twice,   ///< one arrives twice
    late,    ///< one arrives behind the next
    corrupt, ///< one arrives as something else
    gap,     ///< the exchange says that it has lost one; nothing follows until the client subscribes again
    end,     ///< the connection ends in place of one
    mute,    ///< a subscription is confirmed, and no snapshot comes
    // Of a time:
    cut,   ///< the connection ends
    reset, ///< the exchange begins anew, at another sequence, and every session ends
};

} // namespace omen::sim

namespace omen {
template <>
inline constexpr auto enum_names<sim::BookStepKind> =
    Names<10>{"change", "lose", "twice", "late", "corrupt", "gap", "end", "mute", "cut", "reset"};
} // namespace omen

namespace omen::sim {

using BookStep = LinkStep<BookStepKind>;

/// A world of books.
struct BookPlan {
    std::uint64_t seed = 0;
    Clock::duration latency{};
    bool from_rest = false; ///< whole books come from REST
    LinkSteps<BookStepKind> steps;

    static BookPlan draw(std::uint64_t seed);
    BookPlan without(const std::set<std::size_t>& parts) const;
    std::size_t parts() const { return steps.size(); }
    std::string text() const;
};

} // namespace omen::sim
