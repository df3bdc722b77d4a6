#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace omen::test {

/// A new directory, gone with its owner.
class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        auto path = (std::filesystem::temp_directory_path() / "omenctl-test-XXXXXX").string();
        path_ = ::mkdtemp(path.data());
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    std::string path(const std::string& name = {}) const { return name.empty() ? path_ : path_ + "/" + name; }
    /// Writes a file and returns its path.
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path(name)) << text;
        return path(name);
    }

  private:
    std::string path_;
};

} // namespace omen::test
