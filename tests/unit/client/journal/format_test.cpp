// The journal's text: three kinds of lines, read whole or as little as is needed, and put together to entries.

#include "client/journal/format.hpp"
#include "protocol/wire/decode_error.hpp"
#include "support/catch.hpp"

namespace omen::journal_format_test {

using namespace omen::literals;

namespace {

const std::string boot = "0b0e3ad2-8b3a-4e0f-9c0e-0d7f6a7d1c11";
const std::string other_boot = "1b0e3ad2-8b3a-4e0f-9c0e-0d7f6a7d1c11";
const std::string process = "01a20acc0684-64caec67262c169b7dda";

/// As 0.1.0 wrote it.
const std::string old_intent = R"({"time":1,"entry":"e-1","cancel":{"type":"cancel","id":0,"order_id":"7"}})";

std::string old_outcome(const std::string& name) {
    return R"({"time":2,"entry":"e-1","outcome":")" + name + R"("})";
}

std::string text_of(const JournalLine& line) {
    std::string text;
    append_line(text, line);
    text.pop_back();
    return text;
}

JournalLine intent(const std::string& entry, std::uint64_t session = 1) {
    return {.time = {1},
            .entry = entry,
            .order = gw::Order{.client_order_id = {"c-1"}, .market_id = MarketId(1), .price = 100_d, .size = 2_d},
            .session = session,
            .identity = "me",
            .boot = boot,
            .mono = 10};
}
JournalLine outcome(const std::string& entry, const std::string& name, std::uint64_t mono = 20) {
    return {.time = {2},
            .entry = entry,
            .outcome = name,
            .code = "code",
            .order_id = OrderId{"o-1"},
            .status = "open",
            .boot = boot,
            .mono = mono};
}
JournalLine session(const std::string& of, std::uint64_t sequence, const std::string& wallet = "0xAb") {
    return {.time = {3},
            .process = of,
            .session = 1,
            .sequence = sequence,
            .wallet = wallet,
            .account = "a",
            .boot = boot,
            .mono = 15};
}

/// Each kind of line as it is written now, and as 0.1.0 wrote it.
std::vector<std::string> lines() {
    auto cancel = intent("e-2");
    cancel.order.reset();
    cancel.cancel = gw::Cancel{.client_order_id = ClientOrderId{"c-1"}};
    auto resolved = outcome("e-1", "not_executed");
    resolved.by = by_resolve;
    return {text_of(intent("e-1")),
            text_of(cancel),
            text_of(outcome("e-1", "done")),
            text_of(resolved),
            text_of(session(process, 5)),
            old_intent,
            old_outcome("done"),
            R"({"time":2,"entry":"e-1","outcome":"done","code":"c","order_id":"o","status":"open"})"};
}

std::vector<JournalEntry> entries_of(const std::vector<JournalLine>& lines) {
    JournalAssembly assembly;
    for (const auto& line : lines) assembly.add(line);
    return std::move(assembly).entries();
}

} // namespace

TEST_CASE("a line that is scanned says what it says when it is read") {
    for (const auto& text : lines()) {
        CAPTURE(text);
        const auto scanned = scan(text);
        REQUIRE(scanned);
        const auto line = read_line(text);
        const auto read = scan(line);
        CHECK(scanned->kind == read.kind);
        CHECK(scanned->name == read.name);
        CHECK(scanned->placed == read.placed);
        CHECK(scanned->outcome == read.outcome);
        CHECK(scanned->by_resolve == read.by_resolve);
        CHECK(scanned->sequence == read.sequence);
        CHECK(scanned->wallet == read.wallet);
        CHECK(scanned->time == read.time);
        CHECK(scanned->boot == read.boot);
        CHECK(scanned->mono == read.mono);
    }
}

TEST_CASE("a line that was cut off is neither scanned nor read, wherever that was") {
    for (const auto& text : lines())
        for (std::size_t size = 0; size < text.size(); ++size) {
            CAPTURE(text.substr(0, size));
            CHECK_FALSE(scan(std::string_view(text).substr(0, size)));
            CHECK_THROWS_AS(read_line(std::string_view(text).substr(0, size)), DecodeError);
        }
}

TEST_CASE("a line of another form is not scanned, but read") {
    const std::string text = R"({"entry": "e-1", "time": 2, "outcome": "done"})";
    CHECK_FALSE(scan(text));
    CHECK(scan(read_line(text)).outcome == "done");
    CHECK_FALSE(scan(R"({"time":2,"entry":"e\u002d1","outcome":"done"})"));
}

TEST_CASE("what is no line of the journal is none") {
    for (const auto* text : {"", "nonsense", "{}", "[1]", R"({"time":1,"entry":"no command"})",
                             R"({"time":1,"entry":"x","order":{"size":1.5}})", R"({"time":1,"process":"p"})"}) {
        CAPTURE(text);
        CHECK_FALSE(scan(text));
        CHECK_THROWS_AS(read_line(text), DecodeError);
    }
}

TEST_CASE("what is known stays known, and what was done stays done") {
    const auto last = [](const std::vector<std::string>& outcomes) {
        std::vector lines{read_line(old_intent)};
        for (const auto& name : outcomes) lines.push_back(read_line(old_outcome(name)));
        const auto entry = entries_of(lines).at(0);
        return entry.outcome ? entry.outcome->outcome : "none";
    };
    CHECK(last({}) == "none");
    CHECK(last({"unknown"}) == "unknown");
    CHECK(last({"unknown", "done"}) == "done");
    CHECK(last({"not_executed", "unknown"}) == "not_executed");
    CHECK(last({"not_sent", "unknown"}) == "not_sent");
    CHECK(last({"done", "unknown"}) == "done");
    CHECK(last({"not_executed", "done"}) == "done");
    CHECK(last({"done", "not_executed"}) == "done");
}

TEST_CASE("an outcome without its command is no entry") {
    CHECK(entries_of({outcome("e-1", "done")}).empty());
}

TEST_CASE("not sent is as good as resolved") {
    CHECK_FALSE(is_unresolved(JournalOutcome{.outcome = "not_sent"}));
    CHECK(is_unresolved(JournalOutcome{.outcome = "unknown"}));
    CHECK(is_unresolved(std::nullopt));
}

TEST_CASE("a session's line is that of its process's entries, before it and behind it") {
    const auto entries = entries_of({intent(process + "-1"), session(process, 5), intent(process + "-2"),
                                     intent(process + "-3", 2), intent("other-1")});
    REQUIRE(entries.size() == 4);
    for (const std::size_t i : {0U, 1U}) CHECK(entries[i].session == JournalSession{"a", "0xAb", 5});
    for (const std::size_t i : {2U, 3U}) CHECK(entries[i].session == JournalSession{});
}

TEST_CASE("the last sign of a process is its latest line, of any entry; what resolve writes is none of its") {
    auto by = outcome(process + "-1", "unknown", 99);
    by.by = by_resolve;
    const auto entries = entries_of({intent(process + "-1"), intent(process + "-2"),
                                     outcome(process + "-2", "done", 40), outcome("other-1", "done", 50), by});
    CHECK(entries.at(0).last_sign.mono == 40);
    CHECK(entries.at(0).last_sign.boot == boot);
}

TEST_CASE("what is seen is the greatest sequence of the wallet that its session or a later line has") {
    const auto seen = [](const std::vector<JournalLine>& before, const std::vector<JournalLine>& behind) {
        auto lines = before;
        lines.push_back(intent(process + "-1"));
        lines.insert(lines.end(), behind.begin(), behind.end());
        return entries_of(lines).at(0).seen;
    };
    CHECK(seen({}, {}) == std::nullopt);
    CHECK(seen({session("earlier", 90)}, {session(process, 5)}) == 5);
    CHECK(seen({session(process, 5)}, {session("later", 9), session("last", 7)}) == 9);
    CHECK(seen({session(process, 5)}, {session("later", 9, "0xAB")}) == 9);
    CHECK(seen({session(process, 5)}, {session("later", 9, "0xCD")}) == 5);
    CHECK(seen({session(process, 5)}, {session("anew", 1)}) == 5);
}

TEST_CASE("absence is concluded two minutes after the process's last line, by the clock that nobody sets") {
    JournalEntry entry{.identity = "me", .last_sign = {Timestamp{1'000'000}, boot, 500'000}};
    const auto may = [&](std::int64_t time, const std::string& now, std::uint64_t mono) {
        return may_conclude_absence(entry, {Timestamp{time}, now, mono});
    };
    SECTION("in the same boot, whatever the wall clock says") {
        CHECK_FALSE(may(9'000'000, boot, 619'999));
        CHECK(may(0, boot, 620'000));
        CHECK_FALSE(may(9'000'000, boot, 0));
    }
    SECTION("in another one by the wall clock and the time since the boot") {
        CHECK(may(1'120'000, other_boot, 120'000));
        CHECK_FALSE(may(1'119'999, other_boot, 120'000));
        CHECK_FALSE(may(1'120'000, other_boot, 119'999));
    }
    SECTION("the same where it is not known which boot it was") {
        entry.last_sign.boot.clear();
        CHECK_FALSE(may(1'119'999, "", 900'000));
        CHECK(may(1'120'000, "", 900'000));
    }
    SECTION("never where it is not known whose it is") {
        entry.identity.reset();
        CHECK_FALSE(may(9'000'000, boot, 9'000'000));
    }
}

TEST_CASE("a process locks the byte that its name tells, far behind the file's end") {
    CHECK(locked_byte(process) == (std::uint64_t{1} << 52) + 0x7262c169b7dda);
    CHECK(locked_byte("short") == std::nullopt);
    CHECK(locked_byte("01a20acc0684-64caec67262c169b7ddx") == std::nullopt);
    CHECK(process_of(process + "-17") == process);
}

} // namespace omen::journal_format_test
