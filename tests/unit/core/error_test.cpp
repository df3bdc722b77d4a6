#include "core/error.hpp"
#include "support/catch.hpp"

#include <vector>

namespace omen::error_test {

namespace {

const std::vector every_exit{Exit::done,        Exit::internal,        Exit::usage,       Exit::refused_locally,
                             Exit::credentials, Exit::refused,         Exit::not_found,   Exit::rate_limited,
                             Exit::not_met,     Exit::outcome_unknown, Exit::unreachable, Exit::protocol,
                             Exit::hung_up,     Exit::interrupted,     Exit::quit,        Exit::terminated};

} // namespace

TEST_CASE("every fault has its name and its exit code") {
    const auto [fault, name, code] = GENERATE(table<Fault, const char*, int>({
        {Fault::internal, "internal", 1},
        {Fault::usage, "usage", 2},
        {Fault::refused_locally, "refused_locally", 3},
        {Fault::credentials, "credentials", 4},
        {Fault::refused, "refused", 5},
        {Fault::not_found, "not_found", 6},
        {Fault::rate_limited, "rate_limited", 7},
        {Fault::not_met, "not_met", 8},
        {Fault::outcome_unknown, "outcome_unknown", 9},
        {Fault::unreachable, "unreachable", 10},
        {Fault::protocol, "protocol", 11},
    }));
    CHECK(to_string(fault) == name);
    CHECK(static_cast<int>(exit_of(fault)) == code);
    CHECK(static_cast<int>(Error(fault, "why").exit_code()) == code);
}

TEST_CASE("the most serious of several results is reported, in the documented order") {
    const std::vector<int> order{9, 1, 4, 10, 11, 7, 5, 6, 3, 2, 8, 0};
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t j = i; j < order.size(); ++j) {
            const auto more = static_cast<Exit>(order[i]);
            const auto less = static_cast<Exit>(order[j]);
            CHECK(more_serious(more, less) == more);
            CHECK(more_serious(less, more) == more);
        }
    }
}

TEST_CASE("0 is reported only if all succeeded") {
    for (const auto code : every_exit) {
        CHECK(more_serious(Exit::done, code) == code);
        CHECK(more_serious(code, Exit::done) == code);
    }
}

TEST_CASE("a signal wins over every outcome") {
    for (const auto signal : {Exit::hung_up, Exit::interrupted, Exit::quit, Exit::terminated}) {
        CHECK(more_serious(Exit::outcome_unknown, signal) == signal);
        CHECK(more_serious(signal, Exit::internal) == signal);
    }
}

TEST_CASE("every exit code has a meaning of its own") {
    std::vector<std::string_view> meanings;
    for (const auto code : every_exit) meanings.push_back(meaning_of(code));
    CHECK(std::count(meanings.begin(), meanings.end(), "") == 0);
    std::sort(meanings.begin(), meanings.end());
    CHECK(std::adjacent_find(meanings.begin(), meanings.end()) == meanings.end());
}

TEST_CASE("an error carries its message, code, hint and what else is known") {
    const Error error(Fault::refused, "order: insufficient margin",
                      {.code = "insufficient_margin", .hint = "reduce the size", .client_order_id = "a1"});
    CHECK(std::string_view(error.what()) == "order: insufficient margin");
    CHECK(error.fault() == Fault::refused);
    CHECK(error.detail().code == "insufficient_margin");
    CHECK(error.detail().hint == "reduce the size");
    CHECK(error.detail().client_order_id == "a1");
    CHECK_FALSE(error.detail().http_status.has_value());
}

TEST_CASE("only what surely has not been executed may be repeated as it is") {
    for (int fault = 0; fault <= static_cast<int>(Fault::protocol); ++fault) {
        const auto retryable = Error(static_cast<Fault>(fault), "why").retryable();
        CHECK(retryable ==
              (fault == static_cast<int>(Fault::unreachable) || fault == static_cast<int>(Fault::rate_limited)));
    }
}

} // namespace omen::error_test
