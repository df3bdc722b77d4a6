// What is masked, in whatever form somebody repeats it.

#include "client/trace/secrets.hpp"
#include "core/jwt.hpp"
#include "protocol/wire/json.hpp"
#include "support/catch.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <random>

namespace omen::secrets_test {

namespace {

const std::string token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSIsImV4cCI6MTc5NTkwODE4Mn0.Fm1QNSp-zJPIkiRuivKx";

std::string masked(const std::string& text, const std::string& secret = token) {
    Secrets secrets;
    secrets.hide(secret);
    return secrets.masked(text);
}

/// Each character as a format has it.
std::string each(const std::string& text, fmt::format_string<unsigned> format) {
    std::string out;
    for (const unsigned char c : text) out += fmt::format(format, static_cast<unsigned>(c));
    return out;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

} // namespace

TEST_CASE("a secret is masked wherever it stands, and nothing else is") {
    CHECK(masked("no: " + token + "!") == "no: [removed]!");
    CHECK(masked(token + token) == "[removed]");
    CHECK(masked("nothing here, 100% \\n &amp; so on") == "nothing here, 100% \\n &amp; so on");
    CHECK(Secrets().masked(token) == token);
    CHECK(masked("omn_short is short", "omn_short") == "[removed] is short");
}

TEST_CASE("a piece of a secret is masked, wherever it was cut off") {
    CHECK(masked(token.substr(0, 30) + "...") == "[removed]...");
    CHECK(masked("..." + token.substr(40)) == "...[removed]");
    CHECK(masked(token.substr(20, 12)) == "[removed]");
    CHECK(masked(token.substr(0, 30) + "\n" + token.substr(30)) == "[removed]\n[removed]");
}

TEST_CASE("a secret is masked however it is written") {
    CHECK(masked(each(token, "\\u{:04x}")) == "[removed]");
    CHECK(masked(each(token, "\\u{:04X}")) == "[removed]");
    CHECK(masked(each(token, "\\x{:02x}")) == "[removed]");
    CHECK(masked(each(token, "\\{:03o}")) == "[removed]");
    CHECK(masked(each(token, "%{:02X}")) == "[removed]");
    CHECK(masked(each(token, "%25{:02x}")) == "[removed]");
    CHECK(masked(each(token, "&#{};")) == "[removed]");
    CHECK(masked(each(token, "&#x{:x};")) == "[removed]");
    CHECK(masked(each(token, "{:02X}")) == "[removed]"); // hexadecimal digits
    CHECK(masked(replaced(token, ".", "%2e")) == "[removed]");
    CHECK(masked(replaced(token, ".", "\\u002e")) == "[removed]");
    CHECK(masked(replaced(token, ".", "\\\\u002e")) == "[removed]");
    std::string upper;
    for (const char c : token) upper += static_cast<char>(std::toupper(c));
    CHECK(masked(upper) == "[removed]");
    for (const auto* before : {"", "a", "ab", "abc"})
        CHECK_THAT(masked(encode_base64url(before + token)), Catch::Contains("[removed]"));
}

TEST_CASE("what is masked in JSON leaves it JSON") {
    const nlohmann::json object{{"code", "a" + token}, {"m\\" + token, replaced(token, ".", "\"")}};
    const auto text = masked(object.dump());
    CHECK(text.find(token.substr(0, 12)) == std::string::npos);
    CHECK(nlohmann::json::parse(text).size() == 2);
}

TEST_CASE("no encoding of a token gets through, in any text around it") {
    std::minstd_rand random(7); // NOLINT: the same texts each time
    const auto below = [&](unsigned count) { return static_cast<unsigned>(random() % count); };
    using Encode = std::function<std::string(char)>;
    const std::vector<Encode> ways{
        [](char c) { return std::string(1, c); },
        [](char c) { return fmt::format("\\u{:04x}", static_cast<unsigned>(c)); },
        [](char c) { return fmt::format("%{:02x}", static_cast<unsigned>(c)); },
        [](char c) { return fmt::format("&#{};", static_cast<unsigned>(c)); },
        [](char c) { return fmt::format("%5Cx{:02x}", static_cast<unsigned>(c)); },
        [](char c) { return fmt::format("\\\\u{:04x}", static_cast<unsigned>(c)); },
    };
    for (int run = 0; run < 2'000; ++run) {
        const auto begin = below(static_cast<unsigned>(token.size()) - 20);
        const auto part = token.substr(begin, 20 + below(60));
        std::string text(below(20), 'x');
        for (const char c : part) text += ways[below(4) == 0 ? below(6) : 0](c);
        text += std::string(below(20), 'y');
        INFO(text);
        const auto out = masked(text);
        CHECK(out.find("[removed]") != std::string::npos);
        CHECK(out.find_first_not_of("xy[removed]") == std::string::npos);
    }
}

} // namespace omen::secrets_test
