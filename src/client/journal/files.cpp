#include "client/journal/files.hpp"

#include "core/error.hpp"
#include "protocol/wire/decode_error.hpp"
#include "protocol/wire/json.hpp"
#include "system/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace omen {

namespace {

constexpr std::string_view suffix = ".ndjson";
constexpr std::size_t day_size = 10;

Error unreadable(const std::string& path, const std::string& why) {
    return Error(Fault::usage, "journal " + path + ": it can't be read: " + why,
                 {.code = "journal_unreadable", .hint = "make it readable, or move it away"});
}

/// Calls f(lines, offset) with whole lines, very many at a time, until it returns false; only the file's last one may
/// be without its end.
template <class F> void for_each_block(const std::string& path, std::uint64_t from, F&& f) {
    const auto file = open_journal_file(path);
    if (file.get() < 0) return;
    std::string buffer(std::size_t{256} * 1024, '\0');
    std::size_t kept = 0;
    for (;;) {
        const auto count =
            ::pread(file.get(), buffer.data() + kept, buffer.size() - kept, static_cast<off_t>(from + kept));
        if (count < 0) throw unreadable(path, std::strerror(errno));
        const std::string_view text(buffer.data(), kept + static_cast<std::size_t>(count));
        const auto end = count == 0 ? text.size() : text.rfind('\n') + 1; // 0: none
        if (end > 0 && !f(text.substr(0, end), from)) return;
        if (count == 0) return;
        from += end;
        kept = text.size() - end;
        std::memmove(buffer.data(), buffer.data() + end, kept);
        if (kept == buffer.size()) buffer.resize(2 * kept);
    }
}

} // namespace

Descriptor open_journal_file(const std::string& path) try {
    return open_regular_file(path, O_RDONLY);
} catch (const std::system_error& error) {
    if (error.code() == std::errc::no_such_file_or_directory) return {};
    throw unreadable(path, error.code().message());
}

void for_each_journal_line(const std::string& path, std::uint64_t from, const OnJournalLine& on_line) {
    for_each_block(path, from, [&](std::string_view lines, std::uint64_t offset) {
        for (std::size_t begin = 0; begin < lines.size();) {
            const auto end = std::min(lines.find('\n', begin), lines.size());
            if (end > begin) on_line(lines.substr(begin, end - begin), offset + begin);
            begin = end + 1;
        }
        return true;
    });
}

void for_each_journal_line_with(const std::string& path, std::string_view text,
                                const std::function<bool(std::string_view line)>& on_line) {
    for_each_block(path, 0, [&](std::string_view lines, std::uint64_t) {
        for (std::size_t from = 0; from < lines.size();) {
            // As fast as the text is long, which std::string_view's find() is not.
            const auto* const found =
                static_cast<const char*>(::memmem(lines.data() + from, lines.size() - from, text.data(), text.size()));
            if (found == nullptr) return true;
            const auto where = static_cast<std::size_t>(found - lines.data());
            const auto begin = lines.rfind('\n', where) + 1; // 0: none
            from = std::min(lines.find('\n', where), lines.size());
            if (!on_line(lines.substr(begin, from - begin))) return false;
        }
        return true;
    });
}

std::string journal_file(const std::string& directory, const std::string& prefix, std::string_view day) {
    return directory + "/" + prefix + std::string(day) + std::string(suffix);
}

std::vector<std::string> journal_files(const std::string& directory, const std::string& prefix,
                                       std::string_view from_day) {
    std::vector<std::string> files;
    std::error_code error;
    for (std::filesystem::directory_iterator next(directory, error), end; !error && next != end;
         next.increment(error)) {
        const auto name = next->path().filename().string();
        // The day is all that may stand between the exchange and the suffix.
        const bool ours = name.starts_with(prefix) && name.ends_with(suffix) &&
                          name.size() == prefix.size() + day_size + suffix.size();
        if (ours && std::string_view(name).substr(prefix.size(), day_size) >= from_day) files.push_back(next->path());
    }
    if (error && error != std::errc::no_such_file_or_directory) throw unreadable(directory, error.message());
    std::sort(files.begin(), files.end());
    return files;
}

std::optional<ScannedLine> scan(std::string_view text, JournalLine& storage) {
    if (auto scanned = scan(text)) return scanned;
    auto line = read_if_possible(text);
    if (!line) return std::nullopt;
    storage = std::move(*line);
    return scan(storage);
}

std::optional<JournalLine> read_if_possible(std::string_view text) {
    try {
        return read_line(text);
    } catch (const DecodeError&) {
        return std::nullopt;
    }
}

std::string journal_text(std::string_view text) {
    std::string json;
    wire::append_json_text(json, text);
    return json;
}

} // namespace omen
