#pragma once

#include "client/feeds/book_feed.hpp"
#include "protocol/market_data.hpp"
#include "sim/connection.hpp"
#include "sim/random.hpp"

#include <deque>
#include <optional>
#include <string>
#include <variant>

namespace omen::sim {

class BookWorld;
class Link;

/// A process that follows books, as `stream book` does.
class BookProcess final : public Client {
  public:
    BookProcess(BookWorld& world, unsigned number);

    void on_message(const std::string& bytes) override;
    void on_end(SessionEnd how, const std::string& why) override;

  private:
    enum class Stage { waiting, subscribing, following, fetching, over };

    void act_soon(Clock::duration within);
    void act() noexcept;
    void act_or_fail();
    void connect();
    void reconnect();
    void take(const std::string& bytes);
    template <class Event> void on(const Event& event);
    void resubscribe(const MarketId& market);
    void await_books();
    void fetch(const MarketId& market);

    BookWorld& world_;
    Random random_;
    BookFeed feed_;
    Stage stage_ = Stage::waiting;
    Link* link_ = nullptr;
    std::uint64_t connections_ = 0;
    std::size_t confirmed_ = 0;
    bool has_ended_ = false;
    std::deque<std::string> inbox_;
    std::deque<std::string> early_; ///< what came before all subscriptions were confirmed
    std::optional<rest::OrderbookSnapshotResponse> fetched_;
    Clock::time_point next_fetch_{};
};

} // namespace omen::sim
