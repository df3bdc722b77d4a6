#pragma once

#include "core/time.hpp"
#include "protocol/rest.hpp"
#include "system/variables.hpp"
#include "transport/url.hpp"

#include <optional>
#include <string>
#include <vector>

namespace omen {

/// The market list of one exchange as it was last seen, in the user's cache directory. It only ever saves time: what
/// can't be read is not there, and what can't be written is not kept.
class MarketCache {
  public:
    static constexpr Milliseconds day{24 * 60 * 60 * 1000};

    /// `directory` is empty where there is no place for a cache.
    MarketCache(const std::string& directory, const Url& rest);

    /// The list, if it is not older than this.
    std::optional<std::vector<rest::MarketResponse>> read(Milliseconds max_age, Timestamp now = Timestamp::now()) const;
    void write(const std::vector<rest::MarketResponse>& markets, Timestamp now = Timestamp::now()) const;

  private:
    std::string rest_url_;
    std::string path_; ///< empty: nowhere
};

} // namespace omen
