#pragma once

#include "client/feeds/drop_copy_sequence.hpp"
#include "protocol/gateway/messages.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace omen {

/// What a drop-copy prints, across connections and runs: each execution once and in order, or a gap and then the state
/// behind it; and how far a cursor may follow. A state machine without I/O.
class DropCopyFeed {
  public:
    enum class Next {
        nothing,
        line,      ///< print the execution, then call line_printed()
        subscribe, ///< some are missing: begin a new session, and subscribe in it from from()
        settle,    ///< is_settled() no longer; pass the execution in again when it is
    };

    /// `last`: the last sequence handed out so far; nothing: begin with what happens from the subscription on.
    explicit DropCopyFeed(std::optional<std::uint64_t> last) : sequence_(last) {}

    /// A session is there, in which the drop-copy is about to be subscribed to. Where it is another wallet's than the
    /// one before, it goes on from there, behind a gap.
    void begin_session(const std::optional<std::string>& wallet);
    /// The from_sequence to subscribe with, if any.
    std::optional<std::uint64_t> from() const { return sequence_.next(); }
    /// The subscription was confirmed; `issued`: the last sequence issued by then, where the exchange said.
    void subscribed(std::optional<std::uint64_t> issued);
    Next on(const gw::Execution& execution);
    Next on(const gw::DropCopyGap& gap);

    /// Otherwise a gap is to be printed, where take_gap() gives one, then the state as it is behind it.
    bool is_settled() const { return !gap_ && !state_due_; }
    /// The gap, once.
    std::optional<gw::DropCopyGap> take_gap();
    void state_printed();
    void line_printed(const gw::Execution& execution) { printed_ = execution.sequence; }

    /// Up to which sequence all has been printed: where a later run may begin. A gap counts once the state behind it
    /// has been printed, so that a run that is stopped in between prints it again the next time.
    std::optional<std::uint64_t> printed() const { return printed_; }
    /// Whether everything issued by the time of the last subscription was printed. Never, where the exchange does not
    /// report what that is.
    bool caught_up() const { return is_settled() && sequence_.caught_up(); }

  private:
    DropCopySequence sequence_;
    std::optional<std::string> wallet_;
    bool is_of_another_ = false;         ///< the wallet is not that of the last subscription
    std::optional<gw::DropCopyGap> gap_; ///< to be printed
    bool state_due_ = false;             ///< a gap was printed, the state behind it not yet
    std::optional<std::uint64_t> printed_;
};

} // namespace omen
