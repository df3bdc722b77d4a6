#include "core/jwt.hpp"

#include "fuzz/check.hpp"

using namespace omen;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    decode_jwt(text);
    decode_jwt("e30." + encode_base64url(text) + ".c2ln"); // the claims themselves
    fuzz::check(decode_base64url(encode_base64url(text)) == text, "base64url");
    return 0;
}
