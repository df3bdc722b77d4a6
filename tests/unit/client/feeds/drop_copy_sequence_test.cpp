// The client's side of the drop-copy, as dialogues: we ask, the exchange answers, this must be written.

#include "client/feeds/drop_copy_sequence.hpp"
#include "support/catch.hpp"

#include <random>

namespace omen::drop_copy_sequence_test {

using What = DropCopySequence::What;

namespace {

const std::string wallet = "0x1";

gw::Execution execution(std::uint64_t sequence) {
    gw::Execution execution;
    execution.wallet = wallet;
    execution.sequence = sequence;
    return execution;
}

gw::DropCopyGap gap_event(std::uint64_t requested, std::uint64_t oldest, std::uint64_t next) {
    return {.wallet = wallet, .requested_sequence = requested, .oldest_sequence = oldest, .next_sequence = next};
}

} // namespace

TEST_CASE("a drop-copy without a beginning starts with what comes after the subscription") {
    DropCopySequence copy(std::nullopt);
    CHECK_FALSE(copy.next());
    CHECK(copy.subscribed(wallet, 41).what == What::nothing);
    CHECK(copy.last() == 41);
    CHECK(copy.on(execution(42)).what == What::line);
    CHECK(copy.next() == 43);
}

TEST_CASE("a drop-copy goes on after the last one handed out, and drops what comes twice") {
    DropCopySequence copy(5);
    CHECK(copy.next() == 6);
    copy.subscribed(wallet, 7);
    CHECK(copy.on(execution(5)).what == What::nothing);
    CHECK(copy.on(execution(6)).what == What::line);
    CHECK(copy.on(execution(6)).what == What::nothing);
    CHECK(copy.on(execution(7)).what == What::line);
}

TEST_CASE("caught up is having all that was issued at the subscription") {
    DropCopySequence copy(5);
    CHECK_FALSE(copy.caught_up());
    copy.subscribed(wallet, 7);
    copy.on(execution(6));
    CHECK_FALSE(copy.caught_up());
    copy.on(execution(7));
    CHECK(copy.caught_up());

    DropCopySequence none(0);
    none.subscribed(wallet, 0);
    CHECK(none.caught_up());

    DropCopySequence untold(0);
    untold.subscribed(wallet, std::nullopt);
    CHECK_FALSE(untold.caught_up());
}

TEST_CASE("executions that are missing from the live stream are asked for, and had after all") {
    DropCopySequence copy(5);
    copy.subscribed(wallet, 5);
    CHECK(copy.on(execution(6)).what == What::line);
    CHECK(copy.on(execution(9)).what == What::ask_again);
    CHECK(copy.next() == 7);
    copy.subscribed(wallet, 9);
    for (const std::uint64_t sequence : {7, 8, 9}) CHECK(copy.on(execution(sequence)).what == What::line);
}

TEST_CASE("executions that were asked for and did not come are a gap; the one that showed it comes behind it") {
    DropCopySequence copy(5);
    copy.subscribed(wallet, 9);
    const auto step = copy.on(execution(8));
    REQUIRE(step.what == What::gap);
    CHECK(step.gap->requested_sequence == 6);
    CHECK(step.gap->oldest_sequence == 8);
    CHECK(copy.next() == 8);
    CHECK(copy.on(execution(8)).what == What::line);
    CHECK(copy.on(execution(9)).what == What::line);
}

TEST_CASE("a gap that the exchange reports is told; the stream goes on with the oldest that is kept") {
    DropCopySequence copy(5);
    copy.subscribed(wallet, 12);
    const auto step = copy.on(gap_event(6, 10, 13));
    REQUIRE(step.what == What::gap);
    CHECK(step.gap->oldest_sequence == 10);
    CHECK_FALSE(copy.caught_up());
    for (const std::uint64_t sequence : {10, 11, 12}) CHECK(copy.on(execution(sequence)).what == What::line);
    CHECK(copy.caught_up());
}

TEST_CASE("where nothing is kept, a gap leads to the present") {
    DropCopySequence copy(5);
    copy.subscribed(wallet, 12);
    CHECK(copy.on(gap_event(6, 13, 13)).what == What::gap);
    CHECK(copy.caught_up());
    CHECK(copy.on(execution(13)).what == What::line);
}

TEST_CASE("a gap may come live") {
    DropCopySequence copy(5);
    copy.subscribed(wallet, 5);
    copy.on(execution(6));
    CHECK(copy.on(gap_event(7, 9, 10)).what == What::gap);
    CHECK(copy.on(execution(9)).what == What::line);
}

TEST_CASE("an exchange that was reset is noticed, whether or not it says so, and told of once") {
    DropCopySequence copy(5);
    const auto step = copy.subscribed(wallet, 2);
    REQUIRE(step.what == What::gap);
    CHECK(step.gap->requested_sequence == 6);
    CHECK(step.gap->next_sequence == 3);
    CHECK(copy.on(gap_event(6, 1, 3)).what == What::nothing);
    CHECK(copy.on(execution(3)).what == What::line);
    CHECK(copy.caught_up());

    DropCopySequence silent(5);
    CHECK(silent.subscribed(wallet, 0).what == What::gap);
    CHECK(silent.on(execution(1)).what == What::line);
    CHECK(silent.on(gap_event(2, 4, 5)).what == What::gap);
}

TEST_CASE("an exchange that was reset and says only that is believed") {
    DropCopySequence copy(5);
    copy.subscribed(wallet, std::nullopt);
    CHECK(copy.on(gap_event(6, 1, 3)).what == What::gap);
    CHECK(copy.on(execution(3)).what == What::line);
}

namespace {

/// An exchange that loses and repeats what it sends, a client that is disconnected and killed.
struct Lossy {
    static constexpr std::uint64_t issued = 40;
    std::mt19937_64 random;
    std::uint64_t cursor = 0; ///< what is committed
    std::vector<std::uint64_t> written{};
    std::size_t kills_before_commit = 0;

    bool once_in(unsigned times) { return random() % times == 0; }

    /// One subscription; false when the client was killed.
    bool subscription(DropCopySequence& copy) {
        const auto first = *copy.next();
        copy.subscribed(wallet, issued);
        for (auto sequence = first; sequence <= issued; ++sequence) {
            if (sequence != first && once_in(30)) continue; // lost on the way; not what was just asked for
            if (once_in(30)) REQUIRE(copy.on(execution(*copy.last())).what == What::nothing);
            const auto step = copy.on(execution(sequence));
            REQUIRE((step.what == What::line || step.what == What::ask_again));
            if (step.what == What::ask_again) return true;
            written.push_back(sequence);
            if (once_in(10)) return ++kills_before_commit, false;
            cursor = sequence;
            if (once_in(40)) return true; // disconnected
        }
        return true;
    }

    void run() {
        while (cursor < issued) {
            DropCopySequence copy(cursor);
            while (cursor < issued && subscription(copy)) {
            }
        }
    }
};

} // namespace

TEST_CASE(
    "across any number of kills, losses and repetitions each sequence is written once, or an uncommitted one again") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Lossy lossy{.random = std::mt19937_64(seed)};
        lossy.run();
        std::uint64_t last = 0;
        std::size_t repeated = 0;
        for (const auto sequence : lossy.written) {
            REQUIRE((sequence == last || sequence == last + 1));
            repeated += sequence == last;
            last = sequence;
        }
        CHECK(last == Lossy::issued);
        CHECK(repeated <= lossy.kills_before_commit);
    }
}

} // namespace omen::drop_copy_sequence_test
