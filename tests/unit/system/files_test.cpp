#include "support/catch.hpp"
#include "support/temporary_directory.hpp"
#include "system/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>

namespace omen::files_test {

using namespace std::chrono_literals;

namespace {

/// A pipe with a name.
std::string make_fifo(const test::TemporaryDirectory& directory) {
    const auto path = directory.path("fifo");
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    return path;
}

} // namespace

TEST_CASE("a file is read whole, byte for byte") {
    const test::TemporaryDirectory directory;
    const auto long_text = std::string(200'000, 'x') + '\n';
    for (const auto& text : {std::string(), std::string("a\r\nb\0c", 6), long_text}) {
        const auto path = directory.write("file", text);
        CHECK(read_file(path) == text);
        CHECK(read_regular_file(path) == text);
    }
}

TEST_CASE("a file that is not there is an error, or nothing") {
    const test::TemporaryDirectory directory;
    CHECK_THROWS_WITH(read_file(directory.path("file")), "No such file or directory");
    CHECK_FALSE(read_regular_file(directory.path("file")));
}

TEST_CASE("what can't be read is an error") {
    const test::TemporaryDirectory directory;
    CHECK_THROWS_WITH(read_file(directory.path()), "Is a directory");
    CHECK_THROWS_WITH(read_regular_file(directory.write("file", "") + "/below"), "Not a directory");
}

TEST_CASE("what is only read may be a device, or a pipe whose writer comes late and writes in parts") {
    CHECK(read_file("/dev/null").empty());
    const test::TemporaryDirectory directory;
    const auto path = make_fifo(directory);
    std::thread writer([&] {
        std::ofstream out(path);
        out << "one " << std::flush;
        std::this_thread::sleep_for(20ms);
        out << "two";
    });
    CHECK(read_file(path) == "one two");
    writer.join();
}

TEST_CASE("a pipe that nobody writes to, or that does not end, is read until the deadline and no longer") {
    const test::TemporaryDirectory directory;
    const auto path = make_fifo(directory);
    CHECK_THROWS_WITH(read_file(path, {.by = Deadline::after(20ms)}), "it did not end in time");
    const Descriptor writer(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    REQUIRE(::write(writer.get(), "x", 1) == 1);
    CHECK_THROWS_WITH(read_file(path, {.by = Deadline::after(20ms)}), "it did not end in time");
}

TEST_CASE("no more is read than was asked for") {
    const test::TemporaryDirectory directory;
    const auto path = directory.write("file", "12345");
    CHECK(read_file(path, {.longest = 5}) == "12345");
    CHECK_THROWS_WITH(read_file(path, {.longest = 4}), "it is too long");
    CHECK_THROWS_WITH(read_file("/dev/zero", {.longest = 1U << 20}), "it is too long");
}

TEST_CASE("what is ours to write is a regular file: whatever else stands there is refused at once") {
    const test::TemporaryDirectory directory;
    for (const auto& path :
         {make_fifo(directory), directory.path(), std::string("/dev/null"), std::string("/dev/zero")}) {
        CHECK_THROWS_WITH(open_regular_file(path, O_RDWR | O_CREAT), "it is no regular file");
        CHECK_THROWS_WITH(read_regular_file(path), "it is no regular file");
        CHECK_THROWS_WITH(refuse_irregular(path), "it is no regular file");
    }
    CHECK(open_regular_file(directory.path("new"), O_RDWR | O_CREAT).get() >= 0);
    CHECK_NOTHROW(refuse_irregular(directory.path("none")));
}

} // namespace omen::files_test
