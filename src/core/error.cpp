#include "core/error.hpp"

#include "core/enums.hpp"

#include <algorithm>
#include <array>

namespace omen {

namespace {

struct FaultRow {
    Fault fault;
    std::string_view name;
    Exit exit;
};

constexpr std::array fault_rows{
    FaultRow{Fault::internal, "internal", Exit::internal},
    FaultRow{Fault::usage, "usage", Exit::usage},
    FaultRow{Fault::refused_locally, "refused_locally", Exit::refused_locally},
    FaultRow{Fault::credentials, "credentials", Exit::credentials},
    FaultRow{Fault::refused, "refused", Exit::refused},
    FaultRow{Fault::not_found, "not_found", Exit::not_found},
    FaultRow{Fault::rate_limited, "rate_limited", Exit::rate_limited},
    FaultRow{Fault::not_met, "not_met", Exit::not_met},
    FaultRow{Fault::outcome_unknown, "outcome_unknown", Exit::outcome_unknown},
    FaultRow{Fault::unreachable, "unreachable", Exit::unreachable},
    FaultRow{Fault::protocol, "protocol", Exit::protocol},
};

constexpr bool stand_in_order(const auto& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].fault != static_cast<Fault>(i)) return false;
    return true;
}
static_assert(fault_rows.size() == enum_size<Fault>() && stand_in_order(fault_rows));

const FaultRow& row_of(Fault fault) {
    return fault_rows[static_cast<std::size_t>(fault)];
}

constexpr std::array by_seriousness{
    Exit::hung_up,         Exit::interrupted,  Exit::quit,        Exit::terminated,
    Exit::outcome_unknown, Exit::internal,     Exit::credentials, Exit::unreachable,
    Exit::protocol,        Exit::rate_limited, Exit::refused,     Exit::not_found,
    Exit::refused_locally, Exit::usage,        Exit::not_met,     Exit::done,
};
static_assert(by_seriousness.size() == all_exits.size());

} // namespace

std::string_view to_string(Fault fault) {
    return row_of(fault).name;
}

Exit exit_of(Fault fault) {
    return row_of(fault).exit;
}

std::string_view meaning_of(Exit code) {
    switch (code) {
    case Exit::done:
        return "done: what was asked for has happened; an order rests or filled, its status says which";
    case Exit::internal:
        return "internal failure, or stdout could not be written";
    case Exit::usage:
        return "usage: a bad flag, value, configuration, cursor or journal location; nothing was sent";
    case Exit::refused_locally:
        return "refused locally: tick, lot, limit or other check before sending; nothing was sent";
    case Exit::credentials:
        return "credentials missing, expired, refused or lacking permission";
    case Exit::refused:
        return "the exchange refused it; an ioc or market order that filled nothing (not_filled)";
    case Exit::not_found:
        return "not found: market, order, no linked wallet";
    case Exit::rate_limited:
        return "rate limited";
    case Exit::not_met:
        return "the condition waited for was not met in time";
    case Exit::outcome_unknown:
        return "outcome unknown: it may have executed; the message names the command that checks";
    case Exit::unreachable:
        return "unreachable or timed out, and surely not executed: safe to repeat";
    case Exit::protocol:
        return "data gap or protocol violation that could not be repaired";
    case Exit::hung_up:
        return "ended by SIGHUP";
    case Exit::interrupted:
        return "ended by SIGINT";
    case Exit::quit:
        return "ended by SIGQUIT";
    case Exit::terminated:
        return "ended by SIGTERM";
    }
    return "";
}

Exit more_serious(Exit left, Exit right) {
    return std::min(left, right, [](Exit a, Exit b) {
        return std::find(by_seriousness.begin(), by_seriousness.end(), a) <
               std::find(by_seriousness.begin(), by_seriousness.end(), b);
    });
}

} // namespace omen
