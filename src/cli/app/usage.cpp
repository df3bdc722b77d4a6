#include "cli/app/usage.hpp"

#include "core/text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace omen {

namespace {

/// The deepest subcommand that was recognised.
const CLI::App& chosen(const CLI::App& app) {
    const auto* deepest = &app;
    while (!deepest->get_subcommands().empty()) deepest = deepest->get_subcommands().front();
    return *deepest;
}

std::string full_name(const CLI::App& app) {
    return app.get_parent() == nullptr ? app.get_name() : full_name(*app.get_parent()) + " " + app.get_name();
}

bool is_flag(const std::string& word) {
    return word.size() > 1 && word.starts_with('-');
}

std::vector<std::string> flags_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* level = &app; level != nullptr; level = level->get_parent())
        for (const auto* option : level->get_options())
            for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

std::vector<std::string> commands_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(command->get_name());
    return names;
}

Error unknown(const std::string& kind, const std::string& word, const std::vector<std::string>& candidates,
              const std::string& help) {
    const auto meant = nearest(word.substr(0, word.find('=')), candidates);
    return Error(Fault::usage, "unknown " + kind + " " + word,
                 {.code = "usage", .hint = meant.empty() ? help : "did you mean " + meant + "?"});
}

} // namespace

Error usage_error(const CLI::App& app, const CLI::ParseError& error) {
    const auto& command = chosen(app);
    const auto help = "see: " + full_name(command) + " --help";
    auto extras = app.remaining(true);
    const auto flag = std::find_if(extras.begin(), extras.end(), is_flag);
    if (flag != extras.end()) return unknown("flag", *flag, flags_of(command), help);
    const bool awaits_command = command.get_require_subcommand_min() > 0;
    if (awaits_command && !extras.empty()) return unknown("command", extras.front(), commands_of(command), help);
    if (awaits_command) return Error(Fault::usage, "a command is missing", {.code = "usage", .hint = help});
    if (!extras.empty())
        return Error(Fault::usage, "unexpected argument " + extras.front(), {.code = "usage", .hint = help});
    std::string message = error.what();
    std::replace(message.begin(), message.end(), '\n', ' ');
    return Error(Fault::usage, message, {.code = "usage", .hint = help});
}

void refuse_empty_values(const CLI::App& app) {
    const auto& command = chosen(app);
    const auto may_be_empty = [](const CLI::Option& option) {
        return option.get_name() == "--data" || option.get_name() == "command";
    };
    for (const auto* level = &command; level != nullptr; level = level->get_parent())
        for (const auto* option : level->get_options()) {
            const auto& values = option->results();
            const bool empty =
                option->get_items_expected_max() > 0 && std::find(values.begin(), values.end(), "") != values.end();
            if (empty && !may_be_empty(*option))
                throw Error(Fault::usage, option->get_name() + ": the value is empty",
                            {.code = "bad_value", .hint = "is a variable not set?"});
        }
}

} // namespace omen
