#include "cli/context/context.hpp"

#include "core/text.hpp"

namespace omen {

bool Context::asks() {
    return settings.values().confirm && !settings.environment().loopback() && Console::can_ask();
}

void Context::confirm(const std::string& what, const std::vector<std::string>& lines) {
    if (!asks()) return;
    const auto& environment = settings.environment();
    auto question = "omenctl: " + what + " on " + environment.name + " (" + environment.gateway.host + ")";
    question = harmless(question) + (lines.empty() ? "?" : ":\n");
    for (const auto& line : lines) question += "  " + harmless(line) + "\n";
    if (!lines.empty()) question += "Send it?";
    if (!console.ask(question))
        throw Error(Fault::refused_locally, what + ": not confirmed",
                    {.code = "not_confirmed", .hint = "answer y, or use --yes"});
    sessions.restart_deadline();
}

} // namespace omen
