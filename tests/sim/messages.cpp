#include "sim/messages.hpp"

#include "protocol/codes.hpp"
#include "protocol/wire/codec.hpp"

namespace omen::sim {

using namespace omen::literals;

namespace {

/// A text of up to 31 characters as MessagePack has it.
std::string packed(std::string_view text) {
    return std::string(1, static_cast<char>(0xa0 + text.size())) + std::string(text);
}

std::string unknown_answer(std::uint64_t id) {
    std::string bytes = "\x82" + packed("type") + packed("mystery") + packed("id") + "\xcf";
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(id >> static_cast<unsigned>(shift));
    return bytes;
}

} // namespace

bool is_message(const std::string& bytes, std::string_view type) {
    return std::string_view(bytes).substr(0, 64).find(packed("type") + packed(type)) != std::string_view::npos;
}

bool has_id(const std::string& bytes) {
    return std::string_view(bytes).substr(0, 64).find(packed("id")) != std::string_view::npos;
}

gw::ErrorReply error_of(std::optional<std::uint64_t> id, std::string_view code, const std::string& message) {
    return {.id = id, .code = std::string(code), .message = message, .retry_after_ms = {}};
}

std::optional<std::string> false_answer(const std::string& answer, std::uint64_t id, std::uint64_t variant) {
    auto message = wire::decode_any<gw::ServerMessage>(answer);
    switch (variant % 8) {
    case 0:
        return wire::encode(error_of(id, "strange", "nobody knows this code"));
    case 1:
        return std::string(answer.size(), '\xc1'); // no MessagePack
    case 2:
        return unknown_answer(id);
    case 3:
        return wire::encode(error_of({}, code::internal, "of nothing in particular"));
    case 4: // meant for another
        if (std::holds_alternative<gw::OrderAccepted>(message) || std::holds_alternative<gw::OrderRejected>(message))
            return wire::encode(gw::OrderAccepted{.id = id,
                                                  .order_id = OrderId{"o-999"},
                                                  .client_order_id = ClientOrderId{"another"},
                                                  .status = OrderStatus::open,
                                                  .filled_size = Decimal{},
                                                  .average_price = {},
                                                  .timestamp = {}});
        break;
    case 5:
        if (auto* accepted = std::get_if<gw::OrderAccepted>(&message)) {
            accepted->filled_size = 1000_d;
            return wire::encode(*accepted);
        }
        break;
    case 6:
        if (auto* accepted = std::get_if<gw::OrderAccepted>(&message)) {
            accepted->status.reset();
            accepted->filled_size.reset();
            return wire::encode(*accepted);
        }
        break;
    default:
        break;
    }
    return wire::encode(error_of(id, code::internal, "failed"));
}

std::string stray_message(std::uint64_t variant) {
    switch (variant % 3) {
    case 0:
        return wire::encode(error_of({}, code::rate_limited, "slow down"));
    case 1:
        return wire::encode(gw::Pong{.id = 999'999'999});
    default:
        return "\x81" + packed("type") + packed("news");
    }
}

std::string without_names(const std::string& authenticated, std::uint64_t variant) {
    auto message = wire::decode<gw::Authenticated>(authenticated);
    if (variant % 3 != 0) message.wallet.reset();
    if (variant % 3 != 1) message.account.reset();
    return wire::encode(message);
}

std::string without_sequence(const std::string& subscribed) {
    auto message = wire::decode<gw::Subscribed>(subscribed);
    message.sequence.reset();
    return wire::encode(message);
}

} // namespace omen::sim
