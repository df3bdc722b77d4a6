#pragma once

#include "protocol/gateway/messages.hpp"
#include "protocol/market_data.hpp"
#include "protocol/rest.hpp"
#include "sandbox/exchange/facts.hpp"
#include "sandbox/exchange/order_rules.hpp"
#include "sandbox/exchange/terms.hpp"

#include <vector>

/// Where the exchange's own values and the messages of the wire meet. Of what is behind exchange.hpp only the
/// commands (exchange.cpp) and the queries name messages, to take and return them.
namespace omen::sandbox {

// ---- what comes in

MarketListing listing_of(const rest::MarketResponse& market);
OrderTerms terms_of(const gw::Order& command);
AmendTerms terms_of(const gw::Amend& command);
OrderName name_in(const gw::Cancel& command);
OrderName name_in(const gw::Amend& command);
/// Of a trade that names its market and time.
TradeFacts facts_of(const md::Trade& trade);

// ---- what goes out

rest::MarketResponse wire_form(const MarketListing& market);
gw::OrderState wire_form(const OrderFacts& order);
gw::Execution wire_form(const ExecutionFacts& execution);
rest::CandleResponse wire_form(const CandleFacts& candle);
md::OrderbookDelta wire_form(const BookChange& change);
md::Funding wire_form(const FundingFacts& funding);
rest::WalletResponse wire_form(const WalletLink& link);
/// A trade as the market-data feed has it.
md::Trade feed_form(const TradeFacts& trade);
/// A trade as listings have it.
rest::TradeResponse listed_form(const TradeFacts& trade);

/// Many at once.
template <class Values, class Form> auto wire_forms(const Values& values, Form form) {
    std::vector<decltype(form(*values.begin()))> result;
    result.reserve(values.size());
    for (const auto& value : values) result.push_back(form(value));
    return result;
}

// ---- answers, with the command's id

/// Names the size where it is no longer what was asked for.
gw::OrderAccepted accepted(const gw::Order& command, const OrderFacts& order, Timestamp now);
gw::CancelAccepted accepted(const gw::Cancel& command, const OrderFacts& order);
gw::CancelledAll accepted(const gw::CancelAll& command, std::vector<OrderId> cancelled);
gw::AmendAccepted accepted(const gw::Amend& command, const OrderFacts& order, bool kept_priority);
gw::OrderRejected refused(const gw::Order& command, const Rejection& rejection);
gw::CancelRejected refused(const gw::Cancel& command, const Rejection& rejection);
gw::ErrorReply refused(const gw::CancelAll& command, const Rejection& rejection);
gw::AmendRejected refused(const gw::Amend& command, const Rejection& rejection);

} // namespace omen::sandbox
