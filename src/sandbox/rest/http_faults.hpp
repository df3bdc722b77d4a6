#pragma once

#include "sandbox/faults/fault_spec.hpp"
#include "sandbox/rest/api.hpp"

#include <functional>

namespace omen::sandbox {

/// What a fault makes of a request. `obey` does what the request asks for and gives the right answer; it is called only
/// where the request takes effect.
RestReply spoiled(const HttpFault& fault, const std::function<RestReply()>& obey);

} // namespace omen::sandbox
