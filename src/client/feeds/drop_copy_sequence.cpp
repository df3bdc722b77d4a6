#include "client/feeds/drop_copy_sequence.hpp"

#include <utility>

namespace omen {

std::optional<std::uint64_t> DropCopySequence::next() const {
    if (!last_) return std::nullopt;
    return *last_ + 1;
}

DropCopySequence::Step DropCopySequence::subscribed(const std::string& wallet, std::optional<std::uint64_t> issued) {
    issued_ = issued;
    asked_ = next();
    reset_reported_ = false;
    if (!last_) {
        last_ = issued;
        return {};
    }
    if (!issued || *last_ <= *issued) return {};
    // What was had has not been issued: the exchange was reset, and counts anew.
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
    if (asked_ != expected) return {.what = What::ask_again};
    last_ = execution.sequence - 1;
    return {.what = What::gap,
            .gap = gw::DropCopyGap{.wallet = execution.wallet,
                                   .requested_sequence = *expected,
                                   .oldest_sequence = execution.sequence,
                                   .next_sequence = execution.sequence + 1}};
}

DropCopySequence::Step DropCopySequence::on(const gw::DropCopyGap& gap) {
    if (std::exchange(reset_reported_, false) && gap.requested_sequence == asked_) return {};
    const bool was_reset = gap.requested_sequence > gap.next_sequence;
    const auto behind = was_reset ? gap.next_sequence : gap.oldest_sequence;
    if (behind > 0) last_ = behind - 1;
    return {.what = What::gap, .gap = gap};
}

} // namespace omen
