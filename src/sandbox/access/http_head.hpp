#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>

#include <optional>
#include <string>

namespace omen::sandbox {

using RequestHead = boost::beast::http::request_header<>;

/// Why a request is not heeded, whatever it asks for.
struct HeadFault {
    int status;
    std::string message;
};

/// A Host that is missing or doubled (400), a transfer coding (501) or an expectation (417) that is not known.
std::optional<HeadFault> fault_of(const RequestHead& head);

/// Whether the client waits for a word before it sends the body.
bool awaits_go_ahead(const RequestHead& head);

/// The host and port that a request is for, by its target if that says so (absolute form), else by its Host.
std::string authority_of(const RequestHead& head);
/// Path and query of its target, in whichever form that is.
std::string path_of(const RequestHead& head);

/// Now, as the Date of an answer.
std::string http_date();

} // namespace omen::sandbox
