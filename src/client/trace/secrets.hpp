#pragma once

#include <bitset>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace omen {

/// Texts that must not get out, whoever repeats them. One for a process; threads may share it.
class Secrets {
  public:
    Secrets();
    ~Secrets();
    Secrets(const Secrets&) = delete;
    Secrets& operator=(const Secrets&) = delete;

    /// From now on this is masked.
    void hide(std::string_view secret);
    /// The text with "[removed]" in place of every secret and every piece of one that is longer than a few characters:
    /// in either case, and be it escaped as in JSON, HTML or URLs, once or again, in base64 or in hexadecimal digits.
    /// What was JSON is JSON still.
    std::string masked(std::string text) const;

  private:
    class Pieces;
    void add(std::string_view form);
    std::vector<std::pair<std::size_t, std::size_t>> find(std::string_view text) const;

    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<const Pieces>> hidden_; ///< the forms that each may take
    std::bitset<65'536> beginnings_;                    ///< the first two characters of their pieces
};

} // namespace omen
