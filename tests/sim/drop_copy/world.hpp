#pragma once

#include "client/feeds/drop_copy_cursor.hpp"
#include "sandbox/access/identity.hpp"
#include "sandbox/exchange/exchange.hpp"
#include "sandbox/faults/fault_plan.hpp"
#include "sandbox/servers/failure_report.hpp"
#include "sandbox/servers/gateway_server.hpp"
#include "sandbox/servers/truth_log.hpp"
#include "sim/drop_copy/judge.hpp"
#include "sim/drop_copy/plan.hpp"
#include "sim/drop_copy/process.hpp"
#include "sim/explore.hpp"
#include "sim/link.hpp"
#include "sim/timeline.hpp"
#include "sim/world.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace omen::sim {

/// What worlds of the drop-copy came to.
struct DropCopyFigures {
    std::uint64_t worlds = 0;
    std::uint64_t executions = 0;
    std::uint64_t lines = 0;
    std::uint64_t gaps = 0;
    std::uint64_t connections = 0;
    std::uint64_t killed = 0;
    std::uint64_t refused = 0; ///< processes that were given another wallet's cursor
};

/// The exchange with its private feed, the network, and one process after the other that follows it with one cursor.
class DropCopyWorld final : public sandbox::ExchangeListener {
  public:
    DropCopyWorld(const DropCopyPlan& plan, DropCopyFigures& figures, Tracer tracer = {});
    ~DropCopyWorld() override;

    /// Lives it to its end. What is not so; nothing where all is well.
    std::optional<std::string> run();

    // ---- for the process

    const DropCopyPlan& plan() const { return plan_; }
    Timeline& timeline() { return timeline_; }
    DropCopyJudge& judge() { return judge_; }
    /// The cursor's file.
    std::optional<DropCopyCursor>& disk() { return disk_; }
    Link& connect(Client& client);
    void subscribed(const Link& link, const std::string& wallet, std::uint64_t issued);
    /// `was_refused`: it could not go on with this cursor. Another one follows.
    void process_ended(bool was_refused);
    template <class Text> void trace(Text text) const {
        if (tracer_) tracer_(text_of(timeline_.now() - Timeline::start) + "  " + text());
    }

  private:
    class Verifier : public sandbox::TokenVerifier {
      public:
        std::variant<sandbox::Identity, sandbox::AuthRefusal> verify(std::string_view token,
                                                                     Timestamp now) const override;
    };

    void on_execution(const gw::Execution& execution) override;
    void on_account(const std::string& wallet) override { gateway_->publish_account(wallet); }

    void fail(const std::string& what);
    std::string wallet() const { return exchange_->wallet_of("alice")->wallet; }
    void begin_exchange(const std::string& wallet);
    void happen(const FeedStep& step);
    void trade(std::uint64_t value);
    void pass(Link& link, const sandbox::Message& message);
    void start_process();

    DropCopyPlan plan_;
    DropCopyFigures& figures_;
    Tracer tracer_;
    std::optional<std::string> failure_;
    Timeline timeline_;
    sandbox::FaultPlan no_faults_;
    sandbox::FailureReport failures_;
    sandbox::TruthLog no_log_;
    Verifier verifier_;
    DropCopyJudge judge_;
    std::optional<DropCopyCursor> disk_;
    unsigned run_ = 0;
    unsigned wallets_ = 0;
    std::uint64_t orders_ = 0;
    std::unique_ptr<sandbox::Exchange> exchange_;
    std::unique_ptr<sandbox::GatewayServer> gateway_;
    struct Connected {
        std::unique_ptr<Link> link;
        unsigned executions = 0;
        unsigned answers = 0;
        sandbox::Message late{}; ///< goes behind the next one
        unsigned run = 0;        ///< of the exchange, when it subscribed
    };
    std::vector<Connected> connected_;
    std::map<const Link*, std::size_t> place_of_;
    std::vector<std::unique_ptr<DropCopyProcess>> processes_;
};

struct DropCopyWorlds {
    using Plan = DropCopyPlan;
    using Figures = DropCopyFigures;
    static std::optional<std::string> fault_in(const Plan& plan, const Options& options, Figures& figures,
                                               Tracer tracer);
    static std::string text_of(const Figures& figures);
};

} // namespace omen::sim
