#include "sandbox/flow/recording_file.hpp"

#include "core/error.hpp"
#include "protocol/wire/decode_error.hpp"
#include "system/files.hpp"

#include <system_error>

namespace omen::sandbox {

namespace {

constexpr std::size_t longest = 1U << 30;

} // namespace

Recording load_recording(const std::string& path, Deadline deadline) try {
    return Recording::parse(read_file(path, {.longest = longest, .by = deadline}));
} catch (const std::system_error& error) {
    throw Error(Fault::usage, "recording " + path + ": " + error.what(), {.hint = "name a readable file"});
} catch (const DecodeError& error) {
    throw Error(Fault::usage, "recording " + path + ": " + error.what());
}

} // namespace omen::sandbox
