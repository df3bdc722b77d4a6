#include "fuzz/messages.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    omen::fuzz::decode<omen::md::Command>(omen::fuzz::text_of(data, size));
    return 0;
}
