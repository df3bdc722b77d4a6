#pragma once

#include "core/decimal.hpp"

namespace omen::sandbox {

/// Where the money is that no wallet has, and where it came from. At all times
///   wallets + house + fees + insurance + rounding = deposits + debt
/// exactly, a wallet (and the house) counted with its balance, less what its longs cost, and what its shorts brought.
struct Ledger {
    Decimal deposits;  ///< into wallets; negative ones were taken out
    Decimal debt;      ///< that was written off
    Decimal fees;      ///< less rebates
    Decimal insurance; ///< stays empty: liquidations cost no extra fee
    Decimal rounding;  ///< what buyers paid above what sellers got, and likewise in funding: always against the wallet
};

} // namespace omen::sandbox
