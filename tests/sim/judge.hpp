#pragma once

#include "sim/ledger.hpp"

namespace omen::sim {

class Desk;
class World;

/// Remembers what a cancel_all is about to find.
void note_open_orders(const World& world, const gw::CancelAll& command, Sent& sent);

/// The way on which the exchange did what was asked for; null: it did not.
const Sent* accepted(const Line& line);
/// Whether what was asked for is so, though not by this command.
bool is_so(const World& world, const Line& line);

/// Holds a result against the exchange's own record as it is now, and asks, where the outcome was called unknown,
/// whether a look-up would have told.
void judge_report(World& world, const Desk& desk, Line& line);

/// Holds everything that was said against the exchange's own record at the end, when nothing can come any more.
void judge_record(World& world);

} // namespace omen::sim
