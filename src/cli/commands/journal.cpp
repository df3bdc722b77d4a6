#include "cli/context/command.hpp"
#include "cli/context/subcommands.hpp"
#include "client/trading/order_lookup.hpp"
#include "core/enums.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iterator>
#include <memory>

namespace omen {

namespace {

/// A journal's entry as it is shown.
struct EntryView {
    Timestamp time;
    std::string entry;
    std::string op;
    std::optional<ClientOrderId> client_order_id;
    std::optional<OrderId> order_id;
    std::optional<MarketId> market_id;
    std::optional<Side> side;
    std::optional<Decimal> price;
    std::optional<Decimal> size;
    std::string outcome; ///< done, refused, not_executed or unknown
    std::optional<std::string> code;
    std::optional<std::string> status; ///< the order's, when the outcome was learnt

    static constexpr auto declaration() {
        using wire::field;
        return wire::record("journal entry", field("time", &EntryView::time), field("entry", &EntryView::entry),
                            field("op", &EntryView::op), field("client_order_id", &EntryView::client_order_id),
                            field("order_id", &EntryView::order_id), field("market_id", &EntryView::market_id),
                            field("side", &EntryView::side), field("price", &EntryView::price),
                            field("size", &EntryView::size), field("outcome", &EntryView::outcome),
                            field("code", &EntryView::code), field("status", &EntryView::status));
    }
};

constexpr std::string_view journal_columns[] = {
    "time", "entry", "op", "client_order_id", "order_id", "side", "size", "price", "outcome", "code", "status"};

/// Calls a function with the command of an entry.
template <class F> auto with_command(const JournalEntry& entry, F&& use) {
    if (entry.order) return use(*entry.order);
    if (entry.cancel) return use(*entry.cancel);
    if (entry.amend) return use(*entry.amend);
    return use(entry.cancel_all.value_or(gw::CancelAll{}));
}

EntryView view_of(const JournalEntry& entry) {
    EntryView view{.time = entry.time,
                   .entry = entry.entry,
                   .op = {},
                   .client_order_id = {},
                   .order_id = entry.order_id,
                   .market_id = {},
                   .side = {},
                   .price = {},
                   .size = {},
                   .outcome = entry.outcome.value_or("unknown"),
                   .code = entry.code,
                   .status = entry.status};
    with_command(entry, [&](const auto& command) {
        view.op = wire::declaration_of<std::decay_t<decltype(command)>>.name;
        if constexpr (requires { command.client_order_id; }) view.client_order_id = command.client_order_id;
        if constexpr (requires { command.order_id; })
            if (!view.order_id) view.order_id = command.order_id;
        if constexpr (requires { command.market_id; }) view.market_id = command.market_id;
        if constexpr (requires { command.side; }) view.side = command.side;
        if constexpr (requires { command.price; }) view.price = command.price;
        if constexpr (requires { command.size; }) view.size = command.size;
    });
    return view;
}

void tell_unreadable(Context& context, const Journal::Contents& contents) {
    if (contents.unreadable > 0)
        context.note("journal: " + std::to_string(contents.unreadable) + " unreadable lines were passed over");
}

void print(Context& context, const std::vector<JournalEntry>& entries) {
    std::vector<EntryView> views;
    for (const auto& entry : entries) views.push_back(view_of(entry));
    context.output().list(views, journal_columns);
}

void add_list(CLI::App& app, Run& run) {
    auto unresolved = std::make_shared<bool>(false);
    app.add_flag("--unresolved", *unresolved, "only what has no known outcome");
    run = [unresolved](Context& context) {
        auto contents = context.journal().read();
        if (*unresolved) std::erase_if(contents.entries, [](const auto& entry) { return !is_unresolved(entry); });
        tell_unreadable(context, contents);
        print(context, contents.entries);
        return Exit::done;
    };
}

// Until then a command may be on its way, or its own process be finding out.
constexpr Milliseconds settled_after{10'000};

bool is_named(const JournalEntry& entry, const std::string& id) {
    const auto view = view_of(entry);
    return entry.entry == id || (view.client_order_id && view.client_order_id->value == id) ||
           (view.order_id && view.order_id->value == id);
}

/// The unresolved entries, or those of them that are named.
std::vector<JournalEntry> entries_to_resolve(const std::vector<JournalEntry>& all,
                                             const std::vector<std::string>& ids) {
    for (const auto& id : ids)
        if (std::none_of(all.begin(), all.end(), [&](const auto& entry) { return is_named(entry, id); }))
            throw Error(Fault::not_found, "journal: no entry or order " + id,
                        {.code = "unknown_entry", .hint = "list them with: omenctl journal list"});
    std::vector<JournalEntry> chosen;
    for (const auto& entry : all) {
        const auto names = [&](const std::string& id) { return is_named(entry, id); };
        if (is_unresolved(entry) && (ids.empty() || std::any_of(ids.begin(), ids.end(), names)))
            chosen.push_back(entry);
    }
    return chosen;
}

/// What the exchange's record says of an entry.
void judge(JournalEntry& entry, const OrderRecord& record, Timestamp read_at) {
    const bool discarded = read_at.ms - entry.time.ms >= settled_after.count();
    const auto fate = with_command(entry, [&](const auto& command) { return fate_of(command, record, discarded); });
    static constexpr const char* names[] = {"done", "refused", "not_executed", "unknown"};
    static_assert(std::size(names) == enum_size<Fate::Outcome>());
    entry.outcome = names[static_cast<std::size_t>(fate.outcome)];
    entry.code = fate.code.empty() ? std::nullopt : std::optional(fate.code);
    if (!fate.order) return;
    entry.order_id = fate.order->order_id;
    if (fate.order->status) entry.status = std::string(to_string(*fate.order->status));
}

OrderRecord record_of(Context& context, const std::vector<JournalEntry>& entries) {
    std::vector<gw::TradingCommand> commands;
    for (const auto& entry : entries) with_command(entry, [&](const auto& command) { commands.emplace_back(command); });
    return read_record(context.gateway(), commands, context.deadline());
}

Exit resolve(Context& context, const std::vector<std::string>& ids) {
    auto journal = context.journal();
    const auto contents = journal.read();
    tell_unreadable(context, contents);
    auto entries = entries_to_resolve(contents.entries, ids);
    std::size_t open = 0;
    if (!entries.empty()) {
        const auto read_at = Timestamp::now();
        const auto record = record_of(context, entries);
        for (auto& entry : entries) {
            judge(entry, record, read_at);
            if (is_unresolved(entry)) ++open;
            journal.settle(
                entry.entry,
                {.outcome = entry.outcome, .code = entry.code, .order_id = entry.order_id, .status = entry.status});
        }
    }
    print(context, entries);
    if (open == 0) return Exit::done;
    throw Error(Fault::outcome_unknown,
                "journal: " + std::to_string(open) + " of " + std::to_string(entries.size()) + " are still unresolved",
                {.hint = "try again in " + std::to_string(settled_after / std::chrono::seconds(1)) + " seconds"});
}

void add_resolve(CLI::App& app, Run& run) {
    auto ids = std::make_shared<std::vector<std::string>>();
    app.add_option("id", *ids, "entries or orders; default: whatever is unresolved");
    run = [ids](Context& context) { return resolve(context, *ids); };
}

constexpr Command journal_subcommands[] = {
    {"list", "the commands that were sent, and what became of them", add_list},
    {"resolve", "find out what became of those without an outcome", add_resolve},
};

} // namespace

void add_journal(CLI::App& app, Run& run) {
    add_subcommands(app, run, journal_subcommands);
}

} // namespace omen
