#include "cli/context/settings.hpp"

#include "core/parse.hpp"

#include <sys/stat.h>

namespace omen {

SettingValues resolve_settings(const GlobalFlags& flags, const Variables& variables) {
    /// What a variable says, read by the function that reads the flag of the same name.
    const auto variable = [&]<class T>(const std::string& name, T (*read)(const std::string&, const std::string&)) {
        const auto text = variables(name);
        return text ? Maybe<T>({read(name, *text), name}) : std::nullopt;
    };
    SettingValues settings;
    const auto timeout = [&](const Maybe<Milliseconds>& configured) {
        return first_of({flags.timeout, variable("OMENCTL_TIMEOUT", parse::duration), configured},
                        Milliseconds(10'000));
    };
    settings.config_file = config_path(flags.config, variables);
    settings.config = load_config(settings.config_file, Deadline::after(timeout({})));
    const auto name =
        first_of({flags.profile, variable("OMENCTL_PROFILE", parse::text), settings.config.default_profile},
                 std::string("default"));
    const auto profile = find_profile(settings.config, name);
    settings.profile = {profile.name, name.origin};
    settings.environment = {flags.environment, variable("OMENCTL_ENV", parse::text), profile.environment};
    settings.output =
        first_of({flags.output, variable("OMENCTL_OUTPUT", parse::one_of<Format>), profile.output}, Format::table);
    settings.raw = first_of({flags.raw, variable("OMENCTL_RAW", parse::yes_or_no), profile.raw}, false);
    settings.colour = first_of({flags.colour, variable("OMENCTL_COLOR", parse::one_of<ColourChoice>), profile.colour},
                               ColourChoice::automatic);
    settings.timeout = timeout(profile.timeout);
    settings.retries =
        first_of({flags.retries, variable("OMENCTL_RETRIES", parse::retries), profile.retries}, std::uint32_t{2});
    settings.confirm = first_of({flags.confirm, variable("OMENCTL_CONFIRM", parse::yes_or_no), profile.confirm}, true);
    settings.pipeline =
        first_of({flags.pipeline, variable("OMENCTL_PIPELINE", parse::yes_or_no), profile.pipeline}, true);
    settings.limits = profile;
    return settings;
}

const SettingValues& Settings::values() {
    if (failure_) throw Error(*failure_);
    try {
        if (!values_) values_ = resolve_settings(flags_, variables_);
    } catch (const Error& error) {
        failure_ = error;
        throw;
    }
    return *values_;
}

bool Settings::may_be_read_at_once() const {
    struct stat info {};
    const auto path = config_path(flags_.config, variables_).value;
    return values_ || failure_ || ::stat(path.c_str(), &info) != 0 || S_ISREG(info.st_mode);
}

const Environment& Settings::environment() {
    if (!environment_) environment_ = select_environment(values().environment, variables_, values().config);
    return *environment_;
}

TokenSource Settings::token_source() {
    return choose_token(flags_.token, values().environment, variables_, values().config);
}

} // namespace omen
