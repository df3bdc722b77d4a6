#include "transport/on_demand/sha256.hpp"

#include "core/error.hpp"
#include "transport/on_demand/openssl.hpp"

#include <openssl/evp.h>

#include <array>

namespace omen {

std::string sha256_hex(std::string_view bytes) {
    openssl::load();
    std::array<unsigned char, 32> digest{};
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
        throw Error(Fault::internal, "SHA-256: OpenSSL does not provide it");
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const auto byte : digest) text += {digits[byte >> 4U], digits[byte & 15U]};
    return text;
}

} // namespace omen
