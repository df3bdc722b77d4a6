#pragma once

#include "protocol/wire/packer.hpp"
#include "protocol/wire/reading.hpp"
#include "protocol/wire/writing.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// From a whole message to bytes and back, by its declaration.
namespace omen::wire {

/// Runs a decoding step; an error gets the message's name, and bytes left over are one.
template <class F> void decode_whole(std::string_view bytes, std::string_view name, F&& read) {
    try {
        Cursor in(bytes);
        read(in);
        if (!in.at_end()) throw DecodeError("bytes follow the message");
    } catch (DecodeError& error) {
        error.in_message(name);
        throw;
    }
}

/// Decodes a struct into one that exists already, so that its vectors' memory is used again.
template <Declared T> void decode_into(std::string_view bytes, T& value) {
    decode_whole(bytes, declaration_of<T>.name, [&](Cursor& in) { read_fields<declaration_of<T>.layout>(in, value); });
}

template <class T> struct Decoder {
    static T decode(std::string_view bytes) {
        T value;
        decode_into(bytes, value);
        return value;
    }
};
template <class T> struct Decoder<std::vector<T>> {
    static std::vector<T> decode(std::string_view bytes) {
        std::vector<T> values;
        decode_whole(bytes, declaration_of<T>.name,
                     [&](Cursor& in) { read_value<declaration_of<T>.layout>(in, values, 0); });
        return values;
    }
};

/// Decodes one MessagePack value: a declared struct or a vector of them.
template <class T> T decode(std::string_view bytes) {
    return Decoder<T>::decode(bytes);
}

/// Encodes as MessagePack, at the end of a buffer.
template <class T> void encode(std::string& out, const T& value) {
    Packer packer(out);
    write(packer, value);
}
template <class T> std::string encode(const T& value) {
    std::string out;
    encode(out, value);
    return out;
}

/// A message whose type this program does not know; `bytes` is the whole of it.
struct Unknown {
    std::string type;
    std::string bytes;
};

/// Steps into a map, up to the value of this key; false where it has none.
bool seek(Cursor& in, std::string_view key);
/// The "type" of a map or the first element of an array. A DecodeError where there is none.
std::string_view tag_of(std::string_view bytes);

template <class Variant, class T> bool decode_alternative(std::string_view tag, std::string_view bytes, Variant& out) {
    if constexpr (std::is_same_v<T, Unknown>) {
        return false;
    } else {
        if (tag != declaration_of<T>.name) return false;
        auto* same = std::get_if<T>(&out);
        decode_into(bytes, same != nullptr ? *same : out.template emplace<T>());
        return true;
    }
}

template <class Variant> struct AnyOf;
template <class... Ts> struct AnyOf<std::variant<Ts...>> {
    static void decode_into(std::string_view bytes, std::variant<Ts...>& out) {
        const auto tag = tag_of(bytes);
        if ((decode_alternative<std::variant<Ts...>, Ts>(tag, bytes, out) || ...)) return;
        out = Unknown{std::string(tag), std::string(bytes)};
    }
};

/// Decodes whichever alternative of a variant the tag names; an unknown tag gives Unknown, which the variant must have.
/// What the variant holds already of the same kind is decoded into, so that its memory is used again.
template <class Variant> void decode_any_into(std::string_view bytes, Variant& out) {
    AnyOf<Variant>::decode_into(bytes, out);
}
template <class Variant> Variant decode_any(std::string_view bytes) {
    Variant out;
    decode_any_into(bytes, out);
    return out;
}

} // namespace omen::wire
