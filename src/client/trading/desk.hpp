#pragma once

#include "client/journal/journal.hpp"
#include "client/trading/engine.hpp"
#include "client/trading/look_up.hpp"
#include "transport/websocket.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <poll.h>
#include <span>
#include <string>

namespace omen {

/// The one loop that obeys the trading engine: its socket, its journal, its look-ups, its clock. It decides nothing.
class Desk {
  public:
    /// How to reach the exchange as one account.
    struct Access {
        std::function<WebSocket(Deadline)> connect; ///< Errors: unreachable, credentials, usage
        std::function<Gateway(Deadline)> reader;    ///< a session of its own, not connected yet
        std::function<std::string()> token;         ///< the bearer token itself, for the wire
        std::function<std::string()> identity;      ///< whose it is, for the journal
        std::function<bool()> renew_token;          ///< false: there is no newer one to be expected
        /// What orders must pass; null: nothing. Errors: those of Gate.
        std::function<std::shared_ptr<const Gate>()> gate;
        /// The side of a book that an order would meet, best first.
        std::function<std::vector<Level>(const MarketId&, Side)> opposite;
    };
    struct Options {
        trading::Engine::Options engine{};
        Journal* journal = nullptr; ///< none: nothing is written down
        /// Otherwise it does as if none had come until there are two: what it does is what is promised after a signal.
        bool heeds_first_signal = true;
        Access access;
        std::function<void(const std::string&)> note; ///< told what is worth knowing beside the results
        std::function<void(trading::Result&&)> on_result;
    };

    explicit Desk(Options options);
    ~Desk();
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    /// Opens a session before there is anything to send. Errors: those of `connect`, and of a refused `auth`.
    void open();
    /// Takes a request; it leaves with the next turn() that may send it. A command that is too large for the exchange
    /// is a refused_locally Error. Of an order whose client order id is not a new one of ours the journal is asked
    /// first. Errors: those of `gate`, for an order or an amend.
    void submit(std::uint64_t line, trading::Request request, trading::Handling handling = {});
    /// Does what there is to do, or waits for it: until the deadline, or until one of these descriptors is ready.
    void turn(Deadline deadline, std::span<const pollfd> wake = {});
    /// Turns until every request has its result.
    void finish();

    bool takes_input() const { return engine_.takes_input(Clock::now()); }
    std::size_t unfinished() const { return engine_.unfinished(); }
    /// The signal that came meanwhile: what was outstanding was found out all the same.
    std::optional<int> signal() const { return engine_.signal(); }

  private:
    void feed(trading::Event event);
    void obey();
    void perform(trading::action::Open&& open);
    void perform(trading::action::WriteIntents&& intents);
    void perform(trading::action::SessionKnown&& session);
    void perform(trading::action::Send&& send);
    void perform(trading::action::Reset&& reset);
    void perform(trading::action::LookUp&& question);
    void perform(trading::action::CutLookUp&& cut);
    void perform(trading::action::ReadBook&& read);
    void perform(trading::action::Report&& report);
    void perform(trading::action::WriteOutcome&& outcome);
    void perform(trading::action::Note&& note);
    void perform(trading::action::Refused&& refused);

    std::shared_ptr<const Gate> gate_for(const trading::Request& request, const trading::Handling& handling) const;
    EarlierOrders earlier_orders(const ClientOrderId& id);
    void wait(Deadline deadline, std::span<const pollfd> wake);
    void read_arrived();
    bool receive(Deadline deadline, std::span<const pollfd> wake);
    void read_look_up();
    void on_signal();
    void on_disconnected(const Disconnected& reason);
    void write_outcomes();
    void flush();
    std::string bytes_of(trading::action::Send::Message& message);

    Options options_;
    trading::Engine engine_;
    std::deque<trading::Action> to_do_;
    std::optional<WebSocket> socket_;
    std::unique_ptr<LookUp> look_up_;
    std::optional<Error> refused_;
    std::optional<std::string> identity_; ///< of the token as it was when it was last used
    int signals_ = 0;                     ///< that came meanwhile
    bool has_outcomes_ = false;           ///< for the journal
};

} // namespace omen
