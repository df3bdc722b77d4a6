#pragma once

#include "sandbox/exchange/drop_copy.hpp"
#include "sandbox/exchange/facts.hpp"
#include "sandbox/matching/matching_engine.hpp"
#include "sandbox/money/account.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace omen::sandbox {

/// The house's has no name, no funds, no margin, and nobody reads its drop-copy: it is the other side of what users
/// trade with the market flow.
struct Wallet {
    std::string name;
    Owner owner = house;
    Account account;
    DropCopy drop_copy;
};

/// All wallets, the house's among them, and which account each is linked to. References stay valid.
class Wallets {
  public:
    Wallets(std::size_t markets, std::size_t executions_kept);

    /// The wallet of this name, made on first use.
    Wallet& get(const std::string& name);
    /// Nothing when the wallet was never named in a command.
    const Wallet* find(const std::string& name) const;
    /// Changes how many executions each wallet, future ones too, keeps.
    void keep_executions(std::size_t limit);
    /// Begins each wallet's drop-copy anew.
    void reset_sequences();
    Wallet& of(Owner owner) { return wallets_[owner]; }
    const Wallet& of(Owner owner) const { return wallets_[owner]; }
    /// The house's comes first.
    const std::deque<Wallet>& all() const { return wallets_; }

    /// See Exchange.
    std::optional<WalletLink> link(const std::string& account, const std::string& wallet, Timestamp now);
    bool unlink(const std::string& account) { return links_.erase(account) != 0; }
    std::optional<WalletLink> linked_to(const std::string& account) const;

  private:
    Wallet& add(const std::string& name);

    std::size_t markets_;
    std::size_t executions_kept_;
    std::deque<Wallet> wallets_; ///< a wallet's owner number is its place
    std::unordered_map<std::string, Owner> by_name_;
    std::map<std::string, WalletLink> links_; ///< by account
};

} // namespace omen::sandbox
