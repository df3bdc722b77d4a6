#include "sandbox/rest/control.hpp"

#include "core/error.hpp"
#include "protocol/codes.hpp"
#include "protocol/wire/json.hpp"
#include "sandbox/rest/target.hpp"

namespace omen::sandbox {

RestReply Control::handle(const RestRequest& request, bool from_this_machine) {
    if (!from_this_machine)
        return rest_error(403, code::insufficient_permission, "the sandbox is controlled from its own machine only");
    try {
        if (RestTarget(request.target).path() != faults_path)
            return rest_error(404, code::not_found, "there is nothing at this path");
        if (request.method == "GET") return list();
        if (request.method == "POST") return switch_on(request.body);
        if (request.method == "DELETE") return clear(request);
    } catch (const Error& error) {
        const auto& hint = error.detail().hint;
        return rest_error(400, code::invalid_message, error.what() + (hint.empty() ? "" : "; " + hint));
    } catch (const BadTarget& bad) {
        return rest_error(400, code::invalid_message, bad.message);
    } catch (const DecodeError& error) {
        return rest_error(400, code::invalid_message, error.what());
    }
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
