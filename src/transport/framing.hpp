#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace omen {

/// Reads the HTTP answer to a WebSocket upgrade out of a stream of bytes. Interim answers (100 to 199, but for 101)
/// that come before it are passed over. No I/O.
class UpgradeAnswer {
  public:
    /// The heads that are read, the interim ones counted in; a longer answer is none.
    static constexpr std::size_t longest = 128U << 10;

    /// Takes the bytes that belong to the answer's head; returns how many do.
    std::size_t advance(std::string_view bytes);

    bool complete() const { return complete_; }
    bool too_long() const { return taken_ > longest; }
    /// Whether the head is complete and says anything but 101.
    bool refused() const { return complete_ && status() != 101; }
    /// The HTTP status; 0 when the answer is no HTTP.
    int status() const;
    /// "403 Forbidden"
    std::string_view status_text() const;

    /// What a 101 says that was not asked for, in words; empty: nothing.
    std::string objection() const;
    /// The same answer with nothing in it but what concerns the upgrade, each field once.
    std::string essence() const;

  private:
    /// The values of all fields of this name, joined by commas; nothing where there is none.
    std::optional<std::string> field(std::string_view name) const;

    std::string head_;
    std::size_t taken_ = 0;
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
    /// What has come of the payload of a close frame, unmasked.
    const std::string& closing() const { return closing_; }

  private:
    std::size_t header_length() const;
    std::uint64_t payload_length() const;
    void take_closing(std::string_view bytes);

    std::array<unsigned char, 14> header_{};
    std::size_t header_size_ = 0; ///< 0: at the boundary of two frames
    std::uint64_t payload_left_ = 0;
    bool message_open_ = false; ///< a fragment of a message has come, its last one has not
    std::string closing_{};
};

/// Moves the cursor over the bytes of one frame that Beast is to read, in place. Beast takes close code 1014 (bad
/// gateway) for a violation: it gets 1013, which means the same to it. Returns how many bytes belong to the frame.
std::size_t advance_for_beast(FrameCursor& cursor, std::span<char> bytes);

} // namespace omen
