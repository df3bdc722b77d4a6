#include "sandbox/access/own_names.hpp"

#include "core/text.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <ifaddrs.h>
#include <memory>
#include <netinet/in.h>

namespace omen::sandbox {

namespace {

namespace ip = boost::asio::ip;

/// Without its port and the brackets of an IPv6 address, in lower case, and without the dot that may end a name.
std::string host_of(std::string_view authority) {
    std::string_view host;
    if (authority.starts_with('['))
        host = authority.substr(1, authority.find(']') - 1);
    else
        host = authority.substr(0, authority.find(':'));
    if (host.ends_with('.')) host.remove_suffix(1);
    return lower(host);
}

/// "http://localhost:3000"; empty for "null" and whatever else names no host.
std::string_view authority_of(std::string_view origin) {
    const auto scheme = origin.find("://");
    return scheme == origin.npos ? std::string_view() : origin.substr(scheme + 3);
}

/// An IPv4 address that is written as an IPv6 one is the same.
ip::address plain(const ip::address& address) {
    const bool is_mapped = address.is_v6() && address.to_v6().is_v4_mapped();
    return is_mapped ? ip::make_address_v4(ip::v4_mapped, address.to_v6()) : address;
}

bool is_of_this_machine(const ip::address& address) {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return false;
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, ::freeifaddrs);
    for (const auto* next = list; next != nullptr; next = next->ifa_next) {
        if (next->ifa_addr == nullptr) continue;
        if (next->ifa_addr->sa_family == AF_INET) {
            const auto* its = reinterpret_cast<const sockaddr_in*>(next->ifa_addr);
            if (address == ip::address_v4(ntohl(its->sin_addr.s_addr))) return true;
        } else if (next->ifa_addr->sa_family == AF_INET6 && address.is_v6()) {
            const auto* its = reinterpret_cast<const sockaddr_in6*>(next->ifa_addr);
            if (std::equal(std::begin(its->sin6_addr.s6_addr), std::end(its->sin6_addr.s6_addr),
                           address.to_v6().to_bytes().begin()))
                return true;
        }
    }
    return false;
}

} // namespace

bool OwnNames::admit(std::string_view host, std::string_view origin) const {
    return is_own(host) && (origin.empty() || is_own(authority_of(origin)));
}

bool OwnNames::is_own(std::string_view authority) const {
    const auto host = host_of(authority);
    if (host.empty()) return false;
    if (host == "localhost" || host.ends_with(".localhost")) return true;
    if (std::any_of(names_.begin(), names_.end(), [&](const auto& name) { return lower(name) == host; })) return true;
    return is_own_address(host);
}

bool OwnNames::is_own_address(const std::string& text) const {
    boost::system::error_code error;
    const auto address = plain(ip::make_address(text, error));
    if (error) return false;
    if (address.is_loopback()) return true;
    return std::any_of(addresses_.begin(), addresses_.end(), [&](const auto& listened) {
        const auto own = plain(ip::make_address(listened, error));
        return !error && (own.is_unspecified() ? is_of_this_machine(address) : own == address);
    });
}

} // namespace omen::sandbox
