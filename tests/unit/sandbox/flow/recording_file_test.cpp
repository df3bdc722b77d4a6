#include "core/error.hpp"
#include "protocol/wire/json.hpp"
#include "sandbox/flow/recording_file.hpp"
#include "support/catch.hpp"
#include "support/every_message.hpp"
#include "support/temporary_directory.hpp"

namespace omen::recording_file_test {

namespace {

std::string load_error(const std::string& path) {
    try {
        sandbox::load_recording(path);
        return "none";
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        return error.what();
    }
}

} // namespace

TEST_CASE("a recording is loaded from a file, and an error names the file") {
    const auto markets =
        R"({"t":0,"markets":)" + wire::to_json(std::vector{test::filled<rest::MarketResponse>()}) + "}\n";
    const test::TemporaryDirectory directory;
    CHECK(sandbox::load_recording(directory.write("whole", markets)).markets.size() == 1);
    const auto broken = directory.write("broken", markets + "{");
    CHECK(load_error(broken) == "recording " + broken + ": line 2: not JSON: syntax error at byte 2");
    const auto empty = directory.write("empty", "");
    CHECK(load_error(empty) == "recording " + empty + ": no line with markets");
    CHECK(load_error("/nonexistent/file") == "recording /nonexistent/file: No such file or directory");
    CHECK(load_error("/") == "recording /: Is a directory");
}

} // namespace omen::recording_file_test
