// No encoding of a secret gets through: the input says how each of its characters is written, and what stands around.

#include "client/trace/secrets.hpp"

#include "fuzz/check.hpp"

#include <fmt/format.h>

#include <string>

using namespace omen;

namespace {

// Of digits and letters that are in no escape.
constexpr std::string_view secret = "QWZTYGHJKLPMSVRQZWYTGKHJLMPVSR";

std::string written(char c, std::uint8_t how) {
    const auto value = static_cast<unsigned>(c);
    switch (how % 16) {
    case 0:
        return fmt::format("\\u{:04x}", value);
    case 1:
        return fmt::format("%{:02x}", value);
    case 2:
        return fmt::format("%25{:02X}", value);
    case 3:
        return fmt::format("&#{};", value);
    case 4:
        return fmt::format("&#x{:X};", value);
    case 5:
        return fmt::format("\\x{:02x}", value);
    case 6:
        return fmt::format("\\\\u{:04X}", value);
    case 7:
        return {static_cast<char>(c + ('a' - 'A'))};
    default:
        return {c};
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < secret.size()) return 0;
    Secrets secrets;
    secrets.hide(secret);
    std::string text;
    for (std::size_t i = 0; i < secret.size(); ++i) text += written(secret[i], data[i]);
    const auto around = fuzz::text_of(data + secret.size(), size - secret.size());
    const auto half = around.size() / 2;
    // What stands before must not end in the beginning of an escape, which would not be ours.
    const auto before = std::string(around.substr(0, half)) + " 0000000000 ;} ";
    const auto masked = secrets.masked(before + text + " " + std::string(around.substr(half)));
    fuzz::check(masked.find("[removed]") != std::string::npos, "the secret is found");
    fuzz::check(masked.find(text) == std::string::npos, "the secret is gone");
    fuzz::check(masked.find(secret.substr(0, 12)) == std::string::npos, "its beginning is gone");
    fuzz::check(secrets.masked(masked).find(text) == std::string::npos, "and stays so");
    return 0;
}
