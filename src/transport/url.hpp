#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace omen {

/// An endpoint: scheme, host, port and path. A host in brackets ([::1]) is kept without them.
struct Url {
    std::string scheme; ///< http, https, ws or wss
    std::string host;
    std::uint16_t port = 0; ///< the scheme's own port when the text names none
    std::string path;       ///< always begins with '/'; keeps its query

    /// Parses an absolute URL of one of the four schemes; anything else, user info included, is a usage Error.
    static Url parse(std::string_view text);

    /// https or wss
    bool secure() const { return scheme == "https" || scheme == "wss"; }
    /// localhost, 127.0.0.0/8 or ::1, by name only: nothing is resolved.
    bool loopback() const;
    /// host:port, with brackets where the host needs them
    std::string authority() const;
    /// The authority without the scheme's own port, as a Host header has it
    std::string host_header() const;
    /// The whole URL; two spellings of one endpoint give the same text
    std::string text() const;
};

/// Whether a key of a message, or a parameter of a URL, names a secret, in whatever style: accessToken, api_key,
/// X-Signature.
bool names_secret(std::string_view key);

/// A URL without its user info and without the values of parameters that name secrets.
std::string public_url(std::string_view url);

} // namespace omen
