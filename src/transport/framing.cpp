#include "transport/framing.hpp"

#include "core/integer.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace omen {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::string_view version = "HTTP/1.1 ";
constexpr unsigned char opcode_bits = 0x0f;
constexpr unsigned char close_opcode = 0x08;
constexpr std::size_t most_closing = 125; // bytes of a control frame's payload

} // namespace

std::size_t UpgradeAnswer::advance(std::string_view bytes) {
    const auto before = head_.size();
    head_ += bytes;
    // The end may have begun in bytes that came earlier.
    const auto found = head_.find(head_end, before - std::min(before, head_end.size() - 1));
    const auto end = found == head_.npos ? head_.size() : found + head_end.size();
    const auto used = end - before;
    head_.resize(end);
    taken_ += used;
    if (found == head_.npos) return used;
    const bool is_interim = status() >= 100 && status() < 200 && status() != 101;
    if (is_interim)
        head_.clear();
    else
        complete_ = true;
    return used;
}

int UpgradeAnswer::status() const {
    auto text = status_text();
    return take_integer<int>(text).value_or(0);
}

std::string_view UpgradeAnswer::status_text() const {
    const std::string_view line = std::string_view(head_).substr(0, head_.find("\r\n"));
    return line.starts_with("HTTP/1.") && line.size() > version.size() ? line.substr(version.size())
                                                                       : std::string_view();
}

std::optional<std::string> UpgradeAnswer::field(std::string_view name) const {
    std::optional<std::string> values;
    for (auto at = head_.find(line_end) + line_end.size(); at < head_.size();) {
        const auto end = head_.find(line_end, at);
        const auto line = std::string_view(head_).substr(at, end - at);
        at = end + line_end.size();
        const auto colon = line.find(':');
        if (colon == line.npos || lower(line.substr(0, colon)) != lower(name)) continue;
        const auto value = trimmed(line.substr(colon + 1));
        values = values ? *values + ", " + std::string(value) : std::string(value);
    }
    return values;
}

std::string UpgradeAnswer::objection() const {
    const auto named = [this](const char* what, std::string_view name) -> std::string {
        const auto value = field(name);
        if (!value || value->empty()) return {};
        return "the answer names the " + std::string(what) + " \"" + value->substr(0, 100) +
               "\", which was not offered";
    };
    for (auto at = head_.find(line_end) + line_end.size(); at + line_end.size() < head_.size();) {
        const auto colon = head_.find_first_of(" \t:\r", at);
        if (colon == at || head_[colon] != ':') return "the answer is no HTTP";
        at = head_.find(line_end, colon) + line_end.size();
    }
    const auto extension = named("extension", "Sec-WebSocket-Extensions");
    return extension.empty() ? named("subprotocol", "Sec-WebSocket-Protocol") : extension;
}

std::string UpgradeAnswer::essence() const {
    auto text = head_.substr(0, head_.find(line_end)) + std::string(line_end);
    for (const std::string_view name : {"Upgrade", "Connection", "Sec-WebSocket-Accept"})
        if (const auto value = field(name)) text += std::string(name) + ": " + *value + std::string(line_end);
    return text + std::string(line_end);
}

std::optional<std::string_view> whole_message(std::string_view bytes) {
    constexpr char last_binary_fragment = '\x82';
    constexpr std::size_t two_byte_length = 126;
    if (bytes.size() < 4 || bytes[0] != last_binary_fragment) return std::nullopt;
    const auto at = [&](std::size_t index) {
        return static_cast<std::size_t>(static_cast<unsigned char>(bytes[index]));
    };
    const bool is_short = at(1) < two_byte_length;
    const auto length = is_short ? at(1) : at(2) << 8 | at(3);
    // A longer form than need be is an error, one of eight bytes is longer than what is read ahead.
    if (!is_short && (at(1) != two_byte_length || length < two_byte_length)) return std::nullopt;
    const auto payload = bytes.substr(is_short ? 2 : 4);
    return payload.size() < length ? std::nullopt : std::optional(payload.substr(0, length));
}

std::size_t FrameCursor::header_length() const {
    if (header_size_ < 2) return 2;
    const auto size_code = header_[1] & 0x7f;
    const std::size_t mask = (header_[1] & 0x80) != 0 ? 4 : 0;
    return 2 + mask + (size_code == 126 ? 2 : size_code == 127 ? 8 : 0);
}

std::uint64_t FrameCursor::payload_length() const {
    const auto size_code = header_[1] & 0x7f;
    if (size_code < 126) return static_cast<std::uint64_t>(size_code);
    std::uint64_t length = 0;
    for (std::size_t i = 2; i < (size_code == 126 ? 4U : 10U); ++i) length = length << 8 | header_[i];
    return length;
}

std::size_t FrameCursor::advance(std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && header_size_ < header_length()) {
        header_[header_size_++] = static_cast<unsigned char>(bytes[used++]);
        if (header_size_ == header_length()) {
            payload_left_ = payload_length();
            const bool control = (header_[0] & 0x08) != 0;
            const bool last_fragment = (header_[0] & 0x80) != 0;
            if (!control) message_open_ = !last_fragment;
            closing_.clear();
        }
    }
    const auto part = std::min<std::uint64_t>(payload_left_, bytes.size() - used);
    if ((header_[0] & opcode_bits) == close_opcode) take_closing(bytes.substr(used, part));
    payload_left_ -= part;
    if (payload_left_ == 0 && header_size_ == header_length()) header_size_ = 0;
    return used + part;
}

void FrameCursor::take_closing(std::string_view bytes) {
    const bool is_masked = (header_[1] & 0x80) != 0;
    for (const char byte : bytes) {
        if (closing_.size() == most_closing) return;
        const auto mask = is_masked ? header_[header_length() - 4 + closing_.size() % 4] : 0;
        closing_ += static_cast<char>(byte ^ mask);
    }
}

std::size_t advance_for_beast(FrameCursor& cursor, std::span<char> bytes) {
    constexpr std::string_view bad_gateway = "\x03\xf6";
    constexpr auto difference = 0xf6 ^ 0xf5; // whatever the mask
    const auto before = cursor.closing().size();
    const auto count = cursor.advance({bytes.data(), bytes.size()});
    const auto& closing = cursor.closing();
    if (before < 2 && closing.starts_with(bad_gateway)) {
        auto& second = bytes[count - closing.size() + 1];
        second = static_cast<char>(second ^ difference);
    }
    return count;
}

} // namespace omen
