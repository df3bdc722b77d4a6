// JSON text to MessagePack and back: what came out goes in again unchanged.

#include "protocol/wire/json.hpp"

#include "fuzz/check.hpp"

using namespace omen;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string packed;
    try {
        packed = wire::json_to_msgpack(fuzz::text_of(data, size));
    } catch (const DecodeError&) {
        return 0;
    }
    std::string json;
    wire::append_msgpack_as_json(json, packed);
    fuzz::check(wire::json_to_msgpack(json) == packed, "JSON, MessagePack, JSON, MessagePack");
    return 0;
}
