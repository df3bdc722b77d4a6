#include "sim/killed/world.hpp"

#include "client/journal/files.hpp"
#include "sim/judge.hpp"
#include "sim/killed/disk.hpp"
#include "support/size_limit.hpp"
#include "system/private_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace omen::sim {

namespace {

using namespace std::chrono_literals;

constexpr auto first_boot = "11111111-1111-1111-1111-111111111111";
constexpr auto second_boot = "22222222-2222-2222-2222-222222222222";

const Url& exchange_url() {
    static const auto url = Url::parse("ws://localhost:8080/");
    return url;
}

} // namespace

KilledWorld::KilledWorld(const KilledPlan& plan, KilledFigures& figures, Tracer tracer)
    : World(plan.life, figures.life, std::move(tracer)),
      plan_(plan),
      figures_(figures),
      boot_(first_boot),
      booted_at_(Timeline::start - 1h),
      journal_(open_journal()) {
    directory().clear();
    for (const auto& one : plan_.looks) timeline().at(Timeline::start + one.at, [this, &one] { look(one); });
}

KilledWorld::~KilledWorld() = default;

Moment KilledWorld::moment() const {
    const auto uptime = std::chrono::floor<Milliseconds>(now() - booted_at_).count();
    return {instant().wall, boot_, static_cast<std::uint64_t>(uptime)};
}

Journal KilledWorld::open_journal() {
    return {directory().path(), exchange_url(), Journal::Sync::no, nullptr, [this] { return moment(); }};
}

// ---- the process's own

void KilledWorld::step() {
    if (++steps_ != plan_.dies_at) return;
    trace([] { return "killed"; });
    ++figures_.killed;
    throw Killed();
}

/// Of the file that is written to today.
std::uint64_t KilledWorld::file_size() const {
    const auto day = instant().wall.rfc3339().substr(0, 10);
    std::error_code none;
    const auto size = std::filesystem::file_size(
        journal_file(directory().path(), file_name_part(exchange_url().text()) + "-", day), none);
    return none ? 0 : size;
}

void KilledWorld::tear(std::uint64_t size_before, unsigned bytes) {
    const auto size = file_size();
    if (size <= size_before) return;
    ++figures_.torn;
    const auto day = instant().wall.rfc3339().substr(0, 10);
    std::filesystem::resize_file(journal_file(directory().path(), file_name_part(exchange_url().text()) + "-", day),
                                 size - std::min<std::uint64_t>(bytes, size - size_before));
}

/// It may be full, and the process may be killed while it writes.
void KilledWorld::write() {
    if (!std::exchange(has_noted_, false)) return;
    const auto number = ++writes_;
    const auto size = file_size();
    const auto& disk = plan_.disk;
    const bool is_full = disk && number >= disk->first && number < disk->first + disk->count;
    try {
        const test::SizeLimit limit(is_full ? std::optional(size + (number == disk->first ? disk->bytes : 0))
                                            : std::nullopt);
        journal_->write_noted();
    } catch (const Error&) {
        ++figures_.unwritable;
        throw;
    }
    if (plan_.torn != 0 && steps_ + 1 == plan_.dies_at) {
        tear(size, plan_.torn);
        step();
    }
}

std::vector<std::string> KilledWorld::write_intents(const std::vector<gw::TradingCommand>& commands) {
    std::vector<std::string> entries;
    for (const auto& command : commands)
        entries.push_back(std::visit([this](const auto& one) { return journal_->note(one); }, command));
    has_noted_ = true;
    write();
    entries = ledger().intended(commands, std::move(entries));
    step();
    return entries;
}

void KilledWorld::begin_session() {
    journal_->begin_session(account());
}

void KilledWorld::session_known(const trading::action::SessionKnown& session) {
    journal_->session_known(
        {.account = session.holder.account, .wallet = session.holder.wallet, .sequence = session.start});
    has_noted_ = true;
}

void KilledWorld::note_outcome(const std::string& entry, const JournalOutcome& outcome) {
    World::note_outcome(entry, outcome);
    journal_->note(entry, outcome);
    has_noted_ = true;
}

void KilledWorld::write_outcomes() {
    try {
        write();
    } catch (const Error& error) {
        trace([&] { return std::string("not written down: ") + error.what(); });
    }
}

// ---- afterwards

void KilledWorld::live_on() {
    journal_.reset();
    if (plan_.reboots && was_killed()) {
        boot_ = second_boot;
        booted_at_ = now();
    }
    const auto last = plan_.looks.empty() ? now() : Timeline::start + plan_.looks.back().at;
    timeline().advance_to(std::max(now(), last));
    while (looking_ != 0 && timeline().next()) timeline().advance_to(*timeline().next());
}

void KilledWorld::look(const Look& look) {
    ++figures_.looks;
    if (look.is_mark) return mark();
    resolve(look);
}

/// Another process's session, of which nothing but what it notes is of interest.
void KilledWorld::mark() {
    const auto sequence = exchange().last_sequence(wallet());
    trace([&] { return "another process's session begins at " + std::to_string(sequence); });
    auto journal = open_journal();
    journal.begin_session(account());
    journal.session_known({.account = account(), .wallet = wallet(), .sequence = sequence});
    journal.write_noted();
    marks_.push_back({now(), wallet(), sequence});
}

void KilledWorld::resolve(const Look& look) {
    auto contents = open_journal().read(to_resolve(moment().time));
    auto& entries = contents.entries;
    keep_own(entries, account());
    take_living(entries, contents.files);
    trace([&] { return "resolve of " + std::to_string(entries.size()) + " entries"; });
    if (entries.empty()) return;
    ++looking_;
    auto placed = open_journal().find_all(account(), client_ids_of(entries));
    trading::action::LookUp question{.wanted = orders_of(entries), .from = 1, .is_enough = {}, .by = now() + 10s};
    look_ups_.push_back(std::make_unique<LookUp>(
        *this, std::move(question),
        [this, look, entries = std::move(entries), placed = std::move(placed),
         read_at = moment()](const trading::Event& answer) {
            --looking_;
            if (const auto* read = std::get_if<trading::event::LookedUp>(&answer))
                conclude(look, read->reading.holder(), omen::resolve(entries, placed, read->reading, read_at));
        }));
}

void KilledWorld::conclude(const Look& look, const Holder& holder, const Resolution& resolution) {
    auto journal = open_journal();
    for (const auto& entry : resolution.entries) {
        if (is_unresolved(entry)) continue;
        trace([&] { return "resolved: " + entry.entry + " " + entry.outcome->outcome; });
        if (entry.identity != holder.account) fail("resolved, though it is another's: " + entry.entry);
        const auto& outcome = entry.outcome->outcome;
        ++(outcome == outcome::done      ? figures_.done
           : outcome == outcome::refused ? figures_.refused
                                         : figures_.not_executed);
        if (const auto* line = line_of(entry)) resolved_.push_back({entry, is_hidden(*line, entry)});
        journal.note_resolved(entry.entry, *entry.outcome);
    }
    figures_.revived += resolution.revived.size();
    const auto size = file_size();
    journal.write_noted();
    if (look.is_torn) tear(size, 1 + static_cast<unsigned>(plan_.life.seed % 100));
}

// ---- the judge

const Line* KilledWorld::line_of(const JournalEntry& entry) const {
    for (const auto& line : ledger().lines())
        if (line.entry == entry.entry && !line.sent.empty()) return &line;
    return nullptr;
}

/// By what stands in the journal.
bool KilledWorld::is_hidden(const Line& line, const JournalEntry& entry) const {
    const auto& sent = line.sent.back();
    if (sent.run == run_number()) return false;
    const auto& known = entry.session.wallet;
    if (!known) return true;
    auto seen = entry.session.sequence.value_or(0);
    for (const auto& mark : marks_)
        if (mark.at > sent.at.mono && same_wallet(mark.wallet, *known)) seen = std::max(seen, mark.sequence);
    return exchange().last_sequence(*known) >= seen;
}

void KilledWorld::judge_entry(const Line& line, const JournalEntry& entry, bool is_hidden) {
    if (is_unresolved(entry) || is_hidden) return;
    const auto name = "line " + std::to_string(line.number) + " (" + trading::label_of(line.request).what + ")";
    const auto* sent = accepted(line);
    const bool is_done = entry.outcome->outcome == outcome::done;
    if (sent == nullptr && is_done) {
        // What the session had learnt is known only as far as it was written down.
        auto known = line;
        known.facts = std::make_shared<SessionFacts>(*line.facts);
        known.facts->start = entry.session.sequence;
        if (!is_so(*this, known)) fail("untrue: the journal calls " + name + " done, and it is not");
    }
    const bool is_cancel_all = std::holds_alternative<gw::CancelAll>(line.request);
    const bool has_effect = sent != nullptr && (!is_cancel_all || sent->effects != 0);
    if (has_effect && !is_done)
        fail("untrue: the journal calls " + name + " " + entry.outcome->outcome + ", and it was executed");
}

void KilledWorld::judge() {
    World::judge();
    for (const auto& one : resolved_) judge_entry(*line_of(one.entry), one.entry, one.is_hidden);
    const auto contents = open_journal().read();
    for (const auto& line : ledger().lines()) {
        if (line.sent.empty() || !trading::trading_command(line.request)) continue;
        const auto found = std::find_if(contents.entries.begin(), contents.entries.end(),
                                        [&](const JournalEntry& entry) { return entry.entry == line.entry; });
        if (found == contents.entries.end())
            return fail("line " + std::to_string(line.number) + " was sent, and is not in the journal");
        figures_.left += is_unresolved(*found) ? 1 : 0;
        if (!found->by_resolve) judge_entry(line, *found, line.is_hidden);
    }
}

std::optional<std::string> KilledWorlds::fault_in(const Plan& plan, const Options&, Figures& figures, Tracer tracer) {
    return KilledWorld(plan, figures, std::move(tracer)).run();
}

std::string KilledWorlds::text_of(const Figures& figures) {
    return fmt::format(
        "{} killed; {} writes torn, {} not taken by a full disk; {} looks: {} done, {} refused, {} not executed, {} of "
        "these done after all; {} left unknown\n",
        figures.killed, figures.torn, figures.unwritable, figures.looks, figures.done, figures.refused,
        figures.not_executed, figures.revived, figures.left);
}

} // namespace omen::sim
