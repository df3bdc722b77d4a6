#pragma once

#include "client/feeds/drop_copy_feed.hpp"
#include "core/error.hpp"
#include "protocol/gateway/messages.hpp"
#include "sim/connection.hpp"
#include "sim/random.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace omen::sim {

class DropCopyWorld;
class Link;

/// A process that follows a drop-copy, as `stream drop-copy` does: it reads what has arrived, prints what the feed
/// says, and before it waits for more it writes out what it has printed, and then its cursor.
class DropCopyProcess final : public Client {
  public:
    DropCopyProcess(DropCopyWorld& world, unsigned number, std::optional<std::uint64_t> last);

    void on_message(const std::string& bytes) override;
    void on_end(SessionEnd how, const std::string& why) override;
    bool is_over() const { return stage_ == Stage::over; }

  private:
    enum class Stage { waiting, authenticating, subscribing, following, settling, over };
    struct State {};
    using Line = std::variant<gw::Execution, gw::DropCopyGap, State>;

    void act_soon();
    void act() noexcept;
    void act_or_die();
    void connect();
    void reconnect();
    template <class Command> void send(Command command);
    void take(const gw::ServerMessage& message);
    void begin_session(const gw::Authenticated& authenticated);
    void take(const gw::Execution& execution);
    void settle();
    void state_arrived();
    void print(Line line);
    void flush();
    void write(const Line& line);
    void commit();
    void step();
    void end();

    DropCopyWorld& world_;
    unsigned number_;
    Random random_;
    DropCopyFeed feed_;
    Stage stage_ = Stage::waiting;
    Link* link_ = nullptr;
    bool will_act_ = false;
    bool has_ended_ = false; ///< the connection
    std::deque<gw::ServerMessage> inbox_;
    std::deque<gw::ServerMessage> kept_; ///< what came while the state was awaited
    unsigned states_ = 0;                ///< parts of the state that have arrived
    std::uint64_t last_id_ = 0;
    std::string wallet_;
    std::vector<Line> printed_; ///< and not written out yet
    unsigned steps_ = 0;
};

} // namespace omen::sim
