#include "client/journal/format.hpp"

#include "core/text.hpp"
#include "protocol/wire/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace omen {

namespace {

/// Reads what append_line() writes, forwards.
class LineCursor {
  public:
    explicit LineCursor(std::string_view text) : rest_(text) {}

    bool skip(std::string_view text) {
        if (!rest_.starts_with(text)) return false;
        rest_.remove_prefix(text.size());
        return true;
    }
    template <class Integer> bool number(Integer& value) {
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (error != std::errc{}) return false;
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return true;
    }
    /// A text up to its quote, if nothing in it is escaped.
    bool text(std::string_view& value) {
        const auto end = rest_.find('"');
        if (end == std::string_view::npos) return false;
        value = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return value.find('\\') == std::string_view::npos;
    }
    /// The same where it stands behind its key; true where the key does not.
    bool optional_text(std::string_view key, std::string_view& value) { return !skip(key) || text(value); }
    bool at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

/// Reads the end of a line, which shows that it is whole: `,"boot":"...","mono":1}`. 0.1.0's lines have none.
bool scan_end(std::string_view text, ScannedLine& line) {
    constexpr std::size_t boot_size = 36;
    constexpr std::string_view before_mono = R"(","mono":)";
    constexpr std::string_view before_boot = R"(,"boot":")";
    const auto mono = text.find_last_not_of("0123456789", text.size() - 2) + 1; // 0: none
    if (!text.ends_with('}') || mono < before_boot.size() + boot_size + before_mono.size()) return false;
    const auto boot = mono - before_mono.size() - boot_size;
    if (text.substr(boot + boot_size, before_mono.size()) != before_mono) return false;
    if (text.substr(boot - before_boot.size(), before_boot.size()) != before_boot) return false;
    line.boot = text.substr(boot, boot_size);
    return LineCursor(text.substr(mono)).number(line.mono);
}

std::optional<ScannedLine> scan_session(LineCursor cursor, ScannedLine line, std::string_view text) {
    line.kind = ScannedLine::Kind::session;
    std::uint64_t number = 0;
    if (!cursor.text(line.name) || !cursor.skip(R"(,"session":)") || !cursor.number(number)) return std::nullopt;
    if (cursor.skip(R"(,"sequence":)") && !cursor.number(line.sequence.emplace())) return std::nullopt;
    const bool known = cursor.optional_text(R"(,"wallet":")", line.wallet) && scan_end(text, line);
    return known ? std::optional(line) : std::nullopt;
}

std::optional<ScannedLine> scan_outcome(LineCursor cursor, ScannedLine line, std::string_view text) {
    line.kind = ScannedLine::Kind::outcome;
    std::string_view by;
    if (!cursor.text(line.outcome) || !cursor.optional_text(R"(,"by":")", by)) return std::nullopt;
    line.by_resolve = by == by_resolve;
    if (scan_end(text, line)) return line;
    std::string_view ignored;
    const bool whole = cursor.optional_text(R"(,"code":")", ignored) &&
                       cursor.optional_text(R"(,"order_id":")", ignored) &&
                       cursor.optional_text(R"(,"status":")", ignored) && cursor.skip("}") && cursor.at_end();
    return whole ? std::optional(line) : std::nullopt;
}

std::optional<ScannedLine> scan_intent(LineCursor cursor, ScannedLine line, std::string_view text) {
    line.kind = ScannedLine::Kind::intent;
    static constexpr std::array<std::string_view, 3> others{R"(,"cancel":{)", R"(,"cancel_all":{)", R"(,"amend":{)"};
    if (cursor.skip(R"(,"order":{"type":"order","id":)")) {
        std::uint64_t id = 0;
        if (!cursor.number(id) || !cursor.skip(R"(,"client_order_id":")") || !cursor.text(line.placed))
            return std::nullopt;
    } else if (std::none_of(others.begin(), others.end(), [&](auto command) { return cursor.skip(command); })) {
        return std::nullopt;
    }
    return scan_end(text, line) || text.ends_with("}}") ? std::optional(line) : std::nullopt;
}

bool is_intent(const JournalLine& line) {
    return line.order || line.cancel || line.cancel_all || line.amend;
}

gw::TradingCommand take_command(JournalLine& line) {
    if (line.order) return std::move(*line.order);
    if (line.cancel) return std::move(*line.cancel);
    if (line.amend) return std::move(*line.amend);
    return std::move(*line.cancel_all);
}

} // namespace

bool is_unresolved(const std::optional<JournalOutcome>& known) {
    return !known || known->outcome == outcome::unknown;
}

bool is_unresolved(const JournalEntry& entry) {
    return is_unresolved(entry.outcome);
}

bool supersedes(std::string_view later, std::string_view known) {
    return known != outcome::done && (later != outcome::unknown || known == outcome::unknown);
}

bool may_conclude_absence(const JournalEntry& entry, const Moment& now) {
    if (!entry.identity) return false;
    constexpr auto limit = longest_on_its_way.count();
    constexpr auto mono_limit = static_cast<std::uint64_t>(limit);
    const auto& last = entry.last_sign;
    if (!last.boot.empty() && last.boot == now.boot)
        return now.mono >= mono_limit && last.mono <= now.mono - mono_limit;
    return now.mono >= mono_limit && last.time.ms <= now.time.ms - limit;
}

std::string_view process_of(std::string_view entry) {
    return entry.substr(0, entry.rfind('-'));
}

std::optional<std::uint64_t> locked_byte(std::string_view process) {
    static constexpr std::size_t digits = 13;
    static constexpr std::uint64_t first = std::uint64_t{1} << 52;
    if (process.size() < digits) return std::nullopt;
    const auto text = process.substr(process.size() - digits);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return first + number;
}

void append_line(std::string& text, const JournalLine& line) {
    wire::JsonWriter writer(text, {.scaled = true});
    wire::write(writer, line);
    text += '\n';
}

JournalLine read_line(std::string_view text) {
    auto line = wire::decode_json<JournalLine>(text);
    const bool whole = line.entry ? line.outcome || is_intent(line) : line.process && line.session;
    if (!whole) throw DecodeError("journal line: neither a command nor what became of one");
    return line;
}

std::optional<ScannedLine> scan(std::string_view text) {
    LineCursor cursor(text);
    ScannedLine line;
    if (!cursor.skip(R"({"time":)") || !cursor.number(line.time.ms)) return std::nullopt;
    if (cursor.skip(R"(,"process":")")) return scan_session(cursor, line, text);
    if (!cursor.skip(R"(,"entry":")") || !cursor.text(line.name)) return std::nullopt;
    if (cursor.skip(R"(,"outcome":")")) return scan_outcome(cursor, line, text);
    return scan_intent(cursor, line, text);
}

ScannedLine scan(const JournalLine& line) {
    const auto view = [](const std::optional<std::string>& text) { return text ? std::string_view(*text) : ""; };
    using Kind = ScannedLine::Kind;
    return {.kind = !line.entry    ? Kind::session
                    : line.outcome ? Kind::outcome
                                   : Kind::intent,
            .name = view(line.entry ? line.entry : line.process),
            .placed = line.order ? std::string_view(line.order->client_order_id.value) : "",
            .outcome = view(line.outcome),
            .by_resolve = line.by == by_resolve,
            .sequence = line.sequence,
            .wallet = view(line.wallet),
            .time = line.time,
            .boot = view(line.boot),
            .mono = line.mono.value_or(0)};
}

void JournalAssembly::add(JournalLine line, std::size_t file) {
    pass(scan(line));
    if (!line.entry)
        add_session(std::move(line));
    else if (line.outcome)
        add_outcome(std::move(line));
    else
        add_intent(std::move(line), file);
}

void JournalAssembly::pass(const ScannedLine& line) {
    ++lines_;
    const bool session = line.kind == ScannedLine::Kind::session;
    if (!line.by_resolve) {
        const auto process = session ? line.name : process_of(line.name);
        auto sign = last_signs_.find(process);
        if (sign == last_signs_.end()) sign = last_signs_.emplace(process, Moment{}).first;
        sign->second.time = line.time;
        sign->second.boot = line.boot;
        sign->second.mono = line.mono;
    }
    if (!session || !line.sequence || line.wallet.empty()) return;
    auto& marks = marks_[lower(line.wallet)];
    while (!marks.empty() && marks.back().sequence <= *line.sequence) marks.pop_back();
    marks.push_back({lines_, *line.sequence});
}

void JournalAssembly::add_intent(JournalLine line, std::size_t file) {
    by_name_.emplace(*line.entry, entries_.size());
    entries_.push_back({.entry = std::move(*line.entry),
                        .intended = {line.time, std::move(line.boot).value_or(""), line.mono.value_or(0)},
                        .command = take_command(line),
                        .identity = std::move(line.identity),
                        .session_number = line.session.value_or(0),
                        .file = file});
    at_.push_back(lines_);
}

void JournalAssembly::add_outcome(JournalLine line) {
    const auto found = by_name_.find(*line.entry);
    if (found == by_name_.end()) return;
    auto& entry = entries_[found->second];
    if (entry.outcome && !supersedes(*line.outcome, entry.outcome->outcome)) return;
    entry.outcome = {.outcome = std::move(*line.outcome),
                     .code = std::move(line.code),
                     .order_id = std::move(line.order_id),
                     .status = std::move(line.status),
                     .size = line.size};
    entry.by_resolve = line.by == by_resolve;
    entry.concluded = line.time;
}

/// What was learnt first was so when the session began.
void JournalAssembly::add_session(JournalLine line) {
    auto& session = sessions_[{*line.process, *line.session}];
    if (!session.account) session.account = std::move(line.account);
    if (!session.wallet) session.wallet = std::move(line.wallet);
    if (!session.sequence) session.sequence = line.sequence;
}

void JournalAssembly::complete(JournalEntry& entry, std::size_t at) const {
    const auto process = process_of(entry.entry);
    if (const auto sign = last_signs_.find(process); sign != last_signs_.end()) entry.last_sign = sign->second;
    const auto session = sessions_.find({std::string(process), entry.session_number});
    if (session == sessions_.end()) return;
    entry.session = session->second;
    entry.seen = entry.session.sequence;
    if (!entry.session.wallet) return;
    const auto found = marks_.find(lower(*entry.session.wallet));
    if (found == marks_.end()) return;
    const auto& marks = found->second;
    const auto mark = std::lower_bound(marks.begin(), marks.end(), at,
                                       [](const Mark& one, std::size_t line) { return one.at < line; });
    if (mark != marks.end()) entry.seen = std::max(entry.seen.value_or(0), mark->sequence);
}

std::vector<JournalEntry> JournalAssembly::entries() && {
    for (std::size_t i = 0; i < entries_.size(); ++i) complete(entries_[i], at_[i]);
    return std::move(entries_);
}

} // namespace omen
