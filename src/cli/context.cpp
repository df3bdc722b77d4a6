#include "cli/context.hpp"

#include "cli/output/terminal.hpp"

#include <algorithm>
#include <iostream>
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
    if (!settings_) settings_ = settle(flags_, variables_);
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
    if (!token_)
        token_ = load_token(token_source(), variables_, std::min(settings().timeout.value, token_command_limit));
    return *token_;
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
    if (!rest_)
        rest_.emplace(environment().rest,
                      RestClient::Options{.deadline = deadline(), .token = [this] { return token(); }});
    return *rest_;
}

Markets& Context::markets() {
    if (markets_) return *markets_;
    const auto load = [this] {
        auto list = rest().markets();
        market_cache().write(list);
        return list;
    };
    const auto recall = [this]() -> std::optional<Markets::List> {
        // A local exchange's markets change from run to run.
        if (environment().rest.loopback()) return std::nullopt;
        return market_cache().read(MarketCache::day);
    };
    return markets_.emplace(load, recall);
}

MarketCache Context::market_cache() {
    return {user_directory(variables_, "XDG_CACHE_HOME", ".cache").value_or(""), environment().rest};
}

Gateway& Context::gateway() {
    if (!gateway_)
        gateway_.emplace(
            environment().gateway, token(),
            Gateway::Options{.deadline = deadline(), .pipeline = settings().pipeline, .socket = {.end = deadline()}});
    return *gateway_;
}

WebSocket::Options Context::stream_socket() {
    return {.before_blocking = [this] { flush(); }, .output_fd = STDOUT_FILENO};
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
