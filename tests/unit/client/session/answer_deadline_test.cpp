#include "client/session/answer_deadline.hpp"
#include "support/catch.hpp"

namespace omen::answer_deadline_test {

using namespace std::chrono_literals;

TEST_CASE("an answer is awaited for half of the time that is left") {
    const auto left = answer_deadline(Deadline::after(8s)).left();
    CHECK(left <= 4s);
    CHECK(left > 2s);
    CHECK(answer_deadline(Deadline::at(Clock::now() - 1s)).passed());
}

TEST_CASE("an answer is awaited for five seconds at most, even where there is no deadline") {
    for (const auto whole : {Deadline::after(1h), Deadline::never()}) {
        CHECK(answer_deadline(whole).left() <= 5s);
        CHECK(answer_deadline(whole).left() > 3s);
    }
}

} // namespace omen::answer_deadline_test
