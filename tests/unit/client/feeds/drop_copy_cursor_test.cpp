#include "client/feeds/drop_copy_cursor.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"
#include "system/files.hpp"

#include <filesystem>
#include <functional>

namespace omen::drop_copy_cursor_test {

namespace {

const DropCopyCursor sample{.environment = "local", .wallet = "0x1", .sequence = UINT64_MAX};

std::string refusal(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        CHECK(error.exit_code() == Exit::usage);
        CHECK_FALSE(error.detail().hint.empty());
        return error.what();
    }
    return "";
}

} // namespace

TEST_CASE("a cursor is read as it was written, by its owner alone") {
    const test::TemporaryDirectory directory;
    const auto path = directory.path("deep/below/cursor.json");
    CHECK_FALSE(read_cursor(path));
    write_cursor(path, sample);
    CHECK(read_cursor(path) == sample);
    CHECK(read_file(path) == "{\"environment\":\"local\",\"wallet\":\"0x1\",\"sequence\":18446744073709551615}\n");
    CHECK(std::filesystem::status(path).permissions() ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("a cursor is replaced in one step, leaving nothing beside it") {
    const test::TemporaryDirectory directory;
    const auto path = directory.path("cursor.json");
    for (std::uint64_t sequence = 1; sequence <= 3; ++sequence)
        write_cursor(path, {.environment = "local", .wallet = "0x1", .sequence = sequence});
    CHECK(read_cursor(path)->sequence == 3);
    CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
}

TEST_CASE("what is no cursor is a usage error that says what to do, never a beginning") {
    const test::TemporaryDirectory directory;
    for (const std::string text : {"", "{", "12", "[]", "{}", R"({"environment":"local","wallet":"0x1"})",
                                   R"({"environment":"local","wallet":"0x1","sequence":-1})",
                                   R"({"environment":"local","wallet":"0x1","sequence":"seven"})",
                                   R"({"environment":"local","wallet":"0x1","sequence":1.5})",
                                   R"({"environment":"local","wallet":null,"sequence":7})",
                                   R"({"environment":"local","wallet":"0x1","sequence":7} {})"}) {
        CAPTURE(text);
        const auto path = directory.write("cursor.json", text);
        CHECK_THAT(refusal([&] { read_cursor(path); }), Catch::Contains("no cursor"));
    }
    CHECK_THAT(refusal([&] { real_cursor_path(directory.path()); }), Catch::Contains("a directory"));
}

TEST_CASE("a cursor is the file that symbolic links lead to, whether or not it is there yet") {
    const test::TemporaryDirectory directory;
    namespace fs = std::filesystem;
    fs::create_directory(directory.path("real"));
    fs::create_symlink("real/cursor", directory.path("near"));
    fs::create_symlink(directory.path("near"), directory.path("far"));
    CHECK(real_cursor_path(directory.path("far")) == directory.path("real/cursor"));
    CHECK(real_cursor_path(directory.path("none")) == directory.path("none"));
    fs::create_symlink("loop", directory.path("loop"));
    CHECK_THAT(refusal([&] { real_cursor_path(directory.path("loop")); }), Catch::Contains("too many"));
    fs::create_hard_link(directory.write("one", ""), directory.path("two"));
    CHECK_THAT(refusal([&] { real_cursor_path(directory.path("two")); }), Catch::Contains("2 names"));
    CHECK_THAT(refusal([&] { real_cursor_path("/dev/null"); }), Catch::Contains("no regular file"));
    CHECK_THAT(refusal([&] { real_cursor_path(""); }), Catch::Contains("no name"));
}

TEST_CASE("a cursor that can't be written is a usage error") {
    const test::TemporaryDirectory directory;
    directory.write("file", "");
    CHECK_THAT(refusal([&] { write_cursor(directory.path("file/cursor.json"), sample); }),
               Catch::Contains("can't be written"));
}

TEST_CASE("a cursor of another environment or wallet is refused") {
    CHECK(refusal([] { check_cursor("c", sample, "local", "0x1"); }) == "");
    CHECK(refusal([] { check_cursor("c", sample, "local", std::nullopt); }) == "");
    const DropCopyCursor spelt{.environment = "local", .wallet = "0xABC", .sequence = 1};
    CHECK(refusal([&] { check_cursor("c", spelt, "local", "0xabc"); }) == "");
    CHECK_THAT(refusal([] { check_cursor("c", sample, "test", "0x1"); }), Catch::Contains("environment local"));
    CHECK_THAT(refusal([] { check_cursor("c", sample, "local", "0x2"); }), Catch::Contains("wallet 0x1"));
}

} // namespace omen::drop_copy_cursor_test
