#pragma once

#include "sandbox/servers/session.hpp"
#include "sim/connection.hpp"
#include "sim/plan.hpp"
#include "sim/random.hpp"
#include "sim/timeline.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace omen::sim {

/// A connection of a client that follows something: what it sends arrives; of what it is sent, a filter may make
/// something else; and it may end. Nothing of it is destroyed before its world.
class Link final : public sandbox::Session {
  public:
    /// By then all that a plan has in store is over, and by then all that it has led to.
    static constexpr Clock::time_point quiet_from = Timeline::start + std::chrono::seconds(100);
    static constexpr Clock::time_point end_of_world = Timeline::start + std::chrono::seconds(200);

    /// What becomes of a message to the client: it is called for each, and send_down() what is to arrive.
    using Filter = std::function<void(Link&, const sandbox::Message&)>;

    Link(Timeline& timeline, Client& client, Random random, Clock::duration latency, Filter filter)
        : timeline_(timeline), client_(&client), random_(random), latency_(latency), filter_(std::move(filter)) {}

    /// What is at the other end.
    void serve(std::unique_ptr<sandbox::SessionHandler> handler) { handler_ = std::move(handler); }

    // ---- the client's end

    void write(std::string bytes);
    /// The client breaks off.
    void abort();

    // ---- the exchange's end

    void send(sandbox::Message message) override;
    void close(std::uint16_t) override { end(Ending::close_frame); }
    void later(Milliseconds delay, std::function<void()> act) override;
    void cut(sandbox::Message) override { end(Ending::stream_end); }
    void stall_within(sandbox::Message) override { stall(); }
    void end_stream() override { end(Ending::stream_end); }
    void reset() override { end(Ending::reset); }
    void stall() override { is_dark_ = true; }
    bool is_behind() const override { return false; }
    const std::string& address() const override { return address_; }

    /// To the client, behind what is on its way.
    void send_down(const sandbox::Message& message);
    /// Ends for both. One that falls silent is found out by the client's system after a while.
    void end(Ending how);
    /// Ends, and the exchange's end is gone at once: not to be called from within it.
    void end_now(Ending how);
    bool has_ended() const { return is_over_; }

  private:
    Clock::duration delay() { return latency_ + random_.between({}, latency_); }

    Timeline& timeline_;
    Client* client_;
    Random random_;
    Clock::duration latency_;
    Filter filter_;
    std::string address_ = "10.0.0.1";
    std::unique_ptr<sandbox::SessionHandler> handler_;
    bool is_over_ = false; ///< the exchange takes no further part
    bool is_dark_ = false; ///< nothing passes any more
    Clock::time_point up_free_{};
    Clock::time_point down_free_{};
    std::uint64_t down_epoch_ = 0; ///< what is on its way is lost when it changes
};

} // namespace omen::sim
