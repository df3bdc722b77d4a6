#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace omen::sandbox {

/// The names under which a sandbox is reached. A web page of another host, or one that has its own name lead here,
/// could otherwise use a developer's browser against it.
class OwnNames {
  public:
    /// `addresses` are listened on: a wildcard stands for all of this machine's. `names` are further ones. The names of
    /// the loopback interface are always there.
    OwnNames(std::vector<std::string> addresses, std::vector<std::string> names)
        : addresses_(std::move(addresses)), names_(std::move(names)) {}

    /// Whether a request with this Host, and this Origin (empty: none), may change something here.
    bool admit(std::string_view host, std::string_view origin) const;

  private:
    /// "localhost:8083", "[::1]"
    bool is_own(std::string_view authority) const;
    bool is_own_address(const std::string& text) const;

    std::vector<std::string> addresses_;
    std::vector<std::string> names_;
};

} // namespace omen::sandbox
