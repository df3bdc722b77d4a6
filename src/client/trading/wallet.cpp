#include "client/trading/wallet.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "protocol/codes.hpp"

#include <optional>

namespace omen {

namespace {

/// The linked wallet, as far as it can be learnt: after a lost answer. Throws the first error where it can't.
std::optional<rest::WalletResponse> ask(RestClient& rest, const Error& lost) {
    try {
        return rest.wallet();
    } catch (const Error& error) {
        if (error.detail().code == code::wallet_not_linked) return std::nullopt;
        throw Error(lost.fault(), lost.what(), {.code = lost.detail().code, .hint = "check with: omenctl wallet show"});
    }
}

/// The record is as it was: the request may still be on its way.
Error still_unknown(const Error& lost) {
    return Error(lost.fault(), std::string(lost.what()) + "; so far it has not been executed, but it may still be",
                 {.code = lost.detail().code, .hint = "check with: omenctl wallet show"});
}

} // namespace

rest::WalletResponse link_wallet(RestClient& rest, const rest::WalletLinkRequest& request) {
    try {
        return rest.link_wallet(request);
    } catch (const Error& error) {
        if (error.fault() != Fault::outcome_unknown) throw;
        auto linked = ask(rest, error);
        if (linked && lower(linked->wallet) == lower(request.wallet)) return *linked;
        throw still_unknown(error);
    }
}

void unlink_wallet(RestClient& rest) {
    try {
        rest.unlink_wallet();
    } catch (const Error& error) {
        if (error.fault() != Fault::outcome_unknown) throw;
        if (ask(rest, error)) throw still_unknown(error);
    }
}

} // namespace omen
