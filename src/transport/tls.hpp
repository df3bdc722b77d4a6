#pragma once

#include "core/time.hpp"
#include "transport/channel.hpp"
#include "transport/url.hpp"

#include <memory>

namespace omen {

/// TLS 1.2 or later towards one URL, the peer's certificate and name verified. It takes some milliseconds to make,
/// which pass while the TCP connection is under way.
class TlsClient {
  public:
    /// Errors: internal ("library_missing").
    explicit TlsClient(Url url);
    ~TlsClient();
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    /// Shakes hands over a connected socket. Errors: unreachable ("tls_failed", "timed_out"). Throws Interrupted.
    std::unique_ptr<Channel> connect(Descriptor socket, Deadline deadline);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace omen
