#include "cli/output/views.hpp"
#include "cli/stream/stream.hpp"
#include "client/session/gateway_error.hpp"

#include <memory>

namespace omen {

namespace {

/// The streams whose every line is the whole of one state: their channel and columns.
template <class State> struct StateTraits;
template <> struct StateTraits<gw::Balance> {
    static constexpr auto channel = PrivateChannel::balance;
    static constexpr std::string_view columns[] = {"type", "wallet", "total", "available", "margin_used", "sequence"};
};
template <> struct StateTraits<gw::Pnl> {
    static constexpr auto channel = PrivateChannel::pnl;
    static constexpr std::string_view columns[] = {"type",    "wallet", "realized", "unrealized",
                                                   "funding", "fees",   "sequence"};
};
template <> struct StateTraits<gw::Positions> {
    static constexpr auto channel = PrivateChannel::positions;
    static constexpr std::string_view columns[] = {"type",           "symbol",      "side",   "size",
                                                   "entry_price",    "mark_price",  "margin", "leverage",
                                                   "unrealized_pnl", "realized_pnl"};
    static const auto& records(const gw::Positions& state) { return state.positions; }
};
template <> struct StateTraits<gw::Orders> {
    static constexpr auto channel = PrivateChannel::orders;
    static constexpr std::string_view columns[] = {
        "type", "order_id", "symbol", "side", "price", "size", "filled_size", "status", "client_order_id", "timestamp"};
    static const auto& records(const gw::Orders& state) { return state.orders; }
};

/// A row of a stream whose lines are lists.
template <class T> struct ListRow : WithSymbol<T> {
    std::string type;

    ListRow(const T& record, std::optional<std::string> name, std::string line)
        : WithSymbol<T>(record, std::move(name)), type(std::move(line)) {}

    static constexpr auto declaration() {
        return std::apply(
            [](const auto&... fields) { return wire::record("row", wire::field("type", &ListRow::type), fields...); },
            wire::declaration_of<WithSymbol<T>>.fields);
    }
};

template <class State>
using ListRowOf =
    ListRow<typename std::decay_t<decltype(StateTraits<State>::records(std::declval<const State&>()))>::value_type>;

/// The balance, positions, profit or loss, or open orders: whole, whenever they change. After a lost connection the
/// subscription begins with the whole again, so nothing is missed.
template <class State> class StateStream : public Stream {
  public:
    explicit StateStream(Sessions& sessions) : sessions_(sessions) {}

    void connect(Deadline deadline) override {
        gateway_.emplace(sessions_.gateway_stream());
        gateway_->set_deadline(deadline);
        gateway_->call(gw::Subscribe{.channel = std::string(to_string(StateTraits<State>::channel))});
    }

    bool pump(StreamLines& lines, Deadline deadline) override {
        const auto message = gateway_->next(deadline);
        if (!message) return false;
        if (const auto* error = std::get_if<gw::ErrorReply>(&*message)) throw session_error(*error);
        const auto* state = std::get_if<State>(&*message);
        if (state != nullptr) print(lines, *state);
        return state != nullptr;
    }

  private:
    void print(StreamLines& lines, const State& state) {
        if constexpr (requires { StateTraits<State>::records(state); })
            lines.print(state, [this](const State& whole) { return rows_of(whole); });
        else
            lines.print(state);
    }

    auto rows_of(const State& state) {
        std::vector<ListRowOf<State>> rows;
        for (const auto& record : StateTraits<State>::records(state))
            rows.emplace_back(record, sessions_.markets().symbol_of(record.market_id),
                              std::string(wire::declaration_of<State>.name));
        return rows;
    }

    Sessions& sessions_;
    std::optional<Gateway> gateway_;
};

template <class State> void add_state_stream(CLI::App& app, Run& run) {
    auto options = std::make_shared<StreamOptions>();
    add_stream_options(app, *options);
    const auto start = [options](Context& context) {
        check_until<State>(*options);
        StateStream<State> stream(context.sessions);
        return follow(context, *options, StateTraits<State>::columns, stream);
    };
    if constexpr (requires(const State& state) { StateTraits<State>::records(state); })
        run = {start, stream_fields<State, ListRowOf<State>>};
    else
        run = {start, stream_fields<State>};
}

} // namespace

void add_stream_balance(CLI::App& app, Run& run) {
    add_state_stream<gw::Balance>(app, run);
}

void add_stream_positions(CLI::App& app, Run& run) {
    add_state_stream<gw::Positions>(app, run);
}

void add_stream_pnl(CLI::App& app, Run& run) {
    add_state_stream<gw::Pnl>(app, run);
}

void add_stream_orders(CLI::App& app, Run& run) {
    add_state_stream<gw::Orders>(app, run);
}

} // namespace omen
