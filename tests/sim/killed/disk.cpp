#include "sim/killed/disk.hpp"

#include "core/error.hpp"

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

} // namespace omen::sim
