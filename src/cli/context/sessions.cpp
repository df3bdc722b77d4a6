#include "cli/context/sessions.hpp"

#include "cli/context/report.hpp"
#include "cli/context/trace.hpp"
#include "client/access/identity.hpp"
#include "client/session/answer_deadline.hpp"

#include <algorithm>
#include <random>

namespace omen {

namespace {

constexpr Milliseconds token_command_limit{10'000};

} // namespace

const Token& Sessions::token() {
    if (!token_) {
        token_ = load_token(settings_.token_source(), settings_.variables(),
                            std::min(settings_.values().timeout.value, token_command_limit));
        console_.secrets().hide(token_->secret());
    }
    return *token_;
}

bool Sessions::renew_token() {
    if (!can_reload(settings_.token_source())) return false;
    token_.reset();
    return true;
}

void Sessions::report_recording() {
    if (recorder_ && !recorder_->failure().empty())
        console_.report(Error(Fault::internal, recorder_->failure(), {.code = "recording_failed"}));
}

WireTap* Sessions::tap() {
    if (settings_.flags().verbosity == Verbosity::quiet && !settings_.flags().record) return nullptr;
    if (wire_log_) return &*wire_log_;
    wire_log_.emplace(started_, console_.secrets());
    if (settings_.flags().verbosity != Verbosity::quiet)
        wire_log_->add([this](const WireLine& line) {
            write_stderr(trace_line(line, settings_.flags().verbosity, settings_.values().output));
        });
    if (settings_.flags().record) {
        recorder_.emplace(*settings_.flags().record, settings_.flags().if_there);
        wire_log_->add([this](const WireLine& line) { recorder_->line(line); });
    }
    return &*wire_log_;
}

Deadline Sessions::deadline() {
    if (!deadline_) deadline_ = Deadline::at(started_ + settings_.values().timeout.value);
    return *deadline_;
}

void Sessions::restart_deadline() {
    deadline_ = step();
    if (rest_) rest_->set_deadline(*deadline_);
    gateway_.reset(); // nobody has read it meanwhile
}

RestClient& Sessions::rest() {
    if (!rest_) rest_.emplace(new_rest(deadline()));
    if (keeps_running_) rest_->set_deadline(step());
    return *rest_;
}

RestClient Sessions::new_rest(Deadline deadline) {
    return RestClient(settings_.environment().rest, {.deadline = deadline,
                                                     .token = [this] { return token(); },
                                                     .tap = tap(),
                                                     .retries = settings_.values().retries});
}

Markets& Sessions::markets() {
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
        if (settings_.environment().rest.loopback()) return std::nullopt;
        auto list = market_cache().read(MarketCache::day);
        if (list) note(*list);
        return list;
    };
    return markets_.emplace(load, recall);
}

MarketCache Sessions::market_cache() {
    return {user_directory(settings_.variables(), "XDG_CACHE_HOME", ".cache").value_or(""),
            settings_.environment().rest};
}

Gateway& Sessions::gateway() {
    if (!gateway_) gateway_.emplace(new_gateway(deadline()));
    return *gateway_;
}

Gateway Sessions::new_gateway(Deadline deadline) {
    return Gateway(settings_.environment().gateway, token(),
                   {.deadline = deadline, .pipeline = settings_.values().pipeline, .socket = socket()});
}

Journal Sessions::journal(Journal::Sync sync) {
    const auto directory = user_directory(settings_.variables(), "XDG_STATE_HOME", ".local/state");
    if (!directory)
        throw Error(Fault::usage, "journal: neither XDG_STATE_HOME nor HOME is set; nothing was sent",
                    {.code = "journal_unwritable", .hint = "set one of them, or do without a journal: --no-journal"});
    return {*directory + "/journal", settings_.environment().gateway, sync, &console_.secrets()};
}

Desk::Options Sessions::desk(const JournalFlags& flags, trading::Engine::Options engine) {
    console_.output(); // that it can't be written is found out before anything is sent
    if (flags.write) journal_.emplace(journal(flags.sync ? Journal::Sync::yes : Journal::Sync::no));
    engine.timeout = settings_.values().timeout;
    engine.journal = flags.write;
    engine.pipeline = settings_.values().pipeline;
    engine.seed = std::random_device{}();
    return {.engine = engine,
            .journal = flags.write ? &*journal_ : nullptr,
            .access = {.connect = [this](Deadline by) { return trading_socket(by); },
                       .reader = [this](Deadline by) { return new_gateway(by); },
                       .token = [this] { return token().secret(); },
                       .identity = [this] { return identity_of(token()); },
                       .renew_token = [this] { return renew_token(); },
                       .gate = [this] { return gate(); },
                       .opposite = [this](const MarketId& market, Side side) { return opposite(market, side); }},
            .note = [this](const std::string& text) { console_.note(text); },
            .on_result = {}};
}

WebSocket Sessions::trading_socket(Deadline by) {
    const auto& url = settings_.environment().gateway;
    refuse_cleartext(url);
    check_token(token(), Timestamp::now());
    return WebSocket::connect(url, by, {.recall_after = longest_for_answer, .tap = tap()});
}

std::vector<trading::Result> Sessions::trade(const JournalFlags& flags, std::vector<trading::Request> requests,
                                             TradeOptions options) {
    std::vector<std::optional<trading::Result>> results(requests.size());
    auto how = desk(flags, {.end = deadline().when(), .follow_for = options.follow_for});
    how.on_result = [&](trading::Result&& result) { results[result.line] = std::move(result); };
    Desk desk(std::move(how));
    for (std::size_t i = 0; i < requests.size(); ++i) desk.submit(i, std::move(requests[i]), options.handling);
    desk.finish();
    std::vector<trading::Result> all;
    for (auto& result : results) all.push_back(std::move(*result));
    return all;
}

void Sessions::check_limits(trading::Request request) {
    if (!settings_.values().limits.any()) return;
    const auto result = trade({.write = false}, {std::move(request)}, {.handling = {.check_only = true}});
    if (const auto* error = std::get_if<Error>(&result.front().outcome)) throw Error(*error);
}

std::shared_ptr<const Gate> Sessions::gate() {
    const auto& limits = settings_.values().limits;
    if (!gate_ && limits.any()) gate_ = std::make_shared<Gate>(limits, markets());
    return gate_;
}

std::vector<Level> Sessions::opposite(const MarketId& market, Side side) {
    auto book = rest().orderbook(market, {});
    return side == Side::buy ? std::move(book.asks) : std::move(book.bids);
}

WebSocket::Options Sessions::stream_socket() {
    return {.before_blocking = [this] { console_.flush(); }, .output_fd = console_.output().descriptor(), .tap = tap()};
}

Gateway Sessions::gateway_stream() {
    return Gateway(settings_.environment().gateway, token(),
                   {.deadline = step(), .pipeline = settings_.values().pipeline, .socket = stream_socket()});
}

MarketData Sessions::market_data() {
    return MarketData(settings_.environment().market_data, stream_socket(), settings_.values().timeout);
}

} // namespace omen
