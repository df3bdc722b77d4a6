#pragma once

#include "client/trading/engine.hpp"
#include "sim/connection.hpp"
#include "sim/look_up.hpp"
#include "sim/plan.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace omen::sim {

class World;

/// What carries out the engine's actions in a simulated process, in the order and with the duties of the real desk: it
/// blocks while it connects, and feeds all that has arrived before it feeds time.
class Desk final : public Client {
  public:
    explicit Desk(World& world);

    /// Does what there is to do now.
    void turn();
    /// When there may be something to do without anything arriving.
    Clock::time_point wakes_at() const;
    /// Everything was submitted, and has its result.
    bool is_done() const { return to_submit_.empty() && engine_.is_idle() && to_do_.empty(); }
    void signal(int number);
    void pause_until(Clock::time_point when) { paused_until_ = std::max(paused_until_, when); }
    /// The process ends.
    void leave();
    /// Since when it has been attentive: neither paused nor waiting for a connection. Nothing: it is not.
    std::optional<Clock::time_point> attentive_since() const;
    bool was_interrupted_twice() const { return signals_ > 1; }

    void on_message(const std::string& bytes) override { inbox_.push_back({bytes}); }
    void on_end(SessionEnd how, const std::string& why) override {
        inbox_.push_back({{}, trading::event::Ended{how, why}});
    }

  private:
    struct Arrived {
        std::string bytes{};
        std::optional<trading::event::Ended> end{};
    };
    bool is_held_up() const;
    void act();
    void submit_due();
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
    void connected(unsigned attempt);
    void not_connected(unsigned attempt, const Error& error);
    void read_arrived();
    void receive(const std::string& bytes);
    void learn(const gw::ServerMessage& message);
    void disconnect(const trading::event::Ended& end);

    World& world_;
    trading::Engine engine_;
    std::shared_ptr<const Gate> gate_;
    std::deque<PlannedCommand> to_submit_;
    std::deque<trading::Action> to_do_;
    std::deque<Arrived> inbox_;
    Connection* connection_ = nullptr;
    unsigned sessions_ = 0;
    std::shared_ptr<SessionFacts> facts_; ///< of the session
    std::optional<std::uint64_t> auth_id_{};
    std::optional<std::uint64_t> subscribe_id_{}; ///< of the greeting
    bool is_connecting_ = false;
    unsigned attempts_ = 0;
    std::unique_ptr<LookUp> look_up_;
    std::optional<trading::Event> look_up_answer_;
    std::vector<int> signals_waiting_;
    int signals_ = 0;
    Clock::time_point paused_until_{};
    Clock::time_point attentive_since_{};
};

} // namespace omen::sim
