#pragma once

#include "cli/context/context.hpp"

#include <functional>
#include <span>
#include <string_view>

namespace CLI {
class App;
} // namespace CLI

namespace omen {

/// What a parsed command line has chosen to do.
struct Run {
    std::function<Exit(Context&)> start;
    /// The names that --fields may give: the fields of the records that these options can print. None: there are none.
    std::function<FieldNames()> fields = nullptr;
};

/// One subcommand: what it is called, what it does in one line, and the function that adds its options to an App and
/// sets what runs. Options are added only once the command is chosen.
struct Command {
    std::string_view name;
    std::string_view summary;
    void (*add)(CLI::App& app, Run& run);
};

/// All subcommands, in the order of the help.
std::span<const Command> commands();

void add_account(CLI::App& app, Run& run);
void add_amend(CLI::App& app, Run& run);
void add_batch(CLI::App& app, Run& run);
void add_book(CLI::App& app, Run& run);
void add_call(CLI::App& app, Run& run);
void add_cancel(CLI::App& app, Run& run);
void add_candles(CLI::App& app, Run& run);
void add_close(CLI::App& app, Run& run);
void add_config(CLI::App& app, Run& run);
void add_fills(CLI::App& app, Run& run);
void add_health(CLI::App& app, Run& run);
void add_help(CLI::App& app, Run& run);
void add_journal(CLI::App& app, Run& run);
void add_markets(CLI::App& app, Run& run);
void add_order(CLI::App& app, Run& run);
void add_orders(CLI::App& app, Run& run);
void add_positions(CLI::App& app, Run& run);
void add_risk(CLI::App& app, Run& run);
void add_sandbox(CLI::App& app, Run& run);
void add_stream(CLI::App& app, Run& run);
void add_ticker(CLI::App& app, Run& run);
void add_trades(CLI::App& app, Run& run);
void add_version(CLI::App& app, Run& run);
void add_wallet(CLI::App& app, Run& run);

} // namespace omen
