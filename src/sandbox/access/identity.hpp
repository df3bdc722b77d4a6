#pragma once

#include "core/enums.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace omen::sandbox {

/// Why somebody may not: the exchange's code and a sentence.
struct AuthRefusal {
    std::string_view code;
    std::string message;
};

/// Who a valid token speaks for, and what it may.
struct Identity {
    std::string account;
    std::vector<Permission> permissions;
    Timestamp expires_at;

    bool has_expired(Timestamp now) const { return now >= expires_at; }
    /// Why this needs another token: `token_expired` or `insufficient_permission`; nothing when it is fine.
    std::optional<AuthRefusal> refusal_of(Permission permission, Timestamp now) const;
};

/// What the servers ask about a token.
class TokenVerifier {
  public:
    virtual ~TokenVerifier() = default;

    /// Who the token speaks for; `unauthenticated` or `token_expired` otherwise.
    virtual std::variant<Identity, AuthRefusal> verify(std::string_view token, Timestamp now) const = 0;
};

} // namespace omen::sandbox
