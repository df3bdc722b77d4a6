#pragma once

#include "cli/context/context.hpp"

#include <CLI/CLI.hpp>

namespace omen {

/// --no-journal and --journal-sync, of every command that changes something at the exchange.
inline void add_journal_options(CLI::App& app, JournalFlags& flags) {
    app.add_flag_callback(
        "--no-journal", [&flags] { flags.write = false; }, "don't write down what is sent");
    app.add_flag("--journal-sync", flags.sync, "have it on the disk before it is sent, for a loss of power");
}

} // namespace omen
