#pragma once

#include "client/environment.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>

namespace omen {

/// A bearer token: a JWT or an API key (prefix "omn_"). There is no way to print one by accident.
class Token {
  public:
    explicit Token(std::string secret) : secret_(std::move(secret)) {}

    /// The token itself, for the wire only.
    const std::string& secret() const { return secret_; }

  private:
    std::string secret_;
};

/// Where to take the token from, first match first: a file, standard input, OMENCTL_TOKEN.
struct TokenSource {
    std::optional<std::string> file;
    bool standard_input = false;
};

/// The token to use. Errors: credentials when there is none or it can't be one; usage when a token file is unreadable
/// or readable by others.
Token load_token(const TokenSource& source, const Variables& variables);

/// Refuses, before anything is sent, a JWT that has expired or is for another audience. API keys pass unseen.
/// Errors: credentials.
void check_token(const Token& token, Timestamp now);

/// Refuses to send credentials in the clear to a host that is not this machine. Errors: usage.
void check_door(const Url& url);

} // namespace omen
