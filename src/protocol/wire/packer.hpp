#pragma once

#include "core/decimal.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace omen::wire {

/// The MessagePack extension that carries a JSON number which is no 64-bit integer, as its own text. It exists only
/// between our JSON reader and our decoder.
inline constexpr std::int8_t number_text_extension = 1;

/// Writes MessagePack at the end of a buffer. The writer of `write()` (writing.hpp) for the wire.
class Packer {
  public:
    explicit Packer(std::string& out) : out_(out) {}

    void nil();
    void boolean(bool value);
    void integer(std::int64_t value);
    void unsigned_integer(std::uint64_t value);
    void text(std::string_view value);
    void number_text(std::string_view digits);
    void amount(Decimal value, int decimals);
    void timestamp(Timestamp value) { integer(value.ms); }
    void array(std::size_t size);
    void end_array() {}
    void map(std::size_t size);
    void key(std::string_view name) { text(name); }
    void end_map() {}

  private:
    std::string& out_;
};

} // namespace omen::wire
