#include "protocol/wire/decode_error.hpp"

namespace omen {

void DecodeError::in_field(std::string_view name) {
    const bool joined = path_.empty() || path_.starts_with('[');
    path_ = std::string(name) + (joined ? "" : ".") + path_;
    what_ = path_ + ": " + reason_;
}

void DecodeError::in_element(std::size_t index) {
    const bool joined = path_.empty() || path_.starts_with('[');
    path_ = "[" + std::to_string(index) + "]" + (joined ? "" : ".") + path_;
    what_ = path_ + ": " + reason_;
}

void DecodeError::in_message(std::string_view name) {
    what_ = std::string(name) + ": " + what_;
}

} // namespace omen
