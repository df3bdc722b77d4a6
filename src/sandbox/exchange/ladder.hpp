#pragma once

#include "core/order_book.hpp"
#include "sandbox/exchange/matching_engine.hpp"

#include <map>
#include <vector>

namespace omen::sandbox {

struct Queue;

/// An order, or the house's liquidity, in the queue of its price. The links are the queue's own.
struct QueuedOrder {
    OrderKey key = 0;
    Owner owner = house;
    Decimal remaining{};
    bool reduce_only = false;
    Queue* queue = nullptr; ///< none: it does not rest
    QueuedOrder* previous = nullptr;
    QueuedOrder* next = nullptr;
};

/// What rests at one price, oldest first.
struct Queue {
    explicit Queue(Decimal at) : price(at) {}

    Decimal price;
    Decimal total;
    QueuedOrder* first = nullptr;
    QueuedOrder* last = nullptr;
    QueuedOrder house_entry; ///< linked while the house shows something here
};

/// One side of a market with its orders. It links entries that others own: those must stay where they are in memory.
class Ladder {
  public:
    struct Better {
        Side side;
        bool operator()(Decimal left, Decimal right) const { return side == Side::buy ? left > right : left < right; }
    };
    /// Best price first.
    using Queues = std::map<Decimal, Queue, Better>;

    explicit Ladder(Side side) : side_(side), queues_(Better{side}), totals_(side) {}

    const Queues& queues() const { return queues_; }
    const BookSide& totals() const { return totals_; }
    /// The oldest entry at the best price; nothing when this side is empty.
    QueuedOrder* front() { return queues_.empty() ? nullptr : queues_.begin()->second.first; }

    /// Puts an entry at the back of the queue of a price.
    void append(QueuedOrder& entry, Decimal price);
    void remove(QueuedOrder& entry);
    /// Takes size from an entry, which leaves when nothing is left of it. Its place in the queue stays.
    void reduce(QueuedOrder& entry, Decimal by);

    /// All that rests at a price.
    Decimal total(Decimal price) const;
    Decimal house_level(Decimal price) const;
    /// The level keeps its place in the queue; a new one enters at the back.
    void set_house_level(Level level);

    /// The levels whose total changed since the last call, best first.
    std::vector<Level> take_changes();

  private:
    void change_total(Queue& queue, Decimal by);
    void unlink(QueuedOrder& entry);

    Side side_;
    Queues queues_;
    BookSide totals_;
    std::vector<Level> before_; ///< what was changed, with the total before; a price may stand here many times
};

} // namespace omen::sandbox
