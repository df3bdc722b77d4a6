#include "core/error.hpp"
#include "support/catch.hpp"
#include "transport/url.hpp"

namespace omen::url_test {

TEST_CASE("a URL falls into scheme, host, port and path") {
    const Url url = Url::parse("https://api.example.com:8443/api/v1/trades/7?limit=5");
    CHECK(url.scheme == "https");
    CHECK(url.host == "api.example.com");
    CHECK(url.port == 8443);
    CHECK(url.path == "/api/v1/trades/7?limit=5");
    CHECK(url.secure());
}

TEST_CASE("a URL without port or path gets the scheme's own port and the root") {
    CHECK(Url::parse("http://host").port == 80);
    CHECK(Url::parse("ws://host").port == 80);
    CHECK(Url::parse("https://host").port == 443);
    CHECK(Url::parse("wss://host").port == 443);
    CHECK(Url::parse("ws://host").path == "/");
    CHECK(Url::parse("http://host?depth=1").path == "/?depth=1");
}

TEST_CASE("two spellings of one endpoint have one text") {
    CHECK(Url::parse("HTTPS://API.Example.com:443").text() == "https://api.example.com/");
    CHECK(Url::parse("ws://localhost:8080/").text() == "ws://localhost:8080/");
}

TEST_CASE("an IPv6 host is kept without its brackets and written with them") {
    const Url url = Url::parse("ws://[::1]:8080/");
    CHECK(url.host == "::1");
    CHECK(url.authority() == "[::1]:8080");
    CHECK(url.host_header() == "[::1]:8080");
    CHECK(Url::parse("http://[::1]").host_header() == "[::1]");
}

TEST_CASE("loopback goes by the name alone") {
    const auto host = GENERATE("localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]", "[0:0:0:0:0:0:0:1]");
    CHECK(Url::parse(std::string("http://") + host).loopback());
}

TEST_CASE("what only looks like loopback is not") {
    const auto host =
        GENERATE("localhost.example.com", "127.0.0.1.example.com", "128.0.0.1", "[::2]", "10.0.0.1", "127");
    CHECK_FALSE(Url::parse(std::string("http://") + host).loopback());
}

TEST_CASE("a text that is no URL of ours is a usage error") {
    const auto text = GENERATE("", "/", "localhost:8080", "ftp://host/", "http://", "http:///path", "http://:80/",
                               "http://h:/", "http://h:0/", "http://h:65536/", "http://h:8x/", "http://[::1/",
                               "http://[nonsense]/", "http://[::1]8080/", "http://h/#top", "http://h o/",
                               "http://h/a b", "http://h/\n", "http://h\\evil/", "http://user@h/");
    CAPTURE(text);
    try {
        Url::parse(text);
        FAIL("taken for a URL");
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
    }
}

TEST_CASE("a password in a URL is refused and not repeated") {
    CHECK_THROWS_WITH(Url::parse("https://me:secret@host/"), "URL: it must not contain a user name or password");
}

} // namespace omen::url_test
