#pragma once

#include "core/text.hpp"

#include <exception>
#include <string>
#include <string_view>

namespace omen {

/// Bytes or text that are not what they should be. `what()` names message, field and reason:
/// "orderbook_delta: bids[3].size: not a decimal integer".
class DecodeError : public std::exception {
  public:
    explicit DecodeError(std::string_view reason) : reason_(shortened(reason, longest_quote)), what_(reason_) {}

    /// Adds the field, element or message that the error is in, from the inside out.
    void in_field(std::string_view name);
    void in_element(std::size_t index);
    void in_message(std::string_view name);

    const char* what() const noexcept override { return what_.c_str(); }

  private:
    std::string path_;
    std::string reason_;
    std::string what_;
};

} // namespace omen
