#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace omen {

/// The wire names of an enumeration, in the order of its values. Specialised beside each enumeration below;
/// an enumeration that has it can be a field of a message.
template <class E> inline constexpr auto enum_names = nullptr;

template <class E>
concept Enumeration = !std::is_same_v<std::remove_const_t<decltype(enum_names<E>)>, std::nullptr_t>;

/// Whether an enumeration has this value. A compiler prints one that it has by its name, any other as "(E)7".
template <class E, E value> constexpr bool is_enumerator() {
    const std::string_view printed = __PRETTY_FUNCTION__;
    const char first = printed[printed.find_last_of(":)") + 1];
    return first < '0' || first > '9';
}

/// How many values an enumeration has, which counts from 0: what a table that it indexes must be as long as.
template <class E, std::size_t count = 0> constexpr std::size_t enum_size() {
    if constexpr (is_enumerator<E, static_cast<E>(count)>())
        return enum_size<E, count + 1>();
    else
        return count;
}

/// Whether each value of an enumeration has a name.
template <Enumeration E>
inline constexpr bool is_fully_named = enum_names<E>.size() == enum_size<E>() && !enum_names<E>.back().empty();

/// The wire name of a value.
template <Enumeration E> constexpr std::string_view to_string(E value) {
    static_assert(is_fully_named<E>);
    return enum_names<E>[static_cast<std::size_t>(value)];
}

/// The value of a wire name; nothing when there is no such name.
template <Enumeration E> constexpr std::optional<E> parse_enum(std::string_view name) {
    static_assert(is_fully_named<E>);
    for (std::size_t i = 0; i < enum_names<E>.size(); ++i)
        if (enum_names<E>[i] == name) return static_cast<E>(i);
    return std::nullopt;
}

/// A value of an enumeration that an exchange may extend: one that this program knows, or the text of another. What is
/// not known decides nothing; it is only shown. A known value costs no more than a byte and a null pointer.
template <Enumeration E> class Open {
  public:
    Open() = default;
    Open(E value) : value_(value) {}
    Open(const Open& other) : value_(other.value_), unknown_(copy_of(other)) {}
    Open(Open&&) noexcept = default;
    Open& operator=(const Open& other) {
        value_ = other.value_;
        unknown_ = copy_of(other);
        return *this;
    }
    Open& operator=(Open&&) noexcept = default;
    ~Open() = default;

    /// The value of a wire name, or the name itself.
    static Open of_name(std::string_view name) {
        if (const auto value = parse_enum<E>(name)) return *value;
        Open unknown;
        unknown.unknown_ = std::make_unique<const std::string>(name);
        return unknown;
    }

    std::optional<E> known() const { return unknown_ ? std::nullopt : std::optional(value_); }
    /// The wire name, in place.
    std::string_view name() const { return unknown_ ? std::string_view(*unknown_) : to_string(value_); }

    bool operator==(E value) const { return !unknown_ && value_ == value; }
    bool operator==(const Open& other) const { return name() == other.name(); }

  private:
    static std::unique_ptr<const std::string> copy_of(const Open& other) {
        return other.unknown_ ? std::make_unique<const std::string>(*other.unknown_) : nullptr;
    }

    E value_{};
    std::unique_ptr<const std::string> unknown_; ///< null where the value is known
};

/// The wire name of a value, in place.
template <Enumeration E> std::string_view to_string(const Open<E>& value) {
    return value.name();
}

template <std::size_t N> using Names = std::array<std::string_view, N>;

enum class Side : std::uint8_t { buy, sell };
template <> inline constexpr auto enum_names<Side> = Names<2>{"buy", "sell"};

constexpr Side opposite(Side side) {
    return side == Side::buy ? Side::sell : Side::buy;
}

enum class PositionSide : std::uint8_t { long_, short_ };
template <> inline constexpr auto enum_names<PositionSide> = Names<2>{"long", "short"};

enum class OrderType : std::uint8_t { limit, market };
template <> inline constexpr auto enum_names<OrderType> = Names<2>{"limit", "market"};

enum class TimeInForce : std::uint8_t { gtc, ioc, fok };
template <> inline constexpr auto enum_names<TimeInForce> = Names<3>{"gtc", "ioc", "fok"};

enum class OrderStatus : std::uint8_t { open, partially_filled, filled, cancelled, rejected, expired };
template <>
inline constexpr auto enum_names<OrderStatus> =
    Names<6>{"open", "partially_filled", "filled", "cancelled", "rejected", "expired"};

/// Whether an order in this status can still fill.
constexpr bool is_live(OrderStatus status) {
    return status == OrderStatus::open || status == OrderStatus::partially_filled;
}
/// Of a status that is not known, or missing, nothing says that the order has ended.
inline bool is_live(const std::optional<Open<OrderStatus>>& status) {
    return !status || !status->known() || is_live(*status->known());
}

enum class ExecutionEvent : std::uint8_t {
    accepted,
    filled,
    amended,
    cancelled,
    rejected,
    expired,
    funding,
    write_off
};
template <>
inline constexpr auto enum_names<ExecutionEvent> =
    Names<8>{"accepted", "filled", "amended", "cancelled", "rejected", "expired", "funding", "write_off"};

enum class Liquidity : std::uint8_t { maker, taker };
template <> inline constexpr auto enum_names<Liquidity> = Names<2>{"maker", "taker"};

enum class Permission : std::uint8_t { read, trade, withdraw };
template <> inline constexpr auto enum_names<Permission> = Names<3>{"read", "trade", "withdraw"};

enum class Interval : std::uint8_t { m1, m5, m15, h1, h4, d1 };
template <> inline constexpr auto enum_names<Interval> = Names<6>{"1m", "5m", "15m", "1h", "4h", "1d"};

/// What one private gateway subscription carries.
enum class PrivateChannel : std::uint8_t { balance, positions, pnl, orders, drop_copy };
template <>
inline constexpr auto enum_names<PrivateChannel> = Names<5>{"balance", "positions", "pnl", "orders", "drop_copy"};

} // namespace omen
