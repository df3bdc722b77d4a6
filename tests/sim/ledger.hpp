#pragma once

#include "client/trading/engine.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace omen::sim {

/// A command's way to the exchange, each time that it left.
struct Sent {
    std::size_t line = 0;
    unsigned session = 0;
    std::uint64_t id = 0;
    unsigned run = 0; ///< of the exchange
    trading::Instant at{};
    std::optional<Clock::time_point> handled{};
    bool accepted = false;   ///< the exchange did it
    std::size_t effects = 0; ///< of a cancel_all: how many orders it cancelled
    std::optional<OrderId> order_id{};
    std::vector<OrderId> open_before{}; ///< of a cancel_all: what was open when it left
};

/// One request, and all that is known of it on the client's side.
struct Line {
    std::size_t number = 0; ///< from 1
    trading::Request request;
    std::string content; ///< on the wire, under the id 0
    bool minted = false;
    bool intended = false;
    bool may_resend = false; ///< its answer was `unauthenticated`
    std::string entry{};     ///< the last one
    unsigned entries = 0;
    std::deque<Sent> sent{};
    std::optional<trading::Result> result{};
    Clock::time_point reported_at{};
    std::shared_ptr<SessionFacts> facts{};   ///< of the session that it left in last
    std::optional<JournalOutcome> outcome{}; ///< as the journal has it
    bool is_hidden = false;                  ///< the exchange has begun anew, and nothing showed it
};

/// Whether the journal says of a command what its result says.
bool agrees(const trading::Result& result, const JournalOutcome& told);

/// What the client does, written down and held against what an engine must never do.
class Ledger {
  public:
    using Fail = std::function<void(const std::string&)>;

    Ledger(bool has_journal, Fail fail) : has_journal_(has_journal), fail_(std::move(fail)) {}

    /// Returns its number, from 1.
    std::size_t submitted(const trading::Request& request, bool minted);
    /// Takes the entries' names, or gives them. Returns them.
    std::vector<std::string> intended(const std::vector<gw::TradingCommand>& commands,
                                      std::vector<std::string> entries = {});
    /// A command leaves; nothing where it is no command that was asked for.
    Sent* leaves(const trading::Request& message, std::uint64_t id, unsigned session, unsigned run,
                 trading::Instant now, const std::shared_ptr<SessionFacts>& facts);
    /// Nothing of it has left.
    void stays(Sent* sent);
    /// The gateway did not know the session yet.
    void may_resend(unsigned session, std::uint64_t id);
    /// Returns its line; nothing where there is none.
    Line* reported(trading::Result&& result, Clock::time_point now);
    void settled(const std::string& entry, JournalOutcome&& outcome);
    /// Everything that was submitted has had its result.
    void check_complete() const;

    const std::deque<Line>& lines() const { return lines_; }
    Line& at(std::size_t line) { return lines_.at(line - 1); }

  private:
    template <class Fits> Line* find(const std::string& content, Fits fits);
    void tell_apart(Line& line);

    bool has_journal_;
    Fail fail_;
    std::deque<Line> lines_;
};

/// What identifies a request: its bytes without the id of a session.
std::string content_of(trading::Request request);

} // namespace omen::sim
