#pragma once

#include "core/enums.hpp"
#include "core/time.hpp"

#include <memory>
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

/// The sandbox's omen-auth: issues and checks ES256 JWTs with the P-256 key that is kept in a state directory, so that
/// every process of the user agrees on it.
class TokenAuthority {
  public:
    /// Reads `state_dir`/sandbox-key.pem, or makes it (0600; directories 0700). Two processes that do so at once end up
    /// with one key. A usage Error when the directory or the file can't be used.
    explicit TokenAuthority(const std::string& state_dir);
    ~TokenAuthority();
    TokenAuthority(TokenAuthority&&) noexcept;
    TokenAuthority& operator=(TokenAuthority&&) noexcept;

    /// A token for an account. Its life is counted in whole seconds; one of 0 is expired from the start.
    std::string mint(const std::string& account, const std::vector<Permission>& permissions, Milliseconds ttl,
                     Timestamp now) const;
    /// Who the token speaks for; `unauthenticated` or `token_expired` otherwise.
    std::variant<Identity, AuthRefusal> verify(std::string_view token, Timestamp now) const;
    /// Lets every token that was issued until now count as expired here.
    void expire_all(Timestamp now) { void_until_ = now; }

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
    Timestamp void_until_{};
};

} // namespace omen::sandbox
