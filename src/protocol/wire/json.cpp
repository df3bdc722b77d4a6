#include "protocol/wire/json.hpp"

#include "core/jwt.hpp"
#include "core/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace omen::wire {

namespace {

/// nlohmann's parser drives this; it writes MessagePack. Sizes of containers are known only at their end, so their
/// headers are written at full width and filled in then.
class Transcoder : public nlohmann::json_sax<nlohmann::json> {
  public:
    explicit Transcoder(std::string& out) : out_(out), packer_(out) {}

    bool null() override {
        return element([&] { packer_.nil(); });
    }
    bool boolean(bool value) override {
        return element([&] { packer_.boolean(value); });
    }
    bool number_integer(number_integer_t value) override {
        return element([&] { packer_.integer(value); });
    }
    bool number_unsigned(number_unsigned_t value) override {
        return element([&] { packer_.unsigned_integer(value); });
    }
    bool number_float(number_float_t, const string_t& digits) override {
        return element([&] { packer_.number_text(digits); });
    }
    bool string(string_t& value) override {
        return element([&] { packer_.text(value); });
    }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(0xdf); }
    bool key(string_t& name) override {
        packer_.text(name);
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(0xdd); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t position, const std::string& token,
                     const nlohmann::detail::exception& error) override {
        constexpr int number_overflow = 406;
        constexpr std::size_t longest_shown = 64;
        if (error.id == number_overflow)
            throw DecodeError("the number " + token.substr(0, longest_shown) + " is out of range");
        throw DecodeError("not JSON: syntax error at byte " + std::to_string(position));
    }

  private:
    static constexpr std::size_t max_depth = 32;

    struct Open {
        std::size_t header;
        std::uint32_t count;
    };

    template <class F> bool element(F&& write_it) {
        if (!open_.empty()) ++open_.back().count;
        write_it();
        return true;
    }

    bool open(unsigned char format) {
        if (open_.size() >= max_depth) throw DecodeError("not JSON that this program reads: nested too deeply");
        if (!open_.empty()) ++open_.back().count;
        open_.push_back({out_.size(), 0});
        out_ += static_cast<char>(format);
        out_.append(4, '\0');
        return true;
    }

    bool close() {
        const auto [header, count] = open_.back();
        for (std::size_t i = 0; i < 4; ++i) out_[header + 1 + i] = static_cast<char>((count >> (24 - 8 * i)) & 0xff);
        open_.pop_back();
        return true;
    }

    std::string& out_;
    Packer packer_;
    std::vector<Open> open_;
};

/// The number that our JSON reader kept as text; nothing for any other extension, whatever the network put into it.
std::optional<std::string_view> number_at(Cursor in) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    try {
        const auto text = in.number_text();
        // JSON's other values, and blanks around any value, are ruled out by the first and last character.
        const bool framed = !text.empty() && (text.front() == '-' || is_digit(text.front())) && is_digit(text.back());
        if (framed && nlohmann::json::accept(text)) return text;
    } catch (const DecodeError&) {
        // a foreign extension
    }
    return std::nullopt;
}

void append_value(JsonWriter& out, Cursor& in, Hidden hidden, int depth);

void append_map(JsonWriter& out, Cursor& in, Hidden hidden, int depth) {
    out.map();
    for (auto left = in.map(); left > 0; --left) {
        if (in.kind() == Kind::text) {
            const auto key = in.text();
            out.foreign_key(key);
            if (hidden != nullptr && hidden(key)) {
                in.skip();
                out.text("[removed]");
                continue;
            }
        } else if (in.kind() == Kind::map || in.kind() == Kind::array) {
            // Each map around one would double the escapes of its text.
            throw DecodeError("a map or array is the key of a map");
        } else { // JSON's keys are texts: any other key is shown as the text of its JSON
            std::string key;
            JsonWriter key_writer(key);
            append_value(key_writer, in, hidden, depth + 1);
            out.foreign_key(key);
        }
        append_value(out, in, hidden, depth + 1);
    }
    out.end_map();
}

void append_value(JsonWriter& out, Cursor& in, Hidden hidden, int depth) {
    if (depth > 32) throw DecodeError("nested too deeply");
    switch (in.kind()) {
    case Kind::nil:
        in.take_nil();
        return out.nil();
    case Kind::boolean:
        return out.boolean(in.boolean());
    case Kind::integer: {
        const bool large = static_cast<unsigned char>(in.rest()[0]) == 0xcf;
        return large ? out.unsigned_integer(in.unsigned_integer()) : out.integer(in.integer());
    }
    case Kind::text:
        return out.text(in.text());
    case Kind::binary:
        return out.text(encode_base64url(in.binary()));
    case Kind::extension: {
        const auto number = number_at(in);
        const auto raw = in.skip_raw();
        return number ? out.literal(*number) : out.text(encode_base64url(raw));
    }
    case Kind::floating:
        return out.text(encode_base64url(in.skip_raw()));
    case Kind::array:
        out.array();
        for (auto left = in.array(); left > 0; --left) append_value(out, in, hidden, depth + 1);
        return out.end_array();
    case Kind::map:
        return append_map(out, in, hidden, depth);
    }
}

constexpr bool is_plain(char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/// Whether a text needs no escaping. Without a branch, the compiler looks at several characters at once.
bool is_plain(std::string_view text) {
    unsigned char special = 0;
    for (const char c : text) special |= !is_plain(c);
    return special == 0;
}

/// Of valid JSON, with what a terminal would not show escaped.
void append_seen(std::string& out, std::string_view json) {
    while (!json.empty()) {
        const auto [character, bytes] = next_character(json);
        if (character && is_unseen(*character)) {
            const auto value = static_cast<std::uint32_t>(*character);
            if (value < 0x10000)
                out += fmt::format("\\u{:04x}", value);
            else
                out += fmt::format("\\u{:04x}\\u{:04x}", 0xd7c0 + (value >> 10), 0xdc00 + (value & 0x3ff));
        } else {
            out += json.substr(0, bytes);
        }
        json.remove_prefix(bytes);
    }
}

} // namespace

void append_json_text(std::string& out, std::string_view text) {
    if (is_plain(text)) {
        out += '"';
        out += text;
        out += '"';
        return;
    }
    append_seen(out, nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void JsonWriter::spill() {
    out_.append(window_.data(), used_);
    used_ = 0;
}

void JsonWriter::break_line() {
    put('\n');
    spill();
    out_.append(static_cast<std::size_t>(2 * depth_), ' ');
}

void JsonWriter::literal(std::string_view value) {
    separate();
    spill();
    out_ += value;
    ended();
}

void JsonWriter::text(std::string_view value) {
    separate();
    if (value.size() < window_.size() - 2 * longest_piece && is_plain(value)) {
        make_room(value.size() + longest_piece);
        put('"');
        put(value);
        put('"');
    } else {
        spill();
        append_json_text(out_, value);
    }
    ended();
}

void JsonWriter::foreign_key(std::string_view name) {
    separate();
    spill();
    append_json_text(out_, name);
    colon();
}

std::string json_to_msgpack(std::string_view json) {
    std::string out;
    Transcoder transcoder(out);
    nlohmann::json::sax_parse(json, &transcoder);
    return out;
}

void append_msgpack_as_json(std::string& out, std::string_view bytes, Hidden hidden) {
    Cursor in(bytes);
    JsonWriter writer(out);
    append_value(writer, in, hidden, 0);
    if (!in.at_end()) throw DecodeError("bytes follow the message");
}

} // namespace omen::wire
