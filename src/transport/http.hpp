#pragma once

#include "core/time.hpp"
#include "transport/wire_tap.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace omen {

struct HttpRequest {
    std::string method = "GET"; ///< GET, POST or DELETE
    std::string url;
    std::string body{};   ///< sent as application/json when not empty
    std::string bearer{}; ///< the token, without "Bearer "; empty: no Authorization header
};

struct HttpResponse {
    int status = 0;
    std::string content_type{};
    std::string body{};
    std::optional<Milliseconds> retry_after{}; ///< from a Retry-After, in seconds or a date
};

/// HTTP/1.1 over libcurl. One connection is kept between requests. Redirects are never followed: their status is
/// returned. A proxy is used as the environment says, but never for loopback.
class Http {
  public:
    struct Options {
        std::size_t max_body = 64U << 20; ///< a longer body is a protocol Error
        Milliseconds first_backoff{200};  ///< the most before the first retry of a read, doubled at each
        std::uint32_t retries = 2;        ///< of a GET: connect failure, 429 with Retry-After, is_passing()
        WireTap* tap = nullptr;           ///< sees every attempt
    };

    Http();
    explicit Http(Options options);
    ~Http();
    Http(Http&&) noexcept;
    Http& operator=(Http&&) noexcept;

    /// Sends a request and reads its whole answer before the deadline. A GET is retried as Options say and as long as
    /// the deadline (and a Retry-After) allows; nothing else is ever sent twice. Any HTTP status is an answer, not an
    /// error.
    ///
    /// Errors: unreachable (code "connect_failed", "tls_failed" or "timed_out"; for a GET also "answer_lost") when
    /// nothing was sent or the method is GET; outcome_unknown ("answer_lost") when another method's answer was lost, be
    /// it by a signal; protocol when the body is too long or the answer to a GET is no HTTP; usage for a bad URL.
    /// Throws Interrupted.
    HttpResponse send(const HttpRequest& request, Deadline deadline);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace omen
