#pragma once

#include "core/order_book.hpp"
#include "sandbox/matching/matching_engine.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace omen::sandbox {

struct Queue;

/// An order, or some of the house's liquidity, in the queue of its price. The links are the queue's own.
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
    Decimal house; ///< what of it is the house's, in one entry or, where users queue between, in more
    QueuedOrder* first = nullptr;
    QueuedOrder* last = nullptr;
};

/// One side of a market with its orders. It links users' entries, which must stay where they are in memory; the house's
/// are its own.
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

    /// Puts an entry at the back of the queue of a price. A DecimalError, and nothing has changed, where the level's
    /// total would leave the range.
    void append(QueuedOrder& entry, Decimal price);
    void remove(QueuedOrder& entry);
    /// Takes size from an entry, which leaves when nothing is left of it. Its place in the queue stays.
    void reduce(QueuedOrder& entry, Decimal by);

    /// All that rests at a price.
    Decimal total(Decimal price) const;
    Decimal house_level(Decimal price) const;
    /// Sets what the house shows at a price. What is new enters at the back of the queue; what goes, goes from there
    /// first. A DecimalError, and nothing has changed, where the level's total would leave the range.
    void set_house_level(Level level);
    /// Takes this much of an entry of the house to the back of its queue: users come before it now.
    void let_pass(QueuedOrder& entry, Decimal size);

    /// What is wrong in itself: totals that are not the sums of their entries. Empty in all experience.
    std::vector<std::string> faults() const;

    /// The levels whose total changed since the last call, best first.
    std::vector<Level> take_changes();

  private:
    void append(QueuedOrder& entry, Queue& queue);
    void add_house(Queue& queue, Decimal size);
    void take_from_house(Queue& queue, Decimal size);
    void change_total(Queue& queue, Decimal by);
    void link(QueuedOrder& entry, Queue& queue);
    void unlink(QueuedOrder& entry);

    Side side_;
    Queues queues_;
    BookSide totals_;
    std::deque<QueuedOrder> house_entries_; ///< linked ones and spare ones
    std::vector<QueuedOrder*> spare_;
    std::vector<Level> before_; ///< what was changed, with the total before; a price may stand here many times
};

} // namespace omen::sandbox
