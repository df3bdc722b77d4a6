#include "core/jwt.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

namespace omen {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::optional<std::string> text_claim(const nlohmann::json& claims, const char* name) {
    const auto found = claims.find(name);
    if (found == claims.end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
}

std::vector<std::string> audience_claim(const nlohmann::json& claims) {
    const auto found = claims.find("aud");
    if (found == claims.end()) return {};
    if (found->is_string()) return {found->get<std::string>()};
    std::vector<std::string> names;
    if (found->is_array())
        for (const auto& name : *found)
            if (name.is_string()) names.push_back(name.get<std::string>());
    return names;
}

std::optional<Timestamp> expiry_claim(const nlohmann::json& claims) {
    const auto found = claims.find("exp");
    if (found == claims.end() || !found->is_number_integer()) return std::nullopt;
    // The library gives a number that int64 can't hold as a wrapped one, and says so only by its type.
    if (found->is_number_unsigned() && found->get<std::uint64_t>() > INT64_MAX) return std::nullopt;
    std::int64_t ms = 0;
    if (__builtin_mul_overflow(found->get<std::int64_t>(), std::int64_t{1000}, &ms)) return std::nullopt;
    return Timestamp{ms};
}

} // namespace

std::optional<std::string> decode_base64url(std::string_view text) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        if ((count += 6) >= 8) bytes += static_cast<char>((bits >> (count -= 8)) & 0xff);
    }
    return bytes;
}

std::string encode_base64url(std::string_view bytes) {
    std::string text;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : bytes) {
        bits = (bits << 8) | static_cast<unsigned char>(c);
        count += 8;
        while (count >= 6) text += alphabet[(bits >> (count -= 6)) & 63];
    }
    if (count > 0) text += alphabet[(bits << (6 - count)) & 63];
    return text;
}

std::optional<JwtClaims> decode_jwt(std::string_view token) {
    const auto first = token.find('.');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
    const auto header = decode_base64url(token.substr(0, first));
    const auto payload = decode_base64url(token.substr(first + 1, second - first - 1));
    const auto signature = decode_base64url(token.substr(second + 1));
    if (!header || !payload || !signature) return std::nullopt;
    const auto claims = nlohmann::json::parse(*payload, nullptr, false);
    if (!claims.is_object()) return std::nullopt;
    return JwtClaims{.subject = text_claim(claims, "sub"),
                     .issuer = text_claim(claims, "iss"),
                     .audience = audience_claim(claims),
                     .expires = expiry_claim(claims)};
}

} // namespace omen
