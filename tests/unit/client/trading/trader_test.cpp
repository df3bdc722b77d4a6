// Orders, cancels and amends through a Trader, as dialogues with a scripted exchange: we send this, it answers that or
// nothing, and then this is the outcome. The first connection is the command's; the next ones are look-ups.

#include "client/trading/trader.hpp"
#include "core/error.hpp"
#include "support/catch.hpp"
#include "support/gateway_script.hpp"
#include "support/handled_signals.hpp"
#include "support/temporary_directory.hpp"
#include "system/signals.hpp"

#include <atomic>
#include <csignal>
#include <thread>
#include <unistd.h>

namespace omen::trader_test {

using namespace omen::literals;
using test::accept_auth;
using test::error_of;
using test::execution;
using test::read_command;
using test::Records;
using test::reply;
using test::ScriptedConnection;
using test::ScriptedServer;
using test::state;
using test::telling;

namespace {

const gw::Order an_order{.client_order_id = {"c-1"}, .market_id = MarketId(1), .price = 100_d, .size = 2_d};
const Records found{.open = {state(an_order)}};
const Records absent{};

using Answer = std::function<void(ScriptedConnection&, std::uint64_t id)>;

void close_session(ScriptedConnection& client, std::uint64_t) {
    client.close(1012);
}
void reset_connection(ScriptedConnection& client, std::uint64_t) {
    client.reset();
}
void send_garbage(ScriptedConnection& client, std::uint64_t) {
    client.write("\xc1");
    client.wait_until_closed();
}
void stay_silent(ScriptedConnection& client, std::uint64_t) {
    client.wait_until_closed();
}
void answer_internal(ScriptedConnection& client, std::uint64_t id) {
    reply(client, gw::ErrorReply{.id = id, .code = "internal", .message = "oops", .retry_after_ms = {}});
    client.wait_until_closed();
}

/// A session in which one order arrives.
ScriptedServer::Script answering(Answer answer) {
    return [answer](ScriptedConnection& client) {
        accept_auth(client);
        const auto order = read_command<gw::Order>(client);
        if (order.client_order_id.value != "c-1") throw std::runtime_error("another order");
        answer(client, order.id);
    };
}

/// A Trader at a scripted exchange, with a journal.
struct Desk {
    explicit Desk(std::vector<ScriptedServer::Script> scripts, Milliseconds time = Milliseconds(1000))
        : server(std::move(scripts)),
          deadline(Deadline::after(time)),
          gateway(test::gateway_to(server, deadline)),
          trader(gateway, {.deadline = deadline,
                           .journal = &journal,
                           .new_gateway = [this](Deadline step) { return test::gateway_to(server, step); },
                           .note = [this](const std::string& note) { notes.push_back(note); }}) {}

    JournalEntry entry() const {
        const auto entries = journal.read().entries;
        REQUIRE(entries.size() == 1);
        return entries[0];
    }

    test::TemporaryDirectory directory;
    ScriptedServer server;
    Journal journal{directory.path(), Url::parse("ws://x/"), Journal::Sync::no};
    Deadline deadline;
    Gateway gateway;
    std::vector<std::string> notes{};
    Trader trader;
};

/// The outcome of an order whose answer is lost like this, where the records are these.
Exit outcome_with(const Answer& loss, const Records& records) {
    Desk desk({answering(loss), telling(records), telling(records)});
    auto exit = Exit::done;
    try {
        const auto accepted = desk.trader.call(an_order);
        CHECK(accepted.order_id == OrderId{"o-c-1"});
        CHECK(desk.notes.size() == 1);
    } catch (const Error& error) {
        exit = error.exit_code();
        CHECK(error.detail().client_order_id == "c-1");
    }
    CHECK(desk.server.connections() == 2);
    const auto outcome = desk.entry().outcome;
    CHECK(outcome == (exit == Exit::done          ? "done"
                      : exit == Exit::unreachable ? "not_executed"
                      : exit == Exit::refused     ? "refused"
                                                  : "unknown"));
    return exit;
}

} // namespace

TEST_CASE("an order that is answered: its outcome is in the journal, and nothing is looked up") {
    Desk desk({[](ScriptedConnection& client) {
        accept_auth(client);
        reply(client, test::accepted(read_command<gw::Order>(client)));
    }});
    CHECK(desk.trader.call(an_order).status == OrderStatus::open);
    CHECK(desk.server.connections() == 1);
    CHECK(desk.entry().outcome == "done");
    CHECK(desk.entry().order_id == OrderId{"o-c-1"});
    CHECK(desk.entry().status == "open");
    CHECK(desk.notes.empty());
}

TEST_CASE("a refused order is refused in the journal, with the code") {
    Desk desk({[](ScriptedConnection& client) {
        accept_auth(client);
        reply(client, gw::OrderRejected{.id = read_command<gw::Order>(client).id,
                                        .client_order_id = ClientOrderId{"c-1"},
                                        .code = "would_cross",
                                        .message = "no"});
    }});
    CHECK(error_of([&] { desk.trader.call(an_order); }).exit_code() == Exit::refused);
    CHECK(desk.entry().outcome == "refused");
    CHECK(desk.entry().code == "would_cross");
}

TEST_CASE("the journal has an order before it leaves") {
    std::atomic<bool> written = false;
    Desk* desk = nullptr;
    Desk one({[&](ScriptedConnection& client) {
        accept_auth(client);
        const auto order = read_command<gw::Order>(client);
        written = desk->journal.read().entries.size() == 1;
        reply(client, test::accepted(order));
    }});
    desk = &one;
    one.trader.call(an_order);
    CHECK(written);
}

TEST_CASE("a lost answer whose order is found: it was executed, however the answer was lost") {
    for (const auto& loss : {close_session, reset_connection, send_garbage, stay_silent, answer_internal})
        CHECK(outcome_with(loss, found) == Exit::done);
    const Records ended{.executions = {execution(1, ExecutionEvent::accepted, state(an_order)),
                                       execution(2, ExecutionEvent::filled, state(an_order, OrderStatus::filled))}};
    CHECK(outcome_with(close_session, ended) == Exit::done);
    CHECK(outcome_with(stay_silent, ended) == Exit::done);
}

TEST_CASE("a lost answer whose order is absent: surely not executed only where the exchange closed the session") {
    CHECK(outcome_with(close_session, absent) == Exit::unreachable);
    for (const auto& loss : {reset_connection, send_garbage, stay_silent, answer_internal})
        CHECK(outcome_with(loss, absent) == Exit::outcome_unknown);
    CHECK(outcome_with(close_session, {.executions = {}, .oldest = 7}) == Exit::outcome_unknown);
}

TEST_CASE("a lost answer whose order was rejected, or whose id an older order has: refused") {
    const Records rejected{
        .executions = {execution(1, ExecutionEvent::rejected, state(an_order, OrderStatus::rejected))}};
    CHECK(outcome_with(close_session, rejected) == Exit::refused);
    auto older = an_order;
    older.size = 1_d;
    CHECK(outcome_with(close_session, {.open = {state(older)},
                                       .executions = {execution(1, ExecutionEvent::accepted, state(older))}}) ==
          Exit::refused);
}

TEST_CASE("a look-up that fails is tried again in another session") {
    Desk desk({answering(close_session), [](ScriptedConnection& client) { client.reset(); },
               [](ScriptedConnection& client) { client.read(); }, telling(found)});
    CHECK(desk.trader.call(an_order).order_id == OrderId{"o-c-1"});
    CHECK(desk.server.connections() == 4);
}

TEST_CASE("a look-up that can't be made leaves the outcome unknown, in time, and says why") {
    Desk desk({answering(close_session)}, Milliseconds(500));
    const auto began = Clock::now();
    const auto error = error_of([&] { desk.trader.call(an_order); });
    CHECK(error.exit_code() == Exit::outcome_unknown);
    CHECK(std::string(error.what()).find("it could not be looked up") != std::string::npos);
    CHECK(error.detail().hint == "check with: omenctl orders --client-id c-1");
    CHECK(Clock::now() - began < Milliseconds(1500));
    CHECK(is_unresolved(desk.entry()));
}

TEST_CASE("nobody there: nothing was sent, and nothing is in the journal") {
    test::TemporaryDirectory directory;
    Journal journal(directory.path(), Url::parse("ws://x/"), Journal::Sync::no);
    const auto deadline = Deadline::after(Milliseconds(1000));
    Gateway gateway(Url::parse("ws://127.0.0.1:" + std::to_string(test::unused_port())), test::good_token(),
                    {.deadline = deadline});
    Trader trader(gateway, {.deadline = deadline, .journal = &journal});
    CHECK(error_of([&] { trader.call(an_order); }).exit_code() == Exit::unreachable);
    CHECK(journal.read().entries.empty());
}

TEST_CASE("what can't be written to the journal is not sent") {
    test::TemporaryDirectory directory;
    directory.write("journal", "");
    Journal journal(directory.path("journal"), Url::parse("ws://x/"), Journal::Sync::no);
    ScriptedServer server([](ScriptedConnection& client) { throw std::runtime_error("sent: " + client.read()); });
    const auto deadline = Deadline::after(Milliseconds(1000));
    auto gateway = test::gateway_to(server, deadline);
    Trader trader(gateway, {.deadline = deadline, .journal = &journal});
    CHECK(error_of([&] { trader.call(an_order); }).exit_code() == Exit::usage);
}

TEST_CASE("several outstanding when the session is closed are resolved by one look-up") {
    const gw::Cancel first{.client_order_id = ClientOrderId{"c-1"}};
    const gw::Cancel second{.client_order_id = ClientOrderId{"c-2"}};
    auto another = an_order;
    another.client_order_id = {"c-2"};
    Desk desk(
        {[](ScriptedConnection& client) {
             accept_auth(client);
             read_command<gw::Cancel>(client);
             read_command<gw::Cancel>(client);
             client.close(1012);
         },
         telling({.open = {state(another)},
                  .executions = {execution(1, ExecutionEvent::accepted, state(an_order)),
                                 execution(2, ExecutionEvent::cancelled, state(an_order, OrderStatus::cancelled))}})});
    auto one = desk.trader.post(first);
    auto two = desk.trader.post(second);
    CHECK(desk.trader.await(std::move(one)).remaining_size == 2_d);
    CHECK(error_of([&] { desk.trader.await(std::move(two)); }).detail().code == "not_executed");
    CHECK(desk.server.connections() == 2);
}

TEST_CASE("of more than the exchange takes at once, the next one leaves when the first is answered") {
    Desk desk({[](ScriptedConnection& client) {
        accept_auth(client);
        const auto cancel = [&] { return read_command<gw::Cancel>(client).id; };
        const auto answer = [&](std::uint64_t id) {
            reply(client, gw::CancelAccepted{.id = id,
                                             .order_id = OrderId{"x"},
                                             .client_order_id = ClientOrderId{"c-1"},
                                             .remaining_size = 1_d});
        };
        const auto first = cancel();
        for (int n = 2; n <= 50; ++n) cancel();
        answer(first);
        answer(cancel());
        client.wait_until_closed();
    }});
    std::vector<Sent<gw::Cancel>> sent;
    for (int n = 1; n <= 51; ++n) sent.push_back(desk.trader.post(gw::Cancel{.order_id = OrderId{"x"}}));
    CHECK(desk.trader.await(std::move(sent.front())).remaining_size == 1_d);
    CHECK(desk.trader.await(std::move(sent.back())).remaining_size == 1_d);
}

TEST_CASE("where nothing is answered, no more leaves, and there is time left to find out what became of the rest") {
    Desk desk(
        {[](ScriptedConnection& client) {
             accept_auth(client);
             client.wait_until_closed();
         },
         telling({.executions = {execution(1, ExecutionEvent::accepted, state(an_order)),
                                 execution(2, ExecutionEvent::cancelled, state(an_order, OrderStatus::cancelled))}})});
    std::vector<Sent<gw::Cancel>> sent;
    for (int n = 1; n <= 50; ++n) sent.push_back(desk.trader.post(gw::Cancel{.client_order_id = ClientOrderId{"c-1"}}));
    CHECK(error_of([&] { desk.trader.post(gw::Cancel{.client_order_id = ClientOrderId{"c-2"}}); }).detail().code ==
          "not_sent");
    CHECK(desk.trader.await(std::move(sent.front())).remaining_size == 2_d);
}

TEST_CASE("one look-up serves all whose execution it shows; the others are looked up anew while the session goes on") {
    const auto order = [](int n) {
        auto one = an_order;
        one.client_order_id = {"c-" + std::to_string(n)};
        return one;
    };
    const auto cancelled = [&](std::uint64_t sequence, int n) {
        return execution(sequence, ExecutionEvent::cancelled, state(order(n), OrderStatus::cancelled));
    };
    Desk desk({[](ScriptedConnection& client) {
                   accept_auth(client);
                   for (int n = 1; n <= 3; ++n) read_command<gw::Cancel>(client);
                   client.wait_until_closed();
               },
               telling({.open = {state(order(3))}, .executions = {cancelled(1, 1), cancelled(2, 2)}}),
               telling({.executions = {cancelled(1, 1), cancelled(2, 2), cancelled(3, 3)}})});
    std::vector<Sent<gw::Cancel>> sent;
    for (int n = 1; n <= 3; ++n)
        sent.push_back(desk.trader.post(gw::Cancel{.client_order_id = order(n).client_order_id}));
    for (auto& one : sent) CHECK(desk.trader.await(std::move(one)).remaining_size == 2_d);
    CHECK(desk.server.connections() == 3);
}

TEST_CASE("a look-up from before a session ended tells nothing of what came after it") {
    auto second = an_order;
    second.client_order_id = {"c-2"};
    Desk desk({[](ScriptedConnection& client) {
                   accept_auth(client);
                   const auto order = read_command<gw::Order>(client);
                   read_command<gw::Order>(client);
                   reply(client,
                         gw::ErrorReply{.id = order.id, .code = "internal", .message = "oops", .retry_after_ms = {}});
                   ::usleep(200'000);
                   client.close(1012);
               },
               telling(found), telling({.open = {state(an_order), state(second)}})});
    auto one = desk.trader.post(an_order);
    auto two = desk.trader.post(second);
    desk.trader.await(std::move(one));
    CHECK(desk.trader.await(std::move(two)).order_id == OrderId{"o-c-2"});
    CHECK(desk.server.connections() == 3);
}

TEST_CASE("an amend and a cancel-all are resolved, too") {
    auto amended = state(an_order);
    amended.price = 101_d;
    Desk amend({[](ScriptedConnection& client) {
                    accept_auth(client);
                    read_command<gw::Amend>(client);
                    client.close(1012);
                },
                telling({.open = {amended}})});
    const auto reply_to_amend = amend.trader.call(gw::Amend{.order_id = OrderId{"o-c-1"}, .price = 101_d});
    CHECK(reply_to_amend.price == 101_d);
    CHECK_FALSE(reply_to_amend.kept_priority.has_value());

    Desk all({[](ScriptedConnection& client) {
                  accept_auth(client);
                  read_command<gw::CancelAll>(client);
                  client.close(1012);
              },
              telling(absent)});
    CHECK_NOTHROW(all.trader.call(gw::CancelAll{}));
}

TEST_CASE("a signal while an answer is outstanding: the answer that still comes is the outcome") {
    const test::HandledSignals handled;
    Desk desk({[](ScriptedConnection& client) {
                  accept_auth(client);
                  const auto order = read_command<gw::Order>(client);
                  ::kill(::getpid(), SIGINT);
                  ::usleep(200'000);
                  reply(client, test::accepted(order));
              }},
              Milliseconds(10'000));
    CHECK(desk.trader.call(an_order).order_id == OrderId{"o-c-1"});
    CHECK(desk.trader.interrupted() == SIGINT);
    CHECK(desk.entry().outcome == "done");
}

TEST_CASE("a signal while an answer is outstanding that never comes: looked up, within two seconds") {
    const test::HandledSignals handled;
    for (const auto& records : {found, absent}) {
        Desk desk({[](ScriptedConnection& client) {
                       accept_auth(client);
                       read_command<gw::Order>(client);
                       ::kill(::getpid(), SIGTERM);
                       client.wait_until_closed();
                   },
                   telling(records)},
                  Milliseconds(60'000));
        const auto began = Clock::now();
        auto exit = Exit::done;
        try {
            desk.trader.call(an_order);
        } catch (const Error& error) {
            exit = error.exit_code();
        }
        CHECK(exit == (records.open.empty() ? Exit::outcome_unknown : Exit::done));
        CHECK(desk.trader.interrupted() == SIGTERM);
        CHECK(Clock::now() - began < Milliseconds(2500));
    }
}

TEST_CASE("a signal while the outcome is looked up leaves it two seconds, a second one none") {
    const test::HandledSignals handled;
    Desk once({answering(close_session),
               [](ScriptedConnection& client) {
                   ::kill(::getpid(), SIGINT);
                   ::usleep(100'000);
                   client.reset();
               },
               telling(found)},
              Milliseconds(60'000));
    CHECK(once.trader.call(an_order).order_id == OrderId{"o-c-1"});
    CHECK(once.trader.interrupted() == SIGINT);
    signals::clear();

    const auto kill_and_stall = [](ScriptedConnection& client) {
        ::kill(::getpid(), SIGINT);
        client.wait_until_closed();
    };
    Desk twice({answering(close_session), kill_and_stall, kill_and_stall}, Milliseconds(60'000));
    const auto began = Clock::now();
    CHECK(error_of([&] { twice.trader.call(an_order); }).exit_code() == Exit::outcome_unknown);
    CHECK(Clock::now() - began < Milliseconds(1500));
    CHECK(is_unresolved(twice.entry()));
}

} // namespace omen::trader_test
