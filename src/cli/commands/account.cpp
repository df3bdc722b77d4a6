#include "cli/context/command.hpp"
#include "cli/output/views.hpp"

#include <CLI/CLI.hpp>

namespace omen {

namespace {

Exit run_account(Context& context) {
    auto& gateway = context.sessions.gateway();
    auto balance = gateway.post(gw::GetBalance{});
    auto pnl = gateway.post(gw::GetPnl{});
    const AccountView account{Result(gateway.await(balance)), Result(gateway.await(pnl))};
    context.console.output().one(account, account_row);
    return Exit::done;
}

} // namespace

void add_account(CLI::App&, Run& run) {
    run = {run_account, field_names<AccountView, AccountRow>};
}

} // namespace omen
