#pragma once

#include "sandbox/exchange/exchange.hpp"
#include "sandbox/faults/fault_plan.hpp"
#include "sandbox/servers/market_data_server.hpp"
#include "sim/book/judge.hpp"
#include "sim/book/plan.hpp"
#include "sim/book/process.hpp"
#include "sim/explore.hpp"
#include "sim/link.hpp"
#include "sim/timeline.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace omen::sim {

/// What worlds of books came to.
struct BookFigures {
    std::uint64_t worlds = 0;
    std::uint64_t deltas = 0;
    std::uint64_t shown = 0;
    std::uint64_t gaps = 0;
    std::uint64_t connections = 0;
    std::uint64_t ended = 0; ///< processes that met what is no book
};

/// The exchange with its market data, the network, and a process that follows its books.
class BookWorld final : public sandbox::ExchangeListener {
  public:
    BookWorld(const BookPlan& plan, BookFigures& figures, Tracer tracer = {});
    ~BookWorld() override;

    /// Lives it to its end. What is not so; nothing where all is well.
    std::optional<std::string> run();

    // ---- for the process

    static const std::vector<MarketId>& markets();
    const BookPlan& plan() const { return plan_; }
    Timeline& timeline() { return timeline_; }
    BookJudge& judge() { return judge_; }
    Link& connect(Client& client);
    /// Asks for a REST snapshot. The answer: nothing where the exchange can't be reached.
    void fetch(const MarketId& market,
               std::function<void(const std::optional<rest::OrderbookSnapshotResponse>&)> answer);
    void shown(const Link& link, const MarketId& market, const BookFeed::Step& step);
    void gap_told(const MarketId& market);
    void process_ended();
    template <class Text> void trace(Text text) const {
        if (tracer_) tracer_(text_of(timeline_.now() - Timeline::start) + "  " + text());
    }

  private:
    struct Connected {
        std::unique_ptr<Link> link;
        unsigned run = 0;
        unsigned deltas = 0;
        unsigned snapshots = 0;
        std::map<MarketId, sandbox::Message> late{}; ///< goes behind the next one
        std::set<MarketId> silent{};                 ///< nothing comes until it is subscribed to again
    };

    void on_book(const md::OrderbookDelta& delta) override;

    void fail(const std::string& what);
    void begin_exchange(std::uint64_t sequence);
    void note_book(const MarketId& market);
    void happen(const BookStep& step);
    void change(std::uint64_t value);
    void pass(Link& link, const sandbox::Message& message);
    void pass(Connected& connected, unsigned connection, const md::OrderbookDelta& delta,
              const sandbox::Message& message);
    void start_process();

    BookPlan plan_;
    BookFigures& figures_;
    Tracer tracer_;
    std::optional<std::string> failure_;
    Timeline timeline_;
    sandbox::FaultPlan no_faults_;
    BookJudge judge_;
    unsigned run_ = 0;
    std::uint64_t orders_ = 0;
    Clock::time_point up_from_{}; ///< before that no REST request is answered
    std::unique_ptr<sandbox::Exchange> exchange_;
    std::unique_ptr<sandbox::MarketDataServer> feed_;
    std::vector<Connected> connected_;
    std::map<const Link*, std::size_t> place_of_;
    std::vector<std::unique_ptr<BookProcess>> processes_;
};

struct BookWorlds {
    using Plan = BookPlan;
    using Figures = BookFigures;
    static std::optional<std::string> fault_in(const Plan& plan, const Options& options, Figures& figures,
                                               Tracer tracer);
    static std::string text_of(const Figures& figures);
};

} // namespace omen::sim
