#include "client/trace/wire_log.hpp"

#include "protocol/wire/json.hpp"
#include "transport/http.hpp"
#include "transport/url.hpp"

#include <fmt/format.h>

namespace omen {

namespace {

constexpr std::size_t shown_of_foreign = 200;

/// Bytes that can't be decoded, as far as they are worth showing.
std::string foreign(std::string_view bytes) {
    std::string text;
    wire::append_json_text(text, bytes.substr(0, shown_of_foreign));
    return text;
}

std::string decoded(std::string_view msgpack) try {
    std::string json;
    wire::append_msgpack_as_json(json, msgpack, names_secret);
    return json;
} catch (const DecodeError&) {
    return foreign(msgpack);
}

std::string body_as_json(const std::string& body) try {
    return body.empty() ? "" : decoded(wire::json_to_msgpack(body));
} catch (const DecodeError&) {
    return foreign(body);
}

std::string tag_or(std::string_view payload, const char* otherwise) try {
    return std::string(wire::tag_of(payload));
} catch (const DecodeError&) {
    return otherwise;
}

bool is_array(std::string_view payload) try {
    return wire::Cursor(payload).kind() == wire::Kind::array;
} catch (const DecodeError&) {
    return false;
}

} // namespace

void WireLog::emit(WireLine line) {
    const std::lock_guard lock(mutex_);
    line.at = Clock::now() - began_;
    line.url = secrets_.masked(public_url(line.url));
    line.head = secrets_.masked(std::move(line.head));
    line.json = secrets_.masked(std::move(line.json));
    for (const auto& sink : sinks_) sink(line);
}

void WireLog::connected(const Url& url) {
    emit({.url = url.text(), .head = "connected", .json = {}});
}

void WireLog::ended(const Url& url, std::string_view reason) {
    emit({.url = url.text(), .head = std::string(reason), .json = {}});
}

void WireLog::frame(const Url& url, Direction direction, std::string_view payload, bool binary) {
    const char* const unnamed = binary ? "not a message" : "a text frame";
    emit({.what = direction == Direction::sent ? WireLine::What::sent : WireLine::What::received,
          .url = url.text(),
          .head = fmt::format("{}, {} bytes", binary ? tag_or(payload, unnamed) : unnamed, payload.size()),
          .json = binary ? decoded(payload) : foreign(payload),
          .positional = binary && is_array(payload)});
}

void WireLog::request(const HttpRequest& request) {
    asked_ = Clock::now();
    emit({.what = WireLine::What::sent,
          .source = WireLine::Source::http,
          .url = request.url,
          .head = request.bearer.empty() ? request.method : request.method + ", with the token",
          .json = body_as_json(request.body)});
}

void WireLog::response(const HttpRequest& request, const HttpResponse& response) {
    const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - asked_).count();
    emit({.what = WireLine::What::received,
          .source = WireLine::Source::http,
          .url = request.url,
          .head = fmt::format("{} {}, {} bytes, {}.{:03} ms", response.status,
                              response.content_type.empty() ? "without a content type" : response.content_type,
                              response.body.size(), taken / 1000, taken % 1000),
          .json = body_as_json(response.body)});
}

void WireLog::failed(const HttpRequest& request, std::string_view reason) {
    emit({.source = WireLine::Source::http, .url = request.url, .head = std::string(reason), .json = {}});
}

} // namespace omen
