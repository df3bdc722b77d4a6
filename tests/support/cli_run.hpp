#pragma once

#include "cli/app/run.hpp"
#include "support/variables.hpp"

#include <cstdio>
#include <map>
#include <sstream>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace omen::test {

/// What a command printed, and how it ended.
struct Ran {
    int exit = 0;
    std::string out{};
    std::string err{};

    std::vector<std::string> lines() const {
        std::vector<std::string> result;
        std::istringstream in(out);
        for (std::string line; std::getline(in, line);) result.push_back(line);
        return result;
    }
};

/// One of the process's output descriptors, caught in memory while this lives.
class Caught {
  public:
    explicit Caught(int descriptor)
        : descriptor_(descriptor), kept_(::dup(descriptor)), memory_(::memfd_create("caught", MFD_CLOEXEC)) {
        std::fflush(nullptr);
        ::dup2(memory_, descriptor_);
    }
    ~Caught() {
        std::fflush(nullptr);
        ::dup2(kept_, descriptor_);
        ::close(kept_);
        ::close(memory_);
    }
    Caught(const Caught&) = delete;
    Caught& operator=(const Caught&) = delete;

    std::string text() const {
        std::string text(static_cast<std::size_t>(::lseek(memory_, 0, SEEK_END)), '\0');
        const auto count = ::pread(memory_, text.data(), text.size(), 0);
        text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
        return text;
    }

  private:
    int descriptor_;
    int kept_;
    int memory_;
};

/// Runs the whole program, in this process.
inline Ran run_cli(const std::vector<std::string>& words, const std::map<std::string, std::string>& values) {
    std::vector<const char*> arguments{"omenctl"};
    for (const auto& word : words) arguments.push_back(word.c_str());
    const Caught out(STDOUT_FILENO);
    const Caught err(STDERR_FILENO);
    const auto exit = run(static_cast<int>(arguments.size()), arguments.data(), variables(values));
    return {.exit = exit, .out = out.text(), .err = err.text()};
}

} // namespace omen::test
