#include "sandbox/access/identity.hpp"

#include "protocol/codes.hpp"

#include <algorithm>

namespace omen::sandbox {

std::optional<AuthRefusal> Identity::refusal_of(Permission permission, Timestamp now) const {
    if (has_expired(now)) return AuthRefusal{code::token_expired, "the token has expired"};
    if (std::find(permissions.begin(), permissions.end(), permission) != permissions.end()) return std::nullopt;
    return AuthRefusal{code::insufficient_permission,
                       "the token lacks the permission " + std::string(to_string(permission))};
}

} // namespace omen::sandbox
