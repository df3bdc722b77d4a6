#pragma once

#include "core/decimal.hpp"
#include "core/ids.hpp"
#include "protocol/wire/declaration.hpp"

#include <optional>
#include <string>
#include <vector>

namespace omen::sandbox {

/// How much of a market is held on each side, the house included.
struct AuditedMarket {
    MarketId market_id;
    std::optional<Decimal> longs{};
    std::optional<Decimal> shorts{};

    static constexpr auto declaration() {
        return wire::record("audited market", wire::field("market_id", &AuditedMarket::market_id),
                            wire::field("longs", &AuditedMarket::longs), wire::field("shorts", &AuditedMarket::shorts));
    }
};

/// The exchange's money and books, added up from scratch. See Ledger for what must come to what; a sum that is beyond
/// the range is absent, and was compared all the same.
struct Audit {
    std::optional<Decimal> wallets{}; ///< at what their positions cost
    std::optional<Decimal> house{};   ///< likewise
    Decimal fees{};
    Decimal insurance{};
    Decimal rounding{};
    Decimal deposits{};
    Decimal debt{};
    std::vector<AuditedMarket> markets{};
    std::vector<std::string> faults{}; ///< whatever does not add up; empty in all experience

    static constexpr auto declaration() {
        using wire::field;
        return wire::record("audit", field("wallets", &Audit::wallets), field("house", &Audit::house),
                            field("fees", &Audit::fees), field("insurance", &Audit::insurance),
                            field("rounding", &Audit::rounding), field("deposits", &Audit::deposits),
                            field("debt", &Audit::debt), field("markets", &Audit::markets),
                            field("faults", &Audit::faults));
    }
};

} // namespace omen::sandbox
