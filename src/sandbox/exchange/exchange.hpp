#pragma once

#include "protocol/gateway/messages.hpp"
#include "protocol/market_data.hpp"
#include "protocol/rest.hpp"
#include "sandbox/exchange/audit.hpp"
#include "sandbox/exchange/facts.hpp"
#include "sandbox/exchange/history.hpp"
#include "sandbox/exchange/order_rules.hpp"
#include "sandbox/exchange/order_store.hpp"
#include "sandbox/exchange/terms.hpp"
#include "sandbox/exchange/wallets.hpp"
#include "sandbox/matching/matching_engine.hpp"
#include "sandbox/money/account.hpp"
#include "sandbox/money/funding.hpp"
#include "sandbox/money/ledger.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace omen::sandbox {

/// What the exchange reports to the servers. The calls come at the end of a command, when everything is in its new
/// state: queries may be made from within, commands must not be given. Per command: executions, trades, books, funding,
/// accounts, in that order. A liquidation that a command brings about is a command of its own, behind it.
class ExchangeListener {
  public:
    virtual ~ExchangeListener() = default;
    virtual void on_execution(const gw::Execution&) {}
    virtual void on_trade(const md::Trade&) {}
    virtual void on_book(const md::OrderbookDelta&) {}
    /// At an interval's end, with `timestamp` = `next_funding_at` = that end, the rate is the one that was paid.
    virtual void on_funding(const md::Funding&) {}
    virtual void on_spot(const md::SpotPrice&) {}
    /// Balance, positions, PnL or open orders of a wallet changed; at most once a command and wallet.
    virtual void on_account(const std::string& /*wallet*/) {}
    /// Something failed that no command is to blame for; everything else went on. Comes at once.
    virtual void on_failure(const std::string& /*what*/) {}
};

struct ExchangeOptions {
    std::size_t executions_kept = 100'000;                 ///< of each wallet, for drop-copy replays
    std::size_t trades_kept = 10'000;                      ///< of each market, for listings
    Milliseconds funding_interval = std::chrono::hours(1); ///< positive
};

/// The embedded exchange without sockets and clock: markets, wallets, orders, and what the market flow does to them.
/// One thread. Every command is answered at once and completely; `id` is copied into the answer.
///
/// The index price is what the market flow says. The mark price, which PnL, margin and liquidation go by, is the median
/// of the middle of the book, the last trade and the index; without an index it is the middle of the book, and the
/// index is the mark. A wallet whose equity (balance and unrealised PnL) is below its maintenance margin is liquidated:
/// its orders are cancelled, then its positions closed at market, as far as the book reaches; the rest is tried again
/// behind every command. What its equity is below zero by then is written off, as far as its balance is, and is bad
/// debt of the markets that brought it there.
///
/// Every command with a time lets time pass up to it first: what an interval's end pays, it pays to those who had a
/// position then.
///
/// Commands, answers and reports are messages of the wire. What is behind them knows terms and facts only (terms.hpp,
/// facts.hpp), and wire_views.hpp turns one into the other.
///
/// A command that can't be settled, because an amount would leave the range, is refused before it has changed anything.
class Exchange {
  public:
    explicit Exchange(const std::vector<rest::MarketResponse>& markets, ExchangeOptions options = {});
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    /// The one listener; it must outlive the exchange or be reset to null.
    void set_listener(ExchangeListener* listener) { listener_ = listener; }

    // ---- commands of a wallet. A wallet is there, with no funds, from the first time that it is named.

    using OrderAnswer = std::variant<gw::OrderAccepted, gw::OrderRejected>;
    using CancelAnswer = std::variant<gw::CancelAccepted, gw::CancelRejected>;
    using CancelAllAnswer = std::variant<gw::CancelledAll, gw::ErrorReply>;
    using AmendAnswer = std::variant<gw::AmendAccepted, gw::AmendRejected>;

    /// A refused order with a known market and an unused client order id is kept as `rejected`, and its id is used up:
    /// a client that lost the answer finds it. Of a reduce-only order, more than the position is cut off where it can't
    /// rest (ioc, fok, market) and refused where it can; resting ones go when the position no longer covers them. None
    /// ever opens a position.
    OrderAnswer order(const std::string& wallet, const gw::Order& command, Timestamp now);
    CancelAnswer cancel(const std::string& wallet, const gw::Cancel& command, Timestamp now);
    /// An ErrorReply when the market is unknown.
    CancelAllAnswer cancel_all(const std::string& wallet, const gw::CancelAll& command, Timestamp now);
    AmendAnswer amend(const std::string& wallet, const gw::Amend& command, Timestamp now);

    // ---- wallets

    /// Links a wallet to an account, in place of the account's former one. Nothing when the wallet is linked to another
    /// account.
    std::optional<rest::WalletResponse> link(const std::string& account, const std::string& wallet, Timestamp now);
    /// Whether there was a link.
    bool unlink(const std::string& account);
    std::optional<rest::WalletResponse> wallet_of(const std::string& account) const;
    /// A DecimalError where that would leave the range.
    void fund(const std::string& wallet, Decimal amount);
    /// Changes how many executions are kept of each wallet; older ones go at once.
    void keep_executions(std::size_t limit) { wallets_.keep_executions(limit); }
    /// Begins each wallet's drop-copy anew at 1, with nothing kept. Orders, positions and balances stay.
    void reset_sequences() { wallets_.reset_sequences(); }

    // ---- what a wallet sees. The gateway's messages come without `id`, and with the drop-copy sequence they include.

    gw::Balance balance(const std::string& wallet) const;
    gw::Positions positions(const std::string& wallet) const;
    gw::Pnl pnl(const std::string& wallet) const;
    gw::Orders orders(const std::string& wallet) const;

    /// The last drop-copy sequence issued; 0 when there is none yet.
    std::uint64_t last_sequence(const std::string& wallet) const;
    /// The oldest sequence that can be replayed; the next one to be issued when nothing is kept.
    std::uint64_t oldest_sequence(const std::string& wallet) const;
    /// The kept executions from a sequence on, oldest first, at most `limit`.
    std::vector<gw::Execution> replay(const std::string& wallet, std::uint64_t from,
                                      std::size_t limit = SIZE_MAX) const;

    // ---- what everybody sees. Nothing when the market is unknown.

    std::vector<rest::MarketResponse> markets() const;
    bool has_market(const MarketId& market) const { return index_.contains(market); }
    std::optional<rest::TickerResponse> ticker(const MarketId& market, Timestamp now) const;
    /// The best levels; the timestamp is that of the last change.
    std::optional<rest::OrderbookSnapshotResponse> orderbook(const MarketId& market,
                                                             std::size_t depth = SIZE_MAX) const;
    /// Newest first.
    std::optional<std::vector<rest::TradeResponse>> trades(const MarketId& market, std::size_t limit) const;
    /// Oldest first; see History::candles.
    std::optional<std::vector<rest::CandleResponse>> candles(const MarketId& market, const CandleQuery& query) const;
    std::optional<md::Funding> funding(const MarketId& market, Timestamp now) const;
    std::optional<md::SpotPrice> spot(const MarketId& market, Timestamp now) const;
    rest::BadDebtResponse bad_debt() const;
    /// Adds everything up from scratch and compares.
    Audit audit() const;

    // ---- time

    /// Lets time pass: counts the present premiums since the last call towards the funding rates, and at an interval's
    /// end pays every position its funding. Every command does that first, so this is for when there are none; the
    /// first call starts the clock, an earlier moment than the last is ignored.
    void advance(Timestamp now);
    /// Publishes funding and spot price of every market that has a price.
    void publish_prices(Timestamp now);

    // ---- the market flow: what the house shows and does. The market must be known.

    /// Starts a market's book at a recorded snapshot's sequence. Nothing is published.
    void open_book(const MarketId& market, std::uint64_t sequence, std::span<const Level> bids,
                   std::span<const Level> asks, Timestamp now);
    /// Sets the house's size at these prices (0: none), as one delta at the next sequence. It is published even where
    /// nothing visible changed, with the current total of each of these levels first, so that published and recorded
    /// sequences stay in step. Users' orders that it crosses are filled first, within the same delta.
    void set_house_levels(const MarketId& market, std::span<const Level> bids, std::span<const Level> asks,
                          Timestamp now);
    /// As set_house_levels, and every level that is not named goes: the way from the end of a recording to its start.
    void replace_house_book(const MarketId& market, std::span<const Level> bids, std::span<const Level> asks,
                            Timestamp now);
    /// A market order of the house. Returns what it filled.
    Decimal house_market_order(const MarketId& market, Side side, Decimal size, Timestamp now);
    /// A trade of the recording, as it came: published and kept. It names its market and time, as a past one does.
    void recorded_trade(const md::Trade& trade);
    /// A trade from before the start: kept, not published.
    void past_trade(const md::Trade& trade);
    /// The index price from now on; none when it is not positive. Published with the next publish_prices().
    void set_index(const MarketId& market, Decimal price, Timestamp now);

  private:
    struct Market {
        MarketListing listing;
        MarketTerms terms;
        MatchingEngine engine;
        History history;
        std::uint64_t sequence = 0;
        Timestamp changed_at{};
        std::optional<Decimal> spot{}; ///< the index price, where the flow has one
        FundingRate funding_rate{};    ///< of the interval that runs, up to FundingClock::counted_to
        Decimal bad_debt{};
    };
    struct FundingClock {
        Timestamp counted_to; ///< up to here the premiums are in the rates
        Timestamp next;       ///< the end of the interval that runs
    };
    /// Levels that a delta must name, changed or not.
    struct Named {
        bool always = false; ///< publish a delta even when nothing changed
        std::vector<Level> bids{};
        std::vector<Level> asks{};
    };
    /// Accounts and ledger as they would be.
    struct Trial {
        std::map<Owner, Account> accounts{}; ///< those that change
        Ledger ledger{};
    };
    /// What a command has to do and to publish when it is done.
    struct Outbox {
        std::vector<ExecutionFacts> executions{};
        std::vector<TradeFacts> trades{};
        std::map<std::size_t, Named> books{}; ///< the markets whose book or mark price may have changed
        std::vector<FundingFacts> fundings{};
        std::set<Owner> traded{};   ///< whose positions changed
        std::set<Owner> accounts{}; ///< whose change must be reported
    };

    // What a command must pass (checks.cpp; the identity of what it names: exchange.cpp).
    std::optional<Rejection> check_identity(const Wallet& wallet, const OrderTerms& terms) const;
    std::optional<Rejection> check_order(StoredOrder& order, const OrderTerms& terms);
    std::optional<Rejection> check_reduce_only(StoredOrder& order);
    std::optional<Rejection> check_amendment(const StoredOrder& order, Decimal price, Decimal size) const;
    std::variant<Plan, Rejection> plan_order(const StoredOrder& order) const;
    std::variant<Plan, Rejection> plan_amendment(const StoredOrder& order, Decimal price, Decimal remaining) const;
    std::optional<Rejection> check_settlement(const StoredOrder& order, const Plan& plan) const;
    std::optional<Rejection> check_margin(const StoredOrder& order, const Plan& plan, const Account& rests,
                                          Account filled) const;
    Decimal reducible(Owner owner, std::size_t market, Side side) const;
    Decimal reducible(const StoredOrder& order) const;
    Decimal reducible_beside_others(const StoredOrder& order) const;
    std::variant<StoredOrder*, Rejection> find_open(const Wallet& wallet, const OrderName& by);

    // What a command does (settlement.cpp).
    Trial try_out(const Placement& placement, std::size_t market) const;
    void enter(StoredOrder& order, const Plan& plan, Timestamp now);
    void settle(const Placement& placement, std::size_t market, Timestamp now);
    void settle_fills(const std::vector<Fill>& fills, std::size_t market, Timestamp now);
    void fill_order(StoredOrder& order, const Fill& fill, Decimal fee, const TradeId& trade, Timestamp now);
    void cancel_resting(StoredOrder& order, Timestamp now, Reason reason = {});
    void end_order(StoredOrder& order, OrderStatus status, Timestamp now, Reason reason = {});
    void update_open(StoredOrder& order);
    void cancel_uncovered(Owner owner, Timestamp now);
    ExecutionFacts execution_of(const StoredOrder& order, ExecutionEvent event, Timestamp now);
    /// An event of no order, but of a position.
    ExecutionFacts event_of(Owner owner, ExecutionEvent event, std::size_t market, Decimal amount, Timestamp now) const;
    void report(ExecutionFacts execution, Owner owner);
    void finish(Timestamp now);
    void publish(Timestamp now);
    std::optional<BookChange> next_change(std::size_t market, const Named& named, Timestamp now);

    // What prices and time do (prices.cpp).
    std::optional<Decimal> mark_price(std::size_t market) const;
    void update_mark(std::size_t market);
    Decimal index_price(std::size_t market) const;
    FundingRate funding_rate(std::size_t market, Timestamp now) const;
    Timestamp next_funding_at(Timestamp now) const;
    void count_premiums(Timestamp until);
    void settle_funding(Timestamp end);
    void pay_funding(std::size_t market, Decimal rate, Timestamp end);
    std::optional<Decimal> payment_of(Owner owner, std::size_t market, Decimal size, Decimal rate);

    // What becomes of wallets in danger (liquidation.cpp).
    void track_risk(Owner owner);
    void liquidate_endangered(Timestamp now);
    std::optional<Owner> next_endangered(const std::set<Owner>& tried);
    void liquidate(Owner owner, Timestamp now);
    void close_at_market(Owner owner, std::size_t market, Timestamp now);
    void write_off_debt(Owner owner, Timestamp now);
    void report_failure(Owner owner, const DecimalError& error);
    ClientOrderId liquidation_id(Owner owner);
    /// Runs what concerns one wallet alone: an amount out of range there must not hold up the others.
    template <class Act> void contain(Owner owner, Act act) {
        try {
            act();
        } catch (const DecimalError& error) {
            report_failure(owner, error);
        }
    }

    // What the market flow does (house_flow.cpp).
    void set_house(std::size_t market, Side side, std::span<const Level> levels, Timestamp now);
    /// Lets the house do what was planned; what can't be settled is reported, and has not happened.
    template <class MakePlan> Placement settle_house(std::size_t market, Timestamp now, MakePlan make_plan);
    /// Users first, then the tape: what of it they have not filled is published as it came.
    void print_trade(const TradeFacts& trade);
    void keep_trade(const TradeFacts& trade);

    // What an audit looks at (audit.cpp).
    void audit_money(Audit& audit) const;
    void audit_positions(Audit& audit) const;
    void audit_wallet(Audit& audit, const Wallet& wallet) const;
    void audit_books(Audit& audit) const;

    // What the queries are made of (queries.cpp).
    const Market* find_market(const MarketId& market) const;
    rest::PositionResponse position(const Account& account, std::size_t market) const;
    std::optional<Decimal> open_interest(std::size_t market) const;

    ExchangeOptions options_;
    std::vector<Market> markets_;
    std::map<MarketId, std::size_t> index_;
    std::vector<MarginTerms> margin_terms_; ///< of each market, with its mark price now
    Wallets wallets_;
    OrderStore orders_;
    Ledger ledger_;
    Outbox outbox_;
    ExchangeListener* listener_ = nullptr;
    std::optional<FundingClock> funding_clock_; ///< none: time has not begun to pass
    std::set<Owner> at_risk_;                   ///< who has a position, or debt
    bool risk_changed_ = false;                 ///< somebody at risk may have come into danger
    std::uint64_t last_trade_ = 0;
    std::uint64_t last_liquidation_ = 0;
};

} // namespace omen::sandbox
