#pragma once

#include "sandbox/access/identity.hpp"
#include "sandbox/exchange/exchange.hpp"
#include "sandbox/faults/fault_plan.hpp"
#include "sandbox/servers/failure_report.hpp"
#include "sandbox/servers/gateway_server.hpp"
#include "sandbox/servers/truth_log.hpp"
#include "sim/connection.hpp"
#include "sim/desk.hpp"
#include "sim/explore.hpp"
#include "sim/ledger.hpp"
#include "sim/plan.hpp"
#include "sim/timeline.hpp"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace omen::sim {

/// An execution, and of which of the exchange's runs it is.
struct Happened {
    unsigned run = 0;
    Clock::time_point at{};
    gw::Execution execution;
};

/// What worlds came to.
struct Figures {
    std::uint64_t worlds = 0;
    std::array<std::uint64_t, enum_names<StepKind>.size()> faults{}; ///< that struck, by kind
    std::uint64_t done = 0;
    std::uint64_t refused = 0;
    std::uint64_t not_executed = 0;
    std::uint64_t not_sent = 0;
    std::uint64_t unknown = 0;
    std::uint64_t avoidable = 0; ///< of the unknown: a look-up would have decided
    std::uint64_t looked_up = 0; ///< outcomes that a look-up has told
    std::uint64_t hidden = 0;    ///< outcomes behind a reset of the exchange that nothing shows
    std::uint64_t reads = 0;
};
std::string text_of(const Figures& figures);

/// A process is killed: what unwinds is not carried on with.
struct Killed {};

/// Everything that a plan is about: the exchange with its gateway, the network, a client, and time. The same plan gives
/// the same world.
class World : public sandbox::ExchangeListener {
  public:
    World(const Plan& plan, Figures& figures, Tracer tracer = {});
    ~World() override;

    /// Lives it to its end. What an engine must never do, or what it said that is not so; nothing where all is well.
    std::optional<std::string> run();
    /// Unknown outcomes that a look-up would have told, in words.
    const std::vector<std::string>& avoidable() const { return avoidable_; }
    void add_avoidable(const std::string& what);

    // ---- for its parts

    const Plan& plan() const { return plan_; }
    Timeline& timeline() { return timeline_; }
    Clock::time_point now() const { return timeline_.now(); }
    /// Now, as the client's machine has it.
    trading::Instant instant() const { return {now(), {timeline_.machine().ms + wall_jump_.count()}}; }
    Ledger& ledger() { return ledger_; }
    const Ledger& ledger() const { return ledger_; }
    Figures& figures() { return figures_; }
    void tally(StepKind kind) { ++figures_.faults[static_cast<std::size_t>(kind)]; }
    template <class Text> void trace(Text text) const {
        if (tracer_) tracer_(text_of(now() - Timeline::start) + "  " + text());
    }
    void fail(const std::string& what);
    bool has_failed() const { return failure_.has_value(); }

    /// The step of this kind that is going on.
    const Step* active(StepKind kind) const;
    Connection& connect(Client& client, std::optional<unsigned> session);
    std::unique_ptr<sandbox::SessionHandler> open(sandbox::Session& session) { return gateway_->open(session); }
    void bury(std::unique_ptr<sandbox::SessionHandler> handler);

    // ---- the client's token

    std::string token() const { return std::to_string(token_); }
    bool token_has_expired() const;
    bool has_newer_token() const { return has_newer_token_; }
    /// Whether there is a newer one.
    bool renew_token();

    // ---- the client's machine

    /// The process may be Killed here.
    virtual void step() {}
    /// Returns the entries' names. Errors: those of the journal.
    virtual std::vector<std::string> write_intents(const std::vector<gw::TradingCommand>& commands);
    virtual void begin_session() {}
    virtual void session_known(const trading::action::SessionKnown&) {}
    virtual void note_outcome(const std::string& entry, const JournalOutcome& outcome);
    virtual void write_outcomes() {}

    // ---- the exchange's own record

    const sandbox::Exchange& exchange() const { return *exchange_; }
    unsigned run_number() const { return run_; }
    const std::string& account() const { return account_; }
    std::string wallet() const { return exchange_->wallet_of(account_)->wallet; }
    const std::vector<Happened>& happened() const { return happened_; }
    /// Since when no look-up has been disturbed; nothing where one is now.
    std::optional<Clock::time_point> undisturbed_since() const;

  protected:
    /// What happens behind the client's end, before all that is still on its way arrives.
    virtual void live_on() {}
    /// Holds all that was said against the exchange's record.
    virtual void judge();
    bool was_killed() const { return was_killed_; }

  private:
    struct Token {
        std::string account;
        Timestamp expires_at;
    };
    class Verifier : public sandbox::TokenVerifier {
      public:
        explicit Verifier(const World& world) : world_(world) {}
        std::variant<sandbox::Identity, sandbox::AuthRefusal> verify(std::string_view token,
                                                                     Timestamp now) const override;

      private:
        const World& world_;
    };

    void on_execution(const gw::Execution& execution) override;
    void on_account(const std::string& wallet) override { gateway_->publish_account(wallet); }

    void begin_exchange();
    void write_history();
    void schedule();
    void happen(const Step& step);
    void reset_exchange(const Step& step);
    void relink();
    void move_market(bool up);
    void act_as_another(const Step& step);
    std::optional<gw::OrderState> some_order(std::uint64_t value) const;
    void issue_token();
    bool live();

    Plan plan_;
    Figures& figures_;
    Tracer tracer_;
    std::optional<std::string> failure_;
    std::vector<std::string> avoidable_;
    Timeline timeline_;
    Milliseconds wall_jump_{};
    sandbox::FaultPlan no_faults_;
    sandbox::FailureReport failures_;
    sandbox::TruthLog no_log_;
    Verifier verifier_;
    std::vector<Token> tokens_;
    std::size_t token_ = 0; ///< the client's
    bool has_newer_token_ = true;
    std::string account_ = "alice";
    unsigned last_wallet_ = 0;
    unsigned run_ = 0;
    unsigned intents_ = 0;
    bool was_killed_ = false;
    std::unique_ptr<sandbox::Exchange> exchange_;
    std::unique_ptr<sandbox::GatewayServer> gateway_;
    std::vector<std::unique_ptr<sandbox::SessionHandler>> buried_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::vector<Happened> happened_;
    Ledger ledger_;
    Desk desk_;
};

/// The trading engine's worlds.
struct EngineWorlds {
    using Plan = sim::Plan;
    using Figures = sim::Figures;
    static std::optional<std::string> fault_in(const Plan& plan, const Options& options, Figures& figures,
                                               Tracer tracer);
    static std::string text_of(const Figures& figures) { return sim::text_of(figures); }
};

} // namespace omen::sim
