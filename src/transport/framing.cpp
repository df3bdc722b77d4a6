#include "transport/framing.hpp"

#include "core/integer.hpp"

#include <algorithm>

namespace omen {

namespace {

constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::string_view version = "HTTP/1.1 ";

} // namespace

std::size_t UpgradeAnswer::advance(std::string_view bytes) {
    const auto before = head_.size();
    head_ += bytes;
    // The end may have begun in bytes that came earlier.
    const auto found = head_.find(head_end, before - std::min(before, head_end.size() - 1));
    if (found == head_.npos) return bytes.size();
    head_.resize(found + head_end.size());
    complete_ = true;
    return head_.size() - before;
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
        }
    }
    const auto part = std::min<std::uint64_t>(payload_left_, bytes.size() - used);
    payload_left_ -= part;
    if (payload_left_ == 0 && header_size_ == header_length()) header_size_ = 0;
    return used + part;
}

} // namespace omen
