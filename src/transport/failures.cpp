#include "transport/failures.hpp"

#include <system_error>

namespace omen {

namespace {

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

Error cannot_connect(const Url& url, const std::string& reason, ErrorDetail detail, Fault fault = Fault::unreachable) {
    return {fault, "cannot connect to " + url.authority() + ": " + reason, std::move(detail)};
}

} // namespace

std::string lower_first(std::string text) {
    const bool abbreviation = text.size() > 1 && is_upper(text[1]);
    if (!text.empty() && is_upper(text[0]) && !abbreviation) text[0] = static_cast<char>(text[0] - 'A' + 'a');
    return text;
}

std::string os_reason(int error) {
    return lower_first(std::system_category().message(error));
}

Error connect_failed(const Url& url, const std::string& reason) {
    return cannot_connect(url, reason, {.code = "connect_failed"});
}

Error connect_timed_out(const Url& url) {
    return cannot_connect(url, "timed out", {.code = "timed_out"});
}

Error tls_failed(const Url& url, const std::string& reason) {
    return cannot_connect(
        url, reason,
        {.code = "tls_failed",
         .hint = "check the host's name; SSL_CERT_FILE names a bundle of further authorities to trust"});
}

bool is_passing(int status) {
    return status == 408 || status == 502 || status == 503 || status == 504;
}

Fault fault_of_status(int status) {
    if (status == 401 || status == 403) return Fault::credentials;
    if (status == 429) return Fault::rate_limited;
    return is_passing(status) || (status >= 500 && status < 600) ? Fault::unreachable : Fault::protocol;
}

Error not_upgraded(const Url& url, const std::string& why) {
    return cannot_connect(url, why, {.code = "upgrade_refused", .hint = "check the endpoint: is this the exchange?"},
                          Fault::protocol);
}

Error upgrade_refused(const Url& url, int status, std::string_view status_text) {
    const auto fault = fault_of_status(status);
    ErrorDetail detail{.code = "upgrade_refused"};
    detail.hint = fault == Fault::credentials ? "check the URL, and who may connect there"
                  : fault == Fault::protocol  ? "check the endpoint: is this the exchange?"
                                              : "try again later";
    detail.http_status = status;
    auto reason = "answered with HTTP " + std::string(status_text) + " instead of a WebSocket upgrade";
    if (status >= 300 && status < 400) reason += "; redirects are not followed";
    return cannot_connect(url, reason, std::move(detail), fault);
}

} // namespace omen
