#include "sandbox/rest/control.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "protocol/codes.hpp"
#include "protocol/wire/json.hpp"
#include "sandbox/rest/target.hpp"

namespace omen::sandbox {

namespace {

bool is_json(std::string_view content_type) {
    auto type = lower(content_type.substr(0, content_type.find(';')));
    while (type.ends_with(' ')) type.pop_back();
    return type == "application/json";
}

} // namespace

/// A page that a browser shows can send a request here as well as its user can, but not with a key or as JSON.
std::optional<RestReply> Control::refusal(const RestRequest& request, bool from_this_machine) const {
    if (!from_this_machine)
        return rest_error(403, code::insufficient_permission, "the sandbox is controlled from its own machine only");
    if (!access_.names.admit(request.host, request.origin))
        return rest_error(403, code::insufficient_permission,
                          "this name, or this page's, is none of the sandbox's own; see --host");
    if (request.authorization != "Bearer " + access_.key)
        return rest_error(401, code::unauthenticated,
                          "the key is not this sandbox's: it is in the state directory that it was started with");
    if (request.method == "POST" && !is_json(request.content_type))
        return rest_error(415, code::invalid_message, "the body must be application/json");
    return std::nullopt;
}

RestReply Control::handle(const RestRequest& request, bool from_this_machine) {
    if (const auto refused = refusal(request, from_this_machine)) return *refused;
    try {
        return answer(request);
    } catch (const Error& error) {
        const auto& hint = error.detail().hint;
        return rest_error(400, code::invalid_message, error.what() + (hint.empty() ? "" : "; " + hint));
    } catch (const BadTarget& bad) {
        return rest_error(400, code::invalid_message, bad.message);
    } catch (const DecodeError& error) {
        return rest_error(400, code::invalid_message, error.what());
    }
}

RestReply Control::answer(const RestRequest& request) {
    const auto path = RestTarget(request.target).path();
    if (path == faults_path) return answer_faults(request);
    if (path != audit_path) return rest_error(404, code::not_found, "there is nothing at this path");
    if (request.method == "GET") return {.status = 200, .body = wire::to_json(acts_.audit())};
    auto reply = rest_error(405, code::invalid_message, "this path has GET");
    reply.allow = "GET";
    return reply;
}

RestReply Control::answer_faults(const RestRequest& request) {
    if (request.method == "GET") return list();
    if (request.method == "POST") return switch_on(request.body);
    if (request.method == "DELETE") return clear(request);
    auto reply = rest_error(405, code::invalid_message, "this path has GET, POST and DELETE");
    reply.allow = "GET, POST, DELETE";
    return reply;
}

RestReply Control::list() const {
    return {.status = 200, .body = wire::to_json(plan_.list())};
}

/// All of them, or none where one is wrong.
RestReply Control::switch_on(const std::string& body) {
    std::vector<FaultSpec> faults;
    for (const auto& text : wire::decode_json<FaultRequest>(body).faults) faults.push_back(FaultSpec::parse(text));
    for (const auto& fault : faults) acts_.switch_on(fault);
    return list();
}

RestReply Control::clear(const RestRequest& request) {
    const auto name = RestTarget(request.target).parameter("name");
    acts_.clear(name ? std::optional(fault_kind(*name)) : std::nullopt);
    return list();
}

} // namespace omen::sandbox
