#pragma once

#include "cli/context/context.hpp"
#include "protocol/gateway/messages.hpp"

#include <optional>
#include <string>
#include <vector>

/// What a question shows of commands before they are sent. What can't be read for that is shown as unknown; nothing
/// here fails but by Interrupted.
namespace omen::preview {

/// What the order is, what it comes to, and how far from the market it is.
std::vector<std::string> of(const gw::Order& order, const std::string& symbol, Context& context);
/// The same of the order as an amend would have it.
std::vector<std::string> of(const gw::Amend& amend, Context& context);
/// Each position that is to be closed.
std::vector<std::string> of(const std::vector<rest::PositionResponse>& positions, Context& context);
/// How many lines of each kind a batch file has, in which markets, and what its limit orders come to.
std::vector<std::string> of_batch(const std::string& path);

} // namespace omen::preview
