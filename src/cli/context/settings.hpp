#pragma once

#include "cli/context/trace.hpp"
#include "cli/output/fields.hpp"
#include "client/access/credentials.hpp"
#include "client/settings/config.hpp"
#include "client/settings/environment.hpp"
#include "client/settings/setting.hpp"
#include "core/error.hpp"
#include "core/output_format.hpp"
#include "system/files.hpp"

#include <optional>
#include <string>
#include <vector>

namespace omen {

/// The flags that every command has, as far as they were given.
struct GlobalFlags {
    Maybe<std::string> config{};
    Maybe<std::string> profile{};
    Maybe<std::string> environment{};
    Maybe<Format> output{};
    Maybe<bool> raw{};
    Maybe<ColourChoice> colour{};
    Maybe<Milliseconds> timeout{};
    Maybe<std::uint32_t> retries{};
    Maybe<bool> confirm{};
    Maybe<bool> pipeline{};
    TokenFlags token{};
    FieldNames fields{};
    bool header = true;
    Verbosity verbosity = Verbosity::quiet;
    std::optional<std::string> record{};
    IfThere if_there = IfThere::refuse; ///< of what --record and --log name
    bool csv_safe = false;
};

/// What is in force: of each setting what the flag says, else the variable, else the profile, else the default.
struct SettingValues {
    Config config{};
    Setting<std::string> config_file{};
    Setting<std::string> profile{}; ///< empty: none
    EnvironmentChoice environment{};
    Setting<Format> output{};
    Setting<bool> raw{};
    Setting<ColourChoice> colour{};
    Setting<Milliseconds> timeout{};
    Setting<std::uint32_t> retries{}; ///< of REST reads
    Setting<bool> confirm{};
    Setting<bool> pipeline{};
    Limits limits{};
};

/// Reads the configuration and settles everything. Errors: usage, for a bad file, an unknown profile or a bad variable.
SettingValues resolve_settings(const GlobalFlags& flags, const Variables& variables);

/// What the flags, the variables and the configuration say. The configuration is read when it is first asked for: some
/// commands work without one that can be read.
class Settings {
  public:
    Settings(GlobalFlags flags, Variables variables) : flags_(std::move(flags)), variables_(std::move(variables)) {}

    const GlobalFlags& flags() const { return flags_; }
    const Variables& variables() const { return variables_; }
    const SettingValues& values();
    /// Whether values() waits for nobody: they were read, or stand in a file.
    bool may_be_read_at_once() const;
    const Environment& environment();
    /// Where the token comes from.
    TokenSource token_source();

  private:
    GlobalFlags flags_;
    Variables variables_;
    std::optional<SettingValues> values_;
    std::optional<Error> failure_; ///< a pipe can't be read twice
    std::optional<Environment> environment_;
};

} // namespace omen
