#include "client/settings/config.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "system/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sys/stat.h>
#include <system_error>

namespace omen {

namespace {

constexpr std::size_t longest_config = 1U << 20;

template <class Table> std::string example_table(std::string_view heading) {
    auto text = heading.empty() ? std::string() : fmt::format("\n# [{}]\n", heading);
    const auto add = [&](const auto& key) {
        text += fmt::format("# {:<46} # {}\n", fmt::format("{} = {}", key.name, key.example), key.meaning);
    };
    std::apply([&](const auto&... keys) { (add(keys), ...); }, Table::keys());
    return text;
}

} // namespace

Setting<std::string> config_path(const Maybe<std::string>& flag, const Variables& variables) {
    Maybe<std::string> variable;
    if (auto path = variables("OMENCTL_CONFIG")) variable = {std::move(*path), "OMENCTL_CONFIG"};
    const auto directory = user_directory(variables, "XDG_CONFIG_HOME", ".config");
    return first_of({flag, variable}, directory ? *directory + "/config.toml" : "");
}

Config load_config(const Setting<std::string>& path, Deadline deadline) {
    if (path.value.empty()) return {};
    std::string text;
    struct stat info {};
    if (::stat(path.value.c_str(), &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 022) != 0)
        throw Error(Fault::usage, "config " + path.value + ": others can write it",
                    {.code = "bad_config", .hint = "chmod go-w " + path.value});
    try {
        text = read_file(path.value, {.longest = longest_config, .by = deadline});
    } catch (const std::system_error& error) {
        if (error.code() == std::errc::no_such_file_or_directory && path.is_default()) return {};
        throw Error(Fault::usage, "config " + path.value + ": " + error.what(),
                    {.code = "bad_config", .hint = "make one with: omenctl config init"});
    }
    return parse_config(text, path);
}

Profile find_profile(const Config& config, const Setting<std::string>& name) {
    const auto found = std::find_if(config.profiles.begin(), config.profiles.end(),
                                    [&](const Profile& profile) { return profile.name == name.value; });
    if (found != config.profiles.end()) return *found;
    if (name.is_default()) return {};
    std::vector<std::string> names;
    for (const auto& profile : config.profiles) names.push_back(profile.name);
    const auto meant = nearest(name.value, names);
    throw Error(Fault::usage, "profile \"" + name.value + "\" (" + name.origin + "): not known",
                {.code = "unknown_profile",
                 .hint = !meant.empty()        ? "did you mean " + meant + "?"
                         : config.path.empty() ? "there is no configuration file; make one with: omenctl config init"
                                               : "add [profile." + name.value + "] to " + config.path});
}

std::string example_config() {
    return "# The configuration of omenctl. A flag beats a variable (OMENCTL_*), which beats the profile in use.\n"
           "# See what is in force, and why: omenctl config show\n\n" +
           example_table<Config>("") + example_table<Profile>("profile.paper") +
           example_table<EnvironmentTable>("env.paper");
}

} // namespace omen
