#pragma once

#include "client/session/rest_client.hpp"

namespace omen {

/// Links a wallet. A lost answer is resolved by asking for the wallet: linked is success; otherwise the
/// outcome is unknown, as the request may still be on its way. A signal that comes once the request has left is taken,
/// and what became of it is found out for three seconds at most.
rest::WalletResponse link_wallet(RestClient& rest, const rest::WalletLinkRequest& request);

/// Unlinks the wallet, with a lost answer resolved the same way.
void unlink_wallet(RestClient& rest);

} // namespace omen
