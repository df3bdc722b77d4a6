#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace omen::sandbox {

/// What is wrong with a request's target, for the client.
struct BadTarget {
    std::string message;
};

/// A request's path and parameters, percent-decoded.
class RestTarget {
  public:
    /// Throws BadTarget.
    explicit RestTarget(std::string_view target);

    const std::string& path() const { return path_; }
    std::optional<std::string> parameter(const std::string& name) const;
    /// A whole number within the bounds. Throws BadTarget.
    std::optional<std::uint64_t> number(const std::string& name, std::uint64_t least, std::uint64_t most) const;

  private:
    std::string path_;
    std::map<std::string, std::string> parameters_;
};

} // namespace omen::sandbox
