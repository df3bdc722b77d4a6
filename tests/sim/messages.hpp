#pragma once

#include "protocol/gateway/messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace omen::sim {

/// Whether encoded bytes are a message of this type, and whether they answer something, told without decoding them.
bool is_message(const std::string& bytes, std::string_view type);
bool has_id(const std::string& bytes);

gw::ErrorReply error_of(std::optional<std::uint64_t> id, std::string_view code, const std::string& message);

/// What may come in place of an answer: one that says nothing, does not fit, or can't be read. Nothing: nothing comes.
std::optional<std::string> false_answer(const std::string& answer, std::uint64_t id, std::uint64_t variant);
/// A message that belongs to no command.
std::string stray_message(std::uint64_t variant);
/// `authenticated` without account, wallet, or both.
std::string without_names(const std::string& authenticated, std::uint64_t variant);
/// `subscribed` without the sequence.
std::string without_sequence(const std::string& subscribed);

} // namespace omen::sim
