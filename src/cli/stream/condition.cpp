#include "cli/stream/condition.hpp"

#include "core/error.hpp"
#include "core/integer.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace omen {

namespace {

struct Operator {
    std::string_view sign;
    Comparison comparison;
};

/// Longer signs first: "<=" begins with "<".
constexpr std::array operators{
    Operator{"!=", Comparison::not_equal},
    Operator{"<=", Comparison::less_or_equal},
    Operator{">=", Comparison::greater_or_equal},
    Operator{"=", Comparison::equal},
    Operator{"<", Comparison::less},
    Operator{">", Comparison::greater},
};

[[noreturn]] void refuse(const std::string& option, const std::string& text, const std::string& why) {
    throw Error(Fault::usage, option + ": \"" + text + "\": " + why,
                {.code = "bad_value", .hint = "write it like 'price >= 3500', 'bids[0].price < 3500' or 'type = gap'"});
}

/// "bids[0].price" → bids, 0, price. Nothing when it is no path.
std::optional<std::vector<PathStep>> parse_path(std::string_view text) {
    constexpr std::string_view name_characters = "abcdefghijklmnopqrstuvwxyz_0123456789";
    std::vector<PathStep> path;
    while (!text.empty()) {
        if (text.front() == '[') {
            text.remove_prefix(1);
            const auto index = take_integer<std::size_t>(text);
            if (path.empty() || !index || !text.starts_with(']')) return std::nullopt;
            path.emplace_back(*index);
            text.remove_prefix(1);
            continue;
        }
        if (!path.empty()) {
            if (text.front() != '.') return std::nullopt;
            text.remove_prefix(1);
        }
        const auto length = std::min(text.find_first_not_of(name_characters), text.size());
        if (length == 0) return std::nullopt;
        path.emplace_back(std::string(text.substr(0, length)));
        text.remove_prefix(length);
    }
    return path.empty() ? std::nullopt : std::optional(path);
}

std::optional<Decimal> parse_number(std::string_view text) {
    try {
        return Decimal::parse(text);
    } catch (const DecimalError&) {
        return std::nullopt;
    }
}

} // namespace

bool Condition::met_by(Decimal actual) const {
    if (!number) return false;
    switch (comparison) {
    case Comparison::equal:
        return actual == *number;
    case Comparison::not_equal:
        return actual != *number;
    case Comparison::less:
        return actual < *number;
    case Comparison::less_or_equal:
        return actual <= *number;
    case Comparison::greater:
        return actual > *number;
    case Comparison::greater_or_equal:
        return actual >= *number;
    }
    return false;
}

bool Condition::met_by(std::string_view actual) const {
    if (comparison == Comparison::equal) return actual == value;
    return comparison == Comparison::not_equal && actual != value;
}

Condition parse_condition(const std::string& option, const std::string& text) {
    const auto sign_at = text.find_first_of("=!<>");
    if (sign_at == std::string::npos) refuse(option, text, "there is no comparison in it");
    const auto rest = std::string_view(text).substr(sign_at);
    const auto* const found = std::find_if(operators.begin(), operators.end(),
                                           [&](const Operator& one) { return rest.starts_with(one.sign); });
    if (found == operators.end()) refuse(option, text, "the comparisons are = != < <= > >=");
    const auto value = trimmed(rest.substr(found->sign.size()));
    if (value.empty()) refuse(option, text, "there is nothing to compare with");
    if (value.find_first_of("=!<>") == 0) refuse(option, text, "the comparisons are = != < <= > >=");
    auto path = parse_path(trimmed(std::string_view(text).substr(0, sign_at)));
    if (!path) refuse(option, text, "what stands before the comparison is no field");
    return {.said = text,
            .path = std::move(*path),
            .comparison = found->comparison,
            .value = std::string(value),
            .number = parse_number(value)};
}

void check_condition(const std::string& option, const Condition& condition, std::span<const Leaf> leaves) {
    const auto has = [&](Leaf leaf) { return std::find(leaves.begin(), leaves.end(), leaf) != leaves.end(); };
    if (!has(Leaf::number) && !has(Leaf::text))
        refuse(option, condition.said, "no line of this stream has such a field");
    const bool ordering = condition.comparison != Comparison::equal && condition.comparison != Comparison::not_equal;
    if (!has(Leaf::number) && ordering) refuse(option, condition.said, "a text is only equal (=) or not (!=)");
    if (!has(Leaf::text) && !condition.number) refuse(option, condition.said, "the field is a number");
}

} // namespace omen
