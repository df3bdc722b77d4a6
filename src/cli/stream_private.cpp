#include "cli/parse.hpp"
#include "cli/stream.hpp"
#include "cli/views.hpp"
#include "client/gateway_error.hpp"

#include <memory>

namespace omen {

namespace {

/// The columns of each private stream: those of its rows, with the stream's line in front.
constexpr std::string_view balance_columns[] = {"type", "wallet", "total", "available", "margin_used", "sequence"};
constexpr std::string_view pnl_columns[] = {"type", "wallet", "realized", "unrealized", "funding", "fees", "sequence"};
constexpr std::string_view positions_columns[] = {"type",       "symbol", "side",     "size",           "entry_price",
                                                  "mark_price", "margin", "leverage", "unrealized_pnl", "realized_pnl"};
constexpr std::string_view orders_columns[] = {
    "type", "order_id", "symbol", "side", "price", "size", "filled_size", "status", "client_order_id", "timestamp"};
constexpr std::string_view execution_columns[] = {"type",   "sequence", "timestamp",      "event", "order_id",
                                                  "side",   "price",    "size",           "fee",   "liquidity",
                                                  "status", "trade_id", "client_order_id"};

/// A row of a stream whose lines are lists.
template <class T> struct ListRow : WithSymbol<T> {
    std::string type;

    ListRow(const T& record, std::string name, std::string line)
        : WithSymbol<T>(record, std::move(name)), type(std::move(line)) {}

    static constexpr auto declaration() {
        return std::apply(
            [](const auto&... fields) { return wire::record("row", wire::field("type", &ListRow::type), fields...); },
            wire::declaration_of<WithSymbol<T>>.fields);
    }
};

/// An execution as one flat row.
struct ExecutionRow {
    std::string type = "execution";
    std::uint64_t sequence = 0;
    std::optional<Timestamp> timestamp{};
    std::optional<ExecutionEvent> event{};
    std::optional<OrderId> order_id{};
    std::optional<Side> side{};
    std::optional<Decimal> price{};
    std::optional<Decimal> size{};
    std::optional<Decimal> fee{};
    std::optional<Liquidity> liquidity{};
    std::optional<OrderStatus> status{};
    std::optional<TradeId> trade_id{};
    std::optional<ClientOrderId> client_order_id{};

    static constexpr auto declaration() {
        using R = ExecutionRow;
        return wire::record("execution row", wire::field("type", &R::type), wire::field("sequence", &R::sequence),
                            wire::field("timestamp", &R::timestamp), wire::field("event", &R::event),
                            wire::field("order_id", &R::order_id), wire::field("side", &R::side),
                            wire::field("price", &R::price), wire::field("size", &R::size), wire::field("fee", &R::fee),
                            wire::field("liquidity", &R::liquidity), wire::field("status", &R::status),
                            wire::field("trade_id", &R::trade_id), wire::field("client_order_id", &R::client_order_id));
    }
};

ExecutionRow row_of_execution(const gw::Execution& execution) {
    const auto& order = execution.order;
    return {.sequence = execution.sequence,
            .timestamp = execution.timestamp,
            .event = execution.event,
            .order_id = order.order_id,
            .side = order.side,
            .price = execution.price ? execution.price : order.price,
            .size = execution.size ? *execution.size : order.size,
            .fee = execution.fee,
            .liquidity = execution.liquidity,
            .status = order.status,
            .trade_id = execution.trade_id,
            .client_order_id = order.client_order_id};
}

/// Prints the lines of one private stream.
class PrivatePrinter {
  public:
    explicit PrivatePrinter(Context& context) : context_(context), output_(context.output()) {}

    void operator()(const gw::Balance& event) { output_.line(event); }
    void operator()(const gw::Pnl& event) { output_.line(event); }
    void operator()(const gw::Positions& event) { list(event, event.positions, "positions"); }
    void operator()(const gw::Orders& event) { list(event, event.orders, "orders"); }
    void operator()(const gw::Execution& event) {
        if (is_json(output_.style().format))
            output_.line(event);
        else
            output_.line(row_of_execution(event));
    }
    void operator()(const gw::DropCopyGap& event) {
        if (is_json(output_.style().format)) return output_.line(event);
        ExecutionRow row;
        row.type = "drop_copy_gap";
        row.sequence = event.oldest_sequence;
        output_.line(row);
    }
    template <class Other> void operator()(const Other&) {}

  private:
    template <class Event, class T> void list(const Event& event, const std::vector<T>& records, const char* type) {
        if (is_json(output_.style().format)) return output_.line(event);
        for (const auto& record : records)
            output_.line(ListRow<T>(record, context_.markets().symbol_of(record.market_id), type));
    }

    Context& context_;
    Output& output_;
};

/// Whether a message belongs to a private channel.
bool belongs(const gw::ServerMessage& message, PrivateChannel channel) {
    switch (channel) {
    case PrivateChannel::balance:
        return std::holds_alternative<gw::Balance>(message);
    case PrivateChannel::positions:
        return std::holds_alternative<gw::Positions>(message);
    case PrivateChannel::pnl:
        return std::holds_alternative<gw::Pnl>(message);
    case PrivateChannel::orders:
        return std::holds_alternative<gw::Orders>(message);
    case PrivateChannel::drop_copy:
        return std::holds_alternative<gw::Execution>(message) || std::holds_alternative<gw::DropCopyGap>(message);
    }
    return false;
}

struct Options {
    StreamLimits limits;
    std::optional<std::uint64_t> from_sequence;
};

Exit run_private(Context& context, const Options& options, PrivateChannel channel, Columns columns) {
    auto gateway = context.gateway_stream();
    gateway.call(gw::Subscribe{.channel = std::string(to_string(channel)), .from_sequence = options.from_sequence});
    context.output().begin_stream(columns);
    PrivatePrinter print(context);
    StreamBounds bounds(options.limits, Clock::now());
    while (!bounds.count_reached()) {
        const auto end = bounds.end();
        const auto message = end.passed() ? std::nullopt : gateway.next(end);
        if (!message) return bounds.out_of_time();
        if (const auto* error = std::get_if<gw::ErrorReply>(&*message)) throw session_error(*error);
        if (!belongs(*message, channel)) continue;
        std::visit(print, *message);
        bounds.seen(1, Clock::now());
    }
    return Exit::done;
}

void add_private(CLI::App& app, Run& run, PrivateChannel channel, Columns columns) {
    auto options = std::make_shared<Options>();
    add_stream_limits(app, options->limits);
    if (channel == PrivateChannel::drop_copy)
        parse::option(app, "--from-sequence", options->from_sequence, parse::whole_from(1, UINT64_MAX),
                      "begin with this sequence, as far back as the exchange keeps them");
    run = [options, channel, columns](Context& context) { return run_private(context, *options, channel, columns); };
}

} // namespace

void add_stream_balance(CLI::App& app, Run& run) {
    add_private(app, run, PrivateChannel::balance, balance_columns);
}

void add_stream_positions(CLI::App& app, Run& run) {
    add_private(app, run, PrivateChannel::positions, positions_columns);
}

void add_stream_pnl(CLI::App& app, Run& run) {
    add_private(app, run, PrivateChannel::pnl, pnl_columns);
}

void add_stream_orders(CLI::App& app, Run& run) {
    add_private(app, run, PrivateChannel::orders, orders_columns);
}

void add_stream_drop_copy(CLI::App& app, Run& run) {
    add_private(app, run, PrivateChannel::drop_copy, execution_columns);
}

} // namespace omen
