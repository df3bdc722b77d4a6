#pragma once

namespace omen::openssl {

/// Loads OpenSSL, unless it is linked into this binary. To be called before anything of it is used: it would cost every
/// start three quarters of a millisecond, and few commands need it. Errors: internal ("library_missing").
void load();

} // namespace omen::openssl
