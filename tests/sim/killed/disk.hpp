#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/resource.h>

namespace omen::sim {

/// Where the journals of all worlds are, one after the other.
class Directory {
  public:
    Directory();
    ~Directory();
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    const std::string& path() const { return path_; }
    void clear() const;

  private:
    std::string path_;
};

const Directory& directory();

/// No file grows beyond this, as long as it lives.
class SizeLimit {
  public:
    explicit SizeLimit(std::optional<std::uint64_t> bytes);
    ~SizeLimit();
    SizeLimit(const SizeLimit&) = delete;
    SizeLimit& operator=(const SizeLimit&) = delete;

  private:
    rlimit before_{};
};

} // namespace omen::sim
