#include "client/settings/config.hpp"

#include "cli/context/command.hpp"
#include "cli/context/subcommands.hpp"
#include "core/jwt.hpp"
#include "system/private_file.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <system_error>

namespace omen {

namespace {

constexpr std::string_view config_columns[] = {"name", "value", "origin"};

/// One line of `config show`.
struct SettingView {
    std::string name;
    std::optional<std::string> value;
    std::string origin;

    static constexpr auto declaration() {
        return wire::record("setting", wire::field("name", &SettingView::name),
                            wire::field("value", &SettingView::value), wire::field("origin", &SettingView::origin));
    }
};

std::string text_of(bool value) {
    return value ? "true" : "false";
}
std::string text_of(Milliseconds value) {
    return value.count() % 1000 == 0 ? fmt::format("{}s", value.count() / 1000) : fmt::format("{}ms", value.count());
}
std::string text_of(Decimal value) {
    return value.text();
}
std::string text_of(std::uint32_t value) {
    return std::to_string(value);
}
std::string text_of(const std::vector<std::string>& values) {
    return values.empty() ? "none" : fmt::format("{}", fmt::join(values, ", "));
}
template <Enumeration E> std::string text_of(E value) {
    return std::string(to_string(value));
}

class Listing {
  public:
    template <class T> void add(std::string name, const Setting<T>& setting) {
        rows_.push_back({std::move(name), text_of(setting.value), setting.origin});
    }
    template <class T> void add(std::string name, const Maybe<T>& setting) {
        if (setting) return add(std::move(name), *setting);
        rows_.push_back({std::move(name), {}, "default"});
    }
    void add(std::string name, const Setting<std::string>& setting) {
        rows_.push_back(
            {std::move(name), setting.value.empty() ? std::nullopt : std::optional(setting.value), setting.origin});
    }
    void add(std::string name, const Endpoint& endpoint) {
        rows_.push_back({std::move(name), endpoint.text(), endpoint.origin});
    }
    void add(std::string name, std::optional<std::string> value, const std::string& origin) {
        rows_.push_back({std::move(name), std::move(value), origin});
    }
    const std::vector<SettingView>& rows() const { return rows_; }

  private:
    std::vector<SettingView> rows_;
};

void add_settings(Listing& listing, const SettingValues& settings, const Environment& environment) {
    const auto& file = settings.config_file;
    listing.add("config", file.value, settings.config.path.empty() ? file.origin + ", not there" : file.origin);
    listing.add("profile", settings.profile);
    listing.add("output", settings.output);
    listing.add("raw", settings.raw);
    listing.add("color", settings.colour);
    listing.add("timeout", settings.timeout);
    listing.add("retries", settings.retries);
    listing.add("confirm", settings.confirm);
    listing.add("pipeline", settings.pipeline);
    listing.add("max_order_notional", settings.limits.max_order_notional);
    listing.add("max_order_size", settings.limits.max_order_size);
    listing.add("allowed_markets", settings.limits.allowed_markets);
    listing.add("env", settings.environment.name());
    listing.add("rest", environment.rest);
    listing.add("gateway", environment.gateway);
    listing.add("market_data", environment.market_data);
}

std::string remaining(Timestamp expires) {
    const auto seconds = (expires.ms - Timestamp::now().ms) / 1000;
    if (seconds <= 0) return "expired";
    return fmt::format("{}h {}m {}s", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/// What a token says of itself; never the token.
void add_claims(Listing& listing, const Token& token, const std::string& origin) {
    const auto claims = token.is_api_key() ? std::nullopt : decode_jwt(token.secret());
    listing.add("token", token.is_api_key() ? "API key" : claims ? "JWT" : "neither a JWT nor an API key", origin);
    if (!claims) return;
    listing.add("token_subject", claims->subject, origin);
    listing.add("token_issuer", claims->issuer, origin);
    listing.add("token_audience", text_of(claims->audience), origin);
    if (!claims->expires) return listing.add("token_expires_at", "never", origin);
    listing.add("token_expires_at", claims->expires->rfc3339(), origin);
    listing.add("token_remaining", remaining(*claims->expires), origin);
}

template <class Call> std::optional<Error> error_of(Call call) {
    try {
        call();
        return std::nullopt;
    } catch (const Error& error) {
        return error;
    }
}

/// The error that the token's use would end with, if any. A command is run only when asked for.
std::optional<Error> add_token(Listing& listing, Context& context, bool run_command) {
    const auto source = context.settings.token_source();
    if (source.from == TokenSource::From::command && !run_command) {
        listing.add("token", "from token_command, not run (--check-token runs it)", source.origin);
        return std::nullopt;
    }
    if (auto error = error_of([&] { context.sessions.token(); })) {
        const bool none = source.from == TokenSource::From::none;
        listing.add("token", none ? source.origin : error->what(), none ? "default" : source.origin);
        return error;
    }
    add_claims(listing, context.sessions.token(), source.origin);
    return error_of([&] { check_token(context.sessions.token(), Timestamp::now()); });
}

Exit show(Context& context, bool strict) {
    Listing listing;
    add_settings(listing, context.settings.values(), context.settings.environment());
    const auto error = add_token(listing, context, strict);
    context.console.output().list(listing.rows(), config_columns);
    if (strict && error) throw *error;
    return Exit::done;
}

void add_show(CLI::App& app, Run& run) {
    auto strict = std::make_shared<bool>(false);
    app.add_flag("--check-token", *strict, "run token_command, too, and fail if the token is no good");
    run = {[strict](Context& context) { return show(context, *strict); }, field_names<SettingView>};
}

std::string path_of_config(const Settings& settings) {
    auto path = config_path(settings.flags().config, settings.variables()).value;
    if (path.empty())
        throw Error(Fault::usage, "config: neither XDG_CONFIG_HOME nor HOME is set", {.hint = "use --config FILE"});
    return path;
}

/// Works where the settings can't be read, so it prints by itself.
Exit print_path(const Settings& settings) {
    Output output(OutputStyle{});
    output.text(path_of_config(settings) + "\n");
    output.flush();
    return Exit::done;
}

void add_path(CLI::App&, Run& run) {
    run = {[](Context& context) { return print_path(context.settings); }};
}

Exit init(const Settings& settings, bool force) {
    const auto path = path_of_config(settings);
    try {
        if (!write_private_file(path, example_config(), force ? IfExists::replace : IfExists::keep))
            throw Error(Fault::usage, "config " + path + ": it is already there",
                        {.code = "config_exists", .hint = "use --force to write over it"});
    } catch (const std::system_error& error) {
        throw Error(Fault::usage, "config " + path + ": " + error.code().message(),
                    {.code = "config_not_written", .hint = "name another file with --config"});
    }
    return print_path(settings);
}

void add_init(CLI::App& app, Run& run) {
    auto force = std::make_shared<bool>(false);
    app.add_flag("--force", *force, "write over a file that is there");
    run = {[force](Context& context) { return init(context.settings, *force); }};
}

constexpr Command config_subcommands[] = {
    {"path", "where the configuration file is", add_path},
    {"show", "every setting in force, and where it comes from", add_show},
    {"init", "write a configuration file to begin with", add_init},
};

} // namespace

void add_config(CLI::App& app, Run& run) {
    add_subcommands(app, run, config_subcommands);
}

} // namespace omen
