#pragma once

#include <csignal>
#include <cstdint>
#include <optional>
#include <sys/resource.h>

namespace omen::test {

/// No file grows beyond this, as long as it lives: to whoever writes the disk is full.
class SizeLimit {
  public:
    explicit SizeLimit(std::optional<std::uint64_t> bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        auto limit = before_;
        if (bytes) limit.rlim_cur = *bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~SizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    SizeLimit(const SizeLimit&) = delete;
    SizeLimit& operator=(const SizeLimit&) = delete;

  private:
    rlimit before_{};
};

} // namespace omen::test
