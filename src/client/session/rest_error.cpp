#include "client/session/rest_error.hpp"

#include "core/text.hpp"
#include "protocol/codes.hpp"
#include "protocol/rest.hpp"
#include "protocol/wire/json.hpp"
#include "transport/failures.hpp"

namespace omen {

namespace {

std::string describe(const HttpResponse& response) {
    auto text = "HTTP " + std::to_string(response.status);
    if (!response.content_type.empty()) text += ", " + shortened(response.content_type, 200);
    if (!response.body.empty()) text += ": " + shortened(response.body, 200);
    return text;
}

std::optional<rest::ErrorResponse> error_body(const HttpResponse& response) {
    try {
        return wire::decode_json<rest::ErrorResponse>(response.body);
    } catch (const DecodeError&) {
        return std::nullopt;
    }
}

Fault fault_of(int status, Effect effect, bool readable) {
    if (status >= 500 || is_passing(status)) {
        if (effect == Effect::write) return Fault::outcome_unknown;
        return is_passing(status) ? Fault::unreachable : Fault::refused;
    }
    const auto fault = fault_of_status(status);
    if (fault != Fault::protocol || status < 400 || !readable) return fault;
    return status == 404 ? Fault::not_found : Fault::refused;
}

std::string hint_for(Fault fault, const HttpResponse& response, bool with_token) {
    switch (fault) {
    case Fault::credentials:
        return with_token ? "check the token, its permissions and its environment"
                          : "no token goes with this request: check the endpoint, and what stands before it";
    case Fault::rate_limited:
        if (!response.retry_after) return "try again later";
        return "try again in " + std::to_string(response.retry_after->count() / 1000) + " s";
    case Fault::unreachable:
        return "try again later";
    case Fault::outcome_unknown:
        return "look before you repeat it";
    case Fault::protocol:
        return "check the endpoint: is this the exchange?";
    default:
        return {};
    }
}

} // namespace

Error rest_error(const std::string& what, const HttpResponse& response, Effect effect, bool with_token) {
    const auto body = error_body(response);
    auto fault = fault_of(response.status, effect, body.has_value());
    if (body && response.status >= 400 && response.status < 500) {
        const auto by_code = code::fault_of(body->code.value_or(""));
        if (by_code != Fault::refused && by_code != Fault::outcome_unknown) fault = by_code;
    }
    auto message = what + ": " + (body ? code::in_words(body->error, body->code) : describe(response));
    if (body && body->upstream_status)
        message += "; the wallet service answered " + std::to_string(*body->upstream_status);
    if (response.status >= 300 && response.status < 400) message += "; redirects are not followed";
    return Error(fault, message,
                 {.code = body && body->code ? *body->code : "http_" + std::to_string(response.status),
                  .hint = hint_for(fault, response, with_token),
                  .http_status = response.status});
}

Error unreadable_answer(const std::string& what, const HttpResponse& response, const std::string& reason) {
    return Error(Fault::protocol, what + ": " + reason + " (" + describe(response) + ")",
                 {.code = "unreadable_answer",
                  .hint = hint_for(Fault::protocol, response, false),
                  .http_status = response.status});
}

} // namespace omen
