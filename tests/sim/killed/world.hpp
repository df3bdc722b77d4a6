#pragma once

#include "client/journal/journal.hpp"
#include "client/trading/entry_evidence.hpp"
#include "sim/explore.hpp"
#include "sim/killed/plan.hpp"
#include "sim/look_up.hpp"
#include "sim/world.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace omen::sim {

/// What worlds with a kill came to.
struct KilledFigures {
    std::uint64_t worlds = 0;
    std::uint64_t killed = 0;
    std::uint64_t torn = 0;
    std::uint64_t unwritable = 0; ///< writes that a full disk did not take
    std::uint64_t looks = 0;
    std::uint64_t done = 0; ///< outcomes that resolve has found out
    std::uint64_t refused = 0;
    std::uint64_t not_executed = 0;
    std::uint64_t revived = 0;
    std::uint64_t left = 0; ///< entries without an outcome at the end
    Figures life{};
};

/// A world of the engine with a real journal, whose process is killed at some step, and is followed by others that
/// resolve what it has left behind.
class KilledWorld final : public World {
  public:
    KilledWorld(const KilledPlan& plan, KilledFigures& figures, Tracer tracer = {});
    ~KilledWorld() override;

    void step() override;
    std::vector<std::string> write_intents(const std::vector<gw::TradingCommand>& commands) override;
    void begin_session() override;
    void session_known(const trading::action::SessionKnown& session) override;
    void note_outcome(const std::string& entry, const JournalOutcome& outcome) override;
    void write_outcomes() override;

  private:
    /// What was written down of a wallet's sequence.
    struct Mark {
        Clock::time_point at;
        std::string wallet;
        std::uint64_t sequence;
    };
    /// What a look has made of an entry.
    struct Resolved {
        JournalEntry entry;
        bool is_hidden; ///< the exchange has begun anew, and nothing that is written down shows it
    };

    void live_on() override;
    void judge() override;

    Moment moment() const;
    Journal open_journal();
    std::uint64_t file_size() const;
    void write();
    void tear(std::uint64_t size_before, unsigned bytes);
    void look(const Look& look);
    void mark();
    void resolve(const Look& look);
    void conclude(const Look& look, const Holder& holder, const Resolution& resolution);
    const Line* line_of(const JournalEntry& entry) const;
    bool is_hidden(const Line& line, const JournalEntry& entry) const;
    void judge_entry(const Line& line, const JournalEntry& entry, bool is_hidden);

    KilledPlan plan_;
    KilledFigures& figures_;
    std::string boot_;
    Clock::time_point booted_at_;
    std::optional<Journal> journal_; ///< of the process, as long as it lives
    unsigned steps_ = 0;
    unsigned writes_ = 0;
    bool has_noted_ = false;
    std::vector<Mark> marks_;
    std::deque<std::unique_ptr<LookUp>> look_ups_;
    std::size_t looking_ = 0;
    std::vector<Resolved> resolved_;
};

struct KilledWorlds {
    using Plan = KilledPlan;
    using Figures = KilledFigures;
    static std::optional<std::string> fault_in(const Plan& plan, const Options& options, Figures& figures,
                                               Tracer tracer);
    static std::string text_of(const Figures& figures);
};

} // namespace omen::sim
