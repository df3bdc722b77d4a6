#include "client/session/rest_client.hpp"

#include "client/session/answer_deadline.hpp"
#include "client/session/rest_error.hpp"
#include "protocol/wire/json.hpp"

namespace omen {

namespace {

/// A market id or account as one path segment (RFC 3986: everything but the unreserved characters is escaped).
std::string path_segment(std::string_view text) {
    static constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                c == '-' || c == '.' || c == '_' || c == '~';
        if (unreserved) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            (((out += '%') += hex[byte >> 4]) += hex[byte & 15]);
        }
    }
    return out;
}

/// Builds "?a=1&b=2" from what is given.
class Query {
  public:
    Query& add(std::string_view name, std::string_view value) {
        text_ += text_.empty() ? '?' : '&';
        text_.append(name).append("=").append(value);
        return *this;
    }
    template <class T> Query& add(std::string_view name, const std::optional<T>& value) {
        if (!value) return *this;
        if constexpr (std::is_same_v<T, Timestamp>)
            return add(name, std::to_string(value->ms));
        else
            return add(name, std::to_string(*value));
    }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

} // namespace

HttpResponse RestClient::send(const std::string& what, HttpRequest request, Access access) {
    if (access == Access::authenticated) {
        refuse_cleartext(base_);
        const auto token = options_.token();
        check_token(token, options_.now());
        request.bearer = token.secret();
    }
    const bool rooted = base_.path == "/";
    request.url = base_.scheme + "://" + base_.authority() + (rooted ? "" : base_.path) + request.url;
    try {
        return http_.send(request, request.method == "GET" ? options_.deadline : answer_deadline(options_.deadline));
    } catch (const Error& error) {
        throw Error(error.fault(), what + ": " + error.what(), error.detail());
    }
}

template <class T> T RestClient::read(const std::string& what, const HttpResponse& response) {
    try {
        return wire::decode_json<T>(response.body);
    } catch (const DecodeError& error) {
        throw unreadable_answer(what, response, error.what());
    }
}

template <class T> T RestClient::get(const std::string& what, const std::string& path, Access access) {
    const auto response = send(what, {.method = "GET", .url = path}, access);
    if (response.status != 200) throw rest_error(what, response, Effect::read, access == Access::authenticated);
    return read<T>(what, response);
}

rest::HealthResponse RestClient::health() {
    return get<rest::HealthResponse>("health", "/health");
}

rest::ReadinessResponse RestClient::readiness() {
    const auto response = send("readiness", {.method = "GET", .url = "/readyz"}, Access::open);
    if (response.status == 200) return read<rest::ReadinessResponse>("readiness", response);
    try {
        if (response.status == 503) return wire::decode_json<rest::ReadinessResponse>(response.body);
    } catch (const DecodeError&) { // a 503 of somebody between
    }
    throw rest_error("readiness", response, Effect::read, false);
}

std::vector<rest::MarketResponse> RestClient::markets() {
    return get<std::vector<rest::MarketResponse>>("markets", "/api/v1/markets");
}

std::vector<rest::TradeResponse> RestClient::trades(const MarketId& market, std::optional<std::uint32_t> limit) {
    const auto query = Query().add("limit", limit).text();
    return get<std::vector<rest::TradeResponse>>("trades", "/api/v1/trades/" + path_segment(market.text()) + query);
}

std::vector<rest::CandleResponse> RestClient::candles(const MarketId& market, const CandleQuery& query) {
    const auto parameters = Query()
                                .add("interval", to_string(query.interval))
                                .add("from", query.from)
                                .add("to", query.to)
                                .add("limit", query.limit)
                                .text();
    return get<std::vector<rest::CandleResponse>>("candles",
                                                  "/api/v1/candles/" + path_segment(market.text()) + parameters);
}

rest::TickerResponse RestClient::ticker(const MarketId& market) {
    return get<rest::TickerResponse>("ticker", "/api/v1/ticker/" + path_segment(market.text()));
}

rest::OrderbookSnapshotResponse RestClient::orderbook(const MarketId& market, std::optional<std::uint32_t> depth) {
    const auto query = Query().add("depth", depth).text();
    return get<rest::OrderbookSnapshotResponse>("book", "/api/v1/orderbook/" + path_segment(market.text()) + query);
}

rest::BadDebtResponse RestClient::bad_debt() {
    return get<rest::BadDebtResponse>("bad debt", "/api/v1/risk/bad-debt");
}

rest::WalletResponse RestClient::wallet() {
    return get<rest::WalletResponse>("wallet", "/api/v1/wallet", Access::authenticated);
}

rest::WalletResponse RestClient::link_wallet(const rest::WalletLinkRequest& request) {
    const HttpRequest post{.method = "POST", .url = "/api/v1/wallet/link", .body = wire::to_json(request)};
    const auto response = send("wallet link", post, Access::authenticated);
    if (response.status != 200 && response.status != 201) throw rest_error("wallet link", response, Effect::write);
    return read<rest::WalletResponse>("wallet link", response);
}

void RestClient::unlink_wallet() {
    const auto response =
        send("wallet unlink", {.method = "DELETE", .url = "/api/v1/wallet/link"}, Access::authenticated);
    if (response.status != 204 && response.status != 200) throw rest_error("wallet unlink", response, Effect::write);
}

std::vector<rest::PositionResponse> RestClient::positions(const std::string& account) {
    return get<std::vector<rest::PositionResponse>>("positions", "/api/v1/positions/" + path_segment(account),
                                                    Access::authenticated);
}

std::string RestClient::call(const std::string& method, const std::string& path, const std::string& body) {
    const auto what = method + " " + path;
    const auto response = send(what, {.method = method, .url = path, .body = body}, Access::authenticated);
    if (response.status < 200 || response.status > 299)
        throw rest_error(what, response, method == "GET" ? Effect::read : Effect::write);
    return response.body;
}

} // namespace omen
