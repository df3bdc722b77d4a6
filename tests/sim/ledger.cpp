#include "sim/ledger.hpp"

#include "protocol/wire/codec.hpp"

#include <algorithm>
#include <utility>

namespace omen::sim {

std::string content_of(trading::Request request) {
    return std::visit(
        [](auto& one) {
            one.id = 0;
            return wire::encode(one);
        },
        request);
}

std::size_t Ledger::submitted(const trading::Request& request, bool minted) {
    lines_.push_back(
        {.number = lines_.size() + 1, .request = request, .content = content_of(request), .minted = minted});
    return lines_.size();
}

/// Of several that are the same the first one: nothing tells them apart.
template <class Fits> Line* Ledger::find(const std::string& content, Fits fits) {
    for (auto& line : lines_)
        if (!line.result && line.content == content && fits(line)) return &line;
    return nullptr;
}

std::vector<std::string> Ledger::intended(const std::vector<gw::TradingCommand>& commands,
                                          std::vector<std::string> entries) {
    const bool are_named = !entries.empty();
    entries.resize(commands.size());
    for (std::size_t at = 0; at < commands.size(); ++at) {
        const auto& command = commands[at];
        auto* line = find(content_of(trading::request_of(command)), [](const Line& one) { return !one.intended; });
        if (line == nullptr) {
            fail_("an intent of nothing that was asked for");
            continue;
        }
        if (line->outcome) line->outcome.reset();
        line->intended = true;
        if (!are_named) entries[at] = std::to_string(line->number) + "." + std::to_string(++line->entries);
        line->entry = entries[at];
    }
    return entries;
}

Sent* Ledger::leaves(const trading::Request& message, std::uint64_t id, unsigned session, unsigned run,
                     trading::Instant now, const std::shared_ptr<SessionFacts>& facts) {
    const auto content = content_of(message);
    auto* line = find(content, [&](const Line& one) { return one.may_resend && one.sent.back().session == session; });
    if (line == nullptr) line = find(content, [](const Line& one) { return one.sent.empty(); });
    if (line == nullptr) {
        fail_("sent twice, or never asked for: " + trading::label_of(message).what);
        return nullptr;
    }
    line->may_resend = false;
    if (has_journal_ && trading::trading_command(message) && !line->intended)
        fail_("sent before its intent was written: " + trading::label_of(message).what);
    line->facts = facts;
    return &line->sent.emplace_back(Sent{.line = line->number, .session = session, .id = id, .run = run, .at = now});
}

void Ledger::stays(Sent* sent) {
    if (sent != nullptr) at(sent->line).sent.pop_back();
}

void Ledger::may_resend(unsigned session, std::uint64_t id) {
    for (auto& line : lines_)
        if (line.sent.size() == 1 && line.sent.back().session == session && line.sent.back().id == id && !line.result)
            line.may_resend = true;
}

bool agrees(const trading::Result& result, const JournalOutcome& told) {
    const auto* error = std::get_if<Error>(&result.outcome);
    const auto is = [&](auto... outcomes) { return ((told.outcome == outcomes) || ...); };
    if (error == nullptr) return is(outcome::done);
    if (error->fault() == Fault::outcome_unknown) return is(outcome::unknown);
    return is(outcome::refused, outcome::not_executed, outcome::not_sent);
}

/// Of lines that are the same the first one is taken to have left. Which it was shows in their results.
void Ledger::tell_apart(Line& line) {
    const bool has_left = !line.sent.empty();
    if (line.result->was_earlier != has_left) return;
    const auto is_other = [&](const Line& other) {
        if (&other == &line || other.result || other.content != line.content) return false;
        return has_left ? other.sent.empty()
                        : other.outcome && !other.sent.empty() && agrees(*line.result, *other.outcome);
    };
    const auto other = std::find_if(lines_.begin(), lines_.end(), is_other);
    if (other == lines_.end()) return;
    std::swap(line.sent, other->sent);
    std::swap(line.facts, other->facts);
    std::swap(line.may_resend, other->may_resend);
    std::swap(line.intended, other->intended);
    std::swap(line.entry, other->entry);
    std::swap(line.entries, other->entries);
    std::swap(line.outcome, other->outcome);
    for (auto* one : {&line, &*other})
        for (auto& sent : one->sent) sent.line = one->number;
}

Line* Ledger::reported(trading::Result&& result, Clock::time_point now) {
    if (result.line == 0 || result.line > lines_.size()) return fail_("a result of no line"), nullptr;
    auto& line = at(result.line);
    if (line.result) return fail_("two results of line " + std::to_string(result.line)), nullptr;
    line.result = std::move(result);
    tell_apart(line);
    line.reported_at = now;
    return &line;
}

void Ledger::settled(const std::string& entry, JournalOutcome&& outcome) {
    for (auto& line : lines_) {
        if (line.entry.empty() || line.entry != entry) continue;
        if (line.outcome) fail_("two outcomes in the journal of " + line.entry);
        // What has not left and is not over may be intended anew.
        if (!line.result && line.sent.empty() && outcome.outcome == outcome::not_sent) line.intended = false;
        line.outcome = std::move(outcome);
        return;
    }
    fail_("an outcome in the journal of no entry");
}

void Ledger::check_complete() const {
    for (const auto& line : lines_) {
        if (!line.result) return fail_("no result of line " + std::to_string(line.number));
        if (!line.entry.empty() && !line.outcome) return fail_("no outcome in the journal of " + line.entry);
    }
}

} // namespace omen::sim
