#pragma once

#include "client/access/credentials.hpp"
#include "core/jwt.hpp"

#include <string>

namespace omen::test {

/// An unsigned JWT with these claims (JSON): enough for the client, which reads claims and verifies nothing.
inline Token jwt(const std::string& claims) {
    return Token(encode_base64url(R"({"alg":"ES256"})") + "." + encode_base64url(claims) + ".c2lnbmF0dXJl");
}

/// A token that is good until 2100.
inline Token good_token() {
    return jwt(R"({"sub":"default","iss":"omen-auth","aud":"authenticated","exp":4102444800})");
}

} // namespace omen::test
