// A REST body, as each of the models: the first byte says which.

#include "fuzz/messages.hpp"

using namespace omen;

namespace {

template <class T> void decode(std::string_view json) {
    std::optional<T> model;
    try {
        model = wire::decode_json<T>(json);
    } catch (const DecodeError&) {
        return;
    }
    fuzz::check_round_trip(*model);
    const auto again = wire::to_json(*model);
    fuzz::check(wire::to_json(wire::decode_json<T>(again)) == again, "JSON, model, JSON");
}

template <class List> struct DecodersOf;
template <class... Ts> struct DecodersOf<std::tuple<Ts...>> {
    static constexpr void (*all[])(std::string_view) = {decode<Ts>...};
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr auto& decoders = DecodersOf<test::RestModels>::all;
    if (size > 0) decoders[data[0] % std::size(decoders)](fuzz::text_of(data + 1, size - 1));
    return 0;
}
