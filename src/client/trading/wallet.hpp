#pragma once

#include "client/session/rest_client.hpp"

#include <string_view>

namespace omen {

/// Whether this is a wallet's address: 0x and 40 hex digits.
bool is_wallet_address(std::string_view text);

/// Links a wallet. A lost answer is resolved by asking for the wallet: linked is success; not linked is unreachable (it
/// was not executed); outcome_unknown only when that question can't be answered either.
rest::WalletResponse link_wallet(RestClient& rest, const rest::WalletLinkRequest& request);

/// Unlinks the wallet, with a lost answer resolved the same way.
void unlink_wallet(RestClient& rest);

} // namespace omen
