#pragma once

#include "protocol/gateway/messages.hpp"

#include <cstdint>
#include <optional>

namespace omen {

/// Keeps a drop-copy whole across connections: which sequence to ask for, what is new, what was had before, what is
/// missing. A state machine without I/O.
class DropCopySequence {
  public:
    enum class What {
        nothing,   ///< had before, or told before
        line,      ///< the next execution
        ask_again, ///< some are missing that were not asked for yet: subscribe anew, with next()
        gap,       ///< some are missing for good: the state must be rebuilt. An execution that showed it is not taken
                   ///< yet: it comes to on() again, or from the exchange
    };
    struct Step {
        What what = What::nothing;
        std::optional<gw::DropCopyGap> gap{};
    };

    /// `last`: the last sequence that was had; nothing: begin with what happens from the subscription on.
    explicit DropCopySequence(std::optional<std::uint64_t> last) : last_(last) {}

    /// The from_sequence to subscribe with; nothing: none.
    std::optional<std::uint64_t> next() const;
    /// The subscription was confirmed; `issued`: the last sequence issued by then, where the exchange said.
    Step subscribed(const std::string& wallet, std::optional<std::uint64_t> issued);
    Step on(const gw::Execution& execution);
    Step on(const gw::DropCopyGap& gap);

    /// The last sequence that was had, or that is known to be missing for good.
    std::optional<std::uint64_t> last() const { return last_; }
    /// Whether everything issued by the time of the last subscription has been had. Never, where the exchange did not
    /// say what that is.
    bool caught_up() const { return issued_ && last_ && *last_ >= *issued_; }

  private:
    std::optional<std::uint64_t> last_;
    std::optional<std::uint64_t> issued_;
    std::optional<std::uint64_t> asked_; ///< the sequence that this subscription began with
    bool reset_reported_ = false;        ///< that the exchange was reset was told, its own word on it not yet heard
};

} // namespace omen
