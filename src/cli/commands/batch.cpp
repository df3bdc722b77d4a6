#include "cli/commands/batch_result.hpp"
#include "cli/commands/line_source.hpp"
#include "cli/commands/preview.hpp"
#include "cli/commands/trading_options.hpp"
#include "cli/context/command.hpp"
#include "client/markets/order_checks.hpp"
#include "client/requests/batch_line.hpp"
#include "client/trading/orders.hpp"
#include "system/signals.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <poll.h>
#include <set>
#include <unistd.h>
#include <utility>
#include <vector>

namespace omen {

namespace {

struct BatchOptions {
    std::string file = "-";
    WaitOptions wait;
    JournalFlags journal;
    bool fail_fast = false;
    bool cancel_on_exit = false;
    bool paced = true;
};

class Batch {
  public:
    Batch(const BatchOptions& options, Context& context)
        : options_(options), context_(context), output_(context.console.output()), input_(options.file) {}

    Exit run() {
        output_.begin_stream(batch_columns);
        Desk desk(desk_options());
        desk.open();
        while (!is_over(desk)) step(desk);
        if (options_.cancel_on_exit && !placed_.empty()) cancel_placed();
        flush();
        if (failure_) {
            if (!input_.ended()) context_.console.note("no line behind line " + std::to_string(line_) + " was sent");
            context_.console.report(Error(Fault::internal, failure_->reason, {.code = "output_failed"}));
            exit_ = more_serious(exit_, Exit::internal);
        }
        return exit_;
    }

  private:
    Desk::Options desk_options() {
        auto options = context_.sessions.desk(
            options_.journal,
            {.paced = options_.paced,
             .follow_for = options_.wait.until ? std::optional(options_.wait.longest()) : std::nullopt});
        options.on_result = [this](trading::Result&& result) { take(std::move(result)); };
        return options;
    }

    /// The input is over, and every result is there.
    bool is_over(const Desk& desk) const {
        return desk.unfinished() == 0 && (stopped_ || desk.signal() || input_.ended());
    }

    /// In a session of its own, as the one before may have ended. One signal is no reason not to.
    void cancel_placed() {
        if (signals::count() > 1) return note_left_open();
        auto options = desk_options();
        options.heeds_first_signal = false;
        Desk desk(std::move(options));
        for (const auto& id : std::exchange(placed_, {})) desk.submit(0, gw::Cancel{.client_order_id = id});
        while (desk.unfinished() != 0) {
            flush();
            desk.turn(Deadline::never());
        }
        if (signals::count() > 1) note_left_open();
    }

    void note_left_open() { context_.console.note("interrupted twice; some of the orders may still be open"); }

    void step(Desk& desk) {
        while (!stopped_ && desk.takes_input()) {
            const auto line = input_.next();
            if (!line) break;
            ++line_;
            if (line->too_long || line->text.find_first_not_of(" \t") != std::string::npos) submit(*line, desk);
        }
        flush();
        const bool reads = !stopped_ && desk.takes_input() && !input_.ended();
        if (desk.unfinished() == 0 && !reads) return;
        std::array wake{pollfd{reads ? input_.fd() : -1, POLLIN, 0}, pollfd{gone_ ? -1 : STDOUT_FILENO, 0, 0}};
        desk.turn(Deadline::never(), wake);
        ::poll(wake.data(), wake.size(), 0);
        if (wake[1].revents != 0) lose_output();
        if (wake[0].revents != 0) input_.fill();
    }

    /// Nobody sees the results of further lines.
    void lose_output() {
        gone_ = true;
        stopped_ = true;
    }

    /// Writes; that it can't be written must not keep an outcome from being found out.
    template <class F> void write(F&& what) {
        if (gone_) return;
        try {
            what();
        } catch (const OutputFailed& failure) {
            if (!failure.closed) failure_ = failure;
            lose_output();
            if (failure_) std::for_each(unwritten_.begin(), unwritten_.end(), [this](const auto& one) { note(one); });
        }
    }
    void flush() {
        write([this] { context_.console.flush(); });
        unwritten_.clear();
    }

    /// Hands a line to the desk, or reports why it is none that can be sent.
    void submit(const LineSource::Line& text, Desk& desk) {
        const auto refuse = [&](const Error& error) {
            auto label = BatchLabel::of(text.text);
            fail({.line = line_, .op = std::move(label.op), .client_order_id = std::move(label.client_order_id)},
                 error);
        };
        const auto bad_line = [&](const std::string& why) {
            refuse(Error(Fault::refused_locally, "line " + std::to_string(line_) + ": " + why, {.code = "bad_line"}));
        };
        if (text.too_long) return bad_line("longer than " + std::to_string(LineSource::longest) + " bytes");
        try {
            auto line = BatchLine::parse(text.text);
            complete(line);
            desk.submit(line_, trading::request_of(std::move(line.command)), {.minted = line.minted});
        } catch (const DecodeError& error) {
            bad_line(error.what());
        } catch (const Error& error) {
            refuse(error);
        } catch (const Interrupted&) { // still pending: the desk, whose commands may be under way, learns of it
            stopped_ = true;
            refuse(Error(Fault::unreachable, "interrupted; not sent", {.code = "not_sent"}));
        }
    }

    /// Puts the market's id into the command and checks it as `order` does.
    void complete(BatchLine& line) {
        check_markets(line);
        check_names(line);
        if (auto* all = std::get_if<gw::CancelAll>(&line.command); all != nullptr && !line.markets.empty())
            all->market_id = context_.sessions.markets().find_or_trust_id(line.markets.front()).id;
        auto* order = std::get_if<gw::Order>(&line.command);
        if (order == nullptr) return;
        const auto market = market_to_trade(context_, line.markets.front());
        order->market_id = market.id;
        check_against_market(context_.sessions.markets(), market, order->price, order->size);
    }

    /// Where a line names its market more than once, every name must be of one.
    void check_markets(const BatchLine& line) {
        if (line.markets.size() < 2) return;
        const auto& first = line.markets.front();
        const auto id = context_.sessions.markets().find(first).id;
        for (const auto& other : line.markets)
            if (context_.sessions.markets().find(other).id != id)
                throw DecodeError("\"" + first + "\" and \"" + other + "\" are not the same market");
    }

    /// Where a line names its order twice, both names must be of one. An order that is not open is left to the exchange
    /// to refuse.
    void check_names(const BatchLine& line) {
        if (!line.named_twice) return;
        const auto& [id, name] = *line.named_twice;
        if (!names_.contains(*id))
            for (const auto& order : open_orders(context_.sessions))
                if (order.order_id) names_[*order.order_id] = order.client_order_id;
        if (const auto known = names_.find(*id); known != names_.end() && known->second != name)
            throw DecodeError("order " + id->value + " is not the one that is called " + name->value);
    }

    void take(trading::Result&& result) {
        BatchResult view{.line = result.line, .op = std::string(op_of(result.request)), .result = "done"};
        if (const auto ref = ref_of(result.request)) {
            view.client_order_id = ref->client_order_id;
            view.order_id = ref->order_id;
        }
        if (const auto* error = std::get_if<Error>(&result.outcome)) return fail(std::move(view), *error);
        if (result.order) return take_order(std::move(view), *result.order, result);
        std::visit(
            [&](const auto& reply) {
                if constexpr (requires { omen::fill(view, reply); }) omen::fill(view, reply);
            },
            std::get<trading::Reply>(result.outcome));
        print(view);
    }

    void take_order(BatchResult view, const gw::OrderState& order, const trading::Result& result) {
        omen::fill(view, order);
        if (options_.cancel_on_exit && is_live(order.status))
            placed_.insert(std::get<gw::Order>(result.request).client_order_id);
        try {
            check_filled(order);
            if (result.end_unknown) throw Error(*result.end_unknown);
            if (options_.wait.until) check_waited(order, options_.wait, result.ended);
            print(view);
        } catch (const Error& error) {
            fail(std::move(view), error);
        }
    }

    void fail(BatchResult view, const Error& error) {
        // What --cancel-on-exit finds already over is as it should be.
        if (view.line == 0 && error.fault() == Fault::not_found) return;
        // What may have been placed may be open.
        if (view.line != 0 && error.fault() == Fault::outcome_unknown && view.op == "order")
            placed_.insert(ClientOrderId{*error.detail().client_order_id});
        view.result = to_string(error.fault());
        if (!view.client_order_id && error.detail().client_order_id)
            view.client_order_id = ClientOrderId{*error.detail().client_order_id};
        view.code = error.detail().code.empty() ? view.result : error.detail().code;
        view.message = error.what() + (error.detail().hint.empty() ? std::string() : "; " + error.detail().hint);
        exit_ = more_serious(exit_, error.exit_code());
        if (options_.fail_fast) stopped_ = true;
        print(view);
    }

    void print(const BatchResult& view) {
        if (failure_) return note(view);
        if (gone_) return;
        unwritten_.push_back(view);
        write([&] { output_.line(view); });
    }

    /// What stdout has no room for is on stderr.
    void note(const BatchResult& view) { context_.console.note(in_words(view)); }

    const BatchOptions& options_;
    Context& context_;
    Output& output_;
    LineSource input_;
    std::uint64_t line_ = 0;
    std::map<OrderId, std::optional<ClientOrderId>> names_; ///< of orders that are open, or were; they never change
    std::set<ClientOrderId> placed_;                        ///< orders of ours that may be open
    Exit exit_ = Exit::done;
    bool stopped_ = false;
    bool gone_ = false; ///< nobody reads our output any more
    std::optional<OutputFailed> failure_;
    std::vector<BatchResult> unwritten_; ///< results that may not have been written
};

} // namespace

void add_batch(CLI::App& app, Run& run) {
    auto options = std::make_shared<BatchOptions>();
    app.add_option("file", options->file, "NDJSON; - or nothing: standard input");
    app.add_flag("--fail-fast", options->fail_fast, "take no further line after the first failure");
    app.add_flag("--cancel-on-exit", options->cancel_on_exit, "cancel in the end what was placed and is still open");
    app.add_flag_callback(
        "--no-pacing", [options] { options->paced = false; }, "send as fast as lines come, whatever the limits");
    add_wait_options(app, options->wait);
    add_journal_options(app, options->journal);
    run = {[options](Context& context) {
               check(options->wait);
               if (options->file == "-" && context.settings.flags().token.standard_input)
                   throw Error(Fault::usage, "batch: the token and the lines can't both come from standard input",
                               {.code = "bad_flags", .hint = "name a file, or use --token-file"});
               if (options->file != "-" && context.asks())
                   context.confirm("batch " + options->file, preview::of_batch(options->file));
               context.sessions.keep_running();
               return Batch(*options, context).run();
           },
           field_names<BatchResult>};
}

} // namespace omen
