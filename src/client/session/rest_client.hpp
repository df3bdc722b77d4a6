#pragma once

#include "client/access/credentials.hpp"
#include "core/ids.hpp"
#include "protocol/rest.hpp"
#include "transport/http.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace omen {

/// The exchange's REST API, one function an endpoint. Every call may throw an Error: unreachable, credentials,
/// not_found, rate_limited, refused, protocol (an answer that is not what it should be), and for link and unlink
/// outcome_unknown.
class RestClient {
  public:
    struct Options {
        Deadline deadline;              ///< for all calls together, or until the next set_deadline()
        std::function<Token()> token{}; ///< asked only for calls that need one
        std::function<Timestamp()> now = Timestamp::now;
        WireTap* tap = nullptr;    ///< sees every request
        std::uint32_t retries = 2; ///< of a read, see Http
    };

    RestClient(Url base, Options options)
        : base_(std::move(base)),
          options_(std::move(options)),
          http_({.retries = options_.retries, .tap = options_.tap}) {}

    /// For all calls from now on.
    void set_deadline(Deadline deadline) { options_.deadline = deadline; }

    rest::HealthResponse health();
    /// An exchange that is not ready (503) answers too: `ready` is false then.
    rest::ReadinessResponse readiness();
    std::vector<rest::MarketResponse> markets();
    /// Newest first.
    std::vector<rest::TradeResponse> trades(const MarketId& market, std::optional<std::uint32_t> limit);

    struct CandleQuery {
        Interval interval = Interval::m1;
        std::optional<Timestamp> from{};
        std::optional<Timestamp> to{};
        std::optional<std::uint32_t> limit{};
    };
    /// Oldest first.
    std::vector<rest::CandleResponse> candles(const MarketId& market, const CandleQuery& query);
    rest::TickerResponse ticker(const MarketId& market);
    /// Without a depth, the whole book.
    rest::OrderbookSnapshotResponse orderbook(const MarketId& market, std::optional<std::uint32_t> depth);
    rest::BadDebtResponse bad_debt();

    /// The linked wallet; not_found (wallet_not_linked) when there is none.
    rest::WalletResponse wallet();
    rest::WalletResponse link_wallet(const rest::WalletLinkRequest& request);
    void unlink_wallet();
    /// The account is the caller's linked wallet; any other is refused (wallet_scope).
    std::vector<rest::PositionResponse> positions(const std::string& account);

    /// Any request, for endpoints that this program does not know: the body of a 2xx answer as it came. The token goes
    /// with it where there is one.
    std::string call(const std::string& method, const std::string& path, const std::string& body);

  private:
    enum class Access { open, authenticated };

    /// Paths and bodies leave, and answers enter, as bytes here, and nowhere else.
    HttpResponse send(const std::string& what, HttpRequest request, Access access);
    template <class T> T get(const std::string& what, const std::string& path, Access access = Access::open);
    template <class T> T read(const std::string& what, const HttpResponse& response);

    Url base_;
    Options options_;
    Http http_;
};

} // namespace omen
