#pragma once

#include "cli/context/command.hpp"
#include "core/error.hpp"
#include "protocol/wire/json.hpp"

#include <string>
#include <string_view>

namespace omen {

/// A request to the running sandbox, and to nobody else: its control is no part of the exchange.
struct SandboxRequest {
    std::string_view command; ///< on whose behalf, like "sandbox fault"
    std::string method;
    std::string target; ///< path and query
    std::string body{};
};

/// The answer's body. A usage Error where the environment is not of this machine; refused, or a protocol Error, where
/// the sandbox does not do it.
std::string ask_sandbox(Context& context, const SandboxRequest& request);
/// That what answers is no sandbox, or an older one.
Error no_sandbox(Context& context, std::string_view command);

/// The answer itself.
template <class Answer> Answer ask_sandbox_for(Context& context, const SandboxRequest& request) {
    const auto body = ask_sandbox(context, request);
    try {
        return wire::decode_json<Answer>(body);
    } catch (const DecodeError&) {
        throw no_sandbox(context, request.command);
    }
}

} // namespace omen
