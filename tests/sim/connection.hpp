#pragma once

#include "client/trading/evidence.hpp"
#include "sandbox/servers/session.hpp"
#include "sim/ledger.hpp"
#include "sim/plan.hpp"
#include "sim/random.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace omen::sim {

class World;

/// A client's end of a connection.
class Client {
  public:
    virtual ~Client() = default;
    virtual void on_message(const std::string& bytes) = 0;
    virtual void on_end(SessionEnd how, const std::string& why) = 0;
};

/// A connection to the gateway: the exchange's session at one end, a client at the other, and between them the network
/// with everything that the plan has in store for it.
class Connection final : public sandbox::Session {
  public:
    /// `session`: which trading session it is; a look-up is none.
    Connection(World& world, Client& client, std::optional<unsigned> session, unsigned number);
    ~Connection() override;

    // ---- the client's end

    enum class Taken { whole, part, nothing };
    /// What the client's system takes of a message. Where it is not the whole, the connection is broken.
    Taken write(std::string bytes, Sent* sent = nullptr);
    /// The client breaks off; what it has sent may be delivered all the same.
    void abort();
    std::optional<unsigned> session() const { return session_; }

    // ---- the exchange's end

    void send(sandbox::Message message) override;
    void close(std::uint16_t code) override;
    void later(Milliseconds delay, std::function<void()> act) override;
    void cut(sandbox::Message) override { end(Ending::stream_end); }
    void stall_within(sandbox::Message) override { stall(); }
    void end_stream() override { end(Ending::stream_end); }
    void reset() override { end(Ending::reset); }
    void stall() override { is_dark_ = true; }
    bool is_behind() const override { return false; }
    const std::string& address() const override { return address_; }
    /// The exchange goes down.
    void end(Ending how);

  private:
    struct Upward {
        std::shared_ptr<const std::string> bytes;
        Sent* sent = nullptr;
        unsigned index = 0;
    };
    const Step* fault(StepKind kind, unsigned message) const;
    const Step* fault(StepKind kind) const;
    Clock::duration latency();

    // From the client.
    void arrive(const Upward& up);
    void hold(const Step& step);
    void release();
    void handle(const Upward& up);
    void handle_late_auth();

    // To the client.
    void note_answer(const std::string& bytes);
    void answer(const std::string& bytes);
    void answer_falsely(const std::string& bytes, std::uint64_t variant);
    void send_execution(const std::string& bytes);
    void send_replayed(const std::string& bytes);
    void down(std::string bytes, Clock::duration delay = {});
    void end_towards_client(Ending how);
    Clock::time_point down_arrival();

    World& world_;
    Client* client_;
    std::optional<unsigned> session_;
    Random random_;
    std::string address_ = "10.0.0.1";
    std::unique_ptr<sandbox::SessionHandler> handler_;
    bool is_served_ = true;  ///< the exchange's end takes part
    bool is_dark_ = false;   ///< nothing passes any more
    bool has_ended_ = false; ///< the client has been told
    Clock::time_point up_free_{};
    Clock::time_point down_free_{};
    unsigned written_ = 0;
    const Upward* handling_ = nullptr;
    bool is_muted_ = false;
    std::optional<Upward> late_auth_{};
    unsigned auth_waits_ = 0;
    bool holds_ = false;
    const Step* hold_ = nullptr;
    bool is_over_ = false; ///< what arrives now never will
    std::deque<Upward> held_{};
    unsigned executions_ = 0;
    std::string previous_{}; ///< the last execution
    unsigned messages_down_ = 0;
    std::uint64_t down_epoch_ = 0; ///< what is on its way is lost when it changes
};

} // namespace omen::sim
