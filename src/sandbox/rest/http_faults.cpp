#include "sandbox/rest/http_faults.hpp"

#include "protocol/codes.hpp"
#include "protocol/rest.hpp"
#include "protocol/wire/json.hpp"

namespace omen::sandbox {

namespace {

/// A page as a proxy in front of the exchange makes it.
std::string html_page(int status) {
    const auto title = std::to_string(status) + (status == 502 ? " Bad Gateway" : " Proxy");
    return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
           "</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
}

RestReply false_body(FalseBody body, std::optional<std::uint64_t> status) {
    const auto or_else = [&](int otherwise) { return static_cast<int>(status.value_or(otherwise)); };
    switch (body) {
    case FalseBody::html:
        return {.status = or_else(502), .body = html_page(or_else(502)), .content_type = "text/html"};
    case FalseBody::shape:
        return {.status = or_else(200), .body = R"({"unexpected":true})"};
    case FalseBody::upstream:
        return {.status = or_else(502),
                .body = wire::to_json(rest::ErrorResponse{
                    .error = "the wallet service failed", .code = "upstream_wallet_error", .upstream_status = 500})};
    }
    return {};
}

RestReply error_of(int status) {
    const auto code = status == 429 ? code::rate_limited : status >= 500 ? code::internal : code::invalid_message;
    return rest_error(status, code, "HTTP " + std::to_string(status) + " on purpose");
}

bool has_no_body(int status) {
    return status == 204 || status == 304;
}

/// The answer that is given whatever the request was.
std::optional<RestReply> answer_of(const HttpFault& fault) {
    if (!fault.redirect.empty())
        return RestReply{.status = static_cast<int>(fault.status.value_or(302)), .location = fault.redirect};
    if (fault.body) return false_body(*fault.body, fault.status);
    if (fault.status) return error_of(static_cast<int>(*fault.status));
    return std::nullopt;
}

} // namespace

RestReply spoiled(const HttpFault& fault, const std::function<RestReply()>& obey) {
    const auto answer = answer_of(fault);
    RestReply reply;
    if (fault.takes_effect || (!answer && !fault.loses_answer)) reply = obey();
    if (answer) reply = *answer;
    if (has_no_body(reply.status)) reply.body.clear();
    reply.retry_after = fault.retry_after;
    return reply;
}

} // namespace omen::sandbox
