#include "cli/context/context.hpp"

#include "cli/context/report.hpp"
#include "cli/context/trace.hpp"
#include "cli/output/terminal.hpp"
#include "client/session/answer_deadline.hpp"

#include <algorithm>
#include <iostream>
#include <random>
#include <unistd.h>

namespace omen {

namespace {

constexpr Milliseconds token_command_limit{10'000};

OutputStyle style_of(const Settings& settings, const GlobalFlags& flags, const Variables& variables) {
    return {.format = settings.output,
            .scaled = settings.raw,
            .fields = flags.fields,
            .header = flags.header,
            .colour = use_colour(settings.colour, variables),
            .width = terminal_width(variables)};
}

} // namespace

const Settings& Context::settings() {
    if (!settings_) settings_ = resolve_settings(flags_, variables_);
    return *settings_;
}

const Environment& Context::environment() {
    if (!environment_) environment_ = select_environment(settings().environment, variables_, settings().config);
    return *environment_;
}

TokenSource Context::token_source() {
    return choose_token(flags_.token, settings().environment, variables_, settings().config);
}

const Token& Context::token() {
    if (!token_) {
        token_ = load_token(token_source(), variables_, std::min(settings().timeout.value, token_command_limit));
        secrets_.push_back(token_->secret());
    }
    if (wire_log_) wire_log_->hide(token_->secret());
    return *token_;
}

bool Context::renew_token() {
    const auto from = token_source().from;
    if (from != TokenSource::From::file && from != TokenSource::From::command) return false;
    token_.reset();
    return true;
}

Error Context::without_secrets(const Error& error) const {
    if (secrets_.empty()) return error;
    auto detail = error.detail();
    detail.hint = without(std::move(detail.hint), secrets_);
    return Error(error.fault(), without(error.what(), secrets_), std::move(detail));
}

void Context::note(const std::string& text) {
    write_stderr(note_line(text, settings().output));
}

void Context::report(const Error& error) {
    omen::report(without_secrets(error), settings().output);
}

void Context::report_recording() {
    if (recorder_ && !recorder_->failure().empty())
        report(Error(Fault::internal, recorder_->failure(), {.code = "recording_failed"}));
}

WireTap* Context::tap() {
    if (flags_.verbosity == Verbosity::quiet && !flags_.record) return nullptr;
    if (wire_log_) return &*wire_log_;
    wire_log_.emplace(started_);
    if (token_) wire_log_->hide(token_->secret());
    if (flags_.verbosity != Verbosity::quiet)
        wire_log_->add(
            [this](const WireLine& line) { write_stderr(trace_line(line, flags_.verbosity, settings().output)); });
    if (flags_.record) {
        recorder_.emplace(*flags_.record);
        wire_log_->add([this](const WireLine& line) { recorder_->line(line); });
    }
    return &*wire_log_;
}

Output& Context::output() {
    if (!output_) output_.emplace(style_of(settings(), flags_, variables_));
    return *output_;
}

void Context::flush() {
    if (output_) output_->flush();
}

Deadline Context::deadline() {
    if (!deadline_) deadline_ = Deadline::at(started_ + settings().timeout.value);
    return *deadline_;
}

RestClient& Context::rest() {
    if (!rest_) rest_.emplace(new_rest(deadline()));
    if (keeps_running_) rest_->set_deadline(step());
    return *rest_;
}

RestClient Context::new_rest(Deadline deadline) {
    return RestClient(environment().rest, {.deadline = deadline, .token = [this] { return token(); }, .tap = tap()});
}

Markets& Context::markets() {
    if (markets_) return *markets_;
    const auto note = [this](const Markets::List& list) {
        tap();
        if (recorder_) recorder_->markets(list);
    };
    const auto load = [this, note] {
        auto list = rest().markets();
        market_cache().write(list);
        note(list);
        return list;
    };
    const auto recall = [this, note]() -> std::optional<Markets::List> {
        // A local exchange's markets change from run to run.
        if (environment().rest.loopback()) return std::nullopt;
        auto list = market_cache().read(MarketCache::day);
        if (list) note(*list);
        return list;
    };
    return markets_.emplace(load, recall);
}

MarketCache Context::market_cache() {
    return {user_directory(variables_, "XDG_CACHE_HOME", ".cache").value_or(""), environment().rest};
}

Gateway& Context::gateway() {
    if (!gateway_) gateway_.emplace(new_gateway(deadline()));
    return *gateway_;
}

Gateway Context::new_gateway(Deadline deadline) {
    return Gateway(environment().gateway, token(),
                   {.deadline = deadline, .pipeline = settings().pipeline, .socket = socket()});
}

Journal Context::journal(Journal::Sync sync) {
    const auto directory = user_directory(variables_, "XDG_STATE_HOME", ".local/state");
    if (!directory)
        throw Error(Fault::usage, "journal: neither XDG_STATE_HOME nor HOME is set; nothing was sent",
                    {.code = "journal_unwritable", .hint = "set one of them, or do without a journal: --no-journal"});
    return {*directory + "/journal", environment().gateway, sync};
}

Desk::Options Context::desk(const JournalFlags& flags, trading::Engine::Options engine) {
    if (flags.write) journal_.emplace(journal(flags.sync ? Journal::Sync::yes : Journal::Sync::no));
    engine.timeout = settings().timeout;
    engine.journal = flags.write;
    engine.pipeline = settings().pipeline;
    engine.seed = std::random_device{}();
    return {.engine = engine,
            .journal = flags.write ? &*journal_ : nullptr,
            .access = {.connect = [this](Deadline by) { return trading_socket(by); },
                       .reader = [this](Deadline by) { return new_gateway(by); },
                       .token = [this] { return token().secret(); },
                       .identity = [this] { return identity_of(token()); },
                       .renew_token = [this] { return renew_token(); }},
            .note = [this](const std::string& text) { note(text); },
            .on_result = {}};
}

WebSocket Context::trading_socket(Deadline by) {
    const auto& url = environment().gateway;
    refuse_cleartext(url);
    check_token(token(), Timestamp::now());
    return WebSocket::connect(url, by, {.recall_after = longest_for_answer, .tap = tap()});
}

std::vector<trading::Result> Context::trade(const JournalFlags& flags, std::vector<trading::Request> requests,
                                            TradeOptions options) {
    std::vector<std::optional<trading::Result>> results(requests.size());
    auto how = desk(flags, {.end = deadline().when(), .follow_for = options.follow_for});
    how.on_result = [&](trading::Result&& result) { results[result.line] = std::move(result); };
    Desk desk(std::move(how));
    for (std::size_t i = 0; i < requests.size(); ++i) desk.submit(i, std::move(requests[i]), options.minted);
    desk.finish();
    set_interrupted(desk.signal());
    std::vector<trading::Result> all;
    for (auto& result : results) all.push_back(std::move(*result));
    return all;
}

WebSocket::Options Context::stream_socket() {
    return {.before_blocking = [this] { flush(); }, .output_fd = STDOUT_FILENO, .tap = tap()};
}

Gateway Context::gateway_stream() {
    return Gateway(environment().gateway, token(),
                   {.deadline = step(), .pipeline = settings().pipeline, .socket = stream_socket()});
}

MarketData Context::market_data() {
    return MarketData(environment().market_data, stream_socket());
}

bool Context::can_ask() {
    return isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0;
}

void Context::confirm(const std::string& what) {
    if (!settings().confirm || environment().loopback()) return;
    if (!can_ask()) return;
    std::cerr << what << " on " << environment().name << " (" << environment().gateway.host << ")? [y/N] "
              << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != "y" && answer != "Y" && answer != "yes")
        throw Error(Fault::refused_locally, what + ": not confirmed", {.hint = "answer y, or use --yes"});
    // The time that the answer took is not the exchange's.
    deadline_ = Deadline::after(settings().timeout);
}

} // namespace omen
