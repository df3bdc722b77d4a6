#include "core/jwt.hpp"
#include "protocol/codes.hpp"
#include "sandbox/access/token.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace omen::token_test {

using namespace omen::sandbox;

namespace {

constexpr Timestamp now{1'700'000'000'000};
const std::vector<Permission> read_and_trade{Permission::read, Permission::trade};

/// A directory that is gone with the test.
struct TemporaryDirectory {
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "omen-token-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path); }
    std::string key() const { return path + "/sandbox-key.pem"; }

    std::string path;
};

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

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
    const TemporaryDirectory directory;
    const TokenAuthority authority(directory.path);
    const auto identity = std::get<Identity>(authority.verify(mint(authority), now));
    CHECK(identity.account == "alice");
    CHECK(identity.permissions == read_and_trade);
    CHECK(identity.expires_at == Timestamp{now.ms + 3'600'000});
}

TEST_CASE("a token is a JWT with the documented claims") {
    const TemporaryDirectory directory;
    const auto token = mint(TokenAuthority(directory.path));
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
    const TemporaryDirectory directory;
    const TokenAuthority authority(directory.path);
    const auto token = mint(authority, std::chrono::seconds(2));
    CHECK(std::holds_alternative<Identity>(authority.verify(token, {now.ms + 1999})));
    CHECK(std::get<AuthRefusal>(authority.verify(token, {now.ms + 2000})).code == code::token_expired);
    CHECK(code_of(authority, mint(authority, Milliseconds(0))) == code::token_expired);
}

TEST_CASE("a token that was changed anywhere is refused") {
    const TemporaryDirectory directory;
    const TokenAuthority authority(directory.path);
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
    const TemporaryDirectory directory;
    const TokenAuthority authority(directory.path);
    const auto text = GENERATE("", ".", "..", "a.b", "a.b.c", "omn_abcdef", "!.!.!", "e30.e30.e30");
    CHECK(code_of(authority, text) == code::unauthenticated);
}

TEST_CASE("a token that claims no signature is refused") {
    const TemporaryDirectory directory;
    const TokenAuthority authority(directory.path);
    const auto header = encode_base64url(R"({"alg":"none","typ":"JWT"})");
    CHECK(code_of(authority, with_part(mint(authority), 0, header)) == code::unauthenticated);
    CHECK(code_of(authority, with_part(with_part(mint(authority), 0, header), 2, "")) == code::unauthenticated);
}

TEST_CASE("another directory's key signs nothing here") {
    const TemporaryDirectory here;
    const TemporaryDirectory there;
    CHECK(code_of(TokenAuthority(here.path), mint(TokenAuthority(there.path))) == code::unauthenticated);
}

TEST_CASE("a permission that the token lacks is refused, an expired token first") {
    const Identity reader{.account = "alice", .permissions = {Permission::read}, .expires_at = {now.ms + 1}};
    CHECK_FALSE(reader.refusal_of(Permission::read, now));
    CHECK(reader.refusal_of(Permission::trade, now)->code == code::insufficient_permission);
    CHECK(reader.refusal_of(Permission::trade, {now.ms + 1})->code == code::token_expired);
}

TEST_CASE("the key is made once, for its owner only") {
    const TemporaryDirectory directory;
    const auto state = directory.path + "/made/on/the/way";
    const auto token = mint(TokenAuthority(state));
    CHECK(mode_of(state + "/sandbox-key.pem") == 0600);
    CHECK(mode_of(state) == 0700);
    CHECK(mode_of(directory.path + "/made") == 0700);
    CHECK(code_of(TokenAuthority(state), token) == "fine");
    CHECK(std::distance(std::filesystem::directory_iterator(state), {}) == 1);
}

TEST_CASE("processes that race for the first key agree on one") {
    const TemporaryDirectory directory;
    constexpr int processes = 8;
    for (int i = 0; i < processes; ++i) {
        if (::fork() != 0) continue;
        std::ofstream(directory.path + "/token-" + std::to_string(i))
            << mint(TokenAuthority(directory.path + "/state"));
        ::_exit(0);
    }
    while (::wait(nullptr) > 0) {
    }
    const TokenAuthority authority(directory.path + "/state");
    for (int i = 0; i < processes; ++i)
        CHECK(code_of(authority, text_of(directory.path + "/token-" + std::to_string(i))) == "fine");
}

TEST_CASE("a key file that holds no P-256 key is the user's to remove") {
    const TemporaryDirectory directory;
    std::ofstream(directory.key()) << "nonsense";
    CHECK_THROWS_WITH(TokenAuthority(directory.path), Catch::Contains(directory.key() + ": no P-256 private key"));
    CHECK(text_of(directory.key()) == "nonsense");
}

} // namespace omen::token_test
