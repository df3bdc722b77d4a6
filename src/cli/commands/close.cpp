#include "cli/commands/preview.hpp"
#include "cli/commands/trading_options.hpp"
#include "cli/context/command.hpp"
#include "cli/context/parse.hpp"
#include "cli/output/views.hpp"
#include "client/requests/flattening.hpp"
#include "client/trading/reading.hpp"
#include "system/signals.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <random>

namespace omen {

namespace {

using trading::Flattening;

constexpr Backoff::Options between_reads{.first = Milliseconds(100), .longest = Milliseconds(2'000)};

struct CloseOptions {
    std::string market;
    bool all = false;
    JournalFlags journal;
};

/// Sends what Flattening decides until the positions, read anew after every answer, are flat, or time is up.
class Close {
  public:
    Close(const CloseOptions& options, Context& context) : options_(options), context_(context) {}

    Exit run() {
        if (!options_.all) market_ = context_.sessions.markets().find_or_trust_id(options_.market).id;
        auto first = context_.sessions.gateway().call(gw::GetPositions{});
        wallet_ = std::move(first.wallet);
        left_ = in_scope(std::move(first.positions));
        if (left_.empty() && market_)
            throw Error(Fault::not_found, "close " + options_.market + ": there is no position",
                        {.code = "no_position"});
        if (!left_.empty()) {
            if (context_.asks()) context_.confirm("close", preview::of(left_, context_));
            flatten();
        }
        const bool is_flat = left_.empty() && !unread_;
        context_.console.set_outcome("close: " + std::to_string(orders_.size()) + " order(s) taken, " +
                                     (is_flat ? "flat" : "not known to be flat"));
        if (is_flat || !orders_.empty()) context_.console.output().list(orders_, order_columns);
        return is_flat ? report_flat() : report_left();
    }

  private:
    using Result = trading::Result;

    Flattening::Positions in_scope(Flattening::Positions positions) const {
        std::erase_if(positions, [&](const auto& position) {
            return position.size.is_zero() || (market_ && position.market_id != *market_);
        });
        return positions;
    }

    void flatten() {
        // Time is kept for the answers to what is sent last, and for reading the positions after that.
        const auto end = context_.sessions.deadline().when();
        const auto tenth = context_.settings.values().timeout.value / 10;
        repeat(end - 3 * tenth, end - tenth);
        if (!signals::received() && unread_ && unread_->retryable()) {
            Desk another(desk_until(end));
            read(another, end);
        }
    }

    /// Until nothing is left, or more is of no use; no order is sent after the last call.
    void repeat(Clock::time_point last_call, Clock::time_point end) {
        Desk desk(desk_until(end));
        for (bool is_first = true; const auto next = flattening_.next(left_); is_first = false) {
            const auto now = Clock::now();
            if (desk.signal() || (!is_first && std::max(*next, now) > last_call)) break;
            if (*next > now)
                pause_until(*next, desk);
            else
                send(desk);
            if (!read(desk, last_call)) break;
        }
    }

    Desk::Options desk_until(Clock::time_point end) {
        auto options = context_.sessions.desk(options_.journal, {.end = end});
        options.on_result = [this](Result&& result) { take(std::move(result)); };
        return options;
    }

    void send(Desk& desk) {
        unread_ = Error(Fault::unreachable, "interrupted");
        for (auto& order : flattening_.orders(left_, Clock::now()))
            desk.submit(0, std::move(order), {.minted = true, .flattens = true});
        desk.finish();
    }

    /// Reads the positions anew. False where that can't be done in time.
    bool read(Desk& desk, Clock::time_point last_call) {
        Backoff backoff(between_reads);
        while (!desk.signal()) {
            desk.submit(0, gw::GetPositions{});
            desk.finish();
            if (!unread_) return true;
            const auto again = Clock::now() + backoff.pause(Clock::now());
            if (!unread_->retryable() || again > last_call) return false;
            pause_until(again, desk);
        }
        return false;
    }

    static void pause_until(Clock::time_point when, Desk& desk) {
        while (Clock::now() < when && !desk.signal()) desk.turn(Deadline::at(when));
    }

    void take(Result&& result) {
        const auto* error = std::get_if<Error>(&result.outcome);
        if (const auto* order = std::get_if<gw::Order>(&result.request)) {
            flattening_.on(result, Clock::now());
            if (error == nullptr)
                orders_.emplace_back(std::move(*result.order), context_.sessions.markets().symbol_of(order->market_id));
            else if (error->fault() == Fault::outcome_unknown)
                unknown_.insert_or_assign(*order->market_id, *error);
        } else if (error != nullptr) {
            unread_ = *error;
        } else {
            take(std::move(std::get<gw::Positions>(std::get<trading::Reply>(result.outcome))));
        }
    }

    /// A token that was asked for anew may be another wallet's, which proves nothing.
    void take(gw::Positions&& positions) {
        if (wallet_ && positions.wallet && !same_wallet(*wallet_, *positions.wallet)) {
            unread_ = Error(Fault::protocol, "they are those of another wallet, " + *positions.wallet);
            return;
        }
        unread_.reset();
        left_ = in_scope(std::move(positions.positions));
    }

    /// An order that may come late can only reduce a position, and there is none.
    Exit report_flat() {
        for (const auto& [market, error] : unknown_)
            context_.console.note(std::string(error.what()) + "; it is flat all the same");
        return Exit::done;
    }

    /// Reports each reason why something is left, or may be, on a line that names what.
    Exit report_left() {
        std::map<std::string, std::pair<Error, std::string>> reasons;
        for (const auto& position : left_) {
            const auto why = reason(position.market_id);
            auto& names = reasons.try_emplace(why.what(), why, std::string()).first->second.second;
            names += (names.empty() ? "" : ", ") + context_.sessions.markets().symbol_of(position.market_id) + " " +
                     position.size.text() + " " + std::string(to_string(position.side));
            unknown_.erase(position.market_id);
        }
        auto exit = Exit::done;
        const auto report = [&](const Error& error) {
            context_.console.report(error);
            exit = more_serious(exit, error.exit_code());
        };
        const std::string state = unread_ ? "close: not known to be flat: " : "close: not flat: ";
        for (const auto& [why, reason] : reasons)
            report(Error(reason.first.fault(), state + reason.second + ": " + why, reason.first.detail()));
        for (const auto& [market, error] : unknown_) report(error);
        return exit;
    }

    /// Why there is, or may be, a position in a market.
    Error reason(const MarketId& market) const {
        const auto* failure = flattening_.failure(market);
        if (failure != nullptr && (!unread_ || failure->fault() != Fault::refused)) {
            auto detail = failure->detail();
            if (failure->fault() == Fault::refused) detail.code = "not_flat";
            return Error(failure->fault(), failure->what(), std::move(detail));
        }
        if (!unread_)
            return Error(Fault::refused, "nothing more was filled in time",
                         {.code = "not_flat", .hint = "repeat it, or see: omenctl positions"});
        const bool may_have_changed = !orders_.empty() || !unknown_.empty();
        return Error(may_have_changed ? Fault::outcome_unknown : unread_->fault(),
                     std::string("the positions could not be read again: ") + unread_->what(),
                     {.code = "not_read", .hint = "check with: omenctl positions"});
    }

    const CloseOptions& options_;
    Context& context_;
    std::optional<MarketId> market_{}; ///< none: all
    std::optional<std::string> wallet_{};
    Flattening flattening_{std::random_device{}()};
    Flattening::Positions left_{};
    std::optional<Error> unread_{}; ///< why `left_` is not what is left now
    std::vector<OrderView> orders_{};
    std::map<MarketId, Error> unknown_{}; ///< orders that may have been carried out
};

} // namespace

void add_close(CLI::App& app, Run& run) {
    auto options = std::make_shared<CloseOptions>();
    app.add_option("market", options->market, "symbol or id");
    app.add_flag("--all", options->all, "every position");
    add_journal_options(app, options->journal);
    const auto start = [options](Context& context) {
        if (options->market.empty() != options->all)
            throw Error(Fault::usage, "close: name a market, or say --all", {.code = "bad_flags"});
        return Close(*options, context).run();
    };
    run = {start, field_names<OrderView>};
}

} // namespace omen
