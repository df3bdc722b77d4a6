#pragma once

#include "core/enums.hpp"
#include "sim/plan.hpp"
#include "sim/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace omen::sim {

/// Something that happens in a world of links: to one of its connections or processes, or at a time.
template <class Kind> struct LinkStep {
    Kind kind{};
    Clock::duration at{};
    unsigned connection = 0; ///< or which process
    unsigned number = 0;     ///< which message of the connection, or step of the process
    Ending how{};
    std::uint64_t value = 0;
};

/// All that happens in one.
template <class Kind> struct LinkSteps : std::vector<LinkStep<Kind>> {
    LinkSteps without(const std::set<std::size_t>& parts) const {
        LinkSteps rest;
        for (std::size_t part = 0; part < this->size(); ++part)
            if (!parts.contains(part)) rest.push_back((*this)[part]);
        return rest;
    }

    const LinkStep<Kind>* find(Kind kind, unsigned connection, unsigned number) const {
        const auto found = std::find_if(this->begin(), this->end(), [&](const LinkStep<Kind>& step) {
            return step.kind == kind && step.connection == connection && step.number == number;
        });
        return found == this->end() ? nullptr : &*found;
    }

    std::string text() const {
        std::string text;
        for (const auto& step : *this)
            text += fmt::format("  step: {} at {}, connection {}, number {}, {}, value {}\n", to_string(step.kind),
                                text_of(step.at), step.connection, step.number, to_string(step.how), step.value % 1000);
        return text;
    }
};

} // namespace omen::sim
