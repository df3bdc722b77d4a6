#pragma once

#include "client/session/rest_client.hpp"

namespace omen {

/// Links a wallet. A lost answer is resolved by asking for the wallet: linked is success; not linked is unreachable (it
/// was not executed); outcome_unknown only when that question can't be answered either.
rest::WalletResponse link_wallet(RestClient& rest, const rest::WalletLinkRequest& request);

/// Unlinks the wallet, with a lost answer resolved the same way.
void unlink_wallet(RestClient& rest);

} // namespace omen
