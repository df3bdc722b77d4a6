#include "cli/app/run.hpp"
#include "sandbox/faults/fault_spec.hpp"
#include "support/catch.hpp"
#include "support/every_message.hpp"
#include "system/files.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace omen::docs_test {

/// Holds help, manual pages and completions against omenctl's own command tree. What must be where:
/// - man/omenctl.1 has the global flags, man/omenctl-COMMAND.1 a command's own and those of its subcommands;
/// - omenctl.bash has a line `['omenctl stream book']='...'` in each of its tables;
/// - _omenctl has a function `_omenctl_stream_book`, ended by a line `}`;
/// - omenctl.fish has lines with the condition `__omenctl_at stream book`.

namespace {

namespace fs = std::filesystem;
using NameSet = std::set<std::string>;
using Path = std::vector<std::string>;

/// One command as it presents itself.
struct Described {
    Path path; ///< {"stream", "book"}; empty: omenctl itself
    std::string help;
    NameSet flags; ///< long and short, without those that every command has
    NameSet commands;
    bool every_flag_has_a_description = true;
};

/// Asks a fresh omenctl for a command's help: options are added only once their command is chosen.
Described describe(const Path& path) {
    GlobalFlags global;
    Run run;
    CLI::App app;
    build_app(app, global, run);
    std::vector<std::string> words{"--help"}; // CLI11 takes the last word first
    words.insert(words.end(), path.rbegin(), path.rend());
    REQUIRE_THROWS_AS(app.parse(words), CLI::CallForHelp);
    const CLI::App* chosen = &app;
    for (const auto& name : path) chosen = chosen->get_subcommand(name);
    Described command{.path = path, .help = app.help(), .flags = {}, .commands = {}};
    for (const auto* option : chosen->get_options()) {
        if (!path.empty() && option == chosen->get_help_ptr()) continue;
        for (const auto& name : option->get_snames()) command.flags.insert("-" + name);
        for (const auto& name : option->get_lnames()) command.flags.insert("--" + name);
        if (option->get_description().empty()) command.every_flag_has_a_description = false;
    }
    for (const auto* sub : chosen->get_subcommands([](const CLI::App*) { return true; }))
        command.commands.insert(sub->get_name());
    return command;
}

void add_with_subcommands(std::vector<Described>& commands, const Path& path) {
    auto command = describe(path);
    const auto names = command.commands;
    commands.push_back(std::move(command));
    for (const auto& name : names) {
        auto longer = path;
        longer.push_back(name);
        add_with_subcommands(commands, longer);
    }
}

/// omenctl and all its commands.
const std::vector<Described>& tree() {
    static const auto commands = [] {
        std::vector<Described> all;
        add_with_subcommands(all, {});
        return all;
    }();
    return commands;
}

std::string joined(const Path& path, const std::string& separator) {
    std::string text;
    for (const auto& name : path) text += (text.empty() ? "" : separator) + name;
    return text;
}

std::string read(const std::string& file) {
    return read_file(fs::path(OMENCTL_SOURCE_DIR) / file);
}

/// What stands between two texts, the first time that the first appears; nothing when it does not.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
    const auto at = text.find(begin);
    if (at == std::string::npos) return {};
    const auto from = at + begin.size();
    return text.substr(from, text.find(end, from) - from);
}

/// All matches of the first group.
NameSet matches(const std::string& text, const std::string& expression) {
    const std::regex regex(expression);
    NameSet found;
    for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match)
        found.insert((*match)[1]);
    return found;
}

/// Flags as shells write them: "--price", "-o"; not the hyphen in a word.
NameSet flags_in(const std::string& text) {
    return matches(text, R"((?:^|[^A-Za-z0-9_-])(-[a-z]|--[a-z][a-z0-9-]*)(?![A-Za-z0-9_]))");
}

/// The words of a manual page's ".It" lines that come behind a macro of this name.
NameSet items_of(const std::string& page, const std::string& macro) {
    NameSet names;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(".It ")) continue;
        std::istringstream words(line.substr(4));
        std::string current;
        std::string before;
        for (std::string word; words >> word; before = word) {
            const bool is_macro = word == "Fl" || word == "Cm" || word == "Ar" || word == "Ev" || word == "No";
            if (is_macro)
                current = before == "Fl" && word == "Fl" ? "Fl Fl" : word;
            else if (word != "," && current == macro)
                names.insert(word);
        }
    }
    return names;
}

NameSet flags_of_page(const std::string& page) {
    NameSet flags;
    for (const auto& name : items_of(page, "Fl")) flags.insert("-" + name);
    for (const auto& name : items_of(page, "Fl Fl")) flags.insert("--" + name);
    return flags;
}

std::string page_of(const Path& path) {
    return "man/omenctl" + (path.empty() ? "" : "-" + path.front()) + ".1";
}

NameSet missing(const NameSet& wanted, const NameSet& there) {
    NameSet rest;
    std::set_difference(wanted.begin(), wanted.end(), there.begin(), there.end(), std::inserter(rest, rest.end()));
    return rest;
}

NameSet words_of(const std::string& text) {
    std::istringstream words(text);
    return {std::istream_iterator<std::string>(words), {}};
}

std::string bash_entry(const std::string& script, const std::string& table, const Path& path) {
    return between(between(script, "declare -gA " + table + "=(\n", "\n)"),
                   "['omenctl" + (path.empty() ? "" : " " + joined(path, " ")) + "']='", "'");
}

/// The body of a command's function, and of that which it leaves the bounds of a stream to.
std::string zsh_function(const std::string& script, const Path& path) {
    const auto name = joined(path, "_");
    auto body = between(script, "\n_omenctl" + (name.empty() ? "" : "_" + name) + "() {\n", "\n}\n");
    if (body.find("_omenctl_bounded") != std::string::npos)
        body += between(script, "\n_omenctl_bounded() {\n", "\n}\n");
    return body;
}

/// The script's lines about completing something.
std::vector<std::string> fish_rules(const std::string& script) {
    std::vector<std::string> rules;
    std::istringstream lines(script);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("complete -c omenctl ")) rules.push_back(line);
    return rules;
}

/// Those that hold for a command: its own and those for all commands under its parent.
std::vector<std::string> fish_rules_of(const std::string& script, const Path& path) {
    auto rules = fish_rules(script);
    std::erase_if(rules, [&](const std::string& rule) {
        if (path.empty()) return rule.find("__omenctl_at ") != std::string::npos;
        for (Path prefix = path; !prefix.empty(); prefix.pop_back())
            if (rule.find("'__omenctl_at " + joined(prefix, " ") + "'") != std::string::npos) return false;
        return true;
    });
    return rules;
}

NameSet fish_flags(const std::vector<std::string>& rules) {
    NameSet flags;
    for (const auto& rule : rules) {
        for (const auto& name : matches(rule, " -l ([a-z0-9-]+)")) flags.insert("--" + name);
        for (const auto& name : matches(rule, " -s ([a-z]) ")) flags.insert("-" + name);
    }
    return flags;
}

/// Every flag that any command has.
NameSet all_flags() {
    NameSet flags;
    for (const auto& command : tree()) flags.insert(command.flags.begin(), command.flags.end());
    return flags;
}

} // namespace

TEST_CASE("the command tree is whole: subcommands of subcommands, and their flags") {
    const auto book = std::find_if(tree().begin(), tree().end(),
                                   [](const auto& one) { return joined(one.path, " ") == "stream book"; });
    REQUIRE(book != tree().end());
    CHECK(book->flags == NameSet{"--count", "--until", "--for", "--idle", "--no-reconnect", "--full", "--top",
                                 "--depth", "--interval", "--on-gap", "--snapshot"});
    CHECK(tree().size() > 35);
}

TEST_CASE("every command and flag is in its help, with a description") {
    for (const auto& command : tree()) {
        CAPTURE(command.path);
        CHECK(command.every_flag_has_a_description);
        CHECK(missing(command.flags, flags_in(command.help)) == NameSet{});
        CHECK(missing(command.commands, words_of(command.help)) == NameSet{});
    }
}

TEST_CASE("every command and flag is in its manual page") {
    for (const auto& command : tree()) {
        CAPTURE(command.path);
        const auto page = read(page_of(command.path));
        CHECK(missing(command.flags, flags_of_page(page)) == NameSet{});
        CHECK(missing(command.commands, items_of(page, "Cm")) == NameSet{});
    }
}

TEST_CASE("no manual page has a flag that its command has not") {
    std::map<std::string, NameSet> flags;
    for (const auto& command : tree()) flags[page_of(command.path)].insert(command.flags.begin(), command.flags.end());
    for (const auto& [page, expected] : flags) {
        CAPTURE(page);
        CHECK(missing(flags_of_page(read(page)), expected) == NameSet{});
    }
}

TEST_CASE("every command and flag is in the completion of bash") {
    const auto script = read("completions/omenctl.bash");
    for (const auto& command : tree()) {
        CAPTURE(command.path);
        CHECK(words_of(bash_entry(script, "_omenctl_flags", command.path)) == command.flags);
        CHECK(words_of(bash_entry(script, "_omenctl_commands", command.path)) == command.commands);
    }
}

TEST_CASE("every command and flag is in the completion of zsh") {
    const auto script = read("completions/_omenctl");
    for (const auto& command : tree()) {
        CAPTURE(command.path);
        const auto body = zsh_function(script, command.path);
        CHECK(missing(command.flags, flags_in(body)) == NameSet{});
        CHECK(missing(command.commands, matches(body, "['\"]([a-z-]+):")) == NameSet{});
    }
    CHECK(missing(matches(script, "(--[a-z][a-z-]+)"), all_flags()) == NameSet{});
}

TEST_CASE("every command and flag is in the completion of fish") {
    const auto script = read("completions/omenctl.fish");
    for (const auto& command : tree()) {
        const auto path = joined(command.path, " ");
        CAPTURE(path);
        CHECK(missing(command.flags, fish_flags(fish_rules_of(script, command.path))) == NameSet{});
        const auto argument = "'__omenctl_argument 1" + (path.empty() ? "" : " " + path) + "' -a ([a-z-]+)";
        CHECK(matches(script, argument) == command.commands);
    }
    CHECK(missing(fish_flags(fish_rules(script)), all_flags()) == NameSet{});
}

TEST_CASE("a completion knows which flags take a value") {
    const auto bash = read("completions/omenctl.bash");
    const auto in_bash = matches(between(bash, "declare -gA _omenctl_values=(\n", "\n)"), R"(\['([a-z-]+)'\])");
    const auto in_fish = words_of(std::regex_replace(
        between(read("completions/omenctl.fish"), "__omenctl_valued ", "\n\n"), std::regex("\\\\"), ""));
    NameSet valued;
    for (const auto& command : tree())
        for (const auto& flag : command.flags)
            if (std::regex_search(command.help, std::regex(flag + " TEXT"))) valued.insert(flag);
    valued.insert("-o");
    CHECK(in_bash == valued);
    CHECK(in_fish == valued);
}

TEST_CASE("omenctl(1) has every exit code and every variable") {
    const auto page = read("man/omenctl.1");
    const auto codes = matches(between(page, ".Sh EXIT STATUS\n", "\n.Sh "), R"((?:It|,) ([0-9]+))");
    for (const auto code : all_exits) CHECK(codes.count(std::to_string(static_cast<int>(code))) == 1);
    NameSet variables;
    for (const auto& file : fs::recursive_directory_iterator(fs::path(OMENCTL_SOURCE_DIR) / "src"))
        if (file.is_regular_file())
            variables.merge(matches(read(fs::relative(file.path(), OMENCTL_SOURCE_DIR)), "\"(OMENCTL_[A-Z_]+)\""));
    CHECK(missing(variables, items_of(page, "Ev")) == NameSet{});
}

TEST_CASE("omenctl-config(5) has every key of the configuration, and no other") {
    NameSet keys;
    const auto add = [&](const auto&... key) { (keys.insert(std::string(key.name)), ...); };
    std::apply(add, Config::keys());
    std::apply(add, Profile::keys());
    std::apply(add, EnvironmentTable::keys());
    CHECK(items_of(read("man/omenctl-config.5"), "Cm") == keys);
}

TEST_CASE("every fault is in omenctl-sandbox(1) and in the completions") {
    const auto page = matches(read("man/omenctl-sandbox.1"), "([a-z-]+)");
    const auto bash = matches(read("completions/omenctl.bash"), "([a-z-]+)");
    const auto zsh = matches(read("completions/_omenctl"), "([a-z-]+)");
    const auto fish = matches(read("completions/omenctl.fish"), "([a-z-]+)");
    for (const auto name : enum_names<sandbox::FaultKind>) {
        CAPTURE(name);
        for (const auto& words : {page, bash, zsh, fish}) CHECK(words.count(std::string(name)) == 1);
    }
}

TEMPLATE_LIST_TEST_CASE("omenctl-protocol(7) has every message and every field", "[docs]", test::EveryMessage) {
    const auto words = matches(read("man/omenctl-protocol.7"), "([a-z0-9_]+)");
    if (wire::declaration_of<TestType>.tagged)
        CHECK(words.count(std::string(wire::declaration_of<TestType>.name)) == 1);
    wire::for_each_field<TestType>([&](const auto& field) {
        CAPTURE(field.name);
        CHECK(words.count(std::string(field.name)) == 1);
    });
}

namespace {

/// "id, order_id or client_order_id": what a message is an error without.
template <class T> std::string essentials() {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    wire::for_each_field<T>([&](const auto& field) {
        if (std::remove_cvref_t<decltype(field)>::essential) add(std::string(field.name));
    });
    wire::for_each_rule<T>([&](const auto& rule) {
        std::string names;
        for (const auto& name : test::names_of(rule)) names += (names.empty() ? "" : " or ") + name;
        add(names);
    });
    return text.empty() ? "none" : text;
}

} // namespace

TEMPLATE_LIST_TEST_CASE("omenctl-protocol(7) says what each message is an error without", "[docs]",
                        test::EveryMessage) {
    const auto table = between(read("man/omenctl-protocol.7"), ".Ss Essential fields\n", "\n.Ss ");
    auto row = std::string(wire::declaration_of<TestType>.name);
    row.append(row.size() < 27 ? 27 - row.size() : 1, ' ');
    row += essentials<TestType>();
    CHECK(table.find("\n" + row + "\n") != std::string::npos);
}

} // namespace omen::docs_test
