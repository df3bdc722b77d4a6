#include "sim/book/judge.hpp"

#include <utility>

namespace omen::sim {

void BookJudge::happened(unsigned run, const MarketId& market, std::uint64_t sequence, std::vector<Level> bids,
                         std::vector<Level> asks) {
    books_[{run, market}].insert_or_assign(sequence, Book{std::move(bids), std::move(asks)});
}

void BookJudge::disconnected() {
    for (auto& [market, shown] : shown_) {
        shown.is_gapped |= shown.sequence.has_value();
        shown.sequence.reset();
    }
}

void BookJudge::gap_told(const MarketId& market) {
    auto& shown = shown_[market];
    if (shown.is_gapped) return fail_("a gap was told twice of book " + market.text());
    shown = {.is_gapped = true};
}

void BookJudge::shown(unsigned run, const MarketId& market, const BookFeed::Step& step) {
    const auto sequence = step.book->sequence();
    const auto name = "book " + market.text() + " at " + std::to_string(sequence);
    const auto known = std::exchange(shown_[market], {.sequence = sequence, .run = run});
    if (step.what == BookFeed::What::delta && (!known.sequence || *known.sequence + 1 != sequence))
        fail_(name + " was shown as the next, and is not");
    if ((step.what == BookFeed::What::resynced) != known.is_gapped)
        fail_(name + (known.is_gapped ? " was not shown as resynced" : " was shown as resynced, without a gap"));

    const auto& books = books_[{run, market}];
    const auto found = books.find(sequence);
    if (found == books.end()) return fail_(name + " was shown, and there never was one");
    if (step.book->bids().top() != found->second.bids || step.book->asks().top() != found->second.asks)
        fail_(name + " was shown, and is another");
}

void BookJudge::check_complete(unsigned run, const MarketId& market, std::uint64_t sequence) {
    const auto& shown = shown_[market];
    if (shown.run != run || shown.sequence != sequence)
        fail_("book " + market.text() + " is shown at " +
              (shown.sequence ? std::to_string(*shown.sequence) : "no sequence") + ", and is at " +
              std::to_string(sequence));
}

} // namespace omen::sim
