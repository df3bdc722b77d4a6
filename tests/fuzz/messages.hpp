#pragma once

#include "fuzz/check.hpp"
#include "protocol/wire/json.hpp"
#include "support/every_message.hpp"

namespace omen::fuzz {

/// A message that was decoded is the same after it was encoded and decoded once more, in MessagePack and in JSON.
template <class T> void check_round_trip(const T& message) {
    const auto bytes = wire::encode(message);
    check(test::difference(wire::decode<T>(bytes), message).empty(), "decode, encode, decode");
    check(wire::encode(wire::decode<T>(bytes)) == bytes, "encode, decode, encode");
}

/// Bytes that may be anything, as one of a variant's messages.
template <class Variant> void decode(std::string_view bytes) {
    Variant message;
    try {
        message = wire::decode_any<Variant>(bytes);
    } catch (const DecodeError&) {
        return;
    }
    std::visit(
        [&](const auto& value) {
            if constexpr (std::is_same_v<std::decay_t<decltype(value)>, wire::Unknown>)
                check(value.bytes == bytes, "an unknown message is kept whole");
            else
                check_round_trip(value);
        },
        message);
}

} // namespace omen::fuzz
