#pragma once

#include "core/decimal.hpp"
#include "core/digits.hpp"
#include "core/ids.hpp"
#include "protocol/wire/decode_error.hpp"

#include <cstdint>
#include <string_view>

namespace omen::wire {

/// What stands at a place in MessagePack bytes.
enum class Kind { nil, boolean, integer, floating, text, binary, array, map, extension };

std::string_view to_string(Kind kind);

/// Reads MessagePack from front to back, without copying and without trusting it: every read is bounds-checked, an
/// announced size is never believed beyond the bytes that are there, and nesting is limited. A wrong type, like
/// anything malformed, is a DecodeError.
class Cursor {
  public:
    explicit Cursor(std::string_view bytes)
        : begin_(bytes.data()), at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

    bool at_end() const { return at_ == end_; }
    Kind kind() const;
    /// The bytes from here on.
    std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

    bool at_nil() const { return at_ != end_ && first_byte() == 0xc0; }
    bool at_integer() const {
        return at_ != end_ &&
               (first_byte() < 0x80 || (first_byte() > 0xcb && first_byte() < 0xd4) || first_byte() > 0xdf);
    }
    /// Steps over a nil if there is one.
    bool take_nil() {
        if (at_ == end_) truncated();
        if (!at_nil()) return false;
        ++at_;
        return true;
    }
    bool boolean();
    /// An integer, or its digits in a text.
    std::int64_t integer();
    std::uint64_t unsigned_integer();
    /// The text, in place. Its bytes may be invalid UTF-8.
    std::string_view text() {
        if (at_ == end_ || !is_short_text(*at_)) return long_text();
        const auto size = static_cast<std::size_t>(*at_++ & 0x1f);
        return bytes(size);
    }
    /// Digits from a scaled amount: a text, an integer, or a number text.
    Decimal amount(int decimals) {
        // Nearly every one is digits in a short text, with enough bytes of the message in front of them.
        if (decimals == Decimal::places && at_ != end_ && is_short_text(*at_)) {
            const auto size = static_cast<std::size_t>(*at_ & 0x1f);
            const auto* const from = at_ + 1;
            const bool whole = size != 0 && size <= static_cast<std::size_t>(end_ - from);
            if (whole && size <= digits::window && static_cast<std::size_t>(from - begin_) + size >= digits::window) {
                if (const auto units = digits::read_window(from + size, size); units != digits::no_number) {
                    at_ = from + size;
                    return Decimal::from_units(static_cast<Decimal::Units>(units));
                }
            }
        }
        return other_amount(decimals);
    }
    /// An unsigned integer or a text.
    MarketId market_id();
    /// The text of a number that is no 64-bit integer (see number_text_extension).
    std::string_view number_text();
    /// The bytes of a `bin`.
    std::string_view binary();
    /// The number of elements; they follow.
    std::size_t array() {
        if (at_ == end_ || !is_short_array(*at_)) return long_array();
        const auto count = static_cast<std::size_t>(*at_++ & 0x0f);
        return bounded(count, 1);
    }
    /// The number of entries; they follow, each a key and a value.
    std::size_t map();
    /// The key of an entry. One that is no text is stepped over: it is no name of ours, and so like an empty one.
    std::string_view key() {
        if (at_ != end_ && (is_short_text(*at_) || kind() == Kind::text)) return text();
        skip();
        return {};
    }
    /// Steps over one whole value.
    void skip() { skip_nested(0); }
    /// A floating-point number or foreign extension, as raw bytes: nothing here reads one.
    std::string_view skip_raw();

  private:
    static constexpr int max_depth = 32;

    /// A fixstr, whose size is in its first byte.
    static bool is_short_text(char format) { return (format & 0xe0) == 0xa0; }
    /// A fixarray, in the same way.
    static bool is_short_array(char format) { return (format & 0xf0) == 0x90; }

    std::uint8_t first_byte() const { return static_cast<std::uint8_t>(*at_); }
    std::uint8_t byte();
    std::uint64_t big_endian(std::size_t width);
    std::string_view bytes(std::size_t size) {
        if (size > static_cast<std::size_t>(end_ - at_)) truncated();
        const std::string_view result(at_, size);
        at_ += size;
        return result;
    }
    std::size_t bounded(std::uint64_t count, std::size_t least_bytes_each) const {
        if (count > static_cast<std::size_t>(end_ - at_) / least_bytes_each) truncated();
        return static_cast<std::size_t>(count);
    }
    template <class T> T digits_in_text(std::string_view what);
    std::string_view long_text();
    std::size_t long_array();
    Decimal other_amount(int decimals);
    std::string_view extension(std::int8_t& type);
    void skip_nested(int depth);
    [[noreturn]] void expected(std::string_view what) const;
    [[noreturn]] static void truncated();

    const char* begin_;
    const char* at_;
    const char* end_;
};

} // namespace omen::wire
