// Any MessagePack, shown as JSON: it is valid JSON, and on one line.

#include "fuzz/check.hpp"
#include "protocol/wire/json.hpp"

using namespace omen;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string json;
    try {
        wire::append_msgpack_as_json(json, fuzz::text_of(data, size));
    } catch (const DecodeError&) {
        return 0;
    }
    fuzz::check(json.find('\n') == std::string::npos, "one line");
    wire::json_to_msgpack(json);
    return 0;
}
