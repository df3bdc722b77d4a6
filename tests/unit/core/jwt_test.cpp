#include "core/jwt.hpp"
#include "support/catch.hpp"

#include <random>

namespace omen::jwt_test {

using Names = std::vector<std::string>;

namespace {

std::string token_of(std::string_view claims) {
    return encode_base64url(R"({"alg":"ES256"})") + "." + encode_base64url(claims) + "." +
           encode_base64url("signature");
}

} // namespace

TEST_CASE("the claims of a token are read") {
    const auto claims =
        decode_jwt(token_of(R"({"sub":"user-1","iss":"omen-auth","aud":"authenticated","exp":1767323045,"x":[1]})"));
    REQUIRE(claims.has_value());
    CHECK(claims->subject == "user-1");
    CHECK(claims->issuer == "omen-auth");
    CHECK(claims->audience == Names{"authenticated"});
    CHECK(claims->expires == Timestamp{1'767'323'045'000});
}

TEST_CASE("the audience may be several") {
    CHECK(decode_jwt(token_of(R"({"aud":["a","authenticated"]})"))->audience == Names{"a", "authenticated"});
}

TEST_CASE("a claim that is absent is absent") {
    const auto claims = decode_jwt(token_of("{}"));
    REQUIRE(claims.has_value());
    CHECK_FALSE(claims->subject.has_value());
    CHECK_FALSE(claims->issuer.has_value());
    CHECK(claims->audience.empty());
    CHECK_FALSE(claims->expires.has_value());
    CHECK_FALSE(claims->not_before.has_value());
    CHECK(claims->malformed.empty());
    CHECK_FALSE(claims->has_critical);
}

TEST_CASE("a claim that is not what it should be is malformed") {
    const std::pair<const char*, const char*> table[] = {
        {R"({"aud":["a",1,null]})", "aud"},
        {R"({"aud":[]})", "aud"},
        {R"({"aud":{"a":1}})", "aud"},
        {R"({"aud":2})", "aud"},
        {R"({"aud":null})", "aud"},
        {R"({"sub":1})", "sub"},
        {R"({"iss":null})", "iss"},
        {R"({"exp":"1767323045"})", "exp"},
        {R"({"exp":null})", "exp"},
        {R"({"exp":true})", "exp"},
        {R"({"exp":[1767323045]})", "exp"},
        {R"({"exp":1767323045000})", "exp"}, // milliseconds
        {R"({"exp":9223372036854775807})", "exp"},
        {R"({"exp":18446744073709551615})", "exp"},
        {R"({"exp":18446744073709551616})", "exp"},
        {R"({"exp":1e300})", "exp"},
        {R"({"exp":-1e300})", "exp"},
        {R"({"nbf":"1767323045"})", "nbf"},
        {R"({"nbf":1e300})", "nbf"},
    };
    for (const auto& [json, name] : table) {
        CAPTURE(json);
        const auto claims = decode_jwt(token_of(json));
        REQUIRE(claims.has_value());
        CHECK(claims->malformed == name);
    }
}

TEST_CASE("a time may be a fraction") {
    CHECK(decode_jwt(token_of(R"({"exp":1e9})"))->expires == Timestamp{1'000'000'000'000});
    CHECK(decode_jwt(token_of(R"({"exp":1767323045.5})"))->expires == Timestamp{1'767'323'045'500});
    CHECK(decode_jwt(token_of(R"({"nbf":1767323045})"))->not_before == Timestamp{1'767'323'045'000});
}

TEST_CASE("a token that expired before 1970 is one that expired") {
    CHECK(decode_jwt(token_of(R"({"exp":-1})"))->expires == Timestamp{-1000});
}

TEST_CASE("a text that is no JWT is nothing") {
    const auto claims = encode_base64url("{}");
    const Names texts{"",
                      ".",
                      "..",
                      "omn_0123456789",
                      claims,
                      claims + "." + claims,
                      "e30." + claims + ".e30.e30",
                      "e30." + claims + "=.e30",
                      "e30.e30 .e30",
                      "e30.a.e30",
                      "{}." + claims + ".e30",
                      "e30." + claims + ".!",
                      "a." + claims + ".e30",
                      token_of("[]"),
                      token_of("\"text\""),
                      token_of("1"),
                      token_of(""),
                      token_of("{"),
                      token_of("{} x"),
                      token_of(std::string(10'000, '['))};
    for (const auto& text : texts) {
        CAPTURE(text);
        CHECK_FALSE(decode_jwt(text).has_value());
    }
}

TEST_CASE("an unsigned token is still read: only the exchange judges signatures") {
    CHECK(decode_jwt("e30." + encode_base64url("{}") + ".").has_value());
}

TEST_CASE("base64url has no padding and its own two characters") {
    CHECK(encode_base64url("") == "");
    CHECK(encode_base64url("f") == "Zg");
    CHECK(encode_base64url("fo") == "Zm8");
    CHECK(encode_base64url("foo") == "Zm9v");
    CHECK(encode_base64url("\xfb\xff\xfe") == "-__-");
}

TEST_CASE("base64url goes both ways at every length") {
    std::mt19937_64 random(6);
    for (std::size_t length = 0; length < 260; ++length) {
        std::string bytes(length, '\0');
        for (auto& byte : bytes) byte = static_cast<char>(random());
        REQUIRE(decode_base64url(encode_base64url(bytes)) == bytes);
    }
}

TEST_CASE("foreign characters and impossible lengths are no base64url") {
    for (const auto* text : {"Z", "Zm9vZ", "Zg==", "Zm+v", "Zm/v", "Zm9 ", "Zm9\n", "\xff\xff"})
        CHECK_FALSE(decode_base64url(text).has_value());
    CHECK_FALSE(decode_base64url(std::string_view("Z\0", 2)).has_value());
}

} // namespace omen::jwt_test
