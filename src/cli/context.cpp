#include "cli/context.hpp"

#include <iostream>
#include <unistd.h>

namespace omen {

const Environment& Context::environment() {
    if (!environment_) environment_ = select_environment(options_.environment, variables_);
    return *environment_;
}

RestClient& Context::rest() {
    if (!rest_)
        rest_.emplace(environment().rest,
                      RestClient::Options{.deadline = deadline_, .token = [this] { return token(); }});
    return *rest_;
}

Markets& Context::markets() {
    if (!markets_) markets_.emplace([this] { return rest().markets(); });
    return *markets_;
}

Gateway& Context::gateway() {
    if (!gateway_)
        gateway_.emplace(environment().gateway, token(),
                         Gateway::Options{.deadline = deadline_, .pipeline = options_.pipeline});
    return *gateway_;
}

MarketData Context::market_data() {
    return MarketData(environment().market_data,
                      {.before_blocking = [this] { output_.flush(); }, .output_fd = STDOUT_FILENO});
}

void Context::confirm(const std::string& what) {
    if (options_.yes || environment().loopback() || isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0) return;
    std::cerr << what << " on " << environment().name << " (" << environment().gateway.host << ")? [y/N] "
              << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != "y" && answer != "Y" && answer != "yes")
        throw Error(Fault::refused_locally, what + ": not confirmed", {.hint = "answer y, or use --yes"});
    // The time that the answer took is not the exchange's.
    deadline_ = Deadline::after(options_.timeout);
}

} // namespace omen
