// The write-ahead journal: any number of writers, killed at any moment, and nothing that is known is forgotten.

#include "client/journal/journal.hpp"
#include "core/error.hpp"
#include "protocol/wire/json.hpp"
#include "support/catch.hpp"
#include "support/size_limit.hpp"
#include "support/temporary_directory.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace omen::journal_test {

using namespace omen::literals;

namespace {

const auto here = Url::parse("ws://localhost:8080/");

gw::Order order(const std::string& id) {
    return {.client_order_id = {id}, .market_id = MarketId(1), .price = 100_d, .size = 2_d};
}

/// A journal in a directory of its own.
struct Place {
    Journal journal(const Url& exchange = here, Journal::Sync sync = Journal::Sync::no) const {
        return {directory.path("journal"), exchange, sync};
    }
    /// One whose clock stands as the test says.
    Journal journal(Moment& now) const {
        return {directory.path("journal"), here, Journal::Sync::no, nullptr, [&now] { return now; }};
    }
    std::vector<JournalEntry> entries() const { return journal().read().entries; }
    /// The one file that there is.
    std::string file() const {
        std::vector<std::string> files;
        for (const auto& one : std::filesystem::directory_iterator(directory.path("journal")))
            files.push_back(one.path());
        REQUIRE(files.size() == 1);
        return files[0];
    }
    void append(const std::string& text) const { std::ofstream(file(), std::ios::app) << text; }

    test::TemporaryDirectory directory;
};

/// Runs this in processes of their own and waits for them.
template <class F> void fork_each(int count, F&& run) {
    std::vector<pid_t> children;
    for (int i = 0; i < count; ++i) {
        const auto child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            run(i);
            ::_exit(0);
        }
        children.push_back(child);
    }
    for (const auto child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        CHECK(status == 0);
    }
}

const gw::Order& order_of(const JournalEntry& entry) {
    return std::get<gw::Order>(entry.command);
}

std::string id_of(const JournalEntry& entry) {
    return order_of(entry).client_order_id.value;
}

/// Writes down a command as one that is about to leave.
template <class Command> std::string intend(Journal& journal, const Command& command) {
    auto entry = journal.note(command);
    journal.write_noted();
    return entry;
}
template <class Command> std::string intend(Journal&& journal, const Command& command) {
    return intend(journal, command);
}
void settle(Journal& journal, const std::string& entry, JournalOutcome outcome) {
    journal.note(entry, std::move(outcome));
    journal.write_noted();
}

constexpr std::int64_t day = 86'400'000;
const Moment noon{Timestamp{1'800'014'400'000}, "0b0e3ad2-8b3a-4e0f-9c0e-0d7f6a7d1c11", 1'000'000};

/// A child process that lives until it is killed.
class Child {
  public:
    /// Runs this in it, and waits until that is done.
    template <class F> explicit Child(F&& run) {
        int ready[2];
        REQUIRE(::pipe(ready) == 0);
        pid_ = ::fork();
        REQUIRE(pid_ >= 0);
        if (pid_ == 0) {
            auto kept = run();
            ::close(ready[1]);
            for (;;) ::pause();
        }
        ::close(ready[1]);
        char none = 0;
        CHECK(::read(ready[0], &none, 1) == 0);
        ::close(ready[0]);
    }
    ~Child() { kill(); }
    void kill() {
        if (pid_ == 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }

  private:
    pid_t pid_ = 0;
};

} // namespace

TEST_CASE("what is intended is unresolved until it is settled") {
    const Place place;
    auto journal = place.journal();
    const auto entry = intend(journal, order("c-1"));
    REQUIRE(place.entries().size() == 1);
    CHECK(is_unresolved(place.entries()[0]));
    CHECK(id_of(place.entries()[0]) == "c-1");
    CHECK(order_of(place.entries()[0]).price == 100_d);
    settle(journal, entry, {.outcome = "done", .order_id = OrderId{"o-1"}, .status = "filled"});
    const auto after = place.entries();
    REQUIRE(after.size() == 1);
    CHECK_FALSE(is_unresolved(after[0]));
    CHECK(after[0].outcome->order_id == OrderId{"o-1"});
    CHECK(order_of(after[0]).size == 2_d);
}

TEST_CASE("every kind of command is kept as it was sent") {
    const Place place;
    auto journal = place.journal();
    intend(journal, gw::Cancel{.order_id = OrderId{"o-1"}});
    intend(journal, gw::CancelAll{.market_id = MarketId(2)});
    intend(journal, gw::Amend{.client_order_id = ClientOrderId{"c-1"}, .price = 101_d});
    const auto entries = place.entries();
    REQUIRE(entries.size() == 3);
    CHECK(std::get<gw::Cancel>(entries[0].command).order_id == OrderId{"o-1"});
    CHECK(std::get<gw::CancelAll>(entries[1].command).market_id == MarketId(2));
    CHECK(std::get<gw::Amend>(entries[2].command).price == 101_d);
}

TEST_CASE("many writers at once: every line is whole, every entry is there once") {
    const Place place;
    constexpr int writers = 8;
    constexpr int each = 100;
    fork_each(writers, [&](int writer) {
        auto journal = place.journal();
        for (int i = 0; i < each; ++i) {
            const auto entry = intend(journal, order("w" + std::to_string(writer) + "-" + std::to_string(i)));
            if (i % 2 == 0) settle(journal, entry, {.outcome = "done"});
        }
    });
    const auto contents = place.journal().read();
    CHECK(contents.unreadable == 0);
    std::set<std::string> ids;
    int settled = 0;
    for (const auto& entry : contents.entries) {
        ids.insert(id_of(entry));
        if (!is_unresolved(entry)) ++settled;
    }
    CHECK(contents.entries.size() == writers * each);
    CHECK(ids.size() == writers * each);
    CHECK(settled == writers * each / 2);
}

TEST_CASE("a writer that is killed leaves whole lines, and what it had not settled is unresolved") {
    const Place place;
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        auto journal = place.journal();
        for (int i = 0;; ++i) settle(journal, intend(journal, order("k-" + std::to_string(i))), {.outcome = "done"});
    }
    ::usleep(50'000);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const auto contents = place.journal().read();
    CHECK(contents.unreadable == 0);
    REQUIRE(contents.entries.size() > 1);
    for (std::size_t i = 0; i + 1 < contents.entries.size(); ++i) CHECK_FALSE(is_unresolved(contents.entries[i]));
}

TEST_CASE("commands of a write that only a part of got to the disk were not sent, and are said not to have been") {
    const Place place;
    auto journal = place.journal();
    intend(journal, order("before"));
    const auto size = std::filesystem::file_size(place.file());
    for (const auto* id : {"c-1", "c-2", "c-3"}) journal.note(order(id));
    {
        const test::SizeLimit full(size + size + size / 2); // that of c-1, and half of c-2's
        CHECK_THROWS_AS(journal.write_noted(), Error);
        CHECK_THROWS_AS(intend(journal, order("c-4")), Error); // nothing of this one
    }
    intend(journal, order("c-1"));
    const auto entries = place.entries();
    REQUIRE(entries.size() == 3);
    CHECK_FALSE(entries[0].outcome);
    CHECK(id_of(entries[1]) == "c-1");
    CHECK(entries[1].outcome->outcome == outcome::not_sent);
    CHECK(id_of(entries[2]) == "c-1");
    CHECK_FALSE(entries[2].outcome);
}

TEST_CASE("a last line that was cut off is counted, and does not spoil the next one") {
    const Place place;
    intend(place.journal(), order("c-1"));
    place.append(R"({"time":17,"entry":"x","ord)");
    intend(place.journal(), order("c-2"));
    const auto contents = place.journal().read();
    CHECK(contents.unreadable == 1);
    REQUIRE(contents.entries.size() == 2);
    CHECK(id_of(contents.entries[1]) == "c-2");
}

TEST_CASE("one file a day: an outcome of the next day belongs to its entry") {
    const Place place;
    const auto entry = intend(place.journal(), order("c-1"));
    const auto today = place.file();
    const auto prefix = today.substr(0, today.size() - std::string("2026-01-01.ndjson").size());
    std::ofstream(prefix + "9999-12-31.ndjson") << R"({"time":2,"entry":")" + entry + R"(","outcome":"done"})" + "\n";
    std::ofstream(prefix + "notes.ndjson") << "no journal of ours\n";
    const auto contents = place.journal().read();
    CHECK(contents.unreadable == 0);
    REQUIRE(contents.entries.size() == 1);
    CHECK(contents.entries[0].outcome->outcome == "done");
}

TEST_CASE("two exchanges are kept apart, even where one's name begins like the other's") {
    const Place place;
    const auto there = Url::parse("ws://localhost:8080/2");
    intend(place.journal(here), order("here"));
    intend(place.journal(there), order("there"));
    REQUIRE(place.journal(here).read().entries.size() == 1);
    CHECK(id_of(place.journal(here).read().entries[0]) == "here");
    REQUIRE(place.journal(there).read().entries.size() == 1);
    CHECK(id_of(place.journal(there).read().entries[0]) == "there");
}

TEST_CASE("the journal is its owner's alone") {
    const Place place;
    intend(place.journal(here, Journal::Sync::yes), order("c-1"));
    struct stat status {};
    REQUIRE(::stat(place.file().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    REQUIRE(::stat(place.directory.path("journal").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);
}

TEST_CASE("what can't be written down is a usage error that names the file; an outcome's loss is told") {
    const Place place;
    place.directory.write("journal", "a file where the directory should be");
    auto journal = place.journal();
    try {
        intend(journal, order("c-1"));
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        CHECK(error.detail().code == "journal_unwritable");
        CHECK(std::string(error.what()).find(place.directory.path("journal")) != std::string::npos);
        CHECK(error.detail().hint.find("--no-journal") != std::string::npos);
    }
    CHECK_THROWS_AS(settle(journal, "e", {.outcome = "done"}), Error);
}

TEST_CASE("a journal that can't be read is a usage error that names the file; one that is not there is empty") {
    const Place place;
    CHECK(place.journal().read().entries.empty());
    intend(place.journal(), order("c-1"));
    const auto file = place.file();
    std::filesystem::remove(file);
    std::filesystem::create_directory(file);
    for (const auto which : {JournalQuery::Which::all, JournalQuery::Which::unresolved}) try {
            place.journal().read({.which = which});
            FAIL("no error");
        } catch (const Error& error) {
            CHECK(error.fault() == Fault::usage);
            CHECK(error.detail().code == "journal_unreadable");
            CHECK(std::string(error.what()).find(file) != std::string::npos);
        }
    auto journal = place.journal();
    for (int i = 0; i < 2; ++i) CHECK_THROWS_AS(journal.find("me", {"c-1"}), Error);
}

TEST_CASE("an intent says whose it is, in which boot and session it was written, and what became known of that") {
    const Place place;
    auto now = noon;
    auto journal = place.journal(now);
    journal.begin_session("me");
    const auto first = intend(journal, order("c-1"));
    journal.session_known({.account = "a-1", .wallet = "0xAB", .sequence = 7});
    journal.session_known({.account = "a-1", .wallet = "0xAB", .sequence = 7});
    now.mono += 500;
    settle(journal, first, {.outcome = "unknown"});
    journal.begin_session("me");
    intend(journal, order("c-2"));
    const auto entries = place.journal().read({.which = JournalQuery::Which::to_resolve}).entries;
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].identity == "me");
    CHECK(entries[0].intended.boot == noon.boot);
    CHECK(entries[0].intended.mono == noon.mono);
    CHECK(entries[0].last_sign.mono == noon.mono + 500);
    CHECK(entries[0].session == JournalSession{"a-1", "0xAB", 7});
    CHECK(entries[1].session == JournalSession{});
    std::ifstream file(place.file());
    CHECK(std::count(std::istreambuf_iterator<char>(file), {}, '\n') == 4); // the session's line once
}

TEST_CASE("what is read is what is asked for: all, what is unresolved, or what resolve looks at") {
    const Place place;
    auto now = noon;
    auto journal = place.journal(now);
    journal.begin_session("me");
    const auto at_first = intend(journal, order("concluded-at-first"));
    const auto lately = intend(journal, order("concluded-lately"));
    const auto not_sent = intend(journal, order("not-sent"));
    intend(journal, order("open"));
    const auto itself = intend(journal, order("not-executed"));
    settle(journal, not_sent, {.outcome = "not_sent"});
    settle(journal, itself, {.outcome = "not_executed"});
    journal.note_resolved(at_first, {.outcome = "not_executed"});
    journal.write_noted();
    now.time.ms += 10'000;
    journal.note_resolved(lately, {.outcome = "not_executed"});
    journal.write_noted();
    const auto ids = [&](const JournalQuery& query) {
        std::vector<std::string> found;
        for (const auto& entry : place.journal().read(query).entries) found.push_back(id_of(entry));
        return found;
    };
    using Ids = std::vector<std::string>;
    CHECK(ids({}).size() == 5);
    CHECK(ids({.which = JournalQuery::Which::unresolved}) == Ids{"open"});
    CHECK(ids({.which = JournalQuery::Which::to_resolve, .concluded_since = now.time}) ==
          Ids{"concluded-lately", "open"});
}

TEST_CASE("a writer is seen to live from its first intent until it ends, however it ends") {
    const Place place;
    Child writer([&] {
        auto journal = place.journal();
        intend(journal, order("c-1"));
        return journal;
    });
    intend(place.journal(), order("c-2"));
    const auto contents = place.journal().read();
    REQUIRE(contents.entries.size() == 2);
    CHECK(writer_lives(contents.files[contents.entries[0].file], contents.entries[0].entry));
    CHECK_FALSE(writer_lives(contents.files[contents.entries[1].file], contents.entries[1].entry));
    writer.kill();
    CHECK_FALSE(writer_lives(contents.files[contents.entries[0].file], contents.entries[0].entry));
}

TEST_CASE("over midnight a writer is seen to live in both files") {
    const Place place;
    auto now = noon;
    auto journal = place.journal(now);
    const auto first = intend(journal, order("c-1"));
    now.time.ms += day;
    const auto second = intend(journal, order("c-2"));
    const auto contents = place.journal().read();
    REQUIRE(contents.files.size() == 2);
    REQUIRE(contents.entries.size() == 2);
    CHECK(writer_lives(contents.files[0], first));
    CHECK(writer_lives(contents.files[1], second));
    CHECK(contents.entries[0].file == 0);
    CHECK(contents.entries[1].file == 1);
}

TEST_CASE("orders are found by their client order id: this identity's, of the last two days, that others wrote down") {
    const Place place;
    auto now = noon;
    const auto placed = [&](const std::string& identity, const std::string& id, const std::string& outcome) {
        auto journal = place.journal(now);
        journal.begin_session(identity);
        const auto entry = intend(journal, order(id));
        if (!outcome.empty()) settle(journal, entry, {.outcome = outcome});
        now.time.ms += 1;
        return entry;
    };
    now.time.ms -= 2 * day;
    placed("me", "too-old", "done");
    now.time.ms += day;
    const auto yesterday = placed("me", "c-1", "done");
    now.time.ms += day;
    const auto today = placed("me", "c-1", "not_executed");
    placed("other", "c-1", "done");
    const auto open = placed("me", "c-1", "");
    placed("me", "c-11", "done");

    auto reader = place.journal(now);
    reader.begin_session("me");
    intend(reader, order("c-1")); // its own
    intend(reader, gw::Cancel{.client_order_id = ClientOrderId{"cancelled"}});
    const auto found = [&](const std::string& id) {
        std::vector<std::string> entries;
        for (const auto& one : reader.find("me", {id})) entries.push_back(one.entry.entry);
        return entries;
    };
    using Entries = std::vector<std::string>;
    for (const auto* how : {"for one id", "with an index", "with that index"}) {
        INFO(how);
        CHECK(found("c-1") == Entries{yesterday, today, open});
    }
    for (const auto* id : {"too-old", "c-", "cancelled", "never"}) CHECK(found(id).empty());
    for (const auto* id : {"too-old", "c-", "cancelled", "never"}) CHECK(place.journal(now).find("me", {id}).empty());
    const auto entries = place.journal(now).find("me", {"c-1"});
    CHECK(entries[0].entry.outcome->outcome == outcome::done);
    CHECK_FALSE(entries[2].entry.outcome.has_value());

    const auto all = place.journal(now).find_all("me", {{"c-11"}, {"never"}, {"c-1"}});
    REQUIRE(all.size() >= 4);
    CHECK(std::get<gw::Order>(all[0].command).client_order_id.value == "c-11");
    CHECK(all[1].entry == yesterday);
    CHECK(place.journal(now).find_all("me", {}).empty());
}

TEST_CASE("an order that is found has its session, what was seen since, and whether it may still be on its way") {
    const Place place;
    auto now = noon;
    auto writer = place.journal(now);
    writer.begin_session("me");
    writer.session_known({.account = "a-1", .wallet = "0xAB", .sequence = 7}); // before its intent, as in a batch
    intend(writer, order("c-1"));
    auto later = place.journal(now);
    later.begin_session("me");
    later.session_known({.account = "a-1", .wallet = "0xab", .sequence = 19});
    intend(later, order("c-2"));
    const auto found = [&] { return place.journal(now).find("me", {"c-1"}).at(0); };
    CHECK(found().entry.session == JournalSession{"a-1", "0xAB", 7});
    CHECK(found().entry.seen == 19);
    now.mono += 150'000;
    now.time.ms += 150'000;
    CHECK_FALSE(found().is_settled); // its process lives
    writer = place.journal(now);
    CHECK(found().is_settled);
    now.mono -= 100'000;
    now.time.ms -= 100'000;
    CHECK_FALSE(found().is_settled);
}

TEST_CASE("an entry, an order id or a client order id is known to the journal, unless it is another identity's") {
    const Place place;
    auto journal = place.journal();
    journal.begin_session("me");
    const auto entry = intend(journal, order("c-1"));
    settle(journal, entry, {.outcome = "done", .order_id = OrderId{"o-1"}});
    for (const auto& id : {entry, std::string("c-1"), std::string("o-1")}) CHECK(journal.knows("me", id));
    CHECK_FALSE(journal.knows("me", "buy"));
    CHECK_FALSE(journal.knows("other", "c-1"));
}

TEST_CASE("of many entries only those that are asked for are kept, wherever their outcomes stand") {
    const Place place;
    auto journal = place.journal();
    std::vector<std::string> entries;
    constexpr int count = 3000; // several blocks of the file
    for (int i = 0; i < count; ++i) entries.push_back(journal.note(order("c-" + std::to_string(i))));
    for (int i = 0; i < count; ++i)
        if (i % 100 != 7) journal.note(entries[static_cast<std::size_t>(i)], {.outcome = "done"});
    journal.write_noted();
    const auto contents = place.journal().read({.which = JournalQuery::Which::unresolved});
    CHECK(contents.unreadable == 0);
    REQUIRE(contents.entries.size() == count / 100);
    for (std::size_t i = 0; i < contents.entries.size(); ++i)
        CHECK(id_of(contents.entries[i]) == "c-" + std::to_string(100 * i + 7));
}

} // namespace omen::journal_test
