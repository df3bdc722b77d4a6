// The write-ahead journal: any number of writers, killed at any moment, and nothing that is known is forgotten.

#include "client/trading/journal.hpp"
#include "core/error.hpp"
#include "protocol/wire/json.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"

#include <fcntl.h>
#include <map>
#include <set>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

JournalReader reading(const std::vector<std::string>& lines) {
    JournalReader reader;
    for (const auto& line : lines) reader.line(line);
    return reader;
}

const std::string intended = R"({"time":1,"entry":"e","cancel":{"type":"cancel","id":0,"order_id":"7"}})";

std::string outcome(const std::string& name) {
    return R"({"time":2,"entry":"e","outcome":")" + name + R"("})";
}

} // namespace

TEST_CASE("what is intended is unresolved until it is settled") {
    const Place place;
    auto journal = place.journal();
    const auto entry = journal.intend(order("c-1"));
    REQUIRE(place.entries().size() == 1);
    CHECK(is_unresolved(place.entries()[0]));
    CHECK(place.entries()[0].order->client_order_id.value == "c-1");
    CHECK(place.entries()[0].order->price == 100_d);
    CHECK(journal.settle(entry, {.outcome = "done", .order_id = OrderId{"o-1"}, .status = "filled"}));
    const auto after = place.entries();
    REQUIRE(after.size() == 1);
    CHECK_FALSE(is_unresolved(after[0]));
    CHECK(after[0].order_id == OrderId{"o-1"});
    CHECK(after[0].order->size == 2_d);
}

TEST_CASE("every kind of command is kept as it was sent") {
    const Place place;
    auto journal = place.journal();
    journal.intend(gw::Cancel{.order_id = OrderId{"o-1"}});
    journal.intend(gw::CancelAll{.market_id = MarketId(2)});
    journal.intend(gw::Amend{.client_order_id = ClientOrderId{"c-1"}, .price = 101_d});
    const auto entries = place.entries();
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].cancel->order_id == OrderId{"o-1"});
    CHECK(entries[1].cancel_all->market_id == MarketId(2));
    CHECK(entries[2].amend->price == 101_d);
}

TEST_CASE("many writers at once: every line is whole, every entry is there once") {
    const Place place;
    constexpr int writers = 8;
    constexpr int each = 100;
    fork_each(writers, [&](int writer) {
        auto journal = place.journal();
        for (int i = 0; i < each; ++i) {
            const auto entry = journal.intend(order("w" + std::to_string(writer) + "-" + std::to_string(i)));
            if (i % 2 == 0) journal.settle(entry, {.outcome = "done"});
        }
    });
    const auto contents = place.journal().read();
    CHECK(contents.unreadable == 0);
    std::set<std::string> ids;
    int settled = 0;
    for (const auto& entry : contents.entries) {
        ids.insert(entry.order->client_order_id.value);
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
        for (int i = 0;; ++i) journal.settle(journal.intend(order("k-" + std::to_string(i))), {.outcome = "done"});
    }
    ::usleep(50'000);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const auto contents = place.journal().read();
    CHECK(contents.unreadable == 0);
    REQUIRE(contents.entries.size() > 1);
    for (std::size_t i = 0; i + 1 < contents.entries.size(); ++i) CHECK_FALSE(is_unresolved(contents.entries[i]));
}

TEST_CASE("a last line that was cut off is counted, and does not spoil the next one") {
    const Place place;
    place.journal().intend(order("c-1"));
    place.append(R"({"time":17,"entry":"x","ord)");
    place.journal().intend(order("c-2"));
    const auto contents = place.journal().read();
    CHECK(contents.unreadable == 1);
    REQUIRE(contents.entries.size() == 2);
    CHECK(contents.entries[1].order->client_order_id.value == "c-2");
}

TEST_CASE("lines that can't be read are counted and passed over") {
    const auto contents = reading({"", "nonsense", "{}", "[1]", R"({"time":1,"entry":"no command"})",
                                   R"({"time":1,"entry":"x","order":{"size":1.5}})", intended, outcome("done")})
                              .contents();
    CHECK(contents.unreadable == 5);
    REQUIRE(contents.entries.size() == 1);
    CHECK(contents.entries[0].outcome == "done");
}

TEST_CASE("settling never forgets: what is known stays known, and what was done stays done") {
    const auto last = [](const std::vector<std::string>& outcomes) {
        std::vector lines{intended};
        for (const auto& name : outcomes) lines.push_back(outcome(name));
        return reading(lines).contents().entries.at(0).outcome;
    };
    CHECK_FALSE(last({}).has_value());
    CHECK(last({"unknown"}) == "unknown");
    CHECK(last({"unknown", "done"}) == "done");
    CHECK(last({"not_executed", "unknown"}) == "not_executed");
    CHECK(last({"done", "unknown"}) == "done");
    CHECK(last({"not_executed", "done"}) == "done");
    CHECK(last({"done", "not_executed"}) == "done");
}

TEST_CASE("an outcome without its command is no entry") {
    CHECK(reading({outcome("done")}).contents().entries.empty());
}

TEST_CASE("one file a day: an outcome of the next day belongs to its entry") {
    const Place place;
    const auto entry = place.journal().intend(order("c-1"));
    const auto today = place.file();
    const auto prefix = today.substr(0, today.size() - std::string("2026-01-01.ndjson").size());
    std::ofstream(prefix + "9999-12-31.ndjson") << R"({"time":2,"entry":")" + entry + R"(","outcome":"done"})" + "\n";
    std::ofstream(prefix + "notes.ndjson") << "no journal of ours\n";
    const auto contents = place.journal().read();
    CHECK(contents.unreadable == 0);
    REQUIRE(contents.entries.size() == 1);
    CHECK(contents.entries[0].outcome == "done");
}

TEST_CASE("two exchanges are kept apart, even where one's name begins like the other's") {
    const Place place;
    const auto there = Url::parse("ws://localhost:8080/2");
    place.journal(here).intend(order("here"));
    place.journal(there).intend(order("there"));
    REQUIRE(place.journal(here).read().entries.size() == 1);
    CHECK(place.journal(here).read().entries[0].order->client_order_id.value == "here");
    REQUIRE(place.journal(there).read().entries.size() == 1);
    CHECK(place.journal(there).read().entries[0].order->client_order_id.value == "there");
}

TEST_CASE("the journal is its owner's alone") {
    const Place place;
    place.journal(here, Journal::Sync::yes).intend(order("c-1"));
    struct stat status {};
    REQUIRE(::stat(place.file().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    REQUIRE(::stat(place.directory.path("journal").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);
}

TEST_CASE("what can't be written down is a usage error before anything is sent; an outcome's loss is told") {
    const Place place;
    place.directory.write("journal", "a file where the directory should be");
    auto journal = place.journal();
    try {
        journal.intend(order("c-1"));
        FAIL("no error");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        CHECK(error.detail().code == "journal_unwritable");
        CHECK(std::string(error.what()).find("nothing was sent") != std::string::npos);
        CHECK(error.detail().hint.find("--no-journal") != std::string::npos);
    }
    CHECK_FALSE(journal.settle("e", {.outcome = "done"}));
    CHECK(place.journal().read().entries.empty());
}

} // namespace omen::journal_test
