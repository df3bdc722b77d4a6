#include "cli/commands/sandbox_control.hpp"

#include "cli/commands/sandbox_fault.hpp"
#include "protocol/rest.hpp"
#include "sandbox/access/control_key.hpp"
#include "transport/http.hpp"

namespace omen {

namespace {

const Url& rest_of(Context& context) {
    return context.settings.environment().rest;
}

std::string sentence(std::string_view command, const std::string& what) {
    return std::string(command) + ": " + what;
}

} // namespace

Error no_sandbox(Context& context, std::string_view command) {
    return Error(Fault::protocol,
                 sentence(command, "at " + rest_of(context).text() + " there is no sandbox that can do this"),
                 {.code = "no_sandbox", .hint = "start one with: omenctl sandbox"});
}

std::string ask_sandbox(Context& context, const SandboxRequest& request) {
    const Url& url = rest_of(context);
    if (!url.loopback())
        throw Error(Fault::usage, sentence(request.command, url.text() + " is not on this machine"),
                    {.code = "not_loopback", .hint = "use --env local, or set OMENCTL_REST_URL to the sandbox's"});
    const auto response = Http().send({.method = request.method,
                                       .url = url.scheme + "://" + url.authority() + request.target,
                                       .body = request.body,
                                       .bearer = sandbox::control_key(sandbox_state_directory(context.settings))},
                                      context.sessions.deadline());
    if (response.status == 200) return response.body;
    if (response.status != 400 && response.status != 401 && response.status != 403)
        throw no_sandbox(context, request.command);
    try {
        const auto said = wire::decode_json<rest::ErrorResponse>(response.body);
        const auto fault = response.status == 401 ? Fault::credentials : Fault::refused;
        throw Error(fault, sentence(request.command, said.error.value_or("refused")),
                    {.code = said.code.value_or(""), .http_status = response.status});
    } catch (const DecodeError&) {
        throw no_sandbox(context, request.command);
    }
}

} // namespace omen
