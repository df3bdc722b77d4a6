#pragma once

#include "client/trading/engine.hpp"
#include "client/trading/reading.hpp"
#include "sim/connection.hpp"

#include <functional>
#include <optional>
#include <string>

namespace omen::sim {

class World;

/// A look-up, as the real one goes: a session of its own, the open orders, then a replay, read until it has ended,
/// pauses for too long or the time is over.
class LookUp final : public Client {
  public:
    using Done = std::function<void(trading::Event)>;

    LookUp(World& world, trading::action::LookUp question, Done done);
    ~LookUp() override;
    LookUp(const LookUp&) = delete;
    LookUp& operator=(const LookUp&) = delete;

    void on_message(const std::string& bytes) override;
    void on_end(SessionEnd how, const std::string& why) override;

  private:
    enum class Stage { connecting, authenticating, orders, subscribing, replay, over };

    template <class What> void later(Clock::duration duration, What what);
    void begin();
    void take(const gw::ServerMessage& message);
    void wait_for_more();
    void ask_for_replay();
    void fail(const Error& error);
    void finish();
    template <class Command> void send(Command command);

    World& world_;
    trading::action::LookUp question_;
    Done done_;
    Connection* connection_ = nullptr;
    Stage stage_ = Stage::connecting;
    Clock::time_point began_;
    std::uint64_t last_id_ = 0;
    std::optional<Reading> reading_;
    std::shared_ptr<std::uint64_t> waits_ =
        std::make_shared<std::uint64_t>(0); ///< what waits for an older count is void
};

} // namespace omen::sim
