#include "core/error.hpp"
#include "core/jwt.hpp"
#include "protocol/codes.hpp"
#include "sandbox/access/token.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"
#include "system/files.hpp"

#include <filesystem>
#include <iterator>
#include <sys/stat.h>

namespace omen::token_test {

using namespace omen::sandbox;

namespace {

constexpr Timestamp now{1'700'000'000'000};
const std::vector<Permission> read_and_trade{Permission::read, Permission::trade};

unsigned mode_of(const std::string& path) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    return status.st_mode & 0777;
}

std::string mint(const TokenAuthority& authority, Milliseconds ttl = std::chrono::hours(1)) {
    return authority.mint("alice", read_and_trade, ttl, now);
}

std::string_view code_of(const TokenAuthority& authority, std::string_view token) {
    const auto verdict = authority.verify(token, now);
    return std::holds_alternative<Identity>(verdict) ? "fine" : std::get<AuthRefusal>(verdict).code;
}

/// The token with one of its three parts replaced.
std::string with_part(const std::string& token, std::size_t part, const std::string& replacement) {
    std::size_t begin = 0;
    for (; part > 0; --part) begin = token.find('.', begin) + 1;
    const auto end = std::min(token.find('.', begin), token.size());
    return token.substr(0, begin) + replacement + token.substr(end);
}

} // namespace

TEST_CASE("a token says whose it is, what it permits and until when") {
    const test::TemporaryDirectory directory;
    const TokenAuthority authority(directory.path());
    const auto identity = std::get<Identity>(authority.verify(mint(authority), now));
    CHECK(identity.account == "alice");
    CHECK(identity.permissions == read_and_trade);
    CHECK(identity.expires_at == Timestamp{now.ms + 3'600'000});
}

TEST_CASE("a token is a JWT with the documented claims") {
    const test::TemporaryDirectory directory;
    const auto token = mint(TokenAuthority(directory.path()));
    const auto claims = decode_jwt(token);
    REQUIRE(claims);
    CHECK(claims->subject == "alice");
    CHECK(claims->issuer == "omen-auth");
    CHECK(claims->audience == std::vector<std::string>{"authenticated"});
    CHECK(claims->expires == Timestamp{now.ms + 3'600'000});
    CHECK(decode_base64url(token.substr(0, token.find('.'))) == R"({"alg":"ES256","typ":"JWT"})");
    CHECK(decode_base64url(token.substr(token.rfind('.') + 1))->size() == 64);
}

TEST_CASE("a token expires to the second, one with no life at once") {
    const test::TemporaryDirectory directory;
    const TokenAuthority authority(directory.path());
    const auto token = mint(authority, std::chrono::seconds(2));
    CHECK(std::holds_alternative<Identity>(authority.verify(token, {now.ms + 1999})));
    CHECK(std::get<AuthRefusal>(authority.verify(token, {now.ms + 2000})).code == code::token_expired);
    CHECK(code_of(authority, mint(authority, Milliseconds(0))) == code::token_expired);
}

TEST_CASE("a token that was changed anywhere is refused") {
    const test::TemporaryDirectory directory;
    const TokenAuthority authority(directory.path());
    const auto token = mint(authority);
    REQUIRE(code_of(authority, token) == "fine");
    const auto part = GENERATE(0U, 1U, 2U);
    const auto other = authority.mint("bob", {}, std::chrono::hours(2), now);
    const auto begin = part == 0 ? 0 : part == 1 ? other.find('.') + 1 : other.rfind('.') + 1;
    if (part > 0)
        CHECK(code_of(authority, with_part(token, part, other.substr(begin, other.find('.', begin) - begin))) ==
              code::unauthenticated);
    CHECK(code_of(authority, with_part(token, part, "e30")) == code::unauthenticated);
    CHECK(code_of(authority, with_part(token, part, "")) == code::unauthenticated);
}

TEST_CASE("what is no token is refused") {
    const test::TemporaryDirectory directory;
    const TokenAuthority authority(directory.path());
    const auto text = GENERATE("", ".", "..", "a.b", "a.b.c", "omn_abcdef", "!.!.!", "e30.e30.e30");
    CHECK(code_of(authority, text) == code::unauthenticated);
}

TEST_CASE("a token that claims no signature is refused") {
    const test::TemporaryDirectory directory;
    const TokenAuthority authority(directory.path());
    const auto header = encode_base64url(R"({"alg":"none","typ":"JWT"})");
    CHECK(code_of(authority, with_part(mint(authority), 0, header)) == code::unauthenticated);
    CHECK(code_of(authority, with_part(with_part(mint(authority), 0, header), 2, "")) == code::unauthenticated);
}

TEST_CASE("another directory's key signs nothing here") {
    const test::TemporaryDirectory here;
    const test::TemporaryDirectory there;
    CHECK(code_of(TokenAuthority(here.path()), mint(TokenAuthority(there.path()))) == code::unauthenticated);
}

TEST_CASE("a permission that the token lacks is refused, an expired token first") {
    const Identity reader{.account = "alice", .permissions = {Permission::read}, .expires_at = {now.ms + 1}};
    CHECK_FALSE(reader.refusal_of(Permission::read, now));
    CHECK(reader.refusal_of(Permission::trade, now)->code == code::insufficient_permission);
    CHECK(reader.refusal_of(Permission::trade, {now.ms + 1})->code == code::token_expired);
}

TEST_CASE("the key is made once, for its owner only") {
    const test::TemporaryDirectory directory;
    const auto state = directory.path("made/on/the/way");
    const auto token = mint(TokenAuthority(state));
    CHECK(mode_of(state + "/sandbox-key.pem") == 0600);
    CHECK(mode_of(state) == 0700);
    CHECK(mode_of(directory.path("made")) == 0700);
    CHECK(code_of(TokenAuthority(state), token) == "fine");
    CHECK(std::distance(std::filesystem::directory_iterator(state), {}) == 1);
}

TEST_CASE("a key that can be neither read nor made is an error that says where to put it") {
    const test::TemporaryDirectory directory;
    const auto no_directory = directory.write("state", "");
    try {
        const TokenAuthority authority(no_directory);
        FAIL("a key was made below a file");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        CHECK(error.what() == "sandbox key " + no_directory + "/sandbox-key.pem: Not a directory");
        CHECK(error.detail().hint == "make its directory writable, or set XDG_STATE_HOME to one that is");
    }
}

TEST_CASE("a key file that holds no P-256 key is the user's to remove") {
    const test::TemporaryDirectory directory;
    const auto key = directory.write("sandbox-key.pem", "nonsense");
    CHECK_THROWS_WITH(TokenAuthority(directory.path()), Catch::Contains(key + ": no P-256 private key"));
    CHECK(read_file(key) == "nonsense");
}

} // namespace omen::token_test
