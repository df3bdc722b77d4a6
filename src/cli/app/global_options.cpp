#include "cli/app/global_options.hpp"

#include "cli/context/parse.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace omen {

namespace {

struct GlobalOption {
    std::string_view names; ///< as CLI11 takes them: a short one and a comma, if there is one, then the long one
    void (*add)(CLI::App& app, const std::string& names, GlobalFlags& flags);
};

constexpr GlobalOption global_options[] = {
    {"-o,--output",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         parse::setting(app, names, flags.output, parse::one_of<Format>, "table, json, ndjson or csv (OMENCTL_OUTPUT)");
     }},
    {"--raw",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         parse::setting_flag(app, names, flags.raw, true, "amounts as integers scaled by 1e18");
     }},
    {"--fields",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         const auto read = [](const std::string&, const std::string& text) { return parse_fields(text); };
         parse::option(app, names, flags.fields, read, "only these fields, in this order (a,b,...)");
     }},
    {"--no-header",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         app.add_flag_callback(
             names, [&flags] { flags.header = false; }, "no heading line in tables and CSV");
     }},
    {"--color",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         parse::setting(app, names, flags.colour, parse::one_of<ColourChoice>, "auto, always or never (NO_COLOR)");
     }},
    {"--env",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         parse::setting(app, names, flags.environment, parse::text,
                        "local, test or one of your own (OMENCTL_ENV); beats OMENCTL_*_URL");
     }},
    {"--profile",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         parse::setting(app, names, flags.profile, parse::text,
                        "profile of the configuration to use (OMENCTL_PROFILE)");
     }},
    {"--config",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         parse::setting(app, names, flags.config, parse::text, "the configuration file (OMENCTL_CONFIG)");
     }},
    {"--timeout",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         parse::setting(app, names, flags.timeout, parse::duration,
                        "for the whole of a one-shot command; for a stream, each step (default 10s)");
     }},
    {"--retries",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         parse::setting(app, names, flags.retries, parse::retries,
                        "how often a REST read is tried again (default 2; 0: never)");
     }},
    {"-y,--yes",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         parse::setting_flag(app, names, flags.confirm, false, "don't ask for confirmation");
     }},
    {"--token-file",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         app.add_option(names, flags.token.file, "read the token from this file");
     }},
    {"--token-stdin",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         app.add_flag(names, flags.token.standard_input, "read the token from standard input");
     }},
    {"--no-pipeline",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         parse::setting_flag(app, names, flags.pipeline, false, "wait for the answer to auth before the first command");
     }},
    {"-v,--verbose",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         app.add_flag_callback(
             names, [&flags] { flags.verbosity = std::max(flags.verbosity, Verbosity::verbose); },
             "print on stderr what goes over the wire, a line a message");
     }},
    {"--trace",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         app.add_flag_callback(
             names, [&flags] { flags.verbosity = Verbosity::trace; },
             "the same with the messages themselves; secrets are removed");
     }},
    {"--record",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         app.add_option(names, flags.record, "write every WebSocket message, decoded, to this file");
     }},
    {"--force",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         app.add_flag_callback(
             names, [&flags] { flags.if_there = IfThere::replace; }, "overwrite what --record or --log names");
     }},
    {"--csv-safe",
     [](CLI::App& app, const std::string& names, GlobalFlags& flags) {
         app.add_flag(names, flags.csv_safe, "in CSV, put a ' before what a spreadsheet would run");
     }},
};

/// Whether a word may be one of these names: "--output", "--output=json"; "-o", "-ojson", "-yo".
bool may_be(std::string_view word, std::string_view names) {
    const auto comma = names.find(',');
    const auto long_name = names.substr(comma + 1); // of npos, too
    if (word.starts_with("--"))
        return word.starts_with(long_name) && (word.size() == long_name.size() || word[long_name.size()] == '=');
    return comma != names.npos && word.starts_with('-') && word.find(names[1]) != word.npos;
}

} // namespace

void add_global_options(CLI::App& app, GlobalFlags& flags, std::optional<Words> only_for) {
    for (const auto& option : global_options)
        if (!only_for || std::ranges::any_of(*only_for, [&](const char* word) { return may_be(word, option.names); }))
            option.add(app, std::string(option.names), flags);
}

} // namespace omen
