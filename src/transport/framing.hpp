#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace omen {

/// Finds the end of the HTTP answer to a WebSocket upgrade in a stream of bytes, and keeps what it said. No I/O.
class UpgradeAnswer {
  public:
    /// Takes the bytes that belong to the answer's head; returns how many do.
    std::size_t advance(std::string_view bytes);

    bool complete() const { return complete_; }
    /// Whether the head is complete and says anything but 101.
    bool refused() const { return complete_ && status() != 101; }
    /// The HTTP status; 0 when the answer is no HTTP.
    int status() const;
    /// "403 Forbidden"
    std::string_view status_text() const;

  private:
    std::string head_;
    bool complete_ = false;
};

/// The payload of the binary message that these bytes begin with, where it is all there, in one plain frame as a server
/// sends it. Nothing for anything else, which is for somebody who knows the whole protocol.
std::optional<std::string_view> whole_message(std::string_view bytes);

/// Follows the WebSocket frames in a stream of bytes, so that a reader never takes more than the frame it is in. No
/// I/O.
class FrameCursor {
  public:
    /// Moves over the bytes that belong to the frame at hand; returns how many do.
    std::size_t advance(std::string_view bytes);

    /// Whether the next byte begins a message (or a control frame between messages).
    bool between_messages() const { return header_size_ == 0 && !message_open_; }

  private:
    std::size_t header_length() const;
    std::uint64_t payload_length() const;

    std::array<unsigned char, 14> header_{};
    std::size_t header_size_ = 0; ///< 0: at the boundary of two frames
    std::uint64_t payload_left_ = 0;
    bool message_open_ = false; ///< a fragment of a message has come, its last one has not
};

} // namespace omen
