#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <utility>

namespace omen {

/// Messages that came while another one was awaited, in their order. A peer that sends them without end does not fill
/// the memory with them.
template <class Message> class Kept {
  public:
    /// What they take in memory, as far as their length on the wire tells.
    static constexpr std::size_t most = 256U << 20;

    /// `from`: whose they are, for errors.
    explicit Kept(std::string from) : from_(std::move(from)) {}

    bool empty() const { return messages_.empty(); }

    /// Error: protocol, when there are too many.
    void push(Message message, std::size_t wire_bytes) {
        const auto size = sizeof(Entry) + 2 * wire_bytes;
        if (size > most - size_)
            throw Error(Fault::protocol,
                        from_ + ": more than " + std::to_string(most >> 20) +
                            " MB of events came while an answer was awaited",
                        {.code = "too_many_events"});
        messages_.push_back({std::move(message), size});
        size_ += size;
    }

    Message pop() {
        auto first = std::move(messages_.front());
        messages_.pop_front();
        size_ -= first.size;
        return std::move(first.message);
    }

  private:
    struct Entry {
        Message message;
        std::size_t size;
    };

    std::string from_;
    std::deque<Entry> messages_;
    std::size_t size_ = 0;
};

} // namespace omen
