#pragma once

#include <string>

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

} // namespace omen::sim
