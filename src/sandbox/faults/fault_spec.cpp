#include "sandbox/faults/fault_spec.hpp"

#include "core/error.hpp"
#include "core/parse.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

namespace omen::sandbox {

namespace {

using Scope = FaultScope;

constexpr std::uint64_t largest = 1'000'000'000;

/// One key: how its value is read. `called` is "fault close-before: nth".
struct SpecKey {
    std::string_view name;
    void (*read)(FaultSpec& fault, const std::string& called, const std::string& value);
    bool is_bare = false; ///< it has no value
};

Milliseconds read_ms(const std::string& called, const std::string& value) {
    return Milliseconds(parse::whole(called, value, 0, 3'600'000));
}

std::uint64_t read_chance(const std::string& called, const std::string& value) {
    if (!value.starts_with("1/")) parse::bad_value(called, value, "a fraction like 1/10");
    return parse::whole(called, value.substr(2), 1, largest);
}

constexpr SpecKey when_keys[] = {
    {"nth", [](auto& fault, auto& called, auto& value) { fault.nth = parse::whole(called, value, 1, largest); }},
    {"every", [](auto& fault, auto& called, auto& value) { fault.every = parse::whole(called, value, 1, largest); }},
    {"count", [](auto& fault, auto& called, auto& value) { fault.count = parse::whole(called, value, 1, largest); }},
    {"chance", [](auto& fault, auto& called, auto& value) { fault.chance = read_chance(called, value); }},
};

constexpr SpecKey command_keys[] = {{"command", [](auto& fault, auto& called, auto& value) {
                                         if (value == "any") return fault.command.reset();
                                         fault.command = parse::one_of<CommandKind>(called, value);
                                     }}};

constexpr SpecKey delay_keys[] = {
    command_keys[0], {"ms", [](auto& fault, auto& called, auto& value) { fault.delay = read_ms(called, value); }}};

constexpr SpecKey late_keys[] = {delay_keys[0], delay_keys[1], {"code", [](auto& fault, auto& called, auto& value) {
                                                                    fault.close_code = static_cast<std::uint16_t>(
                                                                        parse::whole(called, value, 1000, 4999));
                                                                }}};

constexpr SpecKey replay_keys[] = {{"sequence", [](auto& fault, auto& called, auto& value) {
                                        fault.sequence = parse::whole(called, value, 1, largest);
                                    }}};

constexpr SpecKey delta_keys[] = {{"market", [](auto& fault, auto& called, auto& value) {
                                       if (value.empty()) parse::bad_value(called, value, "a market's id");
                                       fault.market = MarketId::from_text(value);
                                   }}};

constexpr SpecKey refusal_keys[] = {delta_keys[0], {"code", [](auto& fault, auto& called, auto& value) {
                                                        if (value.empty()) parse::bad_value(called, value, "a code");
                                                        fault.code = value;
                                                    }}};

constexpr SpecKey frame_keys[] = {{"endpoint", [](auto& fault, auto& called, auto& value) {
                                       fault.endpoint = parse::one_of<Endpoint>(called, value);
                                       if (fault.endpoint == Endpoint::rest)
                                           parse::bad_value(called, value, "gateway or market-data");
                                   }}};

constexpr SpecKey connection_keys[] = {{"endpoint", [](auto& fault, auto& called, auto& value) {
                                            fault.endpoint = parse::one_of<Endpoint>(called, value);
                                        }}};

constexpr SpecKey request_keys[] = {
    {"path", [](auto& fault, auto&, auto& value) { fault.path = value; }},
    {"status",
     [](auto& fault, auto& called, auto& value) { fault.http.status = parse::whole(called, value, 200, 599); }},
    {"retry-after",
     [](auto& fault, auto& called, auto& value) { fault.http.retry_after = parse::whole(called, value, 0, 86'400); }},
    {"body", [](auto& fault, auto& called, auto& value) { fault.http.body = parse::one_of<FalseBody>(called, value); }},
    {"redirect",
     [](auto& fault, auto& called, auto& value) {
         if (value.empty() || !is_visible_ascii(value)) parse::bad_value(called, value, "a URL");
         fault.http.redirect = value;
     }},
    {"slow", [](auto& fault, auto& called, auto& value) { fault.http.slow = read_ms(called, value); }},
    {"after", [](auto& fault, auto&, auto&) { fault.http.takes_effect = true; }, true},
    {"close-before", [](auto& fault, auto&, auto&) { fault.http.loses_answer = true; }, true},
    {"close-after", [](auto& fault, auto&, auto&) { fault.http.loses_answer = fault.http.takes_effect = true; }, true},
};

constexpr SpecKey retention_keys[] = {
    {"events", [](auto& fault, auto& called, auto& value) { fault.events = parse::whole(called, value, 0, largest); }}};

constexpr SpecKey restart_keys[] = {
    {"ms", [](auto& fault, auto& called, auto& value) { fault.delay = read_ms(called, value); }}};

constexpr SpecKey relink_keys[] = {{"account", [](auto& fault, auto& called, auto& value) {
                                        if (value.empty()) parse::bad_value(called, value, "an account");
                                        fault.account = value;
                                    }}};

Scope scope_of(FaultKind kind) {
    if (kind <= FaultKind::fin) return Scope::command;
    if (kind <= FaultKind::replay_double) return Scope::replay;
    if (kind <= FaultKind::reorder_delta) return Scope::delta;
    if (kind == FaultKind::gap_storm) return Scope::snapshot;
    if (kind <= FaultKind::end_subscription) return Scope::subscription;
    if (kind <= FaultKind::text_frame) return Scope::frame;
    if (kind == FaultKind::refuse_connections) return Scope::connection;
    return kind == FaultKind::http ? Scope::request : Scope::sandbox;
}

/// The keys of a fault's own, beside those that say when.
std::span<const SpecKey> keys_of(FaultKind kind) {
    switch (scope_of(kind)) {
    case Scope::command:
        if (kind == FaultKind::late_after_close) return late_keys;
        return kind == FaultKind::delay_answers || kind == FaultKind::fin ? std::span<const SpecKey>(delay_keys)
                                                                          : command_keys;
    case Scope::replay:
        return replay_keys;
    case Scope::delta:
    case Scope::snapshot:
        return delta_keys;
    case Scope::subscription:
        return kind == FaultKind::refuse_subscription ? std::span<const SpecKey>(refusal_keys) : delta_keys;
    case Scope::frame:
        return frame_keys;
    case Scope::connection:
        return connection_keys;
    case Scope::request:
        return request_keys;
    case Scope::sandbox:
        if (kind == FaultKind::retention) return retention_keys;
        if (kind == FaultKind::relink) return relink_keys;
        return kind == FaultKind::restart ? std::span<const SpecKey>(restart_keys) : std::span<const SpecKey>();
    }
    return {};
}

std::vector<SpecKey> all_keys_of(FaultKind kind) {
    const auto own = keys_of(kind);
    std::vector<SpecKey> keys(own.begin(), own.end());
    if (scope_of(kind) != Scope::sandbox) keys.insert(keys.end(), std::begin(when_keys), std::end(when_keys));
    return keys;
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

[[noreturn]] void fail(const std::string& message, const std::string& hint) {
    throw Error(Fault::usage, message, {.code = "bad_value", .hint = hint});
}

/// The hint for a misspelt name. What others call a door is an endpoint here.
std::string meant(const std::string& name, const std::vector<std::string>& candidates, const std::string& otherwise) {
    const auto near = nearest(name == "door" ? "endpoint" : name, candidates);
    return near.empty() ? otherwise : "did you mean " + near + "?";
}

void read_item(FaultSpec& fault, const std::string& item) {
    const auto name = "fault " + std::string(to_string(fault.kind));
    const auto equals = std::min(item.find('='), item.size());
    const auto key_name = item.substr(0, equals);
    std::vector<std::string> names;
    for (const auto& key : all_keys_of(fault.kind)) {
        if (key.name != key_name) {
            names.emplace_back(key.name);
            continue;
        }
        const bool has_value = equals < item.size();
        if (key.is_bare == has_value)
            fail(name + ": " + key_name + (key.is_bare ? " takes no value" : " needs a value"),
                 "write " + key_name + (key.is_bare ? "" : "=..."));
        return key.read(fault, name + ": " + key_name, has_value ? item.substr(equals + 1) : "");
    }
    fail(name + ": unknown key \"" + key_name + "\"",
         meant(key_name, names, names.empty() ? "it has no keys" : "its keys are " + listed(names)));
}

/// What makes no sense together, or is missing.
void check(const FaultSpec& fault) {
    const auto name = "fault " + std::string(to_string(fault.kind));
    const auto& http = fault.http;
    const bool needs_delay = fault.kind == FaultKind::delay_answers || fault.kind == FaultKind::late_after_close;
    if (needs_delay && fault.delay == Milliseconds(0))
        fail(name + ": how long?", "write " + std::string(to_string(fault.kind)) + ":ms=500");
    if (fault.kind == FaultKind::retention && !fault.events)
        fail(name + ": how many executions are kept?", "write retention:events=10");
    if (fault.kind != FaultKind::http) return;
    const bool says_answer = http.status || http.body || !http.redirect.empty();
    if (!says_answer && http.slow == Milliseconds(0) && !http.loses_answer)
        fail(name + ": what happens to the request?",
             "say status=, body=, redirect=, slow=, close-before or close-after");
    if (http.loses_answer && (says_answer || http.slow > Milliseconds(0)))
        fail(name + ": an answer that is lost can't be a special one", "use two faults");
    if (!http.redirect.empty() && http.body) fail(name + ": redirect and body exclude each other", "use two faults");
}

} // namespace

FaultKind fault_kind(const std::string& name) {
    if (const auto kind = parse_enum<FaultKind>(name)) return *kind;
    const std::vector<std::string> names(enum_names<FaultKind>.begin(), enum_names<FaultKind>.end());
    fail("unknown fault \"" + name + "\"", meant(name, names, "see: man omenctl-sandbox"));
}

FaultSpec FaultSpec::parse(const std::string& text) {
    const auto colon = std::min(text.find(':'), text.size());
    FaultSpec fault{.text = text, .kind = fault_kind(text.substr(0, colon))};
    if (fault.kind == FaultKind::restart) fault.delay = Milliseconds(200);
    if (fault.kind == FaultKind::late_after_close) fault.close_code = 1001;
    for (auto at = colon; at < text.size();) {
        const auto comma = std::min(text.find(',', at + 1), text.size());
        read_item(fault, text.substr(at + 1, comma - at - 1));
        at = comma;
    }
    check(fault);
    return fault;
}

std::optional<std::uint64_t> FaultSpec::limit() const {
    if (count) return count;
    const bool is_lasting = kind == FaultKind::delay_answers || kind == FaultKind::gap_storm;
    const bool goes_on = every || chance || (is_lasting && !nth);
    return goes_on || scope_of(kind) == Scope::sandbox ? std::nullopt : std::optional<std::uint64_t>(1);
}

FaultScope FaultSpec::scope() const {
    return scope_of(kind);
}

bool FaultSpec::forestalls() const {
    return kind == FaultKind::close_before || kind == FaultKind::stall_before || kind == FaultKind::reset_before ||
           kind == FaultKind::internal_before || kind == FaultKind::fin_before;
}

bool FaultSpec::postpones() const {
    return kind == FaultKind::late_after_close || (kind == FaultKind::fin && delay > Milliseconds(0));
}

} // namespace omen::sandbox
