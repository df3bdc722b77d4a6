#include "client/access/credentials.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/tokens.hpp"

namespace omen::credentials_test {

TEST_CASE("a token is checked before it is used") {
    const Timestamp now{1'000'000'000'000};
    CHECK_NOTHROW(check_token(test::good_token(), now));
    CHECK_NOTHROW(check_token(Token("omn_key"), now));
    CHECK(test::error_of([&] { check_token(Token("garbage"), now); }).fault() == Fault::credentials);
    CHECK(test::error_of([&] { check_token(test::jwt(R"({"exp":999999999})"), now); }).fault() == Fault::credentials);
}

TEST_CASE("credentials go in the clear only to this machine") {
    CHECK_NOTHROW(refuse_cleartext(Url::parse("ws://localhost:1/")));
    CHECK_NOTHROW(refuse_cleartext(Url::parse("wss://example.org/")));
    CHECK(test::error_of([] { refuse_cleartext(Url::parse("http://example.org/")); }).fault() == Fault::usage);
}

} // namespace omen::credentials_test
