#include "protocol/recording.hpp"

#include "protocol/wire/json.hpp"

#include <optional>

namespace omen {

namespace {

using wire::Cursor;

/// The parts of a line, as MessagePack; "t" is read as text, so that no time passes through binary floating point.
struct Line {
    std::optional<std::chrono::microseconds> at;
    std::string_view markets;
    std::string_view event;
    bool aside = false; ///< the line is about something else than an event
};

std::chrono::microseconds seconds_of(Cursor& in) try {
    const auto seconds =
        in.kind() == wire::Kind::integer ? Decimal::whole(in.integer()) : Decimal::parse(in.number_text());
    if (seconds.is_negative() || seconds > Decimal::whole(1'000'000'000)) throw DecodeError("not a time in seconds");
    constexpr Decimal::Units units_per_microsecond = Decimal::one / 1'000'000;
    return std::chrono::microseconds(static_cast<std::int64_t>(seconds.units() / units_per_microsecond));
} catch (const DecimalError& error) {
    wire::field_error("t", error.what());
} catch (DecodeError& error) {
    error.in_field("t");
    throw;
}

Line read_line(std::string_view bytes) {
    Line line;
    Cursor in(bytes);
    for (auto left = in.map(); left > 0; --left) {
        const auto key = in.text();
        if (key == "t")
            line.at = seconds_of(in);
        else if (key == "markets")
            line.markets = in.skip_raw();
        else if (key == "event")
            line.event = in.skip_raw();
        else {
            line.aside = line.aside || key == "sent" || key == "received" || key == "note";
            in.skip();
        }
    }
    return line;
}

void add_line(Recording& recording, std::string_view text) {
    const auto bytes = wire::json_to_msgpack(text);
    const auto line = read_line(bytes);
    if (line.aside && line.event.empty() && line.markets.empty()) return;
    if (recording.markets.empty()) {
        if (line.markets.empty()) throw DecodeError("markets: missing (the first line names them)");
        recording.markets = wire::decode<std::vector<rest::MarketResponse>>(line.markets);
        if (recording.markets.empty()) throw DecodeError("markets: empty");
    } else {
        if (!line.at) throw DecodeError("t: missing");
        if (line.event.empty()) throw DecodeError("event: missing");
        if (!recording.events.empty() && *line.at < recording.events.back().at)
            throw DecodeError("t: before the line above");
        recording.events.push_back({*line.at, wire::decode_any<md::Event>(line.event)});
    }
}

} // namespace

Recording Recording::parse(std::string_view text) {
    Recording recording;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty()) continue;
        try {
            add_line(recording, line);
        } catch (DecodeError& error) {
            error.in_message("line " + std::to_string(number));
            throw;
        }
    }
    if (recording.markets.empty()) throw DecodeError("no line with markets");
    return recording;
}

} // namespace omen
