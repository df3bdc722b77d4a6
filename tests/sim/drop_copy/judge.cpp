#include "sim/drop_copy/judge.hpp"

#include "protocol/wire/codec.hpp"

namespace omen::sim {

namespace {

std::string in_words(const std::optional<std::uint64_t>& sequence) {
    return sequence ? std::to_string(*sequence) : "nothing";
}

} // namespace

void DropCopyJudge::happened(const gw::Execution& execution, unsigned run) {
    runs_of_[wire::encode(execution)].insert(run);
}

void DropCopyJudge::started(const std::optional<DropCopyCursor>& cursor, std::optional<std::uint64_t> last) {
    at_ = cursor ? kept_ : Position{.sequence = last};
    safe_ = at_;
    needs_gap_ = false;
    needs_state_ = false;
}

void DropCopyJudge::subscribed(const std::string& wallet, unsigned run, std::uint64_t issued) {
    if (at_.wallet.empty()) {
        if (!at_.sequence) at_.sequence = issued;
        at_.wallet = wallet;
        at_.run = at_.run.value_or(run);
        if (*at_.sequence > issued) needs_gap_ = true;
    } else if (at_.wallet != wallet) {
        needs_gap_ = true;
        at_ = {.sequence = issued, .run = run, .wallet = wallet};
    } else if (at_.run && at_.run != run) {
        // Where as many have happened in this run, nothing shows that it is another.
        if (issued < *at_.sequence) needs_gap_ = true;
        at_.run = run;
    }
    if (!needs_gap_ && !needs_state_) safe_ = at_;
}

void DropCopyJudge::wrote(const gw::Execution& execution) {
    const auto name = "execution " + std::to_string(execution.sequence);
    const auto found = runs_of_.find(wire::encode(execution));
    if (found == runs_of_.end()) return fail_(name + " never happened");
    if (execution.wallet != at_.wallet) return fail_(name + " is another wallet's, and no gap was told");
    if (needs_gap_) return fail_(name + " was written, though some before it are missing");
    if (needs_state_) return fail_(name + " was written before the state behind a gap");
    if (at_.run && !found->second.contains(*at_.run)) return fail_(name + " is of another run of the exchange");
    if (execution.sequence != *at_.sequence + 1)
        return fail_(name + " was written behind " + in_words(at_.sequence) + ", and no gap was told");
    at_.sequence = execution.sequence;
    if (!at_.run) at_.run = *found->second.rbegin();
    safe_ = at_;
}

void DropCopyJudge::wrote(const gw::DropCopyGap& gap) {
    if (!may_be_missing_ && !needs_gap_) fail_("a gap was told, and nothing is missing");
    const bool was_reset = gap.requested_sequence && *gap.requested_sequence > gap.next_sequence;
    const auto behind = (was_reset ? gap.next_sequence : gap.oldest_sequence) - 1;
    if (!was_reset && !needs_gap_ && behind < *at_.sequence)
        fail_("a gap was told that leads back to " + std::to_string(behind));
    at_ = {.sequence = behind, .run = {}, .wallet = gap.wallet.value_or(at_.wallet)};
    needs_gap_ = false;
    needs_state_ = true;
}

void DropCopyJudge::wrote_state() {
    if (!needs_state_) fail_("a state was written without a gap");
    needs_state_ = false;
    safe_ = at_;
}

void DropCopyJudge::committed(const DropCopyCursor& cursor) {
    if (!safe_.sequence || cursor.sequence > *safe_.sequence)
        return fail_("the cursor says " + std::to_string(cursor.sequence) + ", and no more was written than " +
                     in_words(safe_.sequence));
    if (cursor.wallet != safe_.wallet) return fail_("the cursor is of " + cursor.wallet);
    kept_ = safe_;
    kept_.sequence = cursor.sequence;
}

void DropCopyJudge::check_complete(const std::string& wallet, std::uint64_t issued) {
    if (at_.wallet != wallet || at_.sequence != issued)
        fail_("it has written up to " + in_words(at_.sequence) + " of " + at_.wallet + ", and " +
              std::to_string(issued) + " have happened to " + wallet);
    if (needs_state_) fail_("the state behind a gap is missing");
}

} // namespace omen::sim
