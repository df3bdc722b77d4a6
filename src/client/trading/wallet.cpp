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

Error not_executed(const Error& lost) {
    return Error(Fault::unreachable, std::string(lost.what()) + "; it was not executed",
                 {.code = "not_executed", .hint = "try again"});
}

} // namespace

rest::WalletResponse link_wallet(RestClient& rest, const rest::WalletLinkRequest& request) {
    try {
        return rest.link_wallet(request);
    } catch (const Error& error) {
        if (error.fault() != Fault::outcome_unknown) throw;
        auto linked = ask(rest, error);
        if (linked && lower(linked->wallet) == lower(request.wallet)) return *linked;
        throw not_executed(error);
    }
}

void unlink_wallet(RestClient& rest) {
    try {
        rest.unlink_wallet();
    } catch (const Error& error) {
        if (error.fault() != Fault::outcome_unknown) throw;
        if (ask(rest, error)) throw not_executed(error);
    }
}

} // namespace omen
