#pragma once

#include "core/time.hpp"
#include "transport/channel.hpp"
#include "transport/url.hpp"

#include <memory>
#include <string>

namespace omen {

/// Where the certificate authorities to trust are found. An empty member: not there.
struct TrustStore {
    std::string directory{}; ///< hashed: certificates are loaded one by one when needed
    std::string bundle{};    ///< one file, loaded whole: slow when it is the system's
};

/// What SSL_CERT_DIR and SSL_CERT_FILE name, and the system's hashed directory; its bundle only where there is neither
/// a directory with certificates nor an SSL_CERT_FILE.
TrustStore trust_store();

/// TLS 1.2 or later over a connected socket, the peer's certificate and name verified. Errors: unreachable
/// ("tls_failed", "timed_out"). Throws Interrupted.
std::unique_ptr<Channel> connect_tls(Descriptor socket, const Url& url, Deadline deadline);

} // namespace omen
