// The remembered market list: it may save time, and must never be the reason why something fails.

#include "client/markets/market_cache.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"
#include "system/files.hpp"

namespace omen::market_cache_test {

namespace fs = std::filesystem;

namespace {

const Url exchange = Url::parse("https://api.example.org/v1");
const Timestamp now{1'700'000'000'000};

std::vector<rest::MarketResponse> two_markets() {
    std::vector<rest::MarketResponse> markets(2);
    markets[0].symbol = "BTC-PERP";
    markets[1].symbol = "ETH-PERP";
    return markets;
}

/// The one file in a directory.
fs::path only_file(const std::string& directory) {
    auto entries = fs::directory_iterator(directory);
    REQUIRE(entries != fs::directory_iterator());
    const auto path = entries->path();
    REQUIRE(++entries == fs::directory_iterator());
    return path;
}

} // namespace

TEST_CASE("a market list is remembered for a day") {
    const test::TemporaryDirectory directory;
    const MarketCache cache(directory.path("new/omenctl"), exchange);
    CHECK_FALSE(cache.read(MarketCache::day, now));
    cache.write(two_markets(), now);
    CHECK(cache.read(MarketCache::day, now)->at(1).symbol == "ETH-PERP");
    CHECK(cache.read(MarketCache::day, {now.ms + MarketCache::day.count()}));
    CHECK_FALSE(cache.read(MarketCache::day, {now.ms + MarketCache::day.count() + 1}));
    CHECK_FALSE(cache.read(MarketCache::day, {now.ms - 1}));
}

TEST_CASE("each exchange has its own list") {
    const test::TemporaryDirectory directory;
    MarketCache(directory.path(), exchange).write(two_markets(), now);
    for (const auto* other : {"https://api.example.org/v2", "https://api.example.org/v1/", "http://api.example.org/v1"})
        CHECK_FALSE(MarketCache(directory.path(), Url::parse(other)).read(MarketCache::day, now));
    fs::copy(only_file(directory.path()), directory.path("markets-http_3a_2f_2fother_2f.json"));
    CHECK_FALSE(MarketCache(directory.path(), Url::parse("http://other/")).read(MarketCache::day, now));
}

TEST_CASE("the cache is for its owner alone") {
    const test::TemporaryDirectory directory;
    MarketCache(directory.path("a/b"), exchange).write(two_markets(), now);
    CHECK(fs::status(directory.path("a")).permissions() == fs::perms::owner_all);
    CHECK(fs::status(only_file(directory.path("a/b"))).permissions() ==
          (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("a cache that is broken anywhere is none, and is written again") {
    const test::TemporaryDirectory directory;
    const MarketCache cache(directory.path(), exchange);
    cache.write(two_markets(), now);
    const auto path = only_file(directory.path()).string();
    const auto whole = read_file(path);
    for (std::size_t size = 0; size < whole.size(); size += 37) {
        std::ofstream(path) << whole.substr(0, size);
        CHECK_FALSE(cache.read(MarketCache::day, now));
    }
    cache.write(two_markets(), now);
    CHECK(read_file(path) == whole);
}

TEST_CASE("without a place to keep it there is no cache, and no error") {
    const test::TemporaryDirectory directory;
    for (const auto& place : {std::string(), directory.write("file", "") + "/omenctl"}) {
        const MarketCache cache(place, exchange);
        CHECK_NOTHROW(cache.write(two_markets(), now));
        CHECK_FALSE(cache.read(MarketCache::day, now));
    }
}

} // namespace omen::market_cache_test
