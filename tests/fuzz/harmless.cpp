// What people are shown of anybody's words: nothing gets through that a terminal would obey.

#include "core/text.hpp"
#include "fuzz/check.hpp"
#include "protocol/wire/json.hpp"

#include <string>

using namespace omen;

namespace {

bool is_seen(std::string_view text) {
    while (!text.empty()) {
        const auto [character, bytes] = next_character(text);
        if (!character || is_unseen(*character)) return false;
        text.remove_prefix(bytes);
    }
    return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    const auto shown = harmless(text);
    fuzz::check(is_seen(shown), "every character is seen");
    fuzz::check(harmless(shown) == shown, "what is harmless stays as it is");
    fuzz::check(columns_of(shown) <= shown.size(), "no character is wider than its bytes");
    std::string json;
    wire::append_json_text(json, text);
    fuzz::check(is_seen(json), "every character of JSON is seen");
    fuzz::check(shortened(text, 16).size() <= 16, "a text that is too long is cut");
    return 0;
}
