#include "protocol/wire/codec.hpp"

namespace omen::wire {

namespace {

std::string_view type_of_map(Cursor& in) {
    if (!seek(in, "type")) throw DecodeError("type: missing");
    return in.text();
}

std::string_view name_of_array(Cursor& in) {
    if (in.array() == 0) throw DecodeError("the event's name is missing");
    return in.text();
}

} // namespace

bool seek(Cursor& in, std::string_view key) {
    for (auto left = in.map(); left > 0; --left) {
        if (in.key() == key) return true;
        in.skip();
    }
    return false;
}

std::string_view tag_of(std::string_view bytes) {
    try {
        Cursor in(bytes);
        switch (in.kind()) {
        case Kind::map:
            return type_of_map(in);
        case Kind::array:
            return name_of_array(in);
        default:
            throw DecodeError("expected a map or an array, found " + std::string(to_string(in.kind())));
        }
    } catch (DecodeError& error) {
        error.in_message("message");
        throw;
    }
}

} // namespace omen::wire
