#include "protocol/gateway/messages.hpp"

namespace omen::gw {

std::optional<std::uint64_t> reply_id(const ServerMessage& message) {
    return std::visit(
        [](const auto& value) -> std::optional<std::uint64_t> {
            if constexpr (requires { value.id; })
                return value.id;
            else
                return std::nullopt;
        },
        message);
}

} // namespace omen::gw
