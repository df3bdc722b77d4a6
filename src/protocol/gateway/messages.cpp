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

std::optional<std::uint64_t> message_id(std::string_view bytes) {
    wire::Cursor in(bytes);
    if (in.kind() != wire::Kind::map) return std::nullopt;
    if (!wire::seek(in, "id") || in.take_nil()) return std::nullopt;
    return in.unsigned_integer();
}

} // namespace omen::gw
