#include "cli/context/report.hpp"

#include "core/text.hpp"
#include "protocol/wire/json.hpp"
#include "system/descriptor_io.hpp"

#include <unistd.h>

namespace omen {

namespace {

/// The error object of JSON mode. Strings and booleans only: no money in it.
struct ErrorView {
    std::string kind;
    std::string code;
    std::string message;
    std::string hint;
    bool retryable = false;
    std::optional<std::uint64_t> http_status;
    std::optional<std::string> client_order_id;

    static constexpr auto declaration() {
        return wire::record("error", wire::field("kind", &ErrorView::kind), wire::field("code", &ErrorView::code),
                            wire::field("message", &ErrorView::message), wire::field("hint", &ErrorView::hint),
                            wire::field("retryable", &ErrorView::retryable),
                            wire::field("http_status", &ErrorView::http_status),
                            wire::field("client_order_id", &ErrorView::client_order_id));
    }
};

struct ErrorLine {
    ErrorView error;

    static constexpr auto declaration() { return wire::record("error line", wire::field("error", &ErrorLine::error)); }
};

ErrorLine view_of(const Error& error) {
    const auto& detail = error.detail();
    const std::string kind(to_string(error.fault()));
    ErrorView view{.kind = kind,
                   .code = detail.code.empty() ? kind : detail.code,
                   .message = error.what(),
                   .hint = detail.hint,
                   .retryable = error.retryable(),
                   .http_status = {},
                   .client_order_id = detail.client_order_id};
    if (detail.http_status) view.http_status = static_cast<std::uint64_t>(*detail.http_status);
    return {std::move(view)};
}

} // namespace

std::string note_line(const std::string& text, Format format) {
    if (!is_json(format)) return harmless("omenctl: " + text) + "\n";
    std::string line = R"({"note":)";
    wire::append_json_text(line, text);
    return line + "}\n";
}

std::string error_line(const Error& error, Format format) {
    if (is_json(format)) return wire::to_json(view_of(error)) + "\n";
    std::string line = std::string("omenctl: ") + error.what();
    if (!error.detail().hint.empty()) line += "; " + error.detail().hint;
    return harmless(line) + "\n";
}

void write_stderr(std::string_view text) {
    write_all(STDERR_FILENO, text); // where it can't be written there is nobody to be told
}

void report(const Error& error, Format format) {
    write_stderr(error_line(error, format));
}

} // namespace omen
