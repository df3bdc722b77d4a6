#include "sandbox/rest/api.hpp"

#include "core/ids.hpp"
#include "core/text.hpp"
#include "protocol/codes.hpp"
#include "protocol/limits.hpp"
#include "protocol/rest.hpp"
#include "protocol/wire/json.hpp"
#include "sandbox/exchange/exchange.hpp"
#include "sandbox/flow/sandbox_clock.hpp"
#include "sandbox/rest/target.hpp"

namespace omen::sandbox {

/// A request on its way to the function of its route.
struct RestApi::Call {
    const RestRequest& request;
    const RestTarget& target;
    std::string argument; ///< the path's last part, where the route has one
};

namespace {

/// Thrown by a route's function: the answer is an ErrorResponse.
struct RefusedRequest {
    int status;
    std::string_view code;
    std::string message;
};

constexpr std::uint64_t latest_time = 253'402'300'799'999; // the year 9999

template <class T> RestReply reply(const T& body) {
    return {.status = 200, .body = wire::to_json(body)};
}

/// What the exchange says of a market, or 404.
template <class T> RestReply reply_of_market(const std::optional<T>& body, const std::string& market) {
    if (!body) throw RefusedRequest{404, code::unknown_market, "there is no market " + market};
    return reply(*body);
}

/// A wallet's address as the exchange keeps it: its letters' case says nothing.
std::string address_of(const std::string& text) {
    if (!is_wallet_address(text))
        throw RefusedRequest{400, code::invalid_message, "wallet: not an address (0x and 40 hexadecimal digits)"};
    return lower(text);
}

std::string bearer_of(const std::string& authorization) {
    constexpr std::string_view scheme = "bearer ";
    if (lower(authorization.substr(0, scheme.size())) != scheme)
        throw RefusedRequest{401, code::unauthenticated, "this needs a token: Authorization: Bearer ..."};
    return authorization.substr(scheme.size());
}

int status_of(const AuthRefusal& refusal) {
    return refusal.code == code::insufficient_permission ? 403 : 401;
}

std::optional<Timestamp> time_parameter(const RestTarget& target, const std::string& name) {
    const auto ms = target.number(name, 0, latest_time);
    return ms ? std::optional(Timestamp{static_cast<std::int64_t>(*ms)}) : std::nullopt;
}

} // namespace

/// A path ending in '/' has an argument behind it.
struct RestApi::Route {
    std::string_view method;
    std::string_view path;
    RestReply (RestApi::*function)(const Call&);

    /// The argument (empty where the route has none), or nothing where the path is another.
    std::optional<std::string> match(const std::string& target) const {
        if (!path.ends_with('/')) return target == path ? std::optional(std::string{}) : std::nullopt;
        if (!target.starts_with(path) || target.size() == path.size()) return std::nullopt;
        auto argument = target.substr(path.size());
        return argument.find('/') == std::string::npos ? std::optional(std::move(argument)) : std::nullopt;
    }
};

RestReply rest_error(int status, std::string_view code, const std::string& message) {
    return {.status = status,
            .body = wire::to_json(
                rest::ErrorResponse{.error = message, .code = std::string(code), .upstream_status = std::nullopt})};
}

RestReply RestApi::handle(const RestRequest& request) {
    try {
        return route(request);
    } catch (const RefusedRequest& refused) {
        return rest_error(refused.status, refused.code, refused.message);
    } catch (const BadTarget& bad) {
        return rest_error(400, code::invalid_message, bad.message);
    } catch (const DecodeError& error) {
        return rest_error(400, code::invalid_message, error.what());
    } catch (const std::exception& error) {
        return rest_error(500, code::internal, error.what());
    }
}

RestReply RestApi::route(const RestRequest& request) {
    static constexpr Route routes[] = {
        {"GET", "/health", &RestApi::health},
        {"GET", "/readyz", &RestApi::readiness},
        {"GET", "/api/v1/markets", &RestApi::markets},
        {"GET", "/api/v1/trades/", &RestApi::trades},
        {"GET", "/api/v1/candles/", &RestApi::candles},
        {"GET", "/api/v1/ticker/", &RestApi::ticker},
        {"GET", "/api/v1/orderbook/", &RestApi::orderbook},
        {"GET", "/api/v1/wallet", &RestApi::wallet},
        {"POST", "/api/v1/wallet/link", &RestApi::link},
        {"DELETE", "/api/v1/wallet/link", &RestApi::unlink},
        {"GET", "/api/v1/risk/bad-debt", &RestApi::bad_debt},
        {"GET", "/api/v1/positions/", &RestApi::positions},
    };
    const RestTarget target(request.target);
    std::string allow;
    for (const auto& route : routes) {
        const auto argument = route.match(target.path());
        if (!argument) continue;
        const bool is_head = request.method == "HEAD" && route.method == "GET";
        if (request.method == route.method || is_head) return (this->*route.function)({request, target, *argument});
        allow += (allow.empty() ? "" : ", ") + std::string(route.method);
    }
    if (allow.empty()) return rest_error(404, code::not_found, "there is nothing at this path");
    auto refused = rest_error(405, code::invalid_message, "this path knows only " + allow);
    refused.allow = allow;
    return refused;
}

Identity RestApi::authenticated(const Call& call, Permission permission) const {
    const auto now = clock_.machine();
    const auto verdict = tokens_.verify(bearer_of(call.request.authorization), now);
    if (const auto* refusal = std::get_if<AuthRefusal>(&verdict))
        throw RefusedRequest{401, refusal->code, refusal->message};
    const auto& identity = std::get<Identity>(verdict);
    if (const auto refusal = identity.refusal_of(permission, now))
        throw RefusedRequest{status_of(*refusal), refusal->code, refusal->message};
    return identity;
}

RestReply RestApi::health(const Call&) {
    return reply(rest::HealthResponse{.status = "ok"});
}

RestReply RestApi::readiness(const Call&) {
    bool all_ready = true;
    std::vector<rest::ReadinessMarketCheck> checks;
    for (const auto& market : exchange_.markets()) {
        const auto book = exchange_.orderbook(market.market_id, 1);
        const bool ready = !book->bids.empty() && !book->asks.empty();
        const auto reason = ready ? std::nullopt : std::optional<std::string>("a side of the book is empty");
        checks.push_back({.market_id = market.market_id, .ready = ready, .reason = reason});
        all_ready = all_ready && ready;
    }
    auto answer = reply(rest::ReadinessResponse{.ready = all_ready, .markets = std::move(checks)});
    answer.status = all_ready ? 200 : 503;
    return answer;
}

RestReply RestApi::markets(const Call&) {
    return reply(exchange_.markets());
}

RestReply RestApi::trades(const Call& call) {
    const auto limit = call.target.number("limit", 1, limits::most_listed).value_or(100);
    return reply_of_market(exchange_.trades(MarketId::from_text(call.argument), limit), call.argument);
}

RestReply RestApi::candles(const Call& call) {
    const auto name = call.target.parameter("interval").value_or("1m");
    const auto interval = parse_enum<Interval>(name);
    if (!interval) throw BadTarget{"interval: none of 1m, 5m, 15m, 1h, 4h, 1d"};
    const CandleQuery query{.interval = *interval,
                            .from = time_parameter(call.target, "from"),
                            .to = time_parameter(call.target, "to"),
                            .limit = call.target.number("limit", 1, limits::most_listed).value_or(500)};
    if (query.from && query.to && *query.from > *query.to) throw BadTarget{"from: after to"};
    return reply_of_market(exchange_.candles(MarketId::from_text(call.argument), query), call.argument);
}

RestReply RestApi::ticker(const Call& call) {
    return reply_of_market(exchange_.ticker(MarketId::from_text(call.argument), clock_.exchange()), call.argument);
}

RestReply RestApi::orderbook(const Call& call) {
    const auto depth = call.target.number("depth", 1, limits::deepest_book).value_or(SIZE_MAX);
    return reply_of_market(exchange_.orderbook(MarketId::from_text(call.argument), depth), call.argument);
}

RestReply RestApi::wallet(const Call& call) {
    const auto identity = authenticated(call, Permission::read);
    const auto wallet = exchange_.wallet_of(identity.account);
    if (!wallet) throw RefusedRequest{404, code::wallet_not_linked, "no wallet is linked to this account"};
    return reply(*wallet);
}

RestReply RestApi::link(const Call& call) {
    const auto identity = authenticated(call, Permission::trade);
    const auto body = wire::decode_json<rest::WalletLinkRequest>(call.request.body);
    const auto wallet = exchange_.link(identity.account, address_of(body.wallet), clock_.exchange());
    if (!wallet) throw RefusedRequest{409, code::wallet_linked_elsewhere, "the wallet is linked to another account"};
    return reply(*wallet);
}

RestReply RestApi::unlink(const Call& call) {
    const auto identity = authenticated(call, Permission::trade);
    if (!exchange_.unlink(identity.account))
        throw RefusedRequest{404, code::wallet_not_linked, "no wallet is linked to this account"};
    return {.status = 204};
}

RestReply RestApi::bad_debt(const Call&) {
    return reply(exchange_.bad_debt());
}

RestReply RestApi::positions(const Call& call) {
    const auto identity = authenticated(call, Permission::read);
    const auto wallet = exchange_.wallet_of(identity.account);
    if (!wallet || wallet->wallet != lower(call.argument))
        throw RefusedRequest{403, code::wallet_scope, "only the positions of the account's own wallet are shown"};
    return reply(exchange_.positions(wallet->wallet).positions);
}

} // namespace omen::sandbox
