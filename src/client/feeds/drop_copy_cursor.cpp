#include "client/feeds/drop_copy_cursor.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "protocol/wire/json.hpp"
#include "system/files.hpp"
#include "system/private_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>

namespace omen {

namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& why, const std::string& hint) {
    throw Error(Fault::usage, "cursor " + path + ": " + why, {.code = "bad_cursor", .hint = hint});
}

[[noreturn]] void refuse_unwritable(const std::string& path, const std::error_code& why) {
    refuse(path, "it can't be written: " + why.message(), "name a file that you may write");
}

/// Where a chain of symbolic links ends, even where there is nothing yet.
std::filesystem::path end_of_links(const std::string& path) {
    constexpr int most_links = 40; // as the system follows
    std::filesystem::path end = path;
    std::error_code unknown;
    for (int links = 0; std::filesystem::is_symlink(end, unknown); ++links) {
        if (links == most_links) refuse(path, "too many symbolic links lead on", "name the file itself");
        end = end.parent_path() / std::filesystem::read_symlink(end, unknown);
    }
    return end;
}

Descriptor open_lock(const std::string& path) {
    try {
        make_private_directories(std::filesystem::path(path).parent_path());
        return open_regular_file(path + ".lock", O_RDWR | O_CREAT);
    } catch (const std::system_error& error) {
        refuse_unwritable(path + (error.code() == FileError::not_regular ? ".lock" : ""), error.code());
    }
}

} // namespace

std::string real_cursor_path(const std::string& path) {
    if (path.empty()) refuse("\"\"", "it has no name", "name a file");
    const auto real = end_of_links(path);
    struct stat info {};
    if (::stat(real.c_str(), &info) != 0) return real; // what hinders is told by whoever opens it
    if (S_ISDIR(info.st_mode)) refuse(path, "it is a directory", "name a file");
    if (!S_ISREG(info.st_mode)) refuse(path, "it is no regular file", "name a file");
    if (info.st_nlink > 1)
        refuse(path, "the file has " + std::to_string(info.st_nlink) + " names (hard links)",
               "name a file that has one name");
    return real;
}

CursorLock::CursorLock(const std::string& path) : fd_(open_lock(path)) {
    if (::flock(fd_.get(), LOCK_EX | LOCK_NB) == 0) return;
    if (errno == EWOULDBLOCK)
        throw Error(Fault::usage, "cursor " + path + ": another process is using it",
                    {.code = "cursor_in_use", .hint = "end that one, or name another file"});
    refuse_unwritable(path, std::error_code(errno, std::generic_category()));
}

std::optional<DropCopyCursor> read_cursor(const std::string& path) {
    try {
        const auto text = read_regular_file(path);
        return text ? std::optional(wire::decode_json<DropCopyCursor>(*text)) : std::nullopt;
    } catch (const std::system_error& error) {
        refuse(path, error.what(), "name a file that you may read and write");
    } catch (const DecodeError& error) {
        refuse(path, std::string("it is no cursor: ") + error.what(),
               "restore it, or remove it and say where to begin with --from-sequence");
    }
}

void write_cursor(const std::string& path, const DropCopyCursor& cursor) {
    try {
        write_private_file(path, wire::to_json(cursor) + "\n");
    } catch (const std::system_error& error) {
        refuse_unwritable(path, error.code());
    }
}

void check_cursor(const std::string& path, const DropCopyCursor& cursor, const std::string& environment,
                  const std::optional<std::string>& wallet) {
    const auto refuse_other = [&](const std::string& what, const std::string& its, const std::string& ours) {
        refuse(path, "it is of the " + what + " " + its + ", and this is " + ours,
               "name another file, one for each environment and wallet");
    };
    if (cursor.environment != environment) refuse_other("environment", cursor.environment, environment);
    if (wallet && lower(cursor.wallet) != lower(*wallet)) refuse_other("wallet", cursor.wallet, *wallet);
}

} // namespace omen
