#pragma once

#include "client/settings/setting.hpp"
#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/parse.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <string>

/// Option values that CLI11 does not know. A value that can't be one is a usage Error naming the option.
namespace omen::parse {

/// A moment: RFC 3339, a day, milliseconds since the epoch, or a duration, which is that long ago.
Timestamp moment(const std::string& option, const std::string& text);

/// Levels a side; none: all of them.
std::optional<std::uint32_t> depth(const std::string& option, const std::string& text);

ClientOrderId client_order_id(const std::string& option, const std::string& text);

/// Adds an option whose text `read(option name, text)` turns into the target's value.
template <class Target, class Read>
CLI::Option* option(CLI::App& app, const std::string& name, Target& target, Read read, const std::string& help) {
    const auto said = name.substr(name.rfind(',') + 1); // "-o,--output": the long one
    auto set = [&target, said, read](const std::string& text) { target = read(said, text); };
    return app.add_option_function<std::string>(name, set, help);
}

/// As option(), for a setting that other sources may give, too.
template <class T, class Read>
CLI::Option* setting(CLI::App& app, const std::string& name, Maybe<T>& target, Read read, const std::string& help) {
    const auto remember = [read](const std::string& said, const std::string& text) {
        return Setting<T>{read(said, text), said};
    };
    return option(app, name, target, remember, help);
}

/// A flag that gives a setting this value.
inline void setting_flag(CLI::App& app, const std::string& name, Maybe<bool>& target, bool value,
                         const std::string& help) {
    const auto said = name.substr(name.rfind(',') + 1);
    app.add_flag_callback(
        name,
        [&target, value, said] {
            target = Setting<bool>{value, said};
        },
        help);
}

inline auto whole_from(std::uint64_t least, std::uint64_t most) {
    return [least, most](const std::string& name, const std::string& text) { return whole(name, text, least, most); };
}

} // namespace omen::parse
