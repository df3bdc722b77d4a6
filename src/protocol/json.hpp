#pragma once

#include "protocol/codec.hpp"

#include <string>
#include <string_view>

namespace omen::wire {

/// How a JsonWriter prints.
struct JsonStyle {
    bool scaled = false;   ///< amounts as scaled integers, as on the wire; otherwise as decimals. Both in strings.
    bool indented = false; ///< two blanks a level; otherwise all on one line
};

/// Writes JSON at the end of a buffer. The writer of `write()` (codec.hpp) for everything that people or scripts read,
/// for REST bodies and for recordings. Separators need no state: they follow from the buffer's last character.
class JsonWriter {
  public:
    explicit JsonWriter(std::string& out, JsonStyle style = {}) : out_(out), style_(style) {}

    void nil() { literal("null"); }
    void boolean(bool value) { literal(value ? "true" : "false"); }
    void integer(std::int64_t value) { literal(std::to_string(value)); }
    void unsigned_integer(std::uint64_t value) { literal(std::to_string(value)); }
    void text(std::string_view value);
    /// A number's own text.
    void literal(std::string_view value);
    void amount(Decimal value, int decimals);
    void timestamp(Timestamp value) { integer(value.ms); }
    void array(std::size_t = 0) { open('['); }
    void end_array() { close(']'); }
    void map(std::size_t = 0) { open('{'); }
    void key(std::string_view name);
    void end_map() { close('}'); }

  private:
    void separate();
    void open(char bracket);
    void close(char bracket);
    void break_line();

    std::string& out_;
    JsonStyle style_;
    int depth_ = 0;
};

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
/// a hidden value "[removed]".
void append_msgpack_as_json(std::string& out, std::string_view bytes, Hidden hidden = nullptr);

/// Decodes a struct or a vector of them from JSON; errors as decode().
template <class T> T decode_json(std::string_view json) {
    return decode<T>(json_to_msgpack(json));
}

} // namespace omen::wire
