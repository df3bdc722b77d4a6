#pragma once

#include "cli/command.hpp"

#include <functional>

namespace omen {

/// Keeps a picture up to date until a signal, or the end of the output's reader: `pump` handles the next event and says
/// whether it changed the picture, waiting no longer than the deadline; `draw` puts the picture into the output.
/// Pictures are conflated: always the newest, at most twenty a second.
Exit watch(Context& context, const std::function<bool(Deadline)>& pump, const std::function<void(Output&)>& draw);

} // namespace omen
