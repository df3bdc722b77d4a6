#include "transport/failures.hpp"

#include <system_error>

namespace omen {

namespace {

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

Error cannot_connect(const Url& url, const std::string& reason, ErrorDetail detail) {
    return {Fault::unreachable, "cannot connect to " + url.authority() + ": " + reason, std::move(detail)};
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

} // namespace omen
