#include "protocol/wire/cursor.hpp"

#include "core/integer.hpp"
#include "protocol/wire/packer.hpp"

#include <array>
#include <limits>

namespace omen::wire {

namespace {

/// The first bytes of MessagePack values, as its specification names them.
enum Format : std::uint8_t {
    fixmap = 0x80,
    fixarray = 0x90,
    fixstr = 0xa0,
    nil = 0xc0,
    never_used = 0xc1,
    false_ = 0xc2,
    true_ = 0xc3,
    bin8 = 0xc4,
    bin32 = 0xc6,
    ext8 = 0xc7,
    ext32 = 0xc9,
    float32 = 0xca,
    float64 = 0xcb,
    uint8 = 0xcc,
    uint64 = 0xcf,
    int8 = 0xd0,
    int64 = 0xd3,
    fixext1 = 0xd4,
    fixext16 = 0xd8,
    str8 = 0xd9,
    str32 = 0xdb,
    array16 = 0xdc,
    array32 = 0xdd,
    map16 = 0xde,
    map32 = 0xdf,
    negative_fixint = 0xe0,
};

constexpr Kind kind_of(std::uint8_t format) {
    if (format < fixmap || format >= negative_fixint) return Kind::integer;
    if (format < fixarray) return Kind::map;
    if (format < fixstr) return Kind::array;
    if (format < nil) return Kind::text;
    if (format <= never_used) return Kind::nil; // never_used is refused before
    if (format <= true_) return Kind::boolean;
    if (format <= bin32) return Kind::binary;
    if (format <= ext32) return Kind::extension;
    if (format <= float64) return Kind::floating;
    if (format <= int64) return Kind::integer;
    if (format <= fixext16) return Kind::extension;
    if (format <= str32) return Kind::text;
    return format <= array32 ? Kind::array : Kind::map;
}

constexpr auto kinds = [] {
    std::array<Kind, 256> table{};
    for (std::size_t format = 0; format < table.size(); ++format)
        table[format] = kind_of(static_cast<std::uint8_t>(format));
    return table;
}();

/// 1, 2, 4, 8 for a format that is the 1st, 2nd, ... of its family.
std::size_t width_of(std::uint8_t format, std::uint8_t first) {
    return std::size_t{1} << (format - first);
}

} // namespace

std::string_view to_string(Kind kind) {
    switch (kind) {
    case Kind::nil:
        return "nil";
    case Kind::boolean:
        return "a boolean";
    case Kind::integer:
        return "an integer";
    case Kind::floating:
        return "a floating-point number";
    case Kind::text:
        return "text";
    case Kind::binary:
        return "binary";
    case Kind::array:
        return "an array";
    case Kind::map:
        return "a map";
    case Kind::extension:
        return "a number or extension";
    }
    return "";
}

void Cursor::expected(std::string_view what) const {
    // Within a message nil is as good as nothing.
    if (at_ != begin_ && kind() == Kind::nil) throw DecodeError("missing");
    throw DecodeError("expected " + std::string(what) + ", found " + std::string(to_string(kind())));
}

void Cursor::truncated() {
    throw DecodeError("truncated");
}

std::uint8_t Cursor::byte() {
    if (at_ == end_) truncated();
    return static_cast<std::uint8_t>(*at_++);
}

std::uint64_t Cursor::big_endian(std::size_t width) {
    std::uint64_t value = 0;
    for (const char c : bytes(width)) value = (value << 8) | static_cast<std::uint8_t>(c);
    return value;
}

Kind Cursor::kind() const {
    if (at_ == end_) truncated();
    const auto format = static_cast<std::uint8_t>(*at_);
    if (format == never_used) throw DecodeError("not MessagePack (byte 0xc1)");
    return kinds[format];
}

bool Cursor::boolean() {
    if (kind() != Kind::boolean) expected("a boolean");
    return byte() == true_;
}

template <class T> T Cursor::digits_in_text(std::string_view what) {
    const auto digits = text();
    if (const auto value = parse_integer<T>(digits)) return *value;
    const bool number = !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
    throw DecodeError(number ? std::string("the integer is too large")
                             : "expected " + std::string(what) + ", found text");
}

std::int64_t Cursor::integer() {
    if (kind() != Kind::integer) {
        if (kind() == Kind::text) return digits_in_text<std::int64_t>("an integer");
        expected("an integer");
    }
    const auto format = byte();
    if (format < fixmap) return format;
    if (format >= negative_fixint) return static_cast<std::int8_t>(format);
    if (format >= int8) {
        const auto width = width_of(format, int8);
        const auto shift = 64 - 8 * width;
        return static_cast<std::int64_t>(big_endian(width) << shift) >> shift;
    }
    const auto value = big_endian(width_of(format, uint8));
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        throw DecodeError("the integer is too large");
    return static_cast<std::int64_t>(value);
}

std::uint64_t Cursor::unsigned_integer() {
    if (kind() != Kind::integer) {
        if (kind() == Kind::text) return digits_in_text<std::uint64_t>("an unsigned integer");
        expected("an unsigned integer");
    }
    if (static_cast<std::uint8_t>(*at_) == uint64) {
        ++at_;
        return big_endian(8);
    }
    const auto value = integer();
    if (value < 0) throw DecodeError("expected an unsigned integer, found a negative one");
    return static_cast<std::uint64_t>(value);
}

std::string_view Cursor::long_text() {
    if (kind() != Kind::text) expected("text");
    const auto format = byte();
    return bytes(format < nil ? format & 0x1fU : big_endian(width_of(format, str8)));
}

std::string_view Cursor::binary() {
    if (kind() != Kind::binary) expected("binary");
    const auto format = byte();
    return bytes(big_endian(width_of(format, bin8)));
}

std::string_view Cursor::extension(std::int8_t& type) {
    const auto format = byte();
    const auto size = format >= fixext1 ? width_of(format, fixext1) : big_endian(width_of(format, ext8));
    type = static_cast<std::int8_t>(byte());
    return bytes(size);
}

std::string_view Cursor::number_text() {
    if (kind() != Kind::extension) expected("a number");
    std::int8_t type = 0;
    const auto digits = extension(type);
    if (type != number_text_extension) throw DecodeError("expected a number, found an extension");
    return digits;
}

Decimal Cursor::other_amount(int decimals) try {
    switch (kind()) {
    case Kind::text:
        return Decimal::parse_scaled(text(), decimals);
    case Kind::extension:
        return Decimal::parse_scaled(number_text(), decimals);
    case Kind::integer:
        break;
    default:
        expected("an amount (a decimal integer)");
    }
    const bool large = static_cast<std::uint8_t>(*at_) == uint64;
    return Decimal::parse_scaled(large ? std::to_string(unsigned_integer()) : std::to_string(integer()), decimals);
} catch (const DecimalError& error) {
    throw DecodeError(error.what());
}

MarketId Cursor::market_id() {
    switch (kind()) {
    case Kind::integer:
        return MarketId(unsigned_integer());
    case Kind::text:
        return MarketId(std::string(text()));
    default:
        expected("a market id (an unsigned integer or text)");
    }
}

std::size_t Cursor::long_array() {
    if (kind() != Kind::array) expected("an array");
    const auto format = static_cast<std::uint8_t>(*at_++);
    const std::uint64_t count = format < nil ? format & 0x0fU : big_endian(format == array16 ? 2 : 4);
    return bounded(count, 1);
}

std::size_t Cursor::map() {
    if (kind() != Kind::map) expected("a map");
    const auto format = byte();
    const std::uint64_t count = format < fixarray ? format & 0x0fU : big_endian(format == map16 ? 2 : 4);
    return bounded(count, 2);
}

std::string_view Cursor::skip_raw() {
    const auto* start = at_;
    skip();
    return {start, static_cast<std::size_t>(at_ - start)};
}

void Cursor::skip_nested(int depth) {
    if (depth > max_depth) throw DecodeError("nested too deeply");
    std::int8_t type = 0;
    switch (kind()) {
    case Kind::nil:
    case Kind::boolean:
        byte();
        return;
    case Kind::integer: {
        const auto format = byte();
        if (format >= uint8 && format < int8) bytes(width_of(format, uint8));
        if (format >= int8 && format < negative_fixint) bytes(width_of(format, int8));
        return;
    }
    case Kind::floating:
        bytes(byte() == float32 ? 4 : 8);
        return;
    case Kind::text:
        text();
        return;
    case Kind::binary:
        binary();
        return;
    case Kind::extension:
        extension(type);
        return;
    case Kind::array:
        for (auto left = array(); left > 0; --left) skip_nested(depth + 1);
        return;
    case Kind::map:
        for (auto left = 2 * map(); left > 0; --left) skip_nested(depth + 1);
        return;
    }
}

} // namespace omen::wire
