#include "client/feeds/drop_copy_feed.hpp"

#include "core/text.hpp"

#include <utility>

namespace omen {

void DropCopyFeed::begin_session(const std::optional<std::string>& wallet) {
    if (!wallet) return;
    const bool is_another = wallet_ && lower(*wallet_) != lower(*wallet);
    wallet_ = wallet;
    if (!is_another) return;
    is_of_another_ = true;
    sequence_ = DropCopySequence(std::nullopt);
}

void DropCopyFeed::subscribed(std::optional<std::uint64_t> issued) {
    auto step = sequence_.subscribed(wallet_, issued);
    if (std::exchange(is_of_another_, false)) {
        const auto next = issued.value_or(0) + 1;
        step.gap = gw::DropCopyGap{
            .wallet = wallet_, .requested_sequence = {}, .oldest_sequence = next, .next_sequence = next};
    }
    if (step.gap) gap_ = std::move(step.gap);
    if (is_settled() && sequence_.last()) printed_ = sequence_.last();
}

DropCopyFeed::Next DropCopyFeed::on(const gw::Execution& execution) {
    auto step = sequence_.on(execution);
    switch (step.what) {
    case DropCopySequence::What::nothing:
        return Next::nothing;
    case DropCopySequence::What::line:
        return Next::line;
    case DropCopySequence::What::ask_again:
        return Next::subscribe;
    case DropCopySequence::What::gap:
        break;
    }
    gap_ = std::move(step.gap);
    return Next::settle;
}

DropCopyFeed::Next DropCopyFeed::on(const gw::DropCopyGap& gap) {
    auto step = sequence_.on(gap);
    if (!step.gap) return Next::nothing;
    gap_ = std::move(step.gap);
    return Next::settle;
}

std::optional<gw::DropCopyGap> DropCopyFeed::take_gap() {
    if (!gap_) return std::nullopt;
    state_due_ = true;
    return std::exchange(gap_, std::nullopt);
}

void DropCopyFeed::state_printed() {
    state_due_ = false;
    if (sequence_.last()) printed_ = sequence_.last();
}

} // namespace omen
