#include "cli/context/trace.hpp"

#include "core/enums.hpp"
#include "core/text.hpp"
#include "protocol/wire/json.hpp"

#include <fmt/format.h>

#include <iterator>

namespace omen {

namespace {

struct KindRow {
    char sign;
    const char* name;
};

constexpr KindRow kinds[] = {{'*', "note"}, {'>', "sent"}, {'<', "received"}};
static_assert(std::size(kinds) == enum_size<WireLine::What>());

const KindRow& row_of(WireLine::What kind) {
    return kinds[static_cast<std::size_t>(kind)];
}

std::string as_json(const WireLine& line, const std::string& ms, const std::string& message) {
    std::string out;
    wire::JsonWriter json(out);
    json.map();
    json.key("trace");
    json.map();
    json.key("ms");
    json.text(ms);
    json.key("kind");
    json.text(row_of(line.what).name);
    json.key("url");
    json.text(line.url);
    json.key("what");
    json.text(line.head);
    if (!message.empty()) {
        json.key("message");
        json.literal(message);
    }
    json.end_map();
    json.end_map();
    return out + "\n";
}

} // namespace

std::string trace_line(const WireLine& line, Verbosity verbosity, Format format) {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(line.at).count();
    const auto ms = fmt::format("{}.{:03}", us / 1000, us % 1000);
    const std::string message = verbosity == Verbosity::trace ? line.json : "";
    if (is_json(format)) return as_json(line, ms, message);
    auto text = fmt::format("[{:>9} ms] {} {} {}{}{}", ms, row_of(line.what).sign, line.url, line.head,
                            message.empty() ? "" : " ", message);
    return harmless(text) + "\n";
}

} // namespace omen
