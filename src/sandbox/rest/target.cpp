#include "sandbox/rest/target.hpp"

#include "core/integer.hpp"

#include <algorithm>

namespace omen::sandbox {

namespace {

std::string percent_decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        const auto digits = text.substr(i + 1, 2);
        const auto value = parse_integer<unsigned>(digits, 16);
        if (digits.size() != 2 || !value) throw BadTarget{"the target is not percent-encoded"};
        result += static_cast<char>(*value);
        i += 2;
    }
    return result;
}

} // namespace

RestTarget::RestTarget(std::string_view target) {
    const auto question = target.find('?');
    path_ = percent_decoded(target.substr(0, question));
    auto query = question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const auto equals = pair.find('=');
        const auto value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
        parameters_[percent_decoded(pair.substr(0, equals))] = percent_decoded(value);
    }
}

std::optional<std::string> RestTarget::parameter(const std::string& name) const {
    const auto found = parameters_.find(name);
    return found == parameters_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::uint64_t> RestTarget::number(const std::string& name, std::uint64_t least,
                                                std::uint64_t most) const {
    const auto text = parameter(name);
    if (!text) return std::nullopt;
    const auto value = parse_integer<std::uint64_t>(*text);
    if (!value || *value < least || *value > most)
        throw BadTarget{name + ": not a whole number from " + std::to_string(least) + " to " + std::to_string(most)};
    return value;
}

} // namespace omen::sandbox
