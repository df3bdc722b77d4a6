#include "client/trading/wallet.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "protocol/codes.hpp"
#include "system/signals.hpp"
#include "system/wait.hpp"

#include <optional>

namespace omen {

namespace {

/// How long what became of a request is still found out after a signal.
constexpr Milliseconds grace{3'000};
constexpr Milliseconds pause{100};

constexpr const char* hint = "check with: omenctl wallet show";

/// The linked wallet, as far as it can be learnt: after a lost answer. Throws the first error where it can't.
std::optional<rest::WalletResponse> ask(RestClient& rest, const Error& lost) {
    try {
        return rest.wallet();
    } catch (const Error& error) {
        if (error.detail().code == code::wallet_not_linked) return std::nullopt;
        throw Error(lost.fault(), lost.what(), {.code = lost.detail().code, .hint = hint});
    }
}

/// The record is as it was: the request may still be on its way.
Error still_unknown(const Error& lost) {
    return Error(lost.fault(), std::string(lost.what()) + "; so far it has not been executed, but it may still be",
                 {.code = lost.detail().code, .hint = hint});
}

/// The linked wallet, where it is as wanted. After a signal, which may have come before the exchange was done with the
/// request, it is asked for until it is, for a while; a second signal ends that.
template <class IsWanted>
std::optional<rest::WalletResponse> find_out(RestClient& rest, const Error& lost, IsWanted is_wanted) {
    std::optional<Deadline> end; // after a signal
    bool was_read = false;       // and as it was before
    for (;;) {
        try {
            signals::check();
            auto wallet = ask(rest, lost);
            if (is_wanted(wallet)) return wallet;
            was_read = true;
            if (!end || end->passed()) throw still_unknown(lost);
            wait_until(end->earlier(Deadline::after(pause)));
        } catch (const Interrupted&) {
            signals::take();
            if (end) throw still_unknown(lost);
            end = Deadline::after(grace);
            rest.set_deadline(*end);
        } catch (const Error&) {
            if (was_read) throw still_unknown(lost); // time was over in the middle of another look
            throw;
        }
    }
}

} // namespace

rest::WalletResponse link_wallet(RestClient& rest, const rest::WalletLinkRequest& request) {
    try {
        return rest.link_wallet(request);
    } catch (const Error& error) {
        if (error.fault() != Fault::outcome_unknown) throw;
        const auto is_linked = [&](const std::optional<rest::WalletResponse>& linked) {
            return linked && lower(linked->wallet) == lower(request.wallet);
        };
        return *find_out(rest, error, is_linked);
    }
}

void unlink_wallet(RestClient& rest) {
    try {
        rest.unlink_wallet();
    } catch (const Error& error) {
        if (error.fault() != Fault::outcome_unknown) throw;
        find_out(rest, error, [](const std::optional<rest::WalletResponse>& linked) { return !linked; });
    }
}

} // namespace omen
