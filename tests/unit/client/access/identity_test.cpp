#include "client/access/identity.hpp"
#include "support/catch.hpp"
#include "support/tokens.hpp"

namespace omen::identity_test {

TEST_CASE("whose a token is: a JWT's subject, and of an API key a part of its SHA-256, which does not give it away") {
    CHECK(identity_of(test::jwt(R"({"sub":"user-1"})")) == "user-1");
    CHECK(identity_of(test::jwt("{}")).empty());
    CHECK(identity_of(Token("omn_live_abc")) == "key:ae58cb48ed803647");
}

} // namespace omen::identity_test
