#include "support/catch.hpp"
#include "support/temporary_directory.hpp"
#include "system/read_file.hpp"

#include <system_error>

namespace omen::read_file_test {

TEST_CASE("a file is read whole, byte for byte") {
    const test::TemporaryDirectory directory;
    const auto long_text = std::string(200'000, 'x') + '\n';
    for (const auto& text : {std::string(), std::string("a\r\nb\0c", 6), long_text}) {
        const auto path = directory.write("file", text);
        CHECK(read_file(path) == text);
        CHECK(read_file_if_there(path) == text);
    }
}

TEST_CASE("a file that is not there is an error, or nothing") {
    const test::TemporaryDirectory directory;
    CHECK_THROWS_WITH(read_file(directory.path("file")), "No such file or directory");
    CHECK_FALSE(read_file_if_there(directory.path("file")));
}

TEST_CASE("what can't be read is an error") {
    const test::TemporaryDirectory directory;
    CHECK_THROWS_WITH(read_file(directory.path()), "Is a directory");
    CHECK_THROWS_WITH(read_file_if_there(directory.path()), "Is a directory");
    CHECK_THROWS_WITH(read_file_if_there(directory.write("file", "") + "/below"), "Not a directory");
}

} // namespace omen::read_file_test
