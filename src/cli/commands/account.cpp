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
    auto& output = context.console.output();
    if (is_json(output.style().format))
        output.one(account);
    else
        output.one(account_row(account));
    return Exit::done;
}

} // namespace

void add_account(CLI::App&, Run& run) {
    run = run_account;
}

} // namespace omen
