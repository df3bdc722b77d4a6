// A batch's engine, as dialogues with a scripted exchange: any number of commands are in flight, and each has one true
// result in the end.

#include "client/trading/pipeline.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/gateway_script.hpp"
#include "support/handled_signals.hpp"
#include "support/temporary_directory.hpp"
#include "system/signals.hpp"

#include <csignal>
#include <unistd.h>

namespace omen::pipeline_test {

using namespace omen::literals;
using test::accept_auth;
using test::execution;
using test::read_command;
using test::Records;
using test::reply;
using test::ScriptedConnection;
using test::ScriptedServer;
using test::state;
using test::telling;

namespace {

gw::Order order(const std::string& id) {
    return {.client_order_id = {id}, .market_id = MarketId(1), .price = 100_d, .size = 2_d};
}

/// A Pipeline at a scripted exchange, with a journal.
struct Desk {
    explicit Desk(std::vector<ScriptedServer::Script> scripts, std::optional<Milliseconds> follow_for = {},
                  Milliseconds timeout = Milliseconds(1000))
        : server(std::move(scripts)),
          pipeline({.timeout = timeout,
                    .journal = &journal,
                    .follow_for = follow_for,
                    .new_gateway = [this](Deadline step) { return test::gateway_to(server, step); },
                    .note = [this](const std::string& note) { notes.push_back(note); },
                    .on_result = [this](Pipeline::Result&& result) { results.push_back(std::move(result)); }}) {}

    void submit(std::initializer_list<Pipeline::Command> commands) {
        std::uint64_t line = 0;
        for (const auto& command : commands) pipeline.submit(++line, command);
    }
    /// Receives until every result is there.
    void finish() {
        const auto end = Deadline::after(Milliseconds(10'000));
        while (pipeline.unfinished() > 0 && !end.passed()) pipeline.receive(end);
        CHECK(pipeline.unfinished() == 0);
    }
    /// The one result of a line, as an exit code.
    Exit exit(std::uint64_t line) const {
        std::optional<Exit> exit;
        for (const auto& result : results) {
            if (result.line != line) continue;
            CHECK_FALSE(exit.has_value());
            const auto* error = std::get_if<Error>(&result.outcome);
            exit = error == nullptr ? Exit::done : error->exit_code();
        }
        REQUIRE(exit.has_value());
        return *exit;
    }
    std::vector<std::string> journalled() const {
        std::vector<std::string> outcomes;
        for (const auto& entry : journal.read().entries) outcomes.push_back(entry.outcome.value_or("none"));
        return outcomes;
    }

    test::TemporaryDirectory directory;
    ScriptedServer server;
    Journal journal{directory.path(), Url::parse("ws://x/"), Journal::Sync::no};
    std::vector<std::string> notes{};
    std::vector<Pipeline::Result> results{};
    Pipeline pipeline;
};

/// Reads so many orders, each but once.
std::vector<gw::Order> read_orders(ScriptedConnection& client, std::size_t count) {
    std::vector<gw::Order> orders;
    while (orders.size() < count) orders.push_back(read_command<gw::Order>(client));
    return orders;
}

/// A session in which three orders arrive; the first is answered, and this becomes of the others.
ScriptedServer::Script losing(std::function<void(ScriptedConnection&, const std::vector<gw::Order>&)> lose) {
    return [lose](ScriptedConnection& client) {
        accept_auth(client);
        const auto orders = read_orders(client, 3);
        reply(client, test::accepted(orders[0]));
        lose(client, orders);
    };
}

} // namespace

TEST_CASE("commands are in flight together, and each has its own result, in the order of the answers") {
    Desk desk({[](ScriptedConnection& client) {
        accept_auth(client);
        const auto first = read_command<gw::Order>(client);
        const auto cancel = read_command<gw::Cancel>(client);
        const auto amend = read_command<gw::Amend>(client);
        const auto all = read_command<gw::CancelAll>(client);
        reply(client, gw::CancelledAll{.id = all.id, .order_ids = std::vector<OrderId>{{"o-1"}}});
        reply(client,
              gw::AmendRejected{
                  .id = amend.id, .order_id = {}, .client_order_id = {}, .code = "invalid_size", .message = "no"});
        reply(client,
              gw::CancelRejected{
                  .id = cancel.id, .order_id = {}, .client_order_id = {}, .code = "unknown_order", .message = "no"});
        reply(client, test::accepted(first));
        client.wait_until_closed();
    }});
    desk.submit({order("a"), gw::Cancel{.order_id = OrderId{"x"}}, gw::Amend{.order_id = OrderId{"y"}, .size = 1_d},
                 gw::CancelAll{}});
    CHECK(desk.pipeline.unfinished() == 4);
    desk.finish();
    CHECK(desk.exit(1) == Exit::done);
    CHECK(desk.exit(2) == Exit::not_found);
    CHECK(desk.exit(3) == Exit::refused);
    CHECK(desk.exit(4) == Exit::done);
    CHECK(desk.results[0].line == 4);
    CHECK(desk.journalled() == std::vector<std::string>{"done", "refused", "refused", "done"});
    CHECK(desk.server.connections() == 1);
}

TEST_CASE("a session that the exchange closes: one look-up tells of everything that was outstanding") {
    Desk desk({losing([](ScriptedConnection& client, const auto&) { client.close(1012); }),
               telling({.open = {state(order("b"))}})});
    desk.submit({order("a"), order("b"), order("c")});
    desk.finish();
    CHECK(desk.exit(1) == Exit::done);
    CHECK(desk.exit(2) == Exit::done);
    CHECK(desk.exit(3) == Exit::unreachable);
    CHECK(desk.journalled() == std::vector<std::string>{"done", "done", "not_executed"});
    CHECK(desk.server.connections() == 2);
}

TEST_CASE("a connection that breaks: what is not on record may still be executed") {
    Desk desk({losing([](ScriptedConnection& client, const auto&) {
                   ::usleep(100'000); // for the first answer to arrive
                   client.reset();
               }),
               telling({.open = {state(order("b"))}})});
    desk.submit({order("a"), order("b"), order("c")});
    desk.finish();
    CHECK(desk.exit(1) == Exit::done);
    CHECK(desk.exit(2) == Exit::done);
    CHECK(desk.exit(3) == Exit::outcome_unknown);
    CHECK(desk.journalled() == std::vector<std::string>{"done", "done", "unknown"});
}

TEST_CASE("an unreadable answer or none, or an internal failure, costs one command's answer and not the session") {
    const auto lose = GENERATE(0, 1, 2);
    Desk desk(
        {losing([lose](ScriptedConnection& client, const auto& orders) {
             if (lose == 0) client.write("\xc1");
             if (lose == 1)
                 reply(client,
                       gw::ErrorReply{.id = orders[1].id, .code = "internal", .message = "oops", .retry_after_ms = {}});
             reply(client, test::accepted(orders[2]));
             client.wait_until_closed();
         }),
         telling({.open = {state(order("b"))}})});
    desk.submit({order("a"), order("b"), order("c")});
    desk.finish();
    for (const std::uint64_t line : {1, 2, 3}) CHECK(desk.exit(line) == Exit::done);
    CHECK(desk.server.connections() == 2);
}

TEST_CASE("a look-up that can't be made: unknown, and the others' results are as they are") {
    Desk desk({losing([](ScriptedConnection& client, const auto&) { client.close(1012); })}, {}, Milliseconds(300));
    desk.submit({order("a"), order("b"), order("c")});
    desk.finish();
    CHECK(desk.exit(1) == Exit::done);
    CHECK(desk.exit(2) == Exit::outcome_unknown);
    CHECK(desk.exit(3) == Exit::outcome_unknown);
}

TEST_CASE("an answer that comes twice, or too late, is no second result") {
    Desk desk({[](ScriptedConnection& client) {
                   accept_auth(client);
                   const auto first = read_command<gw::Order>(client);
                   reply(client, test::accepted(first));
                   reply(client, test::accepted(first));
                   const auto second = read_command<gw::Order>(client);
                   ::usleep(800'000); // looked up meanwhile
                   reply(client, test::accepted(second));
                   reply(client, test::accepted(read_command<gw::Order>(client)));
                   client.wait_until_closed();
               },
               telling({.open = {state(order("b"))}})});
    desk.submit({order("a"), order("b")});
    desk.finish();
    desk.pipeline.submit(3, order("c"));
    desk.finish();
    CHECK(desk.results.size() == 3);
    for (const std::uint64_t line : {1, 2, 3}) CHECK(desk.exit(line) == Exit::done);
}

TEST_CASE("after a loss it goes on in another session, for which it waits a while") {
    Desk desk({[](ScriptedConnection& client) {
                   accept_auth(client);
                   read_command<gw::Order>(client);
                   client.close(1012);
               },
               telling({.open = {state(order("a"))}}), [](ScriptedConnection& client) { client.reset(); },
               [](ScriptedConnection& client) {
                   accept_auth(client);
                   reply(client, test::accepted(read_command<gw::Order>(client)));
                   client.wait_until_closed();
               }});
    desk.submit({order("a")});
    desk.finish();
    desk.pipeline.submit(2, order("b"));
    desk.finish();
    CHECK(desk.exit(1) == Exit::done);
    CHECK(desk.exit(2) == Exit::done);
    CHECK(desk.server.connections() == 4);
}

TEST_CASE("where no session can be had, a command is unreachable: it is not in the journal, and was not sent") {
    Desk desk({[](ScriptedConnection& client) { client.reset(); }});
    desk.submit({order("a")});
    CHECK(desk.exit(1) == Exit::unreachable);
    CHECK(desk.journalled().empty());
}

TEST_CASE("a line that can't be written to the journal is not sent") {
    Desk desk({[](ScriptedConnection& client) {
        accept_auth(client);
        throw std::runtime_error("sent: " + client.read());
    }});
    desk.pipeline.open();
    std::filesystem::remove_all(desk.directory.path());
    std::ofstream(desk.directory.path()) << "a file in its place";
    desk.submit({order("a")});
    desk.finish();
    CHECK(desk.exit(1) == Exit::usage);
}

TEST_CASE(
    "what was submitted counts against its limit: without an answer, no more leave than the exchange takes at once") {
    Desk desk({[](ScriptedConnection& client) {
        accept_auth(client);
        client.wait_until_closed();
    }});
    const Pipeline::Command cancel = gw::Cancel{.order_id = OrderId{"x"}};
    std::uint64_t sent = 0;
    while (desk.pipeline.wait(order("a")) == Clock::duration::zero() && sent < 100) {
        ++sent;
        desk.pipeline.submit(sent, order("n" + std::to_string(sent)));
    }
    CHECK(sent == 50);
    CHECK_FALSE(desk.pipeline.wait(order("a")));
    CHECK_FALSE(desk.pipeline.wait(gw::Amend{.order_id = OrderId{"x"}}));
    CHECK(desk.pipeline.wait(cancel) == Clock::duration::zero());
    desk.pipeline.receive(Deadline::after(Milliseconds(10)));
    CHECK_FALSE(desk.pipeline.wait(order("a")));
}

TEST_CASE("an order that is followed has its result when it has ended, or time is up") {
    Desk desk({[](ScriptedConnection& client) {
                  accept_auth(client);
                  const auto subscribe = read_command<gw::Subscribe>(client);
                  reply(client, gw::Subscribed{.id = subscribe.id, .channel = subscribe.channel, .sequence = 7});
                  const auto orders = read_orders(client, 3);
                  // The first one's end comes before its answer.
                  reply(client, execution(8, ExecutionEvent::accepted, state(orders[0])));
                  reply(client, execution(9, ExecutionEvent::filled, state(orders[0], OrderStatus::filled)));
                  for (const auto& one : orders) reply(client, test::accepted(one));
                  reply(client, execution(10, ExecutionEvent::cancelled, state(orders[1], OrderStatus::cancelled)));
                  client.wait_until_closed();
              }},
              Milliseconds(300));
    desk.submit({order("a"), order("b"), order("c")});
    desk.finish();
    REQUIRE(desk.results.size() == 3);
    CHECK(desk.results[0].ended->status == OrderStatus::filled);
    CHECK(desk.results[1].ended->status == OrderStatus::cancelled);
    CHECK_FALSE(desk.results[2].ended.has_value());
}

TEST_CASE("an order is followed on in another session, from the execution after the last one") {
    Desk desk({[](ScriptedConnection& client) {
                   accept_auth(client);
                   const auto subscribe = read_command<gw::Subscribe>(client);
                   reply(client, gw::Subscribed{.id = subscribe.id, .channel = subscribe.channel, .sequence = 7});
                   const auto one = read_command<gw::Order>(client);
                   reply(client, test::accepted(one));
                   reply(client, execution(8, ExecutionEvent::accepted, state(one)));
                   client.close(1012);
               },
               [](ScriptedConnection& client) {
                   accept_auth(client);
                   const auto subscribe = read_command<gw::Subscribe>(client);
                   if (subscribe.from_sequence != 9) throw std::runtime_error("from elsewhere");
                   reply(client, gw::Subscribed{.id = subscribe.id, .channel = subscribe.channel, .sequence = 9});
                   reply(client, execution(9, ExecutionEvent::filled, state(order("a"), OrderStatus::filled)));
                   client.wait_until_closed();
               }},
              Milliseconds(5000));
    desk.submit({order("a")});
    desk.finish();
    REQUIRE(desk.results.size() == 1);
    CHECK(desk.results[0].ended->status == OrderStatus::filled);
}

TEST_CASE("where executions are missing, the orders that are followed are looked up") {
    Desk desk({[](ScriptedConnection& client) {
                   accept_auth(client);
                   const auto subscribe = read_command<gw::Subscribe>(client);
                   reply(client, gw::Subscribed{.id = subscribe.id, .channel = subscribe.channel, .sequence = 7});
                   reply(client, test::accepted(read_command<gw::Order>(client)));
                   reply(client,
                         gw::DropCopyGap{
                             .wallet = "0x1", .requested_sequence = 8, .oldest_sequence = 20, .next_sequence = 20});
                   client.wait_until_closed();
               },
               telling({.executions = {execution(19, ExecutionEvent::filled, state(order("a"), OrderStatus::filled))},
                        .oldest = 19})},
              Milliseconds(5000));
    desk.submit({order("a")});
    desk.finish();
    REQUIRE(desk.results.size() == 1);
    CHECK(desk.results[0].ended->status == OrderStatus::filled);
}

TEST_CASE("a signal while outcomes are looked up: they are found out all the same, and it is thrown then") {
    const test::HandledSignals handled;
    Desk desk({losing([](ScriptedConnection& client, const auto&) { client.close(1012); }),
               [](ScriptedConnection& client) {
                   ::kill(::getpid(), SIGINT);
                   ::usleep(100'000);
                   client.reset();
               },
               telling({.open = {state(order("b")), state(order("c"))}})});
    desk.submit({order("a"), order("b"), order("c")});
    CHECK_THROWS_AS(desk.finish(), Interrupted);
    CHECK(desk.pipeline.unfinished() == 0);
    for (const std::uint64_t line : {1, 2, 3}) CHECK(desk.exit(line) == Exit::done);
}

TEST_CASE("what is abandoned has an unknown outcome; what has not left is not sent, and not in the journal") {
    Desk desk({[](ScriptedConnection& client) {
        accept_auth(client);
        client.wait_until_closed();
    }});
    desk.submit({order("a"), order("b")});
    desk.pipeline.receive(Deadline::at(Clock::now()));
    desk.pipeline.submit(3, order("c"));
    desk.pipeline.abandon("interrupted twice");
    CHECK(desk.pipeline.unfinished() == 0);
    CHECK(desk.exit(1) == Exit::outcome_unknown);
    CHECK(desk.exit(2) == Exit::outcome_unknown);
    CHECK(desk.exit(3) == Exit::unreachable);
    CHECK(desk.journalled() == std::vector<std::string>{"unknown", "unknown"});
}

} // namespace omen::pipeline_test
