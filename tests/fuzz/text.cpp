// What people type: durations, times, ids.

#include "core/ids.hpp"
#include "core/time.hpp"
#include "fuzz/check.hpp"

using namespace omen;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    if (const auto duration = parse_duration(text))
        fuzz::check(parse_duration(std::to_string(duration->count()) + "ms") == duration, "duration");
    if (const auto time = parse_timestamp(text)) fuzz::check(parse_timestamp(time->rfc3339()) == time, "timestamp");
    const auto id = MarketId::from_text(text);
    if (!id.is_number()) fuzz::check(id.text() == text, "market id");
    return 0;
}
