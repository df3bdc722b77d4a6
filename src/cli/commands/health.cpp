#include "cli/context/command.hpp"
#include "cli/output/views.hpp"
#include "client/session/ping.hpp"

#include <CLI/CLI.hpp>

namespace omen {

namespace {

constexpr std::string_view health_columns[] = {"check", "ok", "detail", "round_trip_ms"};

/// One question to the exchange and its answer.
struct Check {
    std::string check;
    bool ok = false;
    std::optional<std::string> detail;
    std::optional<Decimal> round_trip_ms;

    static constexpr auto declaration() {
        return wire::record("check", wire::field("check", &Check::check), wire::field("ok", &Check::ok),
                            wire::field("detail", &Check::detail), wire::field("round_trip_ms", &Check::round_trip_ms));
    }
};

class Checks {
  public:
    /// Runs one check; an Error is its answer, and its exit code is remembered.
    void add(const std::string& name, const std::function<void(Check&)>& run) {
        Check check{.check = name, .ok = true, .detail = {}, .round_trip_ms = {}};
        try {
            run(check);
        } catch (const Error& error) {
            check.ok = false;
            check.detail = error.what();
            exit_ = more_serious(exit_, error.exit_code());
        }
        list_.push_back(std::move(check));
    }
    void add(Check check) {
        if (!check.ok) exit_ = more_serious(exit_, Exit::unreachable);
        list_.push_back(std::move(check));
    }

    const std::vector<Check>& list() const { return list_; }
    Exit exit() const { return exit_; }

  private:
    std::vector<Check> list_;
    Exit exit_ = Exit::done;
};

Exit run_health(Context& context) {
    Checks checks;
    checks.add("rest liveness", [&](Check& check) { check.detail = context.sessions.rest().health().status; });
    rest::ReadinessResponse readiness;
    checks.add("rest readiness", [&](Check& check) {
        readiness = context.sessions.rest().readiness();
        check.detail = readiness.ready ? "ready" : "not ready";
        if (!readiness.ready) throw Error(Fault::unreachable, "not ready");
    });
    // A market of which it is not said is as ready as the whole.
    for (const auto& market : readiness.markets.value_or(std::vector<rest::ReadinessMarketCheck>()))
        checks.add(
            Check{.check = "market " + context.sessions.markets().symbol_of(market.market_id).value_or("(unnamed)"),
                  .ok = market.ready.value_or(readiness.ready),
                  .detail = market.reason,
                  .round_trip_ms = {}});
    checks.add("gateway ping", [&](Check& check) {
        check.round_trip_ms = ping_gateway(context.settings.environment().gateway, context.sessions.deadline(),
                                           context.sessions.socket());
    });
    checks.add("market data ping", [&](Check& check) {
        check.round_trip_ms = ping_market_data(context.settings.environment().market_data, context.sessions.deadline(),
                                               context.sessions.socket());
    });
    context.console.output().list(checks.list(), health_columns);
    return checks.exit();
}

} // namespace

void add_health(CLI::App&, Run& run) {
    run = {run_health, field_names<Check>};
}

} // namespace omen
