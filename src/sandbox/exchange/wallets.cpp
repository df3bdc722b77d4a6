#include "sandbox/exchange/wallets.hpp"

namespace omen::sandbox {

Wallets::Wallets(std::size_t markets, std::size_t executions_kept)
    : markets_(markets), executions_kept_(executions_kept) {
    add(""); // the house
}

Wallet& Wallets::get(const std::string& name) {
    const auto found = by_name_.find(name);
    if (found != by_name_.end()) return of(found->second);
    auto& wallet = add(name);
    by_name_.emplace(name, wallet.owner);
    return wallet;
}

Wallet& Wallets::add(const std::string& name) {
    return wallets_.emplace_back(Wallet{.name = name,
                                        .owner = static_cast<Owner>(wallets_.size()),
                                        .account = Account(markets_),
                                        .drop_copy = DropCopy(executions_kept_)});
}

void Wallets::keep_executions(std::size_t limit) {
    executions_kept_ = limit;
    for (auto& wallet : wallets_) wallet.drop_copy.keep(limit);
}

void Wallets::reset_sequences() {
    for (auto& wallet : wallets_) wallet.drop_copy = DropCopy(executions_kept_);
}

const Wallet* Wallets::find(const std::string& name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &wallets_[found->second];
}

std::optional<WalletLink> Wallets::link(const std::string& account, const std::string& wallet, Timestamp now) {
    for (const auto& [other, linked] : links_)
        if (linked.wallet == wallet && other != account) return std::nullopt;
    get(wallet);
    if (const auto linked = linked_to(account); linked && linked->wallet == wallet) return linked;
    return links_[account] = {.wallet = wallet, .linked_at = now};
}

std::optional<WalletLink> Wallets::linked_to(const std::string& account) const {
    const auto found = links_.find(account);
    return found == links_.end() ? std::nullopt : std::optional(found->second);
}

} // namespace omen::sandbox
