#include "sandbox/access/http_head.hpp"

#include "core/text.hpp"

#include <array>
#include <ctime>

namespace omen::sandbox {

namespace {

namespace http = boost::beast::http;

std::string field(const RequestHead& head, http::field name) {
    return std::string(head[name]);
}

/// "http://localhost:8083/health" in its parts; nothing where the target is a path alone.
struct AbsoluteTarget {
    std::string authority;
    std::string path;
};
std::optional<AbsoluteTarget> absolute_target(const RequestHead& head) {
    const std::string target(head.target());
    const auto scheme = target.find("://");
    if (target.starts_with('/') || scheme == target.npos) return std::nullopt;
    const auto begin = scheme + 3;
    const auto end = std::min(target.find_first_of("/?", begin), target.size());
    auto path = target.substr(end);
    if (!path.starts_with('/')) path.insert(0, "/");
    return AbsoluteTarget{target.substr(begin, end - begin), std::move(path)};
}

} // namespace

std::optional<HeadFault> fault_of(const RequestHead& head) {
    const auto hosts = head.count(http::field::host);
    if (hosts > 1) return HeadFault{400, "more than one Host"};
    if (hosts == 0 && head.version() >= 11) return HeadFault{400, "no Host"};
    const auto coding = lower(field(head, http::field::transfer_encoding));
    if (head.count(http::field::transfer_encoding) > 1 || (!coding.empty() && coding != "chunked"))
        return HeadFault{501, "the transfer coding is not known"};
    if (head.count(http::field::expect) != 0 && lower(field(head, http::field::expect)) != "100-continue")
        return HeadFault{417, "the expectation is not known"};
    return std::nullopt;
}

bool awaits_go_ahead(const RequestHead& head) {
    return head.version() >= 11 && head.count(http::field::expect) != 0;
}

std::string authority_of(const RequestHead& head) {
    const auto absolute = absolute_target(head);
    return absolute ? absolute->authority : field(head, http::field::host);
}

std::string path_of(const RequestHead& head) {
    const auto absolute = absolute_target(head);
    return absolute ? absolute->path : std::string(head.target());
}

std::string http_date() {
    static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    // The names are English in every locale.
    std::array<char, 32> rest{};
    std::strftime(rest.data(), rest.size(), "%Y %H:%M:%S GMT", &utc);
    const auto day = std::to_string(utc.tm_mday);
    return std::string(days[utc.tm_wday]) + ", " + (day.size() == 1 ? "0" : "") + day + " " + months[utc.tm_mon] + " " +
           rest.data();
}

} // namespace omen::sandbox
