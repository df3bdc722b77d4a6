#include "client/access/identity.hpp"

#include "core/jwt.hpp"
#include "transport/on_demand/sha256.hpp"

namespace omen {

std::string identity_of(const Token& token) {
    if (const auto claims = decode_jwt(token.secret()); claims && !token.is_api_key())
        return claims->subject.value_or("");
    return "key:" + sha256_hex(token.secret()).substr(0, 16);
}

} // namespace omen
