#include "cli/context/command.hpp"
#include "cli/output/views.hpp"
#include "client/session/gateway.hpp"

#include <CLI/CLI.hpp>

namespace omen {

namespace {

/// A balance that moves all the time is not waited for any longer.
constexpr int most_attempts = 20;

bool is_same(const gw::Balance& left, const gw::Balance& right) {
    return left.total == right.total && left.available == right.available && left.margin_used == right.margin_used &&
           left.sequence == right.sequence;
}

/// Balance and PnL of one moment: the balance is the same before and after the PnL. They come in two messages, between
/// which prices move.
AccountView read_account(Gateway& gateway) {
    auto before = gateway.post(gw::GetBalance{});
    auto pnl = gateway.post(gw::GetPnl{});
    auto after = gateway.post(gw::GetBalance{});
    auto balance = gateway.await(before);
    for (int attempt = 1;; ++attempt) {
        const auto between = gateway.await(pnl);
        auto now = gateway.await(after);
        if (is_same(balance, now) || attempt == most_attempts) return {Result(std::move(now)), Result(between)};
        balance = std::move(now);
        pnl = gateway.post(gw::GetPnl{});
        after = gateway.post(gw::GetBalance{});
    }
}

Exit run_account(Context& context) {
    context.console.output().one(read_account(context.sessions.gateway()), account_row);
    return Exit::done;
}

} // namespace

void add_account(CLI::App&, Run& run) {
    run = {run_account, field_names<AccountView, AccountRow>};
}

} // namespace omen
