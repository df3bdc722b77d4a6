#pragma once

#include "client/trading/engine.hpp"
#include "support/catch.hpp"
#include "support/order_records.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace omen::test {

/// What the exchange has on record when it is asked. The first executions are of other orders.
struct OnRecord {
    std::vector<gw::OrderState> open{};
    std::vector<gw::Execution> executions{};
    std::uint64_t before = 10;                ///< so many executions were there before
    std::optional<std::uint64_t> kept_from{}; ///< what is older is announced as a gap
    std::set<std::uint64_t> missing{};        ///< what is left out without a word
    Holder holder{.account = "default", .wallet = "0x1"};
};

/// A trading engine in conversation. The test is the exchange, the journal and the clock, and reads what the engine
/// does as lines of text: "send: order c-1", "e1: done". Whatever is said, nothing may be sent before its intent is
/// written, nothing twice, and each line has one result.
class Dialogue {
  public:
    using Lines = std::vector<std::string>;

    explicit Dialogue(trading::Engine::Options options = {}) : options_(options), engine_(options) {}

    // ---- what we ask for, and what time does

    void submit(trading::Request request, bool minted = false) {
        feed(trading::event::Submitted{
            .line = ++submitted_, .request = std::move(request), .handling = {.minted = minted}});
    }
    /// What limits apply to.
    void submit(trading::Request request, std::shared_ptr<const Gate> gate, trading::Handling handling = {}) {
        feed(trading::event::Submitted{
            .line = ++submitted_, .request = std::move(request), .handling = handling, .gate = std::move(gate)});
    }
    /// An order whose name the journal knows.
    void submit_again(gw::Order order, EarlierOrders earlier) {
        feed(trading::event::Submitted{
            .line = ++submitted_, .request = std::move(order), .earlier = std::move(earlier)});
    }
    void submit_all(const std::vector<trading::Request>& requests) {
        for (const auto& one : requests) submit(one);
    }
    /// Lets time go by. The engine is told of it when it asked to be.
    void pass(Milliseconds time) { pass_until(now_.mono + time); }
    void pass_until(Clock::time_point end) {
        for (int turns = 0; engine_.wakes_at() <= end; ++turns) {
            if (engine_.wakes_at() > now_.mono) turns = 0;
            REQUIRE(turns < 3);
            move_to(std::max(engine_.wakes_at(), now_.mono));
            feed(trading::event::Time{});
        }
        move_to(end);
    }
    void feed(trading::Event event) {
        for (auto& action : engine_.on(std::move(event), now_)) to_do_.push_back(std::move(action));
        if (std::exchange(is_obeying_, true)) return;
        while (!to_do_.empty()) {
            auto next = std::move(to_do_.front());
            to_do_.pop_front();
            std::visit([this](auto& one) { perform(one); }, next);
        }
        is_obeying_ = false;
    }

    // ---- what the exchange does

    void opens() {
        REQUIRE(std::exchange(is_opening_, false));
        feed(trading::event::Opened{});
    }
    void does_not_open(Fault fault = Fault::unreachable) {
        REQUIRE(std::exchange(is_opening_, false));
        feed(trading::event::OpenFailed{Error(fault, "no connection")});
    }
    void ends(SessionEnd how) { feed(trading::event::Ended{how, "the session ended"}); }
    void says(gw::ServerMessage message) { feed(trading::event::Received{std::move(message)}); }
    /// The reply to what was last sent under this name.
    template <class Reply> void answers(const std::string& what, Reply reply) {
        reply.id = id(what);
        says(std::move(reply));
    }
    void authenticates() { answers("auth", gw::Authenticated{.account = "default", .wallet = "0x1"}); }
    void subscribes(std::optional<std::uint64_t> sequence = 10) {
        answers("subscribe drop_copy", gw::Subscribed{.channel = "drop_copy", .sequence = sequence});
    }
    void greets() {
        authenticates();
        subscribes();
        if (ids_.contains("unsubscribe drop_copy"))
            answers("unsubscribe drop_copy", gw::Unsubscribed{.channel = "drop_copy"});
    }
    void accepts(const gw::Order& order, OrderStatus status = OrderStatus::open) {
        auto answer = accepted(order);
        answer.status = status;
        if (status == OrderStatus::filled) answer.filled_size = order.size;
        answers("order " + order.client_order_id.value, answer);
    }
    void errs(const std::string& what, const std::string& code) {
        answers(what, gw::ErrorReply{.code = code, .message = "no"});
    }
    /// The look-up that is under way reads this.
    void shows(const OnRecord& record) {
        REQUIRE(look_up_.has_value());
        const auto asked = *std::exchange(look_up_, std::nullopt);
        Reading reading(looked_up_at_, record.holder, asked.wanted);
        reading.on(gw::Orders{.wallet = record.holder.wallet, .orders = record.open});
        if (!asked.is_enough || !asked.is_enough(reading)) replay(reading, record, asked.from);
        feed(trading::event::LookedUp{std::move(reading)});
    }
    void shows_nothing(Fault fault = Fault::unreachable) {
        REQUIRE(look_up_.has_value());
        look_up_.reset();
        feed(trading::event::LookUpFailed{Error(fault, "no look-up")});
    }
    /// The side of the book that was asked for last.
    void shows_book(std::vector<Level> levels) {
        feed(trading::event::BookRead{.key = book_.value(), .levels = std::move(levels)});
    }
    void shows_no_book() {
        feed(trading::event::BookRead{.key = book_.value(), .levels = Error(Fault::unreachable, "no book")});
    }
    /// From now on every look-up reads this at once.
    void has_on_record(OnRecord record) { record_ = std::move(record); }

    // ---- how the machine behaves

    /// Of the next write only so many messages get a byte out, then the connection breaks.
    void breaks_after(std::size_t messages) { leaves_ = messages; }
    void journal_fails() { journal_ = Journal::fails; }
    void journal_works() { journal_ = Journal::works; }
    /// Intents are being written from now on, until writes_intents().
    void journal_is_slow() { journal_ = Journal::slow; }
    void writes_intents() { feed(trading::event::IntentsWritten{std::exchange(writing_, {})}); }
    /// A command may be sent a second time.
    void may_resend() { may_resend_ = true; }

    // ---- what came of it

    /// What the engine did since the last time this was asked.
    Lines did() { return std::exchange(lines_, {}); }
    /// The exit code of a line's result; nothing as long as there is none.
    std::optional<int> exit(std::uint64_t line) const {
        const auto found = results_.find(line);
        if (found == results_.end()) return std::nullopt;
        const auto* error = std::get_if<Error>(&found->second.outcome);
        return error == nullptr ? 0 : static_cast<int>(error->exit_code());
    }
    std::string why(std::uint64_t line) const { return std::get<Error>(results_.at(line).outcome).what(); }
    std::string code(std::uint64_t line) const { return std::get<Error>(results_.at(line).outcome).detail().code; }
    const trading::Result& result(std::uint64_t line) const { return results_.at(line); }
    const Lines& notes() const { return notes_; }
    const trading::Engine& engine() const { return engine_; }
    bool takes_input() const { return engine_.takes_input(now_.mono); }
    bool is_looking_up() const { return look_up_.has_value(); }
    bool is_opening() const { return is_opening_; }
    const trading::action::LookUp& look_up() const { return look_up_.value(); }
    const gw::Subscribe& subscription() const { return subscription_; }
    std::uint64_t id(const std::string& what) const {
        INFO(what);
        REQUIRE(ids_.contains(what));
        return ids_.at(what);
    }

  private:
    enum class Journal { works, fails, slow };

    void move_to(Clock::time_point when) {
        const auto passed = std::chrono::duration_cast<Milliseconds>(when - now_.mono);
        now_.mono = when;
        now_.wall.ms += passed.count();
    }
    void note(const std::string& line) { lines_.push_back(line); }

    static void replay(Reading& reading, const OnRecord& record, std::uint64_t from) {
        auto last = record.before;
        for (const auto& one : record.executions) last = std::max(last, one.sequence);
        reading.begin_replay(from, last);
        if (record.kept_from && *record.kept_from > from)
            reading.on(gw::DropCopyGap{.oldest_sequence = *record.kept_from, .next_sequence = last + 1});
        const auto first = std::max(from, record.kept_from.value_or(1));
        const auto is_told = [&](std::uint64_t sequence) {
            return sequence >= first && !record.missing.contains(sequence);
        };
        for (auto sequence = first; sequence <= record.before; ++sequence)
            if (is_told(sequence) && std::none_of(record.executions.begin(), record.executions.end(),
                                                  [&](const auto& one) { return one.sequence == sequence; }))
                reading.on(another(sequence));
        for (const auto& one : record.executions)
            if (is_told(one.sequence)) reading.on(one);
    }

    void perform(trading::action::Open&) {
        CHECK_FALSE(is_opening_);
        is_opening_ = true;
        ids_.clear();
        note("open");
    }
    void perform(trading::action::WriteIntents& intents) {
        std::string names;
        for (const auto& command : intents.commands) {
            names += (names.empty() ? "" : ", ") + trading::label_of(trading::request_of(command)).what;
            if (journal_ != Journal::fails) intended_.insert(trading::label_of(trading::request_of(command)).what);
        }
        note("write intents: " + names);
        if (journal_ == Journal::fails)
            return feed(
                trading::event::IntentsFailed{Error(Fault::usage, "disk full", {.code = "journal_unwritable"})});
        for (std::size_t i = 0; i < intents.commands.size(); ++i) writing_.push_back("e" + std::to_string(++entries_));
        if (journal_ == Journal::works) writes_intents();
    }
    void perform(trading::action::SessionKnown&) {}
    void perform(trading::action::Send& send) {
        std::string names;
        std::uint64_t last = 0;
        std::uint64_t last_id = 0;
        std::size_t count = 0;
        for (auto& message : send.messages) {
            const auto name = std::visit([this](auto& one) { return name_of(one); }, message);
            last_id = ids_[name] = std::visit([](const auto& one) { return one.id; }, message);
            if (count == 0) last = last_id - 1;
            if (++count <= leaves_.value_or(count)) last = last_id;
            names += (names.empty() ? "" : ", ") + name;
        }
        note("send: " + names);
        feed(trading::event::Left{.last_id = last, .of_id = last_id});
        if (std::exchange(leaves_, std::nullopt)) ends(SessionEnd::broken);
    }
    template <class Message> std::string name_of(const Message& message) {
        const auto name = CommandLabel::of(message).what;
        if constexpr (requires { message.channel; }) return name + " " + message.channel;
        if constexpr (std::is_constructible_v<gw::TradingCommand, const Message&>) {
            INFO(name);
            if (options_.journal) CHECK(intended_.contains(name));
            CHECK((sent_.insert(name).second || may_resend_));
        }
        return name;
    }
    std::string name_of(const gw::Subscribe& message) {
        subscription_ = message;
        return "subscribe " + message.channel;
    }
    void perform(trading::action::Reset&) { note("reset"); }
    void perform(trading::action::LookUp& question) {
        CHECK_FALSE(look_up_.has_value());
        look_up_ = std::move(question);
        looked_up_at_ = now_.mono;
        note("look up from " + std::to_string(look_up_->from));
        if (record_) shows(*record_);
    }
    void perform(trading::action::CutLookUp&) { look_up_.reset(); }
    void perform(trading::action::ReadBook& read) {
        book_ = read.key;
        note("read book " + read.market.text() + ", " + std::string(to_string(read.side)));
    }
    void perform(trading::action::Report& report) {
        const auto line = report.result->line;
        const bool is_the_first = results_.emplace(line, std::move(*report.result)).second;
        CHECK(is_the_first);
        note("line " + std::to_string(line) + ": " + std::to_string(*exit(line)));
    }
    void perform(trading::action::WriteOutcome& outcome) {
        note(outcome.entry + (outcome.of_another ? " of another: " : ": ") + outcome.outcome.outcome);
    }
    void perform(trading::action::Note& said) { notes_.push_back(said.text); }
    void perform(trading::action::Refused& refused) {
        note("refused: " + std::to_string(static_cast<int>(refused.error.exit_code())));
    }

    trading::Engine::Options options_;
    trading::Engine engine_;
    trading::Instant now_{Clock::time_point{} + std::chrono::hours(1), Timestamp{1'800'000'000'000}};
    std::deque<trading::Action> to_do_{};
    bool is_obeying_ = false;
    std::uint64_t submitted_ = 0;
    std::uint64_t entries_ = 0;
    Journal journal_ = Journal::works;
    std::vector<std::string> writing_{};
    std::optional<std::size_t> leaves_{};
    bool may_resend_ = false;
    bool is_opening_ = false;
    std::optional<trading::action::LookUp> look_up_{};
    Clock::time_point looked_up_at_{};
    std::optional<std::uint64_t> book_{};
    std::optional<OnRecord> record_{};
    Lines lines_{};
    Lines notes_{};
    std::map<std::string, std::uint64_t> ids_{}; ///< of what was sent last in this session
    std::set<std::string> intended_{};
    std::set<std::string> sent_{};
    gw::Subscribe subscription_{};
    std::map<std::uint64_t, trading::Result> results_{};
};

/// How a session begins.
inline const std::string greeting = "send: auth, subscribe drop_copy, unsubscribe drop_copy";

/// A dialogue in which these have been sent, and nothing was said yet.
inline Dialogue dialogue_of(const std::vector<trading::Request>& requests, trading::Engine::Options options = {}) {
    Dialogue dialogue(options);
    dialogue.submit_all(requests);
    dialogue.opens();
    dialogue.did();
    return dialogue;
}

/// The same, with the session greeted.
inline Dialogue greeted(const std::vector<trading::Request>& requests, trading::Engine::Options options = {}) {
    auto dialogue = dialogue_of(requests, options);
    dialogue.greets();
    dialogue.did();
    return dialogue;
}

/// A session that is greeted before there is anything to send.
inline Dialogue greeted_early() {
    Dialogue dialogue;
    dialogue.feed(trading::event::Wanted{});
    dialogue.opens();
    dialogue.greets();
    dialogue.did();
    return dialogue;
}

} // namespace omen::test
