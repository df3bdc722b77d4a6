#pragma once

#include "protocol/gateway/messages.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace omen {

/// Keeps a drop-copy whole across connections: which sequence to ask for, which execution is the next, which ones are
/// missing. A state machine without I/O.
class DropCopySequence {
  public:
    enum class What {
        nothing,   ///< handed out before, or reported before
        line,      ///< the next execution
        ask_again, ///< some are missing that were not asked for yet: subscribe anew, with next()
        gap,       ///< some are missing for good: the state must be rebuilt, then the execution passed in again
    };
    struct Step {
        What what = What::nothing;
        std::optional<gw::DropCopyGap> gap{};
    };

    /// `last`: the last sequence handed out so far; nothing: begin with what happens from the subscription on.
    explicit DropCopySequence(std::optional<std::uint64_t> last) : last_(last) {}

    /// The from_sequence to subscribe with, if any.
    std::optional<std::uint64_t> next() const;
    /// The subscription was confirmed; `issued`: the last sequence issued by then, where the exchange said.
    Step subscribed(const std::optional<std::string>& wallet, std::optional<std::uint64_t> issued);
    Step on(const gw::Execution& execution);
    Step on(const gw::DropCopyGap& gap);

    /// The last sequence that was handed out, or that is known to be missing for good.
    std::optional<std::uint64_t> last() const { return last_; }
    /// Whether everything issued by the time of the last subscription was handed out. Never, where the exchange does
    /// not report what that is.
    bool caught_up() const { return issued_ && last_ && *last_ >= *issued_; }

  private:
    std::optional<std::uint64_t> last_;
    std::optional<std::uint64_t> issued_;
    std::optional<std::uint64_t> asked_;  ///< the sequence that this subscription began with
    std::optional<std::uint64_t> asking_; ///< what is to be asked for anew, until the next subscription is confirmed
    bool reset_reported_ = false;         ///< we reported a reset, which the exchange is yet to report
};

} // namespace omen
