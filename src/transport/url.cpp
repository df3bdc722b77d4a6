#include "transport/url.hpp"

#include "core/error.hpp"
#include "core/integer.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <optional>

namespace omen {

namespace {

constexpr std::string_view removed = "[removed]";

struct SchemeRow {
    std::string_view name;
    std::uint16_t port;
};

constexpr std::array schemes{
    SchemeRow{"http", 80},
    SchemeRow{"https", 443},
    SchemeRow{"ws", 80},
    SchemeRow{"wss", 443},
};

std::optional<std::uint16_t> own_port(std::string_view scheme) {
    const auto row = std::ranges::find(schemes, scheme, &SchemeRow::name);
    if (row == schemes.end()) return std::nullopt;
    return row->port;
}

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
    throw Error(Fault::usage, "URL '" + public_url(text) + "': " + why, {.code = "invalid_url"});
}

/// For a text that should not be repeated: it may hold a password, or control a terminal.
[[noreturn]] void refuse_silently(const std::string& why) {
    throw Error(Fault::usage, "URL: " + why, {.code = "invalid_url"});
}

bool is_host_name(std::string_view host) {
    return !host.empty() && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    });
}

std::optional<in6_addr> ipv6(const std::string& host) {
    in6_addr address{};
    if (inet_pton(AF_INET6, host.c_str(), &address) != 1) return std::nullopt;
    return address;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    const auto port = parse_integer<std::uint16_t>(text);
    return port == 0 ? std::nullopt : port;
}

std::string bracketed(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

/// Sets host and port from "host", "host:port", "[v6]" or "[v6]:port".
void parse_authority(Url& url, std::string_view authority, std::string_view text) {
    std::string_view rest;
    if (authority.starts_with('[')) {
        const auto close = authority.find(']');
        if (close == authority.npos) refuse(text, "the bracket of its address is not closed");
        url.host = lower(authority.substr(1, close - 1));
        if (!ipv6(url.host)) refuse(text, "'" + url.host + "' is no IPv6 address");
        rest = authority.substr(close + 1);
    } else {
        const auto colon = std::min(authority.find(':'), authority.size());
        url.host = lower(authority.substr(0, colon));
        if (!is_host_name(url.host)) refuse(text, "it names no host");
        rest = authority.substr(colon);
    }
    if (rest.empty()) return;
    const auto port = rest.front() == ':' ? parse_port(rest.substr(1)) : std::nullopt;
    if (!port) refuse(text, "the port must be a number from 1 to 65535");
    url.port = *port;
}

} // namespace

Url Url::parse(std::string_view text) {
    if (!is_visible_ascii(text)) refuse_silently("it has a blank or a character that needs escaping");
    const auto colon = text.find("://");
    if (colon == text.npos) refuse(text, "it must begin with http://, https://, ws:// or wss://");
    Url url;
    url.scheme = lower(text.substr(0, colon));
    const auto port = own_port(url.scheme);
    if (!port) refuse(text, "the scheme must be http, https, ws or wss");
    url.port = *port;

    const auto rest = text.substr(colon + 3);
    const auto end = std::min(rest.find_first_of("/?#"), rest.size());
    if (rest.find('@') < end) refuse_silently("it must not contain a user name or password");
    parse_authority(url, rest.substr(0, end), text);
    url.path = rest.substr(end);
    if (url.path.find('#') != std::string::npos) refuse(text, "a fragment (#...) means nothing to a server");
    if (!url.path.starts_with('/')) url.path.insert(0, "/");
    return url;
}

bool Url::loopback() const {
    in_addr v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
    if (const auto v6 = ipv6(host)) return IN6_IS_ADDR_LOOPBACK(&*v6);
    return host == "localhost";
}

std::string Url::authority() const {
    return bracketed(host) + ":" + std::to_string(port);
}

std::string Url::host_header() const {
    return own_port(scheme) == port ? bracketed(host) : authority();
}

std::string Url::text() const {
    return scheme + "://" + host_header() + path;
}

bool names_secret(std::string_view key) {
    std::string name;
    for (const char c : lower(key))
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) name += c;
    constexpr std::array<std::string_view, 19> parts{
        "secret", "password",   "passwd",     "passphrase", "passcode",      "mnemonic",   "signature",
        "apikey", "privatekey", "accesskey",  "signingkey", "authoriza",     "credential", "seedphrase",
        "cookie", "bearer",     "sessionkey", "jwt",        "recoveryphrase"};
    constexpr std::array<std::string_view, 7> whole{"otp", "sig", "seed", "pin", "key", "auth", "pass"};
    if (name.ends_with("token") || name.ends_with("tokens")) return true;
    return std::find(whole.begin(), whole.end(), name) != whole.end() ||
           std::any_of(parts.begin(), parts.end(), [&](auto part) { return name.find(part) != std::string::npos; });
}

std::string public_url(std::string_view url) {
    const auto scheme = url.find("://");
    const auto begin = scheme == std::string_view::npos ? 0 : scheme + 3;
    auto query = url.find('?');
    std::string out(url.substr(0, std::min(query, url.size())));
    if (const auto at = out.rfind('@'); at != std::string::npos && at >= begin) out.replace(begin, at - begin, removed);
    if (query == std::string_view::npos) return out;
    while (query < url.size()) {
        const auto next = std::min(url.find_first_of("&;#", query + 1), url.size());
        const auto parameter = url.substr(query, next - query);
        const auto equals = parameter.find('=');
        const bool is_secret = equals != std::string_view::npos && names_secret(parameter.substr(1, equals - 1));
        out += is_secret ? std::string(parameter.substr(0, equals + 1)).append(removed) : std::string(parameter);
        query = next;
    }
    return out;
}

} // namespace omen
