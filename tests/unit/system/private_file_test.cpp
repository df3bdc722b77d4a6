#include "support/catch.hpp"
#include "support/temporary_directory.hpp"
#include "system/files.hpp"
#include "system/private_file.hpp"

#include <filesystem>
#include <sys/stat.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace omen::private_file_test {

namespace {

unsigned mode_of(const std::string& path) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    return status.st_mode & 0777;
}

std::size_t files_in(const std::string& directory) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory), {}));
}

} // namespace

TEST_CASE("a private file, and the directories made for it, are for their owner only") {
    const test::TemporaryDirectory directory;
    const auto path = directory.path("made/on the way/file");
    CHECK(write_private_file(path, "text"));
    CHECK(read_file(path) == "text");
    CHECK(mode_of(path) == 0600);
    CHECK(mode_of(directory.path("made/on the way")) == 0700);
    CHECK(mode_of(directory.path("made")) == 0700);
}

TEST_CASE("a private file replaces another, or keeps it, and leaves nothing beside it") {
    const test::TemporaryDirectory directory;
    const auto path = directory.write("file", "old");
    CHECK_FALSE(write_private_file(path, "new", IfExists::keep));
    CHECK(read_file(path) == "old");
    CHECK(write_private_file(path, "new"));
    CHECK(read_file(path) == "new");
    CHECK(files_in(directory.path()) == 1);
}

TEST_CASE("a private file that can't be written is an error, and leaves nothing") {
    const test::TemporaryDirectory directory;
    CHECK_THROWS_WITH(write_private_file(directory.write("file", "") + "/below", ""), "Not a directory");
    std::filesystem::create_directory(directory.path("in the way"));
    CHECK_THROWS_AS(write_private_file(directory.path("in the way"), ""), std::system_error);
    CHECK(files_in(directory.path()) == 2);
}

TEST_CASE("a private file is created when it is first read, and then only read") {
    const test::TemporaryDirectory directory;
    const auto path = directory.path("made/file");
    CHECK(read_or_create_private_file(path, [] { return "first"; }) == "first");
    CHECK(mode_of(path) == 0600);
    CHECK(read_or_create_private_file(path, []() -> std::string { throw "not asked"; }) == "first");
    CHECK(files_in(directory.path("made")) == 1);
}

TEST_CASE("a private file that came while its text was made is the one that is read") {
    const test::TemporaryDirectory directory;
    const auto path = directory.path("file");
    const auto too_late = [&] {
        directory.write("file", "theirs");
        return "ours";
    };
    CHECK(read_or_create_private_file(path, too_late) == "theirs");
}

TEST_CASE("processes that race to create a private file agree on one text") {
    const test::TemporaryDirectory directory;
    constexpr int processes = 8;
    const auto path = directory.path("made/file");
    for (int i = 0; i < processes; ++i) {
        if (::fork() != 0) continue;
        directory.write("read-" + std::to_string(i), read_or_create_private_file(path, [&] {
                            return std::to_string(i) + std::string(100'000, 'x');
                        }));
        ::_exit(0);
    }
    while (::wait(nullptr) > 0) {
    }
    const auto text = read_file(path);
    for (int i = 0; i < processes; ++i) CHECK(read_file(directory.path("read-" + std::to_string(i))) == text);
}

} // namespace omen::private_file_test
