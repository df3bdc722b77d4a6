#pragma once

#include "cli/context/context.hpp"

namespace omen {

/// A market's book as the feed's deltas have made it, once it has been found equal, level by level, to the REST
/// snapshot of the very same sequence. Where it differs, the differences are printed. Errors: protocol, when the two
/// differ, or could not be brought to one sequence in time; those of the feed and of REST.
OrderBook verified_book(Context& context, const Market& market);

} // namespace omen
