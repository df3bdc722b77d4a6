#include "support/catch.hpp"
#include "system/descriptor.hpp"
#include "system/descriptor_io.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <thread>

namespace omen::descriptor_io_test {

namespace {

struct Pipe {
    Descriptor out;
    Descriptor in;

    explicit Pipe(int flags) {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC | flags) == 0);
        out = Descriptor(ends[0]);
        in = Descriptor(ends[1]);
    }

    std::string read_all() const {
        std::string text;
        char bytes[4096];
        for (ssize_t count = 1; count != 0;) {
            count = ::read(out.get(), bytes, sizeof bytes);
            if (count > 0) text.append(bytes, static_cast<std::size_t>(count));
        }
        return text;
    }
};

} // namespace

TEST_CASE("everything is written, whether or not the pipe blocks, and its flags stay") {
    const int flags = GENERATE(0, O_NONBLOCK);
    Pipe pipe(flags);
    const std::string text(1'000'000, 'x');
    std::string read;
    {
        const std::jthread reader([&] { read = pipe.read_all(); });
        CHECK(write_all(pipe.in.get(), text) == 0);
        CHECK((::fcntl(pipe.in.get(), F_GETFL) & O_NONBLOCK) == flags);
        pipe.in = Descriptor();
    }
    CHECK(read == text);
}

TEST_CASE("what can't be written is told by its errno") {
    const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    CHECK(write_all(full.get(), "x") == ENOSPC);
    CHECK(write_all(full.get(), "") == 0);
    const Descriptor unwritable(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    CHECK(write_all(unwritable.get(), "x") == EBADF);
}

} // namespace omen::descriptor_io_test
