// One side of a market's book. Each change keeps three things in step:
//
//   queues  from price to queue, best first; a queue is a list of entries, oldest first, with their total
//   totals  the same totals as a BookSide, which snapshots and the mark price are read from
//   before  a note of what a level's total was before the change: the next delta is made from these
//
// The lists run through the entries themselves, which the engine keeps by order id. So an order leaves the middle of
// its queue without a search, and the front of the book is the first entry of the first queue. Linked entries must not
// move in memory; the engine's map and this one are made of nodes, which do not. The house's entry is a part of its
// queue, so that a level is found by its price; it is linked only while the house shows something there.
//
// A queue exists exactly as long as something is linked in it. An entry that has been removed must not be used any
// more, nor its queue: the house's entry goes with the queue that it was the last one in.
//
// A sweep may change one level many times, but a delta names it once. Changes are therefore only noted, and
// take_changes() sorts the notes: the first one at each price is what the world knows, and a level whose total is that
// again is left out.

#include "sandbox/exchange/ladder.hpp"

#include <algorithm>
#include <utility>

namespace omen::sandbox {

void Ladder::append(QueuedOrder& entry, Decimal price) {
    auto& queue = queues_.try_emplace(price, price).first->second;
    entry.queue = &queue;
    entry.previous = queue.last;
    entry.next = nullptr;
    (queue.last ? queue.last->next : queue.first) = &entry;
    queue.last = &entry;
    change_total(queue, entry.remaining);
}

void Ladder::remove(QueuedOrder& entry) {
    auto& queue = *entry.queue;
    const auto remaining = entry.remaining;
    unlink(entry);
    change_total(queue, -remaining);
    if (!queue.first) queues_.erase(queue.price);
}

void Ladder::reduce(QueuedOrder& entry, Decimal by) {
    if (by == entry.remaining) return remove(entry);
    entry.remaining -= by;
    change_total(*entry.queue, -by);
}

Decimal Ladder::total(Decimal price) const {
    const auto found = queues_.find(price);
    return found == queues_.end() ? Decimal{} : found->second.total;
}

Decimal Ladder::house_level(Decimal price) const {
    const auto found = queues_.find(price);
    return found == queues_.end() || !found->second.house_entry.queue ? Decimal{} : found->second.house_entry.remaining;
}

void Ladder::set_house_level(Level level) {
    const auto found = queues_.find(level.price);
    if (found != queues_.end() && found->second.house_entry.queue) {
        auto& entry = found->second.house_entry;
        if (level.size.is_zero()) return remove(entry);
        change_total(found->second, level.size - entry.remaining);
        entry.remaining = level.size;
    } else if (!level.size.is_zero()) {
        auto& entry = queues_.try_emplace(level.price, level.price).first->second.house_entry;
        entry.remaining = level.size;
        append(entry, level.price);
    }
}

std::vector<Level> Ladder::take_changes() {
    auto changes = std::exchange(before_, {});
    const auto better = [this](const Level& left, const Level& right) {
        return Better{side_}(left.price, right.price);
    };
    const auto same_price = [](const Level& left, const Level& right) { return left.price == right.price; };
    if (changes.size() > 1) {
        // Stable, so that of several changes at one price the total before the first is the one that stays.
        std::stable_sort(changes.begin(), changes.end(), better);
        changes.erase(std::unique(changes.begin(), changes.end(), same_price), changes.end());
    }
    std::erase_if(changes, [this](Level& level) {
        const auto now = total(level.price);
        return std::exchange(level.size, now) == now;
    });
    return changes;
}

void Ladder::change_total(Queue& queue, Decimal by) {
    before_.push_back({queue.price, queue.total});
    queue.total += by;
    totals_.set({queue.price, queue.total});
}

void Ladder::unlink(QueuedOrder& entry) {
    auto& queue = *entry.queue;
    (entry.previous ? entry.previous->next : queue.first) = entry.next;
    (entry.next ? entry.next->previous : queue.last) = entry.previous;
    entry.queue = nullptr;
}

} // namespace omen::sandbox
