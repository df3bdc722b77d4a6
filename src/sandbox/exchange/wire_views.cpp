#include "sandbox/exchange/wire_views.hpp"

#include <utility>

namespace omen::sandbox {

namespace {

/// A market's listing in the other form: both call everything by the same names.
template <class To, class From> To same_listing(const From& market) {
    return {.market_id = market.market_id,
            .symbol = market.symbol,
            .base = market.base,
            .quote = market.quote,
            .status = market.status,
            .tick_size = market.tick_size,
            .lot_size = market.lot_size,
            .min_size = market.min_size,
            .max_leverage = market.max_leverage,
            .initial_margin = market.initial_margin,
            .maintenance_margin = market.maintenance_margin,
            .maker_fee = market.maker_fee,
            .taker_fee = market.taker_fee};
}

/// A refused cancel or amend.
template <class Rejected, class Command> Rejected refused_as(const Command& command, const Rejection& rejection) {
    return {.id = command.id,
            .order_id = command.order_id,
            .client_order_id = command.client_order_id,
            .code = std::string(rejection.code),
            .message = rejection.message};
}

} // namespace

MarketListing listing_of(const rest::MarketResponse& market) {
    return same_listing<MarketListing>(market);
}

OrderTerms terms_of(const gw::Order& command) {
    return {.client_order_id = command.client_order_id,
            .market_id = command.market_id,
            .side = command.side,
            .order_type = command.order_type,
            .price = command.price,
            .size = command.size,
            .time_in_force = command.time_in_force,
            .post_only = command.post_only,
            .reduce_only = command.reduce_only};
}

AmendTerms terms_of(const gw::Amend& command) {
    return {.price = command.price, .size = command.size};
}

OrderName name_in(const gw::Cancel& command) {
    return {.order_id = command.order_id, .client_order_id = command.client_order_id};
}

OrderName name_in(const gw::Amend& command) {
    return {.order_id = command.order_id, .client_order_id = command.client_order_id};
}

TradeFacts facts_of(const md::Trade& trade) {
    return {.market_id = *trade.market_id,
            .trade_id = trade.trade_id,
            .timestamp = *trade.timestamp,
            .price = trade.price,
            .size = trade.size,
            .side = trade.side};
}

rest::MarketResponse wire_form(const MarketListing& market) {
    return same_listing<rest::MarketResponse>(market);
}

gw::OrderState wire_form(const OrderFacts& order) {
    return {.order_id = order.order_id,
            .client_order_id = order.client_order_id,
            .market_id = order.market_id,
            .side = order.side,
            .order_type = order.order_type,
            .price = order.price,
            .size = order.size,
            .filled_size = order.filled_size,
            .average_price = order.average_price,
            .time_in_force = order.time_in_force,
            .post_only = order.post_only,
            .reduce_only = order.reduce_only,
            .status = order.status,
            .timestamp = order.timestamp};
}

gw::Execution wire_form(const ExecutionFacts& execution) {
    gw::Execution result{.wallet = execution.wallet,
                         .sequence = execution.sequence,
                         .timestamp = execution.timestamp,
                         .event = execution.event,
                         .market_id = execution.market_id,
                         .trade_id = execution.trade_id,
                         .price = execution.price,
                         .size = execution.size,
                         .fee = execution.fee,
                         .liquidity = execution.liquidity,
                         .amount = execution.amount,
                         .rate = execution.rate};
    if (execution.order) result.order = wire_form(*execution.order);
    if (!execution.reason.empty()) result.reason = execution.reason;
    return result;
}

rest::CandleResponse wire_form(const CandleFacts& candle) {
    return {.open_time = candle.open_time,
            .open = candle.open,
            .high = candle.high,
            .low = candle.low,
            .close = candle.close,
            .volume = candle.volume,
            .trades = candle.trades};
}

md::OrderbookDelta wire_form(const BookChange& change) {
    return {.market_id = change.market_id,
            .sequence = change.sequence,
            .timestamp = change.timestamp,
            .bids = change.bids,
            .asks = change.asks};
}

md::Funding wire_form(const FundingFacts& funding) {
    return {.market_id = funding.market_id,
            .timestamp = funding.timestamp,
            .funding_rate = funding.rate,
            .next_funding_at = funding.next_at,
            .mark_price = funding.mark_price,
            .index_price = funding.index_price};
}

rest::WalletResponse wire_form(const WalletLink& link) {
    return {.wallet = link.wallet, .linked_at = link.linked_at};
}

md::Trade feed_form(const TradeFacts& trade) {
    return {.market_id = trade.market_id,
            .trade_id = trade.trade_id,
            .timestamp = trade.timestamp,
            .price = trade.price,
            .size = trade.size,
            .side = trade.side};
}

rest::TradeResponse listed_form(const TradeFacts& trade) {
    return {.trade_id = trade.trade_id,
            .market_id = trade.market_id,
            .price = trade.price,
            .size = trade.size,
            .side = trade.side,
            .timestamp = trade.timestamp};
}

gw::OrderAccepted accepted(const gw::Order& command, const OrderFacts& order, Timestamp now) {
    return {.id = command.id,
            .order_id = order.order_id,
            .client_order_id = order.client_order_id,
            .status = order.status,
            .filled_size = order.filled_size,
            .average_price = order.average_price,
            .timestamp = now,
            .size = order.size == command.size ? std::nullopt : std::optional(order.size)};
}

gw::CancelAccepted accepted(const gw::Cancel& command, const OrderFacts& order) {
    return {.id = command.id,
            .order_id = order.order_id,
            .client_order_id = order.client_order_id,
            .remaining_size = order.remaining()};
}

gw::CancelledAll accepted(const gw::CancelAll& command, std::vector<OrderId> cancelled) {
    return {.id = command.id, .order_ids = std::move(cancelled)};
}

gw::AmendAccepted accepted(const gw::Amend& command, const OrderFacts& order, bool kept_priority) {
    return {.id = command.id,
            .order_id = order.order_id,
            .client_order_id = order.client_order_id,
            .price = order.price,
            .size = order.size,
            .remaining_size = order.remaining(),
            .kept_priority = kept_priority};
}

gw::OrderRejected refused(const gw::Order& command, const Rejection& rejection) {
    return {.id = command.id,
            .client_order_id = command.client_order_id,
            .code = std::string(rejection.code),
            .message = rejection.message};
}

gw::CancelRejected refused(const gw::Cancel& command, const Rejection& rejection) {
    return refused_as<gw::CancelRejected>(command, rejection);
}

gw::ErrorReply refused(const gw::CancelAll& command, const Rejection& rejection) {
    return {.id = command.id, .code = std::string(rejection.code), .message = rejection.message, .retry_after_ms = {}};
}

gw::AmendRejected refused(const gw::Amend& command, const Rejection& rejection) {
    return refused_as<gw::AmendRejected>(command, rejection);
}

} // namespace omen::sandbox
