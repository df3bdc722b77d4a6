#include "client/settings/config.hpp"

#include "core/error.hpp"
#include "fuzz/check.hpp"

using namespace omen;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto config = parse_config(fuzz::text_of(data, size), "config.toml");
        for (const auto& profile : config.profiles)
            find_profile(config, {.value = profile.name, .origin = "--profile"});
    } catch (const Error& error) {
        fuzz::check(error.fault() == Fault::usage, "a bad file is a usage error");
    }
    return 0;
}
