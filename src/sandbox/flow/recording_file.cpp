#include "sandbox/flow/recording_file.hpp"

#include "core/error.hpp"
#include "protocol/wire/decode_error.hpp"
#include "system/read_file.hpp"

#include <system_error>

namespace omen::sandbox {

Recording load_recording(const std::string& path) try {
    return Recording::parse(read_file(path));
} catch (const std::system_error& error) {
    throw Error(Fault::usage, "recording " + path + ": " + error.what(), {.hint = "name a readable file"});
} catch (const DecodeError& error) {
    throw Error(Fault::usage, "recording " + path + ": " + error.what());
}

} // namespace omen::sandbox
