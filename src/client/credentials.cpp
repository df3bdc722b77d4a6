#include "client/credentials.hpp"

#include "core/error.hpp"
#include "core/jwt.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sys/stat.h>

namespace omen {

namespace {

constexpr std::string_view audience = "authenticated";
constexpr std::string_view api_key_prefix = "omn_";

std::string first_line(std::istream& in) {
    std::string line;
    std::getline(in, line);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    return line;
}

std::string read_file(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
        throw Error(Fault::usage, "token file " + path + ": " + std::strerror(errno), {.hint = "name a readable file"});
    if (S_ISREG(info.st_mode) && (info.st_mode & 077) != 0)
        throw Error(Fault::usage, "token file " + path + ": others can read it", {.hint = "chmod 600 " + path});
    std::ifstream file(path);
    if (!file)
        throw Error(Fault::usage, "token file " + path + ": " + std::strerror(errno), {.hint = "name a readable file"});
    return first_line(file);
}

bool is_visible(char c) {
    return c > 0x20 && c < 0x7f;
}

Token checked(std::string secret, const std::string& from) {
    if (secret.empty())
        throw Error(Fault::credentials, "token: " + from + " is empty",
                    {.code = "no_token", .hint = "put a token there"});
    // A token with a line break in it could smuggle a header; nothing real has blanks or control characters.
    if (!std::all_of(secret.begin(), secret.end(), is_visible))
        throw Error(Fault::credentials, "token: " + from + " holds no token (blanks or control characters in it)",
                    {.code = "malformed_token", .hint = "put the bare token there"});
    return Token(std::move(secret));
}

} // namespace

Token load_token(const TokenSource& source, const Variables& variables) {
    if (source.file) return checked(read_file(*source.file), "the token file");
    if (source.standard_input) return checked(first_line(std::cin), "standard input");
    if (auto secret = variables("OMENCTL_TOKEN")) return checked(std::move(*secret), "OMENCTL_TOKEN");
    throw Error(Fault::credentials, "token: none given",
                {.code = "no_token", .hint = "set OMENCTL_TOKEN, or use --token-file or --token-stdin"});
}

void check_token(const Token& token, Timestamp now) {
    if (token.secret().starts_with(api_key_prefix)) return;
    const auto claims = decode_jwt(token.secret());
    if (!claims)
        throw Error(Fault::credentials, "token: neither a JWT nor an API key (omn_...)",
                    {.code = "malformed_token", .hint = "get a new token"});
    if (claims->expires && *claims->expires <= now)
        throw Error(Fault::credentials, "token: expired at " + claims->expires->rfc3339(),
                    {.code = "token_expired", .hint = "get a new token"});
    const auto& names = claims->audience;
    if (!names.empty() && std::find(names.begin(), names.end(), audience) == names.end())
        throw Error(Fault::credentials, "token: its audience is \"" + names.front() + "\", not \"authenticated\"",
                    {.code = "wrong_audience", .hint = "get a token from omen-auth"});
}

void check_door(const Url& url) {
    if (url.secure() || url.loopback()) return;
    throw Error(Fault::usage, "credentials: " + url.scheme + "://" + url.authority() + " would send them in the clear",
                {.hint = std::string("use ") + (url.scheme == "ws" ? "wss" : "https") + "://"});
}

} // namespace omen
