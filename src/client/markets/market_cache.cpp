#include "client/markets/market_cache.hpp"

#include "protocol/wire/decode_error.hpp"
#include "protocol/wire/json.hpp"
#include "system/files.hpp"
#include "system/private_file.hpp"

#include <system_error>

namespace omen {

namespace {

struct CacheFile {
    std::string rest_url;
    Timestamp written_at;
    std::vector<rest::MarketResponse> markets;

    static constexpr auto declaration() {
        return wire::record("market cache", wire::field("rest_url", &CacheFile::rest_url),
                            wire::field("written_at", &CacheFile::written_at),
                            wire::field("markets", &CacheFile::markets));
    }
};

} // namespace

MarketCache::MarketCache(const std::string& directory, const Url& rest)
    : rest_url_(rest.text()),
      path_(directory.empty() ? "" : directory + "/markets-" + file_name_part(rest_url_) + ".json") {}

std::optional<std::vector<rest::MarketResponse>> MarketCache::read(Milliseconds max_age, Timestamp now) const {
    try {
        const auto text = read_regular_file(path_);
        if (!text) return std::nullopt;
        auto cached = wire::decode_json<CacheFile>(*text);
        const auto age = now.ms - cached.written_at.ms;
        if (cached.rest_url != rest_url_ || age < 0 || age > max_age.count()) return std::nullopt;
        return std::move(cached.markets);
    } catch (const std::system_error&) {
        return std::nullopt;
    } catch (const DecodeError&) {
        return std::nullopt;
    }
}

void MarketCache::write(const std::vector<rest::MarketResponse>& markets, Timestamp now) const {
    if (path_.empty()) return;
    try {
        write_private_file(path_, wire::to_json(CacheFile{rest_url_, now, markets}));
    } catch (const std::system_error&) {
        // Without a cache everything works as well, only slower.
    }
}

} // namespace omen
