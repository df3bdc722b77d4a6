#include "sim/killed/disk.hpp"

#include "core/error.hpp"

#include <csignal>
#include <filesystem>
#include <stdlib.h>

namespace omen::sim {

Directory::Directory() {
    auto name = (std::filesystem::temp_directory_path() / "omenctl-sim.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw Error(Fault::internal, "no directory for the journal");
    path_ = name;
}

Directory::~Directory() {
    std::filesystem::remove_all(path_);
}

void Directory::clear() const {
    for (const auto& file : std::filesystem::directory_iterator(path_)) std::filesystem::remove(file);
}

const Directory& directory() {
    static const Directory one;
    return one;
}

SizeLimit::SizeLimit(std::optional<std::uint64_t> bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    auto limit = before_;
    if (bytes) limit.rlim_cur = *bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
}

SizeLimit::~SizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
}

} // namespace omen::sim
