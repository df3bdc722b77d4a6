#pragma once

#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace omen {

/// The claims of a JWT that omenctl looks at. Read, not verified: only the exchange knows whether they are true.
struct JwtClaims {
    std::optional<std::string> subject;
    std::optional<std::string> issuer;
    std::vector<std::string> audience;   ///< `aud` may be a string or an array
    std::optional<Timestamp> expires;    ///< `exp` is in seconds on the wire, and may be a fraction
    std::optional<Timestamp> not_before; ///< `nbf`
    std::string malformed{};             ///< the first claim that is not what it should be; empty: none
    bool has_critical = false;           ///< `crit`: who does not know what it names must not accept the token
};

/// The claims of a JWT; nothing when the text is no JWT (three base64url parts, the second a JSON object).
std::optional<JwtClaims> decode_jwt(std::string_view token);

/// base64url without padding; nothing when a character is foreign or the length impossible.
std::optional<std::string> decode_base64url(std::string_view text);
std::string encode_base64url(std::string_view bytes);

} // namespace omen
