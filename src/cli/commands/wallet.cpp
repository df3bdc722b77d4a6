#include "client/trading/wallet.hpp"

#include "cli/context/command.hpp"
#include "cli/context/parse.hpp"
#include "cli/context/subcommands.hpp"

#include <memory>

namespace omen {

namespace {

Exit show_wallet(Context& context) {
    context.console.output().one(context.sessions.rest().wallet());
    return Exit::done;
}

void add_wallet_show(CLI::App&, Run& run) {
    run = {show_wallet, field_names<rest::WalletResponse>};
}

Exit link(const rest::WalletLinkRequest& request, Context& context) {
    if (!is_wallet_address(request.wallet))
        throw Error(Fault::usage, "wallet link: \"" + request.wallet + "\" is no address",
                    {.code = "bad_value", .hint = "an address is 0x and 40 hex digits"});
    context.confirm("link wallet " + request.wallet);
    auto& output = context.console.output(); // that it can't be written is found out before anything is sent
    const auto linked = link_wallet(context.sessions.rest(), request);
    context.console.set_outcome("wallet link: " + linked.wallet + " is linked");
    output.one(linked);
    return Exit::done;
}

void add_link(CLI::App& app, Run& run) {
    auto request = std::make_shared<rest::WalletLinkRequest>();
    app.add_option("address", request->wallet, "the wallet: 0x and 40 hex digits")->required();
    app.add_option("--message", request->message, "what was signed, where the exchange wants a proof");
    app.add_option("--signature", request->signature, "the signature of the message");
    run = {[request](Context& context) { return link(*request, context); }, field_names<rest::WalletResponse>};
}

/// The one thing that a script must say twice, on its command line: nothing else brings the link back.
Exit unlink(Context& context) {
    if (!context.settings.flags().confirm && !Console::can_ask())
        throw Error(Fault::usage, "wallet unlink: not confirmed", {.code = "not_confirmed", .hint = "use --yes"});
    context.confirm("unlink the wallet");
    unlink_wallet(context.sessions.rest());
    context.console.set_outcome("wallet unlink: done");
    return Exit::done;
}

void add_unlink(CLI::App&, Run& run) {
    run = {unlink};
}

constexpr Command wallet_subcommands[] = {
    {"show", "the linked wallet", add_wallet_show},
    {"link", "link a wallet to your account", add_link},
    {"unlink", "end the link (scripts must say --yes)", add_unlink},
};

} // namespace

void add_wallet(CLI::App& app, Run& run) {
    add_subcommands(app, run, wallet_subcommands);
}

} // namespace omen
