#include "cli/context/command.hpp"
#include "cli/context/subcommands.hpp"

#include <CLI/CLI.hpp>

namespace omen {

namespace {

constexpr std::string_view help_columns[] = {"code", "meaning"};

struct ExitCodeView {
    std::uint64_t code = 0;
    std::string meaning;

    static constexpr auto declaration() {
        return wire::record("exit code", wire::field("code", &ExitCodeView::code),
                            wire::field("meaning", &ExitCodeView::meaning));
    }
};

Exit exit_codes(Context& context) {
    std::vector<ExitCodeView> codes;
    for (const auto code : all_exits)
        codes.push_back({static_cast<std::uint64_t>(code), std::string(meaning_of(code))});
    context.console.output().list(codes, help_columns);
    return Exit::done;
}

void add_exit_codes(CLI::App&, Run& run) {
    run = {exit_codes, field_names<ExitCodeView>};
}

constexpr Command topics[] = {
    {"exit-codes", "what each exit code means", add_exit_codes},
};

struct VersionView {
    std::string version;

    static constexpr auto declaration() {
        return wire::record("version", wire::field("version", &VersionView::version));
    }
};

} // namespace

void add_help(CLI::App& app, Run& run) {
    add_subcommands(app, run, topics);
}

void add_version(CLI::App&, Run& run) {
    run = {[](Context& context) {
               context.console.output().one(VersionView{OMENCTL_VERSION});
               return Exit::done;
           },
           field_names<VersionView>};
}

} // namespace omen
