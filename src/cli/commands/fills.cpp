#include "cli/context/command.hpp"
#include "cli/context/parse.hpp"
#include "client/trading/look_up.hpp"

#include <map>
#include <memory>

namespace omen {

namespace {

/// One execution of an order against another.
struct Fill {
    std::uint64_t sequence = 0;
    std::optional<Timestamp> timestamp;
    std::optional<std::string> symbol;
    std::optional<MarketId> market_id;
    std::optional<OrderId> order_id;
    std::optional<ClientOrderId> client_order_id;
    std::optional<Open<Side>> side;
    std::optional<Decimal> price;
    std::optional<Decimal> size;
    std::optional<Decimal> fee; ///< negative: a rebate
    std::optional<Open<Liquidity>> liquidity;
    std::optional<std::string> reason; ///< where it was not the user
    std::optional<TradeId> trade_id;

    static constexpr auto declaration() {
        using wire::field;
        return wire::record("fill", field("sequence", &Fill::sequence), field("timestamp", &Fill::timestamp),
                            field("symbol", &Fill::symbol), field("market_id", &Fill::market_id),
                            field("order_id", &Fill::order_id), field("client_order_id", &Fill::client_order_id),
                            field("side", &Fill::side), field("price", &Fill::price), field("size", &Fill::size),
                            field("fee", &Fill::fee), field("liquidity", &Fill::liquidity),
                            field("reason", &Fill::reason), field("trade_id", &Fill::trade_id));
    }
};

constexpr std::string_view fills_columns[] = {"sequence", "timestamp", "symbol", "client_order_id", "side",
                                              "price",    "size",      "fee",    "liquidity",       "order_id"};

/// A payment of no order: funding, or debt that was written off.
struct Payment {
    std::uint64_t sequence = 0;
    std::optional<Timestamp> timestamp;
    Open<ExecutionEvent> event;
    std::optional<std::string> symbol;
    std::optional<MarketId> market_id;
    std::optional<Decimal> amount; ///< negative: the wallet paid
    std::optional<Decimal> rate;

    static constexpr auto declaration() {
        using wire::field;
        return wire::record("payment", field("sequence", &Payment::sequence), field("timestamp", &Payment::timestamp),
                            field("event", &Payment::event), field("symbol", &Payment::symbol),
                            field("market_id", &Payment::market_id), field("amount", &Payment::amount),
                            field("rate", &Payment::rate));
    }
};

constexpr std::string_view payments_columns[] = {"sequence", "timestamp", "event", "symbol", "amount", "rate"};

struct FillsOptions {
    std::optional<std::uint64_t> since;
    std::optional<std::string> market;
    bool funding = false;
};

/// The exchange says which executions are fills, or shows it by a trade.
bool is_fill(const gw::Execution& execution) {
    return execution.order && (execution.event == ExecutionEvent::filled || execution.trade_id);
}

Fill fill_of(const gw::Execution& execution, std::optional<std::string> symbol) {
    const auto& order = *execution.order;
    return {.sequence = execution.sequence,
            .timestamp = execution.timestamp,
            .symbol = std::move(symbol),
            .market_id = order.market_id,
            .order_id = order.order_id,
            .client_order_id = order.client_order_id,
            .side = order.side,
            .price = execution.price,
            .size = execution.size,
            .fee = execution.fee,
            .liquidity = execution.liquidity,
            .reason = execution.reason,
            .trade_id = execution.trade_id};
}

Payment payment_of(const gw::Execution& execution, std::optional<std::string> symbol) {
    return {.sequence = execution.sequence,
            .timestamp = execution.timestamp,
            .event = execution.event,
            .symbol = std::move(symbol),
            .market_id = execution.market_id,
            .amount = execution.amount,
            .rate = execution.rate};
}

/// Why executions are missing.
std::string gap_in_words(const gw::DropCopyGap& gap) {
    if (gap.requested_sequence && *gap.requested_sequence > gap.next_sequence)
        return "there is no execution " + std::to_string(*gap.requested_sequence) + ": the last is " +
               std::to_string(gap.next_sequence - 1) + "; the number is wrong, or the exchange was reset";
    return "executions before " + std::to_string(gap.oldest_sequence) + " are no longer kept";
}

Exit run_fills(const FillsOptions& options, Context& context) {
    std::optional<MarketId> market;
    if (options.market) market = context.sessions.markets().find(*options.market).id;
    // By sequence, as a replay may come in any order, and be asked for more than once.
    std::map<std::uint64_t, gw::Execution> executions;
    const auto reading =
        read_whole_records([&](Deadline by) { return context.sessions.new_gateway(by); },
                           {.wanted = {},
                            .from = options.since.value_or(1),
                            .on_execution = [&](const gw::Execution& one) { executions.emplace(one.sequence, one); },
                            .with_open_orders = false},
                           context.sessions.deadline());
    std::vector<Fill> fills;
    std::vector<Payment> payments;
    for (const auto& [sequence, execution] : executions) {
        if (reading.issued() && sequence > *reading.issued()) continue;
        if (options.funding ? !gw::Execution::is_without_order(execution) : !is_fill(execution)) continue;
        const auto& id = options.funding ? execution.market_id : execution.order->market_id;
        if (market && id && *id != *market) continue;
        auto symbol = context.sessions.markets().symbol_of(id);
        if (options.funding)
            payments.push_back(payment_of(execution, std::move(symbol)));
        else
            fills.push_back(fill_of(execution, std::move(symbol)));
    }
    if (options.funding)
        context.console.output().list(payments, payments_columns);
    else
        context.console.output().list(fills, fills_columns);
    if (const auto& gap = reading.gap()) {
        if (options.since) throw Error(Fault::protocol, "fills: " + gap_in_words(*gap), {.code = "drop_copy_gap"});
        context.console.note("fills: " + gap_in_words(*gap));
        return Exit::done;
    }
    if (reading.is_whole()) return Exit::done;
    throw Error(Fault::protocol, "fills: executions are missing from the replay",
                {.code = "drop_copy_gap", .hint = "what came is printed; try again"});
}

} // namespace

void add_fills(CLI::App& app, Run& run) {
    auto options = std::make_shared<FillsOptions>();
    parse::option(app, "--since", options->since, parse::whole_from(1, UINT64_MAX),
                  "begin with this drop-copy sequence (default: the oldest that is kept)");
    app.add_option("--market", options->market, "only of this market (symbol or id)");
    app.add_flag("--funding", options->funding, "funding payments and written-off debt instead");
    run = {[options](Context& context) { return run_fills(*options, context); },
           [options] { return options->funding ? field_names<Payment>() : field_names<Fill>(); }};
}

} // namespace omen
