#pragma once

#include <string>
#include <string_view>

namespace omen {

/// The SHA-256 of some bytes as 64 hexadecimal digits. Loads OpenSSL. Errors: internal ("library_missing").
std::string sha256_hex(std::string_view bytes);

} // namespace omen
