#pragma once

#include "core/decimal_texts.hpp"
#include "core/digits.hpp"
#include "protocol/wire/codec.hpp"

#include <array>
#include <cstring>
#include <string>
#include <string_view>

namespace omen::wire {

/// How a JsonWriter prints.
struct JsonStyle {
    bool scaled = false;   ///< amounts as scaled integers, as on the wire; otherwise as decimals. Both in strings.
    bool indented = false; ///< two blanks a level; otherwise all on one line
    DecimalTexts* texts = nullptr; ///< what is remembered of earlier amounts that were not scaled; none: nothing
};

/// Writes JSON at the end of a buffer. The writer of `write()` (writing.hpp) for everything that people or scripts
/// read, for REST bodies and for recordings. A value is composed in a window of its own, because a std::string's
/// appends cost more than what most of them bring; a whole one is in the buffer as soon as it ends.
class JsonWriter {
  public:
    explicit JsonWriter(std::string& out, JsonStyle style = {}) : out_(out), style_(style) {}

    void nil() { literal("null"); }
    void boolean(bool value) { literal(value ? "true" : "false"); }
    void integer(std::int64_t value) {
        const auto magnitude = static_cast<std::uint64_t>(value);
        number(value < 0 ? 0 - magnitude : magnitude, value < 0);
    }
    void unsigned_integer(std::uint64_t value) { number(value, false); }
    void text(std::string_view value);
    /// A number's own text.
    void literal(std::string_view value);
    void amount(Decimal value, int decimals);
    void timestamp(Timestamp value) { integer(value.ms); }
    void array(std::size_t = 0) { open('['); }
    void end_array() { close(']'); }
    void map(std::size_t = 0) { open('{'); }
    void key(Name name);
    /// A key that is not ours: any text.
    void foreign_key(std::string_view name);
    void end_map() { close('}'); }

  private:
    /// What stands before the next value or key.
    enum class Before : std::uint8_t { nothing, bracket, key, value };

    void number(std::uint64_t magnitude, bool negative);
    void separate();
    void ended();
    void open(char bracket);
    void close(char bracket);
    void break_line();
    void put(char c) { window_[used_++] = c; }
    void put(std::string_view text);
    void make_room(std::size_t size) {
        if (window_.size() - used_ < size) spill();
    }
    void spill();
    void colon();

    /// More than any of our own numbers, names and separators takes at once. Other texts are of any length.
    static constexpr std::size_t longest_piece = 64;

    std::string& out_;
    JsonStyle style_;
    int depth_ = 0;
    Before before_ = Before::nothing;
    std::size_t used_ = 0;
    std::array<char, 1024> window_;
};

inline void JsonWriter::separate() {
    make_room(longest_piece);
    if (before_ == Before::key || before_ == Before::nothing) return;
    if (before_ == Before::value) put(',');
    if (style_.indented) break_line();
}

inline void JsonWriter::ended() {
    before_ = depth_ == 0 ? Before::nothing : Before::value;
    if (depth_ == 0) spill();
}

inline void JsonWriter::put(std::string_view text) {
    std::memcpy(window_.data() + used_, text.data(), text.size());
    used_ += text.size();
}

inline void JsonWriter::open(char bracket) {
    separate();
    put(bracket);
    ++depth_;
    before_ = Before::bracket;
}

inline void JsonWriter::close(char bracket) {
    --depth_;
    make_room(longest_piece);
    if (style_.indented && before_ != Before::bracket) break_line();
    put(bracket);
    ended();
}

inline void JsonWriter::colon() {
    put(':');
    if (style_.indented) put(' ');
    before_ = Before::key;
}

// Inlined wherever it is called, as the names are constants there.
[[gnu::always_inline]] inline void JsonWriter::key(Name name) {
    separate();
    put('"');
    put(name);
    put('"');
    colon();
}

inline void JsonWriter::number(std::uint64_t magnitude, bool negative) {
    separate();
    if (negative) put('-');
    auto* const at = window_.data() + used_;
    used_ += static_cast<std::size_t>(digits::write_integer(at, magnitude) - at);
    ended();
}

inline void JsonWriter::amount(Decimal value, int decimals) {
    separate();
    put('"');
    auto* const at = window_.data() + used_;
    auto* const end = style_.scaled             ? value.write_scaled(at, decimals)
                      : style_.texts != nullptr ? style_.texts->write(at, value)
                                                : value.write_text(at);
    used_ += static_cast<std::size_t>(end - at);
    put('"');
    ended();
}

/// The text as a JSON string, quotes included. Invalid UTF-8 is replaced, never passed on.
void append_json_text(std::string& out, std::string_view text);

/// A struct (or a vector of them) as JSON on the wire: a REST body, or a recorded event.
template <class T> std::string to_json(const T& value) {
    std::string out;
    JsonWriter writer(out, {.scaled = true});
    write(writer, value);
    return out;
}

/// JSON text to MessagePack, so that there is one decoder for both. Numbers that are no 64-bit integer keep their text.
/// A DecodeError ("not JSON: ...") where the text is no JSON, or is nested too deeply.
std::string json_to_msgpack(std::string_view json);

/// Says of a map's key that its value is not to be shown.
using Hidden = bool (*)(std::string_view key);

/// Any MessagePack value as JSON on one line: for messages that this program does not know. Binary becomes base64url,
/// a hidden value "[removed]". A DecodeError where it is none, or has a map or array as a key, which JSON can't show.
void append_msgpack_as_json(std::string& out, std::string_view bytes, Hidden hidden = nullptr);

/// Decodes a struct or a vector of them from JSON; errors as decode().
template <class T> T decode_json(std::string_view json) {
    return decode<T>(json_to_msgpack(json));
}

} // namespace omen::wire
