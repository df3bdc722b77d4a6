#include "protocol/wire/packer.hpp"

#include <msgpack.hpp>

namespace omen::wire {

namespace {

struct Sink {
    std::string& out;
    void write(const char* data, std::size_t size) { out.append(data, size); }
};

msgpack::packer<Sink> packer(Sink& sink) {
    return msgpack::packer<Sink>(sink);
}

} // namespace

void Packer::nil() {
    Sink sink{out_};
    packer(sink).pack_nil();
}

void Packer::boolean(bool value) {
    Sink sink{out_};
    value ? packer(sink).pack_true() : packer(sink).pack_false();
}

void Packer::integer(std::int64_t value) {
    Sink sink{out_};
    packer(sink).pack_int64(value);
}

void Packer::unsigned_integer(std::uint64_t value) {
    Sink sink{out_};
    packer(sink).pack_uint64(value);
}

void Packer::text(std::string_view value) {
    Sink sink{out_};
    packer(sink)
        .pack_str(static_cast<std::uint32_t>(value.size()))
        .pack_str_body(value.data(), static_cast<std::uint32_t>(value.size()));
}

void Packer::number_text(std::string_view digits) {
    Sink sink{out_};
    packer(sink)
        .pack_ext(digits.size(), number_text_extension)
        .pack_ext_body(digits.data(), static_cast<std::uint32_t>(digits.size()));
}

void Packer::amount(Decimal value, int decimals) {
    std::string digits;
    value.append_scaled(digits, decimals);
    text(digits);
}

void Packer::array(std::size_t size) {
    Sink sink{out_};
    packer(sink).pack_array(static_cast<std::uint32_t>(size));
}

void Packer::map(std::size_t size) {
    Sink sink{out_};
    packer(sink).pack_map(static_cast<std::uint32_t>(size));
}

} // namespace omen::wire
