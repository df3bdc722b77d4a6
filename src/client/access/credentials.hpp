#pragma once

#include "client/settings/environment.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace omen {

/// A bearer token: a JWT or an API key (prefix "omn_"). There is no way to print one by accident.
class Token {
  public:
    explicit Token(std::string secret) : secret_(std::move(secret)) {}

    /// The token itself, for the wire only.
    const std::string& secret() const { return secret_; }
    bool is_api_key() const { return secret_.starts_with("omn_"); }

  private:
    std::string secret_;
};

/// The flags about the token.
struct TokenFlags {
    std::optional<std::string> file{};
    bool standard_input = false;
};

/// Where the token comes from. To know this, nothing is read and nothing is run.
struct TokenSource {
    enum class From { none, file, standard_input, variable, command };
    From from = From::none;
    std::string origin{};               ///< "--token-file", "OMENCTL_TOKEN", "env paper (config.toml:9)"; of none: why
    std::string file{};                 ///< of a file
    std::vector<std::string> command{}; ///< of a command
    std::string hint{};                 ///< of none: what to do
};

/// Decides on the token. A token belongs to an exchange and is sent to no other:
/// - one that a flag gives goes where the command goes;
/// - OMENCTL_TOKEN belongs to the exchange that variables or the profile choose. A command that --env leads elsewhere
///   does not use it. Where only --env chooses, it may go there, if that environment has no token of its own;
/// - an environment's own token_file or token_command goes to that environment's own URLs only.
/// Errors: usage, as those of select_environment().
TokenSource choose_token(const TokenFlags& flags, const EnvironmentChoice& choice, const Variables& variables,
                         const Config& config);

/// Gets the token. Errors: credentials when there is none, it can't be one, or its command fails, or it takes longer
/// than `limit` (but for what is typed); usage when a token file is unreadable or readable by others.
Token load_token(const TokenSource& source, const Variables& variables, Milliseconds limit);
/// Whether it can be got again, and may be another one then. A pipe can be read but once.
bool can_reload(const TokenSource& source);

/// Refuses, before anything is sent, a JWT that has expired or is for another audience. API keys pass unseen.
/// Errors: credentials.
void check_token(const Token& token, Timestamp now);

/// Refuses to send credentials in the clear to a host that is not this machine. Errors: usage.
void refuse_cleartext(const Url& url);

} // namespace omen
