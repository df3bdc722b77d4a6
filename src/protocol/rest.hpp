#pragma once

#include "core/decimal.hpp"
#include "core/enums.hpp"
#include "core/ids.hpp"
#include "core/order_book.hpp"
#include "core/time.hpp"
#include "protocol/wire/declaration.hpp"

#include <optional>
#include <string>
#include <vector>

/// The models of the REST API. Their names and paths are documented by Omen; the field layouts are assumed, and these
/// declarations are the one place that says them (man 7 omenctl-protocol). Amounts are 1e18-scaled integers in strings.
namespace omen::rest {

using wire::field;
using wire::one_of;
using wire::record;

struct HealthResponse {
    std::optional<std::string> status{};

    static constexpr auto declaration() { return record("HealthResponse", field("status", &HealthResponse::status)); }
};

struct ReadinessMarketCheck {
    std::optional<MarketId> market_id{};
    std::optional<bool> ready{};
    std::optional<std::string> reason{};

    static constexpr auto declaration() {
        return record("ReadinessMarketCheck", field("market_id", &ReadinessMarketCheck::market_id),
                      field("ready", &ReadinessMarketCheck::ready), field("reason", &ReadinessMarketCheck::reason));
    }
};

struct ReadinessResponse {
    bool ready = false;
    std::optional<std::vector<ReadinessMarketCheck>> markets{};

    static constexpr auto declaration() {
        return record("ReadinessResponse", field("ready", &ReadinessResponse::ready),
                      field("markets", &ReadinessResponse::markets));
    }
};

struct MarketResponse {
    MarketId market_id;
    std::string symbol;
    std::optional<std::string> base{};
    std::optional<std::string> quote{};
    std::optional<std::string> status{};
    std::optional<Decimal> tick_size{};
    std::optional<Decimal> lot_size{};
    std::optional<Decimal> min_size{};
    std::optional<std::uint64_t> max_leverage{};
    std::optional<Decimal> initial_margin{};
    std::optional<Decimal> maintenance_margin{};
    std::optional<Decimal> maker_fee{}; ///< negative: a rebate
    std::optional<Decimal> taker_fee{};

    static constexpr auto declaration() {
        return record("MarketResponse", field("market_id", &MarketResponse::market_id),
                      field("symbol", &MarketResponse::symbol), field("base", &MarketResponse::base),
                      field("quote", &MarketResponse::quote), field("status", &MarketResponse::status),
                      field("tick_size", &MarketResponse::tick_size), field("lot_size", &MarketResponse::lot_size),
                      field("min_size", &MarketResponse::min_size),
                      field("max_leverage", &MarketResponse::max_leverage),
                      field("initial_margin", &MarketResponse::initial_margin),
                      field("maintenance_margin", &MarketResponse::maintenance_margin),
                      field("maker_fee", &MarketResponse::maker_fee), field("taker_fee", &MarketResponse::taker_fee));
    }
};

struct TradeResponse {
    std::optional<TradeId> trade_id{};
    std::optional<MarketId> market_id{};
    Decimal price;
    Decimal size;
    std::optional<Open<Side>> side{}; ///< the taker's
    std::optional<Timestamp> timestamp{};

    static constexpr auto declaration() {
        return record("TradeResponse", field("trade_id", &TradeResponse::trade_id),
                      field("market_id", &TradeResponse::market_id), field("price", &TradeResponse::price),
                      field("size", &TradeResponse::size), field("side", &TradeResponse::side),
                      field("timestamp", &TradeResponse::timestamp));
    }
};

struct CandleResponse {
    Timestamp open_time;
    Decimal open;
    Decimal high;
    Decimal low;
    Decimal close;
    std::optional<Decimal> volume{};
    std::optional<std::uint64_t> trades{};

    static constexpr auto declaration() {
        return record("CandleResponse", field("open_time", &CandleResponse::open_time),
                      field("open", &CandleResponse::open), field("high", &CandleResponse::high),
                      field("low", &CandleResponse::low), field("close", &CandleResponse::close),
                      field("volume", &CandleResponse::volume), field("trades", &CandleResponse::trades));
    }
};

struct TickerResponse {
    MarketId market_id;
    std::optional<Decimal> last_price{};
    std::optional<Decimal> mark_price{};
    std::optional<Decimal> index_price{};
    std::optional<Decimal> best_bid{};
    std::optional<Decimal> best_ask{};
    std::optional<Decimal> high_24h{};
    std::optional<Decimal> low_24h{};
    std::optional<Decimal> volume_24h{};
    std::optional<Decimal> change_24h{}; ///< a fraction: 0.05 is +5 %
    std::optional<Decimal> open_interest{};
    std::optional<Decimal> funding_rate{}; ///< a fraction, for one funding interval
    std::optional<Timestamp> next_funding_at{};
    std::optional<Timestamp> timestamp{};

    static constexpr auto declaration() {
        return record("TickerResponse", field("market_id", &TickerResponse::market_id),
                      field("last_price", &TickerResponse::last_price),
                      field("mark_price", &TickerResponse::mark_price),
                      field("index_price", &TickerResponse::index_price), field("best_bid", &TickerResponse::best_bid),
                      field("best_ask", &TickerResponse::best_ask), field("high_24h", &TickerResponse::high_24h),
                      field("low_24h", &TickerResponse::low_24h), field("volume_24h", &TickerResponse::volume_24h),
                      field("change_24h", &TickerResponse::change_24h),
                      field("open_interest", &TickerResponse::open_interest),
                      field("funding_rate", &TickerResponse::funding_rate),
                      field("next_funding_at", &TickerResponse::next_funding_at),
                      field("timestamp", &TickerResponse::timestamp))
            .needs(one_of("last_price", "mark_price", "index_price", "best_bid", "best_ask"));
    }
};

struct OrderbookSnapshotResponse {
    MarketId market_id;
    std::uint64_t sequence = 0;
    std::optional<Timestamp> timestamp{};
    std::vector<Level> bids; ///< best first
    std::vector<Level> asks; ///< best first

    static constexpr auto declaration() {
        return record("OrderbookSnapshotResponse", field("market_id", &OrderbookSnapshotResponse::market_id),
                      field("sequence", &OrderbookSnapshotResponse::sequence),
                      field("timestamp", &OrderbookSnapshotResponse::timestamp),
                      field("bids", &OrderbookSnapshotResponse::bids), field("asks", &OrderbookSnapshotResponse::asks));
    }
};

struct WalletResponse {
    std::string wallet;
    std::optional<Timestamp> linked_at{};

    static constexpr auto declaration() {
        return record("WalletResponse", field("wallet", &WalletResponse::wallet),
                      field("linked_at", &WalletResponse::linked_at));
    }
};

struct WalletLinkRequest {
    std::string wallet;
    std::optional<std::string> message{};
    std::optional<std::string> signature{};

    static constexpr auto declaration() {
        return record("WalletLinkRequest", field("wallet", &WalletLinkRequest::wallet),
                      field("message", &WalletLinkRequest::message), field("signature", &WalletLinkRequest::signature));
    }
};

struct MarketBadDebt {
    std::optional<MarketId> market_id{};
    std::optional<Decimal> bad_debt{};

    static constexpr auto declaration() {
        return record("MarketBadDebt", field("market_id", &MarketBadDebt::market_id),
                      field("bad_debt", &MarketBadDebt::bad_debt));
    }
};

struct BadDebtResponse {
    std::optional<Decimal> total_bad_debt{};
    std::optional<Decimal> insurance_fund{};
    std::optional<std::vector<MarketBadDebt>> markets{};

    static constexpr auto declaration() {
        return record("BadDebtResponse", field("total_bad_debt", &BadDebtResponse::total_bad_debt),
                      field("insurance_fund", &BadDebtResponse::insurance_fund),
                      field("markets", &BadDebtResponse::markets))
            .needs(one_of("total_bad_debt", "insurance_fund"));
    }
};

struct PositionResponse {
    MarketId market_id;
    Open<PositionSide> side;
    Decimal size;
    std::optional<Decimal> entry_price{};
    std::optional<Decimal> mark_price{};
    std::optional<Decimal> liquidation_price{};
    std::optional<Decimal> margin{};
    std::optional<Decimal> leverage{};
    std::optional<Decimal> unrealized_pnl{};
    std::optional<Decimal> realized_pnl{};

    static constexpr auto declaration() {
        return record("PositionResponse", field("market_id", &PositionResponse::market_id),
                      field("side", &PositionResponse::side), field("size", &PositionResponse::size),
                      field("entry_price", &PositionResponse::entry_price),
                      field("mark_price", &PositionResponse::mark_price),
                      field("liquidation_price", &PositionResponse::liquidation_price),
                      field("margin", &PositionResponse::margin), field("leverage", &PositionResponse::leverage),
                      field("unrealized_pnl", &PositionResponse::unrealized_pnl),
                      field("realized_pnl", &PositionResponse::realized_pnl));
    }
};

struct ErrorResponse {
    std::optional<std::string> error{};
    std::optional<std::string> code{};
    std::optional<std::uint64_t> upstream_status{}; ///< with it, this is an UpstreamWalletErrorResponse

    static constexpr auto declaration() {
        return record("ErrorResponse", field("error", &ErrorResponse::error), field("code", &ErrorResponse::code),
                      field("upstream_status", &ErrorResponse::upstream_status))
            .needs(one_of("code", "error"));
    }
};

} // namespace omen::rest
