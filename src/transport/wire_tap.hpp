#pragma once

#include <string>
#include <string_view>

namespace omen {

struct HttpRequest;
struct HttpResponse;
struct Url;

enum class Direction { sent, received };

/// Sees everything that goes over the wire, both ways, secrets included.
class WireTap {
  public:
    virtual ~WireTap() = default;

    /// A WebSocket is there.
    virtual void connected(const Url& url) = 0;
    /// A WebSocket has ended, and why.
    virtual void ended(const Url& url, std::string_view reason) = 0;
    /// A message. One that is sent is seen when it is queued.
    virtual void frame(const Url& url, Direction direction, std::string_view payload, bool binary) = 0;
    /// A request, at each attempt.
    virtual void request(const HttpRequest& request) = 0;
    virtual void response(const HttpRequest& request, const HttpResponse& response) = 0;
    /// A request that got no answer.
    virtual void failed(const HttpRequest& request, std::string_view reason) = 0;
};

} // namespace omen
