#include "protocol/recording.hpp"
#include "protocol/wire/json.hpp"
#include "support/catch.hpp"
#include "support/every_message.hpp"
#include "system/files.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <map>

namespace omen::recording_test {

using namespace omen::literals;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

const std::string markets_line =
    R"({"t":0,"markets":)" + wire::to_json(std::vector{test::filled<rest::MarketResponse>()}) + "}\n";

Recording with_lines(const std::string& lines) {
    return Recording::parse(markets_line + lines);
}

} // namespace

TEST_CASE("a recording has its markets first, then events with their times") {
    const auto recording = with_lines(R"({"t":0.5,"event":["spot_price",1,1700000000000,"2000000000000000000"]}
{"t":1,"event":["trade",1,"t",1700000000001,"1","2","buy"],"more":[1.5]}

{"event":["of tomorrow"],"t":1.0000019})");
    REQUIRE(recording.markets.size() == 1);
    CHECK(recording.markets[0].symbol == test::filled<rest::MarketResponse>().symbol);
    REQUIRE(recording.events.size() == 3);
    CHECK(recording.events[0].at == 500ms);
    CHECK(std::get<md::SpotPrice>(recording.events[0].event).price == 2_d);
    CHECK(recording.events[1].at == 1s);
    CHECK(std::holds_alternative<md::Trade>(recording.events[1].event));
    CHECK(recording.events[2].at == 1'000'001us);
    CHECK(std::get<wire::Unknown>(recording.events[2].event).type == "of tomorrow");
}

TEST_CASE("lines may end in CR LF, and the last one in nothing") {
    CHECK(with_lines("{\"t\":1,\"event\":[\"x\"]}\r\n{\"t\":2,\"event\":[\"x\"]}").events.size() == 2);
    CHECK(with_lines("").events.empty());
}

TEST_CASE("an error in a recording names the line") {
    const auto [line, error] = GENERATE(table<const char*, const char*>({
        {"{", "line 2: not JSON: syntax error at byte 2"},
        {"7", "line 2: expected a map, found an integer"},
        {R"({"t":1})", "line 2: event: missing"},
        {R"({"event":["x"]})", "line 2: t: missing"},
        {R"({"t":1,"event":["trade",1,"t",2,"1.5"]})", "line 2: trade: price: not a decimal integer"},
        {R"({"t":1,"event":[]})", "line 2: message: the event's name is missing"},
        {R"({"t":"1","event":["x"]})", "line 2: t: expected a number, found text"},
        {R"({"t":1e3,"event":["x"]})", "line 2: t: not a decimal number"},
        {R"({"t":-1,"event":["x"]})", "line 2: t: not a time in seconds"},
        {R"({"t":1000000001,"event":["x"]})", "line 2: t: not a time in seconds"},
        {R"({"t":9223372036854775808,"event":["x"]})", "line 2: t: the integer is too large"},
        {"{\"t\":2,\"event\":[\"x\"]}\n{\"t\":1.9,\"event\":[\"x\"]}", "line 3: t: before the line above"},
        {"\n\n\n[]", "line 5: expected a map, found an array"},
    }));
    CAPTURE(line);
    CHECK_THROWS_WITH(with_lines(line), error);
}

TEST_CASE("a recording without markets is none") {
    CHECK_THROWS_WITH(Recording::parse(""), "no line with markets");
    CHECK_THROWS_WITH(Recording::parse("\n"), "no line with markets");
    CHECK_THROWS_WITH(Recording::parse(R"({"t":0,"event":["x"]})"),
                      "line 1: markets: missing (the first line names them)");
    CHECK_THROWS_WITH(Recording::parse(R"({"t":0,"markets":[]})"), "line 1: markets: empty");
    CHECK_THROWS_WITH(Recording::parse(R"({"t":0,"markets":[{}]})"), "line 1: MarketResponse: [0].market_id: missing");
}

namespace {

fs::path real_recordings() {
    const auto* folder = std::getenv("OMENCTL_RECORDINGS");
    return folder != nullptr ? fs::path(folder) : fs::path(OMENCTL_SOURCE_DIR) / ".." / "shared" / "recordings";
}

/// Books by market id, kept from a recording's events.
struct Replay {
    std::map<std::uint64_t, OrderBook> books;
    int snapshots = 0;
    int deltas = 0;

    void apply(const md::OrderbookSnapshot& event) {
        ++snapshots;
        books[event.market_id.number()].apply_snapshot(event.sequence, event.timestamp, event.bids, event.asks);
    }
    void apply(const md::OrderbookDelta& event) {
        ++deltas;
        auto& book = books[event.market_id.number()];
        REQUIRE(book.apply_delta(event.sequence, event.timestamp, event.bids, event.asks) == Applied::applied);
        REQUIRE_FALSE(book.crossed());
    }
    template <class Other> void apply(const Other&) {}
};

std::vector<Level> levels_of(const nlohmann::json& pairs) {
    std::vector<Level> levels;
    for (const auto& pair : pairs)
        levels.push_back(
            {Decimal::parse_scaled(pair[0].get<std::string>()), Decimal::parse_scaled(pair[1].get<std::string>())});
    return levels;
}

} // namespace

TEST_CASE("real market data gives the known books, level for level, with no gap") {
    const auto base = real_recordings() / "perps-2021-07-22";
    if (!fs::exists(base.string() + ".ndjson")) {
        WARN("skipped: no " << base.string() << ".ndjson (OMENCTL_RECORDINGS names the folder)");
        return;
    }
    Replay replay;
    for (const auto& recorded : Recording::parse(read_file(base.string() + ".ndjson")).events)
        std::visit([&](const auto& event) { replay.apply(event); }, recorded.event);
    CHECK(replay.snapshots == 3);
    CHECK(replay.deltas == 4574);
    const auto books = nlohmann::json::parse(read_file(base.string() + ".final.json"));
    REQUIRE(replay.books.size() == books.size());
    for (const auto& [symbol, expected] : books.items()) {
        INFO(symbol);
        const auto& book = replay.books.at(expected["market_id"].get<std::uint64_t>());
        REQUIRE(book.sequence() == expected["sequence"].get<std::uint64_t>());
        REQUIRE(book.bids().top() == levels_of(expected["bids"]));
        REQUIRE(book.asks().top() == levels_of(expected["asks"]));
    }
}

} // namespace omen::recording_test
