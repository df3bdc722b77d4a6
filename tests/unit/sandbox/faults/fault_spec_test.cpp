#include "core/error.hpp"
#include "sandbox/faults/fault_spec.hpp"
#include "support/catch.hpp"

namespace omen::fault_spec_test {

using namespace omen::sandbox;

namespace {

/// The message and hint of a specification's refusal.
std::string refusal_of(const std::string& text) {
    try {
        FaultSpec::parse(text);
    } catch (const Error& error) {
        CHECK(error.fault() == Fault::usage);
        return std::string(error.what()) + "; " + error.detail().hint;
    }
    return "none";
}

} // namespace

TEST_CASE("a fault is a name, or a name with keys") {
    const auto plain = FaultSpec::parse("close-after");
    CHECK(plain.kind == FaultKind::close_after);
    CHECK(plain.limit() == 1U);
    const auto full = FaultSpec::parse("stall-before:command=cancel_all,nth=3,count=2");
    CHECK(full.command == CommandKind::cancel_all);
    CHECK(full.nth == 3U);
    CHECK(full.limit() == 2U);
    CHECK(full.text == "stall-before:command=cancel_all,nth=3,count=2");
    CHECK(FaultSpec::parse("cut-frame:endpoint=market-data").endpoint == Endpoint::market_data);
    CHECK(FaultSpec::parse("replay-hole:sequence=12").sequence == 12U);
    CHECK(FaultSpec::parse("gap:market=2").market == MarketId(2));
    CHECK(FaultSpec::parse("restart").delay == Milliseconds(200));
    CHECK(FaultSpec::parse("relink").account == "default");
    CHECK(FaultSpec::parse("relink:account=bob").account == "bob");
    CHECK(FaultSpec::parse("late-after-close:ms=300").close_code == 1001);
    CHECK(FaultSpec::parse("late-after-close:ms=300,code=4999").close_code == 4999);
    CHECK(FaultSpec::parse("retention:events=0").events == 0U);
}

TEST_CASE("each fault has a name that is read back as it") {
    for (const auto name : enum_names<FaultKind>) CHECK(to_string(fault_kind(std::string(name))) == name);
}

TEST_CASE("a redirect keeps the colons of its URL") {
    const auto fault = FaultSpec::parse("http:path=/api/v1/wallet,redirect=http://localhost:9/x?a=b");
    CHECK(fault.http.redirect == "http://localhost:9/x?a=b");
    CHECK(fault.path == "/api/v1/wallet");
}

TEST_CASE("every and chance go on without end, as do delay-answers and gap-storm; a count ends them") {
    CHECK(FaultSpec::parse("gap:every=5").limit() == std::nullopt);
    CHECK(FaultSpec::parse("gap:chance=1/5").limit() == std::nullopt);
    CHECK(FaultSpec::parse("gap:every=5,count=2").limit() == 2U);
    CHECK(FaultSpec::parse("delay-answers:ms=5").limit() == std::nullopt);
    CHECK(FaultSpec::parse("delay-answers:ms=5,nth=2").limit() == 1U);
    CHECK(FaultSpec::parse("gap-storm:market=1").limit() == std::nullopt);
    CHECK(FaultSpec::parse("gap-storm:count=3").limit() == 3U);
}

TEST_CASE("a misspelt fault or key is refused with the nearest one") {
    CHECK(refusal_of("close-befor") == "unknown fault \"close-befor\"; did you mean close-before?");
    CHECK(refusal_of("gap:nht=2") == "fault gap: unknown key \"nht\"; did you mean nth?");
    CHECK_THAT(refusal_of(""), Catch::Contains("unknown fault"));
    CHECK_THAT(refusal_of("gap:"), Catch::Contains("its keys are market, nth, every, count, chance"));
    CHECK_THAT(refusal_of("gap:ms=3"), Catch::Contains("unknown key"));
    CHECK_THAT(refusal_of("expire-token:nth=1"), Catch::Contains("it has no keys"));
}

TEST_CASE("a bad value is refused by its key") {
    CHECK_THAT(refusal_of("gap:nth=0"), Catch::StartsWith("fault gap: nth: \"0\" is not a whole number from 1"));
    const auto bad = GENERATE(
        "gap:nth", "gap:nth=", "gap:every=x", "gap:chance=2/3", "gap:chance=1/0",
        "gap:market=", "close-after:command=ping", "cut-frame:endpoint=rest", "refuse-connections:endpoint=back",
        "http:status=99", "http:body=xml", "http:slow=-1", "http:close-after=1", "http:redirect=", "http:redirect=a b",
        "delay-answers", "retention", "retention:events=many", "http", "http:path=/x", "http:status=500,close-before",
        "http:body=html,redirect=/x", "late-after-close", "late-after-close:ms=0", "late-after-close:ms=5,code=999",
        "late-after-close:ms=5,code=5000", "fin:code=1001", "fin-before:ms=5", "replay-hole:sequence=0",
        "replay-hole:market=1", "end-subscription:code=x",
        "refuse-subscription:code=", "refuse-subscription:market=", "relink:account=", "relink:nth=1",
        "sequence-reset:nth=1");
    CHECK(refusal_of(bad) != "none");
}

TEST_CASE("what forestalls a command says so in its name") {
    for (const auto name : enum_names<FaultKind>) {
        const auto kind = fault_kind(std::string(name));
        CHECK(FaultSpec{.text = {}, .kind = kind}.forestalls() == name.ends_with("-before"));
    }
}

TEST_CASE("what is executed late is so by its kind, or by its delay") {
    CHECK(FaultSpec::parse("late-after-close:ms=5").postpones());
    CHECK(FaultSpec::parse("fin:ms=5").postpones());
    CHECK_FALSE(FaultSpec::parse("fin").postpones());
    CHECK_FALSE(FaultSpec::parse("fin-before").postpones());
    CHECK_FALSE(FaultSpec::parse("delay-answers:ms=5").postpones());
}

} // namespace omen::fault_spec_test
