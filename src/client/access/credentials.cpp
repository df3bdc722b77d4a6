#include "client/access/credentials.hpp"

#include "client/access/token_command.hpp"
#include "client/settings/config.hpp"
#include "core/error.hpp"
#include "core/jwt.hpp"
#include "core/text.hpp"
#include "system/descriptor.hpp"
#include "system/descriptor_io.hpp"
#include "system/files.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace omen {

namespace {

constexpr std::string_view audience = "authenticated";
constexpr std::size_t longest_token = 65'536;
constexpr std::string_view around_tokens = " \r\n";

/// `from`: where the token comes from, for errors.
std::string first_line(int fd, const std::string& from, Deadline deadline) {
    try {
        auto line = read_line(fd, longest_token, deadline);
        if (line.size() == longest_token) throw std::system_error(FileError::too_long);
        return std::string(trimmed(line, around_tokens));
    } catch (const std::system_error& error) {
        const bool is_there = error.code() == FileError::not_in_time || error.code() == FileError::too_long;
        throw Error(is_there ? Fault::credentials : Fault::usage, from + ": " + error.code().message(),
                    {.code = "no_token", .hint = "put the token there, as one line"});
    }
}

std::string first_line_of(const std::string& path, Deadline deadline) {
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 077) != 0)
        throw Error(Fault::usage, "token file " + path + ": others can read it", {.hint = "chmod 600 " + path});
    Descriptor file;
    try {
        file = open_to_read(path);
    } catch (const std::system_error& error) {
        throw Error(Fault::usage, "token file " + path + ": " + error.code().message(),
                    {.hint = "name a readable file"});
    }
    return first_line(file.get(), "token file " + path, deadline);
}

/// Somebody who types has all the time.
std::string first_line_of_input(Deadline deadline) {
    const bool is_typed = ::isatty(STDIN_FILENO) != 0;
    return first_line(STDIN_FILENO, "token: standard input", is_typed ? Deadline::never() : deadline);
}

/// What a text editor puts in front of a text; empty: nothing.
std::string_view byte_order_mark(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) return "a byte order mark";
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return "the byte order mark of UTF-16";
    return {};
}

Token checked(std::string secret, const std::string& from) {
    if (const auto mark = byte_order_mark(secret); !mark.empty())
        throw Error(Fault::credentials, "token: " + from + " begins with " + std::string(mark),
                    {.code = "malformed_token", .hint = "save it as plain text, or leave out these bytes"});
    if (secret.empty())
        throw Error(Fault::credentials, "token: " + from + " is empty",
                    {.code = "no_token", .hint = "put a token there"});
    // A token with a line break in it could smuggle a header; nothing real has blanks or control characters.
    if (!is_visible_ascii(secret))
        throw Error(Fault::credentials, "token: " + from + " holds no token (blanks or control characters in it)",
                    {.code = "malformed_token", .hint = "put the bare token there"});
    return Token(std::move(secret));
}

std::string expand_home(const std::string& path, const Variables& variables) {
    return path.starts_with("~/") ? variables("HOME").value_or("~") + path.substr(1) : path;
}

std::optional<TokenSource> own_token(const Environment& environment, const Variables& variables) {
    if (const auto& file = environment.token_file)
        return TokenSource{TokenSource::From::file, file->origin, expand_home(*file, variables), {}, {}};
    if (const auto& command = environment.token_command)
        return TokenSource{TokenSource::From::command, command->origin, {}, *command, {}};
    return std::nullopt;
}

/// Why there is none, although somebody may have given one.
std::string reason_for_none(const Environment& environment, const EnvironmentChoice& choice, const Variables& variables,
                            const Config& config) {
    if (variables("OMENCTL_TOKEN"))
        return "none for environment " + environment.name + ": OMENCTL_TOKEN belongs to another exchange";
    const auto unmoved = select_environment({.flag = choice.name()}, variables, config);
    if (unmoved.token_file || unmoved.token_command)
        return "none: that of environment " + environment.name +
               " is for its own URLs, and OMENCTL_*_URL lead elsewhere";
    return "none given";
}

std::string hint_for_none(const Environment& environment) {
    if (environment.name == "local") return "for a local exchange: export OMENCTL_TOKEN=$(omenctl sandbox token)";
    return "set OMENCTL_TOKEN, use --token-file or --token-stdin, or configure the environment's token_file";
}

} // namespace

TokenSource choose_token(const TokenFlags& flags, const EnvironmentChoice& choice, const Variables& variables,
                         const Config& config) {
    using From = TokenSource::From;
    if (flags.file) return {.from = From::file, .origin = "--token-file", .file = *flags.file};
    if (flags.standard_input) return {.from = From::standard_input, .origin = "--token-stdin"};
    const TokenSource variable{.from = From::variable, .origin = "OMENCTL_TOKEN"};
    const bool in_variable = variables("OMENCTL_TOKEN").has_value();
    const auto environment = select_environment(choice, variables, config);
    const auto home = chosen_without_flag(choice, variables, config);
    const bool at_home = !choice.flag || (home && same_exchange(*home, environment));
    if (in_variable && at_home) return variable;
    if (auto own = own_token(environment, variables)) return *own;
    if (in_variable && !home) return variable;
    return {.from = From::none,
            .origin = reason_for_none(environment, choice, variables, config),
            .hint = hint_for_none(environment)};
}

Token load_token(const TokenSource& source, const Variables& variables, Milliseconds limit) {
    switch (source.from) {
    case TokenSource::From::file:
        return checked(first_line_of(source.file, Deadline::after(limit)), "the token file");
    case TokenSource::From::standard_input:
        return checked(first_line_of_input(Deadline::after(limit)), "standard input");
    case TokenSource::From::variable:
        return checked(std::string(trimmed(variables("OMENCTL_TOKEN").value_or(""), around_tokens)), "OMENCTL_TOKEN");
    case TokenSource::From::command:
        return checked(run_token_command(source.command, limit), "token_command");
    case TokenSource::From::none:
        break;
    }
    throw Error(Fault::credentials, "token: " + source.origin, {.code = "no_token", .hint = source.hint});
}

bool can_reload(const TokenSource& source) {
    struct stat info {};
    return source.from == TokenSource::From::command ||
           (source.from == TokenSource::From::file && ::stat(source.file.c_str(), &info) == 0 && S_ISREG(info.st_mode));
}

void check_token(const Token& token, Timestamp now) {
    if (token.is_api_key()) return;
    const auto claims = decode_jwt(token.secret());
    if (!claims)
        throw Error(Fault::credentials, "token: neither a JWT nor an API key (omn_...)",
                    {.code = "malformed_token", .hint = "get a new token"});
    if (!claims->malformed.empty())
        throw Error(Fault::credentials, "token: its claim \"" + claims->malformed + "\" can't be read",
                    {.code = "malformed_token", .hint = "get a new token"});
    if (claims->has_critical)
        throw Error(Fault::credentials, "token: its header has \"crit\", which nobody here knows",
                    {.code = "malformed_token", .hint = "get a token from omen-auth"});
    if (claims->not_before && *claims->not_before > now)
        throw Error(Fault::credentials, "token: not valid before " + claims->not_before->rfc3339(),
                    {.code = "token_not_valid_yet", .hint = "check this machine's clock, or get a new token"});
    if (claims->expires && *claims->expires <= now)
        throw Error(Fault::credentials, "token: expired at " + claims->expires->rfc3339(),
                    {.code = "token_expired", .hint = "get a new token"});
    const auto& names = claims->audience;
    if (!names.empty() && std::find(names.begin(), names.end(), audience) == names.end())
        throw Error(Fault::credentials, "token: its audience is \"" + names.front() + "\", not \"authenticated\"",
                    {.code = "wrong_audience", .hint = "get a token from omen-auth"});
}

void refuse_cleartext(const Url& url) {
    if (url.secure() || url.loopback()) return;
    throw Error(Fault::usage, "credentials: " + url.scheme + "://" + url.authority() + " would send them in the clear",
                {.hint = std::string("use ") + (url.scheme == "ws" ? "wss" : "https") + "://"});
}

} // namespace omen
