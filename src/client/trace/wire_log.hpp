#pragma once

#include "client/trace/secrets.hpp"
#include "core/time.hpp"
#include "transport/wire_tap.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace omen {

/// One thing that went over the wire, decoded and without secrets.
struct WireLine {
    enum class What { note, sent, received };
    enum class Source { socket, http };

    Clock::duration at{}; ///< since the log began
    What what = What::note;
    Source source = Source::socket;
    std::string url;
    std::string
        head; ///< in words: "connected", "order, 182 bytes", "GET", "200 application/json, 20512 bytes, 1.204 ms"
    std::string json;        ///< the message or body; empty where there is none
    bool positional = false; ///< the message is an array: an event of the market-data feed
};

/// Makes lines of what goes over the wire and hands them to whoever wants them. Values under keys that name a secret
/// are removed, and so is every hidden secret, wherever it appears. Threads may share it: a look-up runs in one of its
/// own.
class WireLog : public WireTap {
  public:
    using Sink = std::function<void(const WireLine& line)>;

    WireLog(Clock::time_point began, const Secrets& secrets) : began_(began), secrets_(secrets) {}

    void add(Sink sink) { sinks_.push_back(std::move(sink)); }

    void connected(const Url& url) override;
    void ended(const Url& url, std::string_view reason) override;
    void frame(const Url& url, Direction direction, std::string_view payload, bool binary) override;
    void request(const HttpRequest& request) override;
    void response(const HttpRequest& request, const HttpResponse& response) override;
    void failed(const HttpRequest& request, std::string_view reason) override;

  private:
    void emit(WireLine line);

    Clock::time_point began_;
    Clock::time_point asked_{}; ///< when the last request left
    std::vector<Sink> sinks_;
    const Secrets& secrets_;
    std::mutex mutex_; ///< of the sinks
};

} // namespace omen
