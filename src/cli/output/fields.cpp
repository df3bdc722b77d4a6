#include "cli/output/fields.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

namespace omen {

namespace {

std::string joined(const FieldNames& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

} // namespace

FieldNames parse_fields(std::string_view text) {
    FieldNames names;
    for (std::size_t at = 0; at <= text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        names.emplace_back(trimmed(text.substr(at, comma - at)));
        at = comma + 1;
    }
    return names;
}

void check_fields(const FieldNames& wanted, const FieldNames& known) {
    if (wanted.empty()) return;
    if (known.empty())
        throw Error(Fault::usage, "--fields: this command prints nothing that has fields",
                    {.code = "bad_flags", .hint = "leave out --fields"});
    for (auto name = wanted.begin(); name != wanted.end(); ++name) {
        if (std::find(known.begin(), known.end(), *name) == known.end())
            throw Error(Fault::usage, "--fields: there is no field \"" + *name + "\"",
                        {.code = "bad_value", .hint = "choose from " + joined(known)});
        if (std::find(wanted.begin(), name, *name) != name)
            throw Error(Fault::usage, "--fields: \"" + *name + "\" is named twice",
                        {.code = "bad_value", .hint = "name it once"});
    }
}

} // namespace omen
