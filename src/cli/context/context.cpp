#include "cli/context/context.hpp"

namespace omen {

void Context::confirm(const std::string& what) {
    const auto& environment = settings.environment();
    if (!settings.values().confirm || environment.loopback() || !Console::can_ask()) return;
    if (!Console::ask(what + " on " + environment.name + " (" + environment.gateway.host + ")"))
        throw Error(Fault::refused_locally, what + ": not confirmed", {.hint = "answer y, or use --yes"});
    sessions.restart_deadline();
}

} // namespace omen
