#include "sandbox/access/control_key.hpp"

#include "core/error.hpp"
#include "system/private_file.hpp"

#include <fmt/format.h>

#include <random>
#include <system_error>

namespace omen::sandbox {

namespace {

std::string new_key() {
    std::random_device random;
    std::string key;
    for (int words = 0; words < 8; ++words) key += fmt::format("{:08x}", random());
    return key + "\n";
}

} // namespace

std::string control_key(const std::string& state_dir) {
    const auto path = state_dir + "/sandbox-control.key";
    try {
        auto key = read_or_create_private_file(path, new_key);
        while (key.ends_with('\n')) key.pop_back();
        if (!key.empty()) return key;
    } catch (const std::system_error& error) {
        throw Error(Fault::usage, "sandbox key " + path + ": " + error.code().message(),
                    {.hint = "make its directory writable, or set XDG_STATE_HOME to one that is"});
    }
    throw Error(Fault::usage, "sandbox key " + path + ": it is empty",
                {.hint = "remove the file; a new key is made on the next use"});
}

} // namespace omen::sandbox
