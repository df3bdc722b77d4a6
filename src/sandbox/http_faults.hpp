#pragma once

#include "sandbox/fault_spec.hpp"
#include "sandbox/rest_api.hpp"

#include <functional>

namespace omen::sandbox {

/// What a fault makes of a request. `obey` does what the request asks for and gives the right answer; it is called only
/// where the request takes effect.
RestReply spoiled(const HttpFault& fault, const std::function<RestReply()>& obey);

} // namespace omen::sandbox
