#pragma once

#include "sandbox/access/identity.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace omen::sandbox {

class Exchange;
class SandboxClock;

struct RestRequest {
    std::string method;
    std::string target; ///< path and query
    std::string authorization{};
    std::string body{};
    std::string host{};         ///< and port
    std::string origin{};       ///< of the web page that it comes from; empty: none
    std::string content_type{}; ///< of the body
};

struct RestReply {
    int status = 200;
    std::string body{};  ///< empty with 204
    std::string allow{}; ///< the methods that the path knows, with 405
    std::string content_type = "application/json";
    std::string location{};                     ///< with a redirect
    std::optional<std::uint64_t> retry_after{}; ///< seconds
};

/// An ErrorResponse.
RestReply rest_error(int status, std::string_view code, const std::string& message);

/// The REST API without HTTP: from a request to its answer.
class RestApi {
  public:
    RestApi(Exchange& exchange, const SandboxClock& clock, const TokenVerifier& tokens)
        : exchange_(exchange), clock_(clock), tokens_(tokens) {}

    /// Requests enter, and their answers leave, as bytes here, and nowhere else.
    RestReply handle(const RestRequest& request);

    struct Call;

  private:
    RestReply health(const Call& call);
    RestReply readiness(const Call& call);
    RestReply markets(const Call& call);
    RestReply trades(const Call& call);
    RestReply candles(const Call& call);
    RestReply ticker(const Call& call);
    RestReply orderbook(const Call& call);
    RestReply wallet(const Call& call);
    RestReply link(const Call& call);
    RestReply unlink(const Call& call);
    RestReply bad_debt(const Call& call);
    RestReply positions(const Call& call);

    struct Route;
    RestReply route(const RestRequest& request);
    Identity authenticated(const Call& call, Permission permission) const;

    Exchange& exchange_;
    const SandboxClock& clock_;
    const TokenVerifier& tokens_;
};

} // namespace omen::sandbox
