#pragma once

#include "core/error.hpp"
#include "transport/http.hpp"

#include <string>

namespace omen {

/// Whether a request may have changed something on the exchange.
enum class Effect { read, write };

/// What an HTTP answer that is not the expected one means. `what` is the thing attempted.
/// A 5xx or 408 leaves the outcome of a write open; a read is refused (500), or unreachable (is_passing(), after
/// retries). A redirect, which is never followed, and a body that is no ErrorResponse are protocol errors where the
/// status alone does not say more. `with_token`: a token went with the request, and may be why it was refused.
Error rest_error(const std::string& what, const HttpResponse& response, Effect effect, bool with_token = true);

/// A success whose body is not what it should be: a protocol Error that quotes its beginning.
Error unreadable_answer(const std::string& what, const HttpResponse& response, const std::string& reason);

} // namespace omen
