#include "support/catch.hpp"
#include "support/handled_signals.hpp"
#include "system/descriptor_io.hpp"
#include "system/signals.hpp"

#include <csignal>
#include <unistd.h>

namespace omen::signals_test {

TEST_CASE("a signal is pending until it is taken, and received for good") {
    const test::HandledSignals handled;
    CHECK_NOTHROW(signals::check());
    std::raise(SIGHUP);
    CHECK(signals::pending() == SIGHUP);
    CHECK_THROWS_AS(signals::check(), Interrupted);
    signals::take();
    CHECK_NOTHROW(signals::check());
    CHECK(signals::received() == SIGHUP);
}

TEST_CASE("signals that come as one are one; the first one is what ends the process") {
    const test::HandledSignals handled;
    for (const int signal : {SIGTERM, SIGTERM, SIGHUP}) std::raise(signal);
    CHECK(signals::count() == 1);
    CHECK(signals::received() == SIGTERM);
    const auto beats = signals::beats();
    ::usleep(150'000);
    std::raise(SIGQUIT);
    CHECK(signals::count() == 2);
    CHECK(signals::beats() > beats);
    CHECK(signals::received() == SIGTERM);
}

TEST_CASE("a system call that blocks is left once a signal is pending") {
    const test::HandledSignals handled;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    char byte = 0;
    std::raise(SIGINT); // before the call: only a beat can interrupt that
    CHECK_THROWS_AS(signals::repeat([&] { return ::read(ends[0], &byte, 1); }), Interrupted);
    CHECK_THROWS_AS(read_line(ends[0], 10), Interrupted);
    for (const int end : ends) ::close(end);
}

TEST_CASE("a line is read without its end, and nothing behind it") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    REQUIRE(::write(ends[1], "yes\n\nno", 7) == 7);
    ::close(ends[1]);
    CHECK(read_line(ends[0], 10) == "yes");
    CHECK(read_line(ends[0], 10).empty());
    CHECK(read_line(ends[0], 1) == "n");
    CHECK(read_line(ends[0], 10) == "o");
    CHECK(read_line(ends[0], 10).empty());
    ::close(ends[0]);
}

} // namespace omen::signals_test
