#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace omen {

/// An opaque identifier that can't be taken for one of another kind. Some exchanges use integers for them: these are
/// their digits here, and integers again where they are written.
template <class Tag> struct Id {
    std::string value;
    bool is_integer = false; ///< how it came; the same id in text is equal

    std::strong_ordering operator<=>(const Id& other) const { return value <=> other.value; }
    bool operator==(const Id& other) const { return value == other.value; }
};

using OrderId = Id<struct OrderIdTag>;
using ClientOrderId = Id<struct ClientOrderIdTag>;
using TradeId = Id<struct TradeIdTag>;

/// A market's id: an unsigned integer or a string, whichever the exchange uses. The default is the integer 0.
class MarketId {
  public:
    MarketId() = default;
    explicit MarketId(std::uint64_t number) : value_(number) {}
    explicit MarketId(std::string name) : value_(std::move(name)) {}

    /// An id as it stands in a path or channel name: all digits (and below 2^64) is an integer, anything else a string.
    static MarketId from_text(std::string_view text);

    bool is_number() const { return std::holds_alternative<std::uint64_t>(value_); }
    std::uint64_t number() const { return std::get<std::uint64_t>(value_); }
    const std::string& name() const { return std::get<std::string>(value_); }
    /// The id as it stands in a path or channel name.
    std::string text() const;

    /// Numbers come before names.
    std::strong_ordering operator<=>(const MarketId& other) const {
        // Almost all are numbers, and a variant compares by way of a table of functions.
        if (is_number() && other.is_number()) return number() <=> other.number();
        return value_ <=> other.value_;
    }
    bool operator==(const MarketId& other) const { return (*this <=> other) == 0; }

  private:
    std::variant<std::uint64_t, std::string> value_ = std::uint64_t{0};
};

/// Whether this text may be a client order id: [A-Za-z0-9._:-]{1,64}.
bool is_client_order_id(std::string_view text);

/// Whether this is a wallet's address: 0x and 40 hex digits.
bool is_wallet_address(std::string_view text);

} // namespace omen

template <class Tag> struct std::hash<omen::Id<Tag>> {
    std::size_t operator()(const omen::Id<Tag>& id) const { return std::hash<std::string>{}(id.value); }
};
