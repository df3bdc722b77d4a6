#include "core/jwt.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace omen {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Reads claims, and remembers the first that is not what it should be.
class ClaimReader {
  public:
    explicit ClaimReader(const nlohmann::json& claims) : claims_(claims) {}

    std::optional<std::string> text(const char* name) {
        const auto* value = find(name);
        if (value == nullptr) return std::nullopt;
        if (!value->is_string()) return wrong(name), std::nullopt;
        return value->get<std::string>();
    }
    std::vector<std::string> texts(const char* name) {
        const auto* value = find(name);
        if (value == nullptr) return {};
        if (value->is_string()) return {value->get<std::string>()};
        const bool is_list = value->is_array() && !value->empty() &&
                             std::all_of(value->begin(), value->end(), [](const auto& one) { return one.is_string(); });
        if (!is_list) return wrong(name), std::vector<std::string>();
        return value->get<std::vector<std::string>>();
    }
    /// Seconds since the epoch. What is behind the year 9999 is no such number.
    std::optional<Timestamp> time(const char* name) {
        constexpr double end_of_time = 253'402'300'799.0;
        const auto* value = find(name);
        if (value == nullptr) return std::nullopt;
        const bool is_time = value->is_number() && std::abs(value->get<double>()) <= end_of_time;
        if (!is_time) return wrong(name), std::nullopt;
        if (value->is_number_integer()) return Timestamp{value->get<std::int64_t>() * 1000};
        return Timestamp{static_cast<std::int64_t>(value->get<double>() * 1000)};
    }
    const std::string& malformed() const { return malformed_; }

  private:
    const nlohmann::json* find(const char* name) const {
        const auto found = claims_.find(name);
        return found == claims_.end() ? nullptr : &*found;
    }
    void wrong(const char* name) {
        if (malformed_.empty()) malformed_ = name;
    }

    const nlohmann::json& claims_;
    std::string malformed_;
};

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
    const auto algorithm = nlohmann::json::parse(*header, nullptr, false);
    ClaimReader reader(claims);
    JwtClaims read{.subject = reader.text("sub"),
                   .issuer = reader.text("iss"),
                   .audience = reader.texts("aud"),
                   .expires = reader.time("exp"),
                   .not_before = reader.time("nbf")};
    read.malformed = reader.malformed();
    read.has_critical = algorithm.is_object() && algorithm.contains("crit");
    return read;
}

} // namespace omen
