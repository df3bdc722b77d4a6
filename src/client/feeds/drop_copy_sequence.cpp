// One number is nearly the whole state: `last`, up to which every execution was handed out or reported missing. Who
// begins with the `last` at which another run ended (a cursor) continues it, so each execution is handed out once, in
// order, across connections and runs.
//
//   at or below `last`  an execution that was handed out before: dropped
//   `last` + 1          the next one: handed out, and `last` moves on
//   beyond that         those between are missing. Where this subscription did not begin with the first of them, the
//                       exchange may still have them: ask again, once. Where it did, they are lost: a gap is
//                       reported, and `last` moves up to just before the execution, which is the next one then
//   drop_copy_gap       reported; `last` moves to just before the oldest that is left, after a reset before the next
//                       to be issued
//   subscribed          without a `last`, what was issued before is no concern of ours. A `last` above what was
//                       issued shows that the exchange was reset and counts anew: a gap, and `last` moves down to
//                       what was issued
//
// A reset is noticed twice, here in `subscribed` and by the exchange, whose drop_copy_gap for the same request comes
// right after: that one is swallowed.
//
// An execution that shows a gap is not handed out with it: the state must be rebuilt before anything is built upon it.
// The caller passes the same execution in again afterwards.

#include "client/feeds/drop_copy_sequence.hpp"

#include <utility>

namespace omen {

std::optional<std::uint64_t> DropCopySequence::next() const {
    if (!last_) return std::nullopt;
    return *last_ + 1;
}

DropCopySequence::Step DropCopySequence::subscribed(const std::optional<std::string>& wallet,
                                                    std::optional<std::uint64_t> issued) {
    issued_ = issued;
    asked_ = next();
    asking_.reset();
    reset_reported_ = false;
    if (!last_) {
        last_ = issued;
        return {};
    }
    if (!issued || *last_ <= *issued) return {};
    // What was handed out has not been issued: the exchange was reset, and counts anew.
    reset_reported_ = true;
    last_ = issued;
    return {.what = What::gap,
            .gap = gw::DropCopyGap{.wallet = wallet,
                                   .requested_sequence = *asked_,
                                   .oldest_sequence = *issued + 1,
                                   .next_sequence = *issued + 1}};
}

DropCopySequence::Step DropCopySequence::on(const gw::Execution& execution) {
    if (last_ && execution.sequence <= *last_) return {};
    const auto expected = next();
    if (!expected || execution.sequence == *expected) {
        last_ = execution.sequence;
        return {.what = What::line};
    }
    if (asked_ != expected) {
        if (std::exchange(asking_, expected) == expected) return {}; // it is asked for already
        return {.what = What::ask_again};
    }
    last_ = execution.sequence - 1;
    return {.what = What::gap,
            .gap = gw::DropCopyGap{.wallet = execution.wallet,
                                   .requested_sequence = *expected,
                                   .oldest_sequence = execution.sequence,
                                   .next_sequence = execution.sequence + 1}};
}

DropCopySequence::Step DropCopySequence::on(const gw::DropCopyGap& gap) {
    const auto& requested = gap.requested_sequence;
    if (std::exchange(reset_reported_, false) && (!requested || requested == asked_)) return {};
    const bool was_reset = requested && *requested > gap.next_sequence;
    const auto behind = was_reset ? gap.next_sequence : gap.oldest_sequence;
    if (behind > 0) last_ = behind - 1;
    return {.what = What::gap, .gap = gap};
}

} // namespace omen
