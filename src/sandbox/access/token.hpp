#pragma once

#include "core/enums.hpp"
#include "core/time.hpp"
#include "sandbox/access/identity.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace omen::sandbox {

/// The sandbox's omen-auth: issues and checks ES256 JWTs with the P-256 key that is kept in a state directory, so that
/// every process of the user agrees on it.
class TokenAuthority : public TokenVerifier {
  public:
    /// Reads `state_dir`/sandbox-key.pem, or makes it (0600; directories 0700). Two processes that do so at once end up
    /// with one key. A usage Error when the directory or the file can't be used.
    explicit TokenAuthority(const std::string& state_dir);
    ~TokenAuthority() override;
    TokenAuthority(TokenAuthority&&) noexcept;
    TokenAuthority& operator=(TokenAuthority&&) noexcept;

    /// A token for an account. Its life is counted in whole seconds; one of 0 is expired from the start.
    std::string mint(const std::string& account, const std::vector<Permission>& permissions, Milliseconds ttl,
                     Timestamp now) const;
    std::variant<Identity, AuthRefusal> verify(std::string_view token, Timestamp now) const override;
    /// Lets every token that was issued until now count as expired here.
    void expire_all(Timestamp now) { void_until_ = now; }

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
    Timestamp void_until_{};
};

} // namespace omen::sandbox
