#pragma once

#include "client/access/credentials.hpp"

#include <string>

namespace omen {

/// Whose a token is, as far as it shows that itself, and without giving it away: a JWT's subject; of anything else
/// "key:" and the first 16 digits of its SHA-256, for which OpenSSL is loaded; empty for a JWT that names no subject.
std::string identity_of(const Token& token);

} // namespace omen
