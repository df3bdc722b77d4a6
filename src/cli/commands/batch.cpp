#include "cli/commands/batch_result.hpp"
#include "cli/commands/line_source.hpp"
#include "cli/commands/trading_options.hpp"
#include "cli/context/command.hpp"
#include "client/markets/order_checks.hpp"
#include "client/trading/orders.hpp"
#include "client/trading/pipeline.hpp"
#include "system/signals.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <poll.h>
#include <set>
#include <unistd.h>
#include <utility>

namespace omen {

namespace {

constexpr std::size_t most_in_flight = 1024;
constexpr std::size_t longest_line = 65'536;

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
        : options_(options), context_(context), output_(context.output()), input_(options.file) {
        if (options.journal.write)
            journal_ = context.journal(options.journal.sync ? Journal::Sync::yes : Journal::Sync::no);
        pipeline_.emplace(
            Pipeline::Options{.timeout = context.settings().timeout,
                              .journal = journal_ ? &*journal_ : nullptr,
                              .paced = options.paced,
                              .follow_for = options.wait.until ? std::optional(options.wait.longest()) : std::nullopt,
                              .new_gateway = [this](Deadline step) { return context_.new_gateway(step); },
                              .note = [this](const std::string& text) { context_.note(text); },
                              .on_result = [this](Pipeline::Result&& result) { take(std::move(result)); }});
    }

    Exit run() {
        output_.begin_stream(batch_columns);
        pipeline_->open();
        while (!finished()) try {
                step();
            } catch (const Interrupted& signal) {
                if (signal_) {
                    give_up();
                    break;
                }
                signal_ = signal.signal;
                signals::clear();
                stop();
                pipeline_->shorten_deadlines(grace_after_signal);
            }
        flush();
        if (failure_) {
            context_.report(Error(Fault::internal, "stdout: " + failure_->reason, {.code = "output_failed"}));
            exit_ = more_serious(exit_, Exit::internal);
        }
        return signal_ ? more_serious(exit_, static_cast<Exit>(128 + *signal_)) : exit_;
    }

  private:
    /// No more lines are taken; one that has not left yet never does.
    void stop() {
        stopped_ = true;
        if (waiting_ && waiting_->first != 0) waiting_.reset();
    }

    /// Nothing is waited for any more.
    void give_up() {
        pipeline_->abandon("interrupted twice");
        if (options_.cancel_on_exit && !placed_.empty())
            context_.note("interrupted twice; " + std::to_string(placed_.size()) + " orders may still be open");
    }

    bool input_over() const { return stopped_ || (!waiting_ && input_.ended()); }

    /// The input is over, every result is there and, under --cancel-on-exit, so are the cancels'.
    bool finished() {
        if (!input_over() || pipeline_->unfinished() > 0) return false;
        if (!options_.cancel_on_exit || placed_.empty()) return true;
        waiting_.emplace(0, gw::Cancel{.client_order_id = *placed_.begin()});
        return false;
    }

    void step() {
        while (pipeline_->unfinished() < most_in_flight && next_command()) {
            if (pipeline_->wait(waiting_->second) != Clock::duration::zero()) break;
            auto [line, command] = *std::exchange(waiting_, std::nullopt);
            const auto cancelled = line == 0 ? std::get<gw::Cancel>(command).client_order_id : std::nullopt;
            pipeline_->submit(line, std::move(command));
            if (cancelled) placed_.erase(*cancelled);
        }
        flush();
        const auto turn = waiting_ ? pipeline_->wait(waiting_->second) : std::nullopt;
        const auto leave = turn ? Deadline::at(Clock::now() + *turn) : Deadline::never();
        const bool full = pipeline_->unfinished() >= most_in_flight;
        const bool reads = !stopped_ && !waiting_ && !full;
        if (finished_waiting(reads)) return;
        // What ends the wait beside the exchange: input, and the reader of stdout, where it goes away.
        std::array wake{pollfd{reads ? input_.fd() : -1, POLLIN, 0}, pollfd{gone_ ? -1 : STDOUT_FILENO, 0, 0}};
        pipeline_->receive(full ? Deadline::never() : leave, wake);
        ::poll(wake.data(), wake.size(), 0);
        if (wake[1].revents != 0) lose_output();
        if (wake[0].revents != 0) input_.fill();
    }

    /// Whether there is nothing to wait for: all that is left is to find out that we are done.
    bool finished_waiting(bool reads) const {
        return !waiting_ && pipeline_->unfinished() == 0 && (!reads || input_.fd() == -1);
    }

    /// Nobody sees the results of further lines.
    void lose_output() {
        gone_ = true;
        stop();
    }

    /// Writes; that it can't be written must not keep an outcome from being found out.
    template <class F> void write(F&& what) {
        if (gone_) return;
        try {
            what();
        } catch (const OutputFailed& failure) {
            if (!failure.closed) failure_ = failure;
            lose_output();
        }
    }
    void flush() {
        write([this] { context_.flush(); });
    }

    /// Makes `waiting_` the next command that can be sent; false when there is none now.
    bool next_command() {
        while (!waiting_ && !stopped_) {
            auto text = input_.next();
            if (!text) return false;
            ++line_;
            if (text->find_first_not_of(" \t") == std::string::npos) continue;
            read(*text);
        }
        return waiting_.has_value();
    }

    void read(const std::string& text) {
        try {
            if (text.size() > longest_line) throw DecodeError("longer than 65536 bytes");
            auto line = BatchLine::parse(text);
            complete(line);
            waiting_.emplace(line_, std::move(line.command));
        } catch (const DecodeError& error) {
            fail({.line = line_},
                 Error(Fault::usage, std::string("line ") + std::to_string(line_) + ": " + error.what(),
                       {.code = "bad_line"}));
        } catch (const Error& error) {
            fail({.line = line_}, error);
        }
    }

    /// Puts the market's id into the command and checks it as `order` does.
    void complete(BatchLine& line) {
        if (auto* all = std::get_if<gw::CancelAll>(&line.command); all != nullptr && line.market)
            all->market_id = context_.markets().find_or_trust_id(*line.market).id;
        if (const auto* amend = std::get_if<gw::Amend>(&line.command)) check_limits(context_, *amend);
        auto* order = std::get_if<gw::Order>(&line.command);
        if (order == nullptr) return;
        const auto market = market_to_trade(context_, *line.market);
        order->market_id = market.id;
        if (market.details) check_against_market(*market.details, order->price, order->size);
        check_limits(context_, market, *order);
    }

    void take(Pipeline::Result&& result) {
        BatchResult view{.line = result.line, .op = std::string(op_of(result.command)), .result = "done"};
        if (const auto* error = std::get_if<Error>(&result.outcome)) return fail(std::move(view), *error);
        const auto& reply = std::get<Pipeline::Reply>(result.outcome);
        if (const auto* accepted = std::get_if<gw::OrderAccepted>(&reply))
            return take_order(std::move(view), std::get<gw::Order>(result.command), *accepted, result.ended);
        std::visit(
            [&](const auto& one) {
                if constexpr (!std::is_same_v<std::decay_t<decltype(one)>, gw::OrderAccepted>) omen::fill(view, one);
            },
            reply);
        print(view);
    }

    void take_order(BatchResult view, const gw::Order& command, const gw::OrderAccepted& accepted,
                    const std::optional<gw::OrderState>& ended) {
        const auto order = ended ? *ended : state_of(command, accepted);
        omen::fill(view, order);
        if (options_.cancel_on_exit && is_live(order.status)) placed_.insert(command.client_order_id);
        try {
            check_filled(order);
            if (options_.wait.until) check_waited(order, options_.wait, ended.has_value());
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
        const auto shown = context_.without_secrets(error);
        view.result = to_string(error.fault());
        if (!view.client_order_id && error.detail().client_order_id)
            view.client_order_id = ClientOrderId{*error.detail().client_order_id};
        view.code = error.detail().code.empty() ? view.result : error.detail().code;
        view.message = shown.what() + (shown.detail().hint.empty() ? "" : "; " + shown.detail().hint);
        exit_ = more_serious(exit_, error.exit_code());
        if (options_.fail_fast) stop();
        print(view);
    }

    void print(const BatchResult& view) {
        write([&] { output_.line(view); });
    }

    const BatchOptions& options_;
    Context& context_;
    Output& output_;
    LineSource input_;
    std::optional<Journal> journal_;
    std::optional<Pipeline> pipeline_;
    std::uint64_t line_ = 0;
    std::optional<std::pair<std::uint64_t, Pipeline::Command>> waiting_; ///< for its turn to leave
    std::set<ClientOrderId> placed_;                                     ///< orders of ours that may be open
    Exit exit_ = Exit::done;
    bool stopped_ = false;
    bool gone_ = false; ///< nobody reads our output any more
    std::optional<int> signal_;
    std::optional<OutputFailed> failure_;
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
    run = [options](Context& context) {
        check(options->wait);
        context.keep_running();
        return Batch(*options, context).run();
    };
}

} // namespace omen
