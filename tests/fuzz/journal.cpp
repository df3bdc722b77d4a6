// The journal's text, any bytes: what is scanned of a line is what is read of it, what is read is written and read
// again the same, and the lines make entries.

#include "client/journal/format.hpp"
#include "fuzz/check.hpp"
#include "protocol/wire/decode_error.hpp"

#include <algorithm>

using namespace omen;

namespace {

void check_same(const ScannedLine& left, const ScannedLine& right) {
    fuzz::check(left.kind == right.kind && left.name == right.name && left.outcome == right.outcome &&
                    left.by_resolve == right.by_resolve,
                "scanned and read");
}

JournalLine reread(const JournalLine& line) {
    std::string text;
    append_line(text, line);
    fuzz::check(text.find('\n') == text.size() - 1, "a line is one line");
    text.pop_back();
    const auto again = read_line(text);
    std::string same;
    append_line(same, again);
    fuzz::check(same == text + "\n", "written, read, written");
    if (const auto scanned = scan(text)) check_same(*scanned, scan(again));
    return again;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    JournalAssembly assembly;
    auto text = fuzz::text_of(data, size);
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        (void)scan(line);
        try {
            assembly.add(reread(read_line(line)));
        } catch (const DecodeError&) {
        }
    }
    for (const auto& entry : std::move(assembly).entries()) {
        (void)may_conclude_absence(entry, {});
        (void)locked_byte(process_of(entry.entry));
    }
    return 0;
}
