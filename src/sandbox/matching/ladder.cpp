// One side of a market's book. Each change keeps three things in step:
//
//   queues  from price to queue, best first; a queue is a list of entries, oldest first, with their total
//   totals  the same totals as a BookSide, which snapshots and the mark price are read from
//   before  a note of what a level's total was before the change: the next delta is made from these
//
// The lists run through the entries themselves, which the engine keeps by order id. So an order leaves the middle of
// its queue without a search, and the front of the book is the first entry of the first queue. Linked entries must not
// move in memory; the engine's map and the ladder's own are made of nodes, which do not.
//
// The house is one quantity a level, but not one place in the queue: what it adds stands behind the users who came
// before that, as one more entry. Entries of the house that have gone are used again.
//
// A queue exists exactly as long as something is linked in it. An entry that has been removed must not be used any
// more, nor its queue, which may have gone with it.
//
// A sweep may change one level many times, but a delta names it once. Changes are therefore only noted, and
// take_changes() sorts the notes: the first one at each price is what the world knows, and a level whose total is that
// again is left out.

#include "sandbox/matching/ladder.hpp"

#include <algorithm>
#include <utility>

namespace omen::sandbox {

void Ladder::append(QueuedOrder& entry, Decimal price) {
    append(entry, queues_.try_emplace(price, price).first->second);
}

void Ladder::append(QueuedOrder& entry, Queue& queue) {
    change_total(queue, entry.remaining);
    if (entry.owner == house) queue.house += entry.remaining;
    link(entry, queue);
}

void Ladder::remove(QueuedOrder& entry) {
    auto& queue = *entry.queue;
    unlink(entry);
    change_total(queue, -entry.remaining);
    if (entry.owner == house) {
        queue.house -= entry.remaining;
        spare_.push_back(&entry);
    }
    if (!queue.first) queues_.erase(queue.price);
}

void Ladder::reduce(QueuedOrder& entry, Decimal by) {
    if (by == entry.remaining) return remove(entry);
    entry.remaining -= by;
    change_total(*entry.queue, -by);
    if (entry.owner == house) entry.queue->house -= by;
}

Decimal Ladder::total(Decimal price) const {
    const auto found = queues_.find(price);
    return found == queues_.end() ? Decimal{} : found->second.total;
}

Decimal Ladder::house_level(Decimal price) const {
    const auto found = queues_.find(price);
    return found == queues_.end() ? Decimal{} : found->second.house;
}

void Ladder::set_house_level(Level level) {
    const auto found = queues_.find(level.price);
    if (found == queues_.end()) {
        if (level.size.is_positive())
            add_house(queues_.try_emplace(level.price, level.price).first->second, level.size);
        return;
    }
    auto& queue = found->second;
    const auto shown = queue.house;
    if (level.size > shown) add_house(queue, level.size - shown);
    if (level.size < shown) take_from_house(queue, shown - level.size);
}

void Ladder::add_house(Queue& queue, Decimal size) {
    if (queue.last && queue.last->owner == house) {
        change_total(queue, size);
        queue.house += size;
        queue.last->remaining += size;
        return;
    }
    if (spare_.empty()) spare_.push_back(&house_entries_.emplace_back());
    auto& entry = *spare_.back();
    entry = {.remaining = size};
    append(entry, queue);
    spare_.pop_back();
}

/// From the back: what stands ahead of users stays as long as it can.
void Ladder::take_from_house(Queue& queue, Decimal size) {
    auto* entry = queue.last;
    while (size.is_positive()) {
        auto& taken = *std::exchange(entry, entry->previous);
        if (taken.owner != house) continue;
        const auto part = std::min(size, taken.remaining);
        size -= part;
        reduce(taken, part); // the queue may go with the last one
    }
}

void Ladder::let_pass(QueuedOrder& entry, Decimal size) {
    auto& queue = *entry.queue;
    if (queue.last == &entry) return;
    reduce(entry, size); // the queue stays: others are in it
    add_house(queue, size);
}

std::vector<std::string> Ladder::faults() const {
    std::vector<std::string> faults;
    for (const auto& [price, queue] : queues_) {
        Decimal total;
        Decimal of_house;
        for (const auto* entry = queue.first; entry; entry = entry->next) {
            total += entry->remaining;
            if (entry->owner == house) of_house += entry->remaining;
            if (!entry->remaining.is_positive()) faults.push_back("an entry of nothing at " + price.text());
        }
        if (total != queue.total || of_house != queue.house) faults.push_back("the sums at " + price.text());
    }
    const auto is_same = [](const Level& shown, const auto& queue) {
        return shown == Level{queue.first, queue.second.total};
    };
    if (!std::equal(totals_.begin(), totals_.end(), queues_.begin(), queues_.end(), is_same))
        faults.emplace_back("the levels");
    return faults;
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
    const auto before = std::exchange(queue.total, queue.total + by);
    before_.push_back({queue.price, before});
    totals_.set({queue.price, queue.total});
}

void Ladder::link(QueuedOrder& entry, Queue& queue) {
    entry.queue = &queue;
    entry.previous = queue.last;
    entry.next = nullptr;
    (queue.last ? queue.last->next : queue.first) = &entry;
    queue.last = &entry;
}

void Ladder::unlink(QueuedOrder& entry) {
    auto& queue = *entry.queue;
    (entry.previous ? entry.previous->next : queue.first) = entry.next;
    (entry.next ? entry.next->previous : queue.last) = entry.previous;
    entry.queue = nullptr;
}

} // namespace omen::sandbox
