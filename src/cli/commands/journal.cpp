#include "cli/context/command.hpp"
#include "cli/context/subcommands.hpp"
#include "client/access/identity.hpp"
#include "client/trading/entry_evidence.hpp"
#include "client/trading/look_up.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>
#include <variant>

namespace omen {

namespace {

/// A journal's entry as it is shown.
struct EntryView {
    Timestamp time;
    std::string entry;
    std::optional<std::string> identity; ///< whose it is
    std::string op;
    std::optional<ClientOrderId> client_order_id;
    std::optional<OrderId> order_id;
    std::optional<MarketId> market_id;
    std::optional<Side> side;
    std::optional<Decimal> price;
    std::optional<Decimal> size; ///< as the exchange cut it, where it did
    std::string outcome; ///< one of outcome::
    std::optional<std::string> code;
    std::optional<std::string> status; ///< the order's, when the outcome was learnt

    static constexpr auto declaration() {
        using wire::field;
        return wire::record("journal entry", field("time", &EntryView::time), field("entry", &EntryView::entry),
                            field("identity", &EntryView::identity), field("op", &EntryView::op),
                            field("client_order_id", &EntryView::client_order_id),
                            field("order_id", &EntryView::order_id), field("market_id", &EntryView::market_id),
                            field("side", &EntryView::side), field("price", &EntryView::price),
                            field("size", &EntryView::size), field("outcome", &EntryView::outcome),
                            field("code", &EntryView::code), field("status", &EntryView::status));
    }
};

constexpr std::string_view journal_columns[] = {
    "time", "entry", "op", "client_order_id", "order_id", "side", "size", "price", "outcome", "code", "status"};

EntryView view_of(const JournalEntry& entry) {
    const auto known = entry.outcome.value_or(JournalOutcome{.outcome = outcome::unknown});
    EntryView view{.time = entry.intended.time,
                   .entry = entry.entry,
                   .identity = entry.identity,
                   .op = {},
                   .client_order_id = {},
                   .order_id = known.order_id,
                   .market_id = {},
                   .side = {},
                   .price = {},
                   .size = {},
                   .outcome = known.outcome,
                   .code = known.code,
                   .status = known.status};
    const auto view_command = [&](const auto& command) {
        view.op = wire::declaration_of<std::decay_t<decltype(command)>>.name;
        if constexpr (requires { command.client_order_id; }) view.client_order_id = command.client_order_id;
        if constexpr (requires { command.order_id; })
            if (!view.order_id) view.order_id = command.order_id;
        if constexpr (requires { command.market_id; }) view.market_id = command.market_id;
        if constexpr (requires { command.side; }) view.side = command.side;
        if constexpr (requires { command.price; }) view.price = command.price;
        if constexpr (requires { command.size; }) view.size = command.size;
    };
    std::visit(view_command, entry.command);
    if (known.size) view.size = known.size;
    return view;
}

void tell_unreadable(Console& console, const JournalContents& contents) {
    if (contents.unreadable > 0)
        console.note("journal: " + std::to_string(contents.unreadable) + " unreadable lines were passed over");
}

void print(Console& console, const std::vector<JournalEntry>& entries) {
    std::vector<EntryView> views;
    for (const auto& entry : entries) views.push_back(view_of(entry));
    console.output().list(views, journal_columns);
}

void add_list(CLI::App& app, Run& run) {
    auto unresolved = std::make_shared<bool>(false);
    app.add_flag("--unresolved", *unresolved, "only what has no known outcome");
    const auto start = [unresolved](Context& context) {
        using Which = JournalQuery::Which;
        const auto contents = context.sessions.journal().read({.which = *unresolved ? Which::unresolved : Which::all});
        tell_unreadable(context.console, contents);
        print(context.console, contents.entries);
        return Exit::done;
    };
    run = {start, field_names<EntryView>};
}

bool is_named(const JournalEntry& entry, const std::string& id) {
    const auto view = view_of(entry);
    return entry.entry == id || (view.client_order_id && view.client_order_id->value == id) ||
           (view.order_id && view.order_id->value == id);
}

/// Refuses names of nothing that may be this identity's.
void check_names(const Journal& journal, const std::string& identity, const std::vector<std::string>& ids) {
    for (const auto& id : ids)
        if (!journal.knows(identity, id))
            throw Error(Fault::not_found, "journal: no entry or order " + id,
                        {.code = "unknown_entry", .hint = "list them with: omenctl journal list"});
}

/// Leaves the entries that are named, if any are.
void keep_named(std::vector<JournalEntry>& entries, const std::vector<std::string>& ids) {
    std::erase_if(entries, [&](const JournalEntry& entry) {
        const auto names = [&](const std::string& id) { return is_named(entry, id); };
        return !ids.empty() && std::none_of(ids.begin(), ids.end(), names);
    });
}

Reading record_of(Sessions& sessions, const std::vector<JournalEntry>& entries) {
    return read_whole_records([&](Deadline by) { return sessions.new_gateway(by); },
                              {.wanted = orders_of(entries), .from = 1}, sessions.deadline());
}

/// Finds out what became of an identity's entries, and notes what was learnt.
Resolution look_at(Context& context, Journal& journal, const std::string& identity, std::vector<JournalEntry> entries) {
    auto placed = journal.find_all(identity, client_ids_of(entries));
    const auto read_at = Moment::now();
    const auto record = record_of(context.sessions, entries);
    auto resolution = resolve(std::move(entries), std::move(placed), record, read_at);
    for (const auto& entry : resolution.revived)
        context.console.note("journal: " + entry + " counted as not executed, and was executed after all");
    for (const auto& entry : resolution.entries)
        if (!is_unresolved(entry)) journal.note_resolved(entry.entry, *entry.outcome);
    return resolution;
}

Exit resolve(Context& context, const std::vector<std::string>& ids) {
    auto journal = context.sessions.journal();
    auto contents = journal.read(to_resolve(Timestamp::now()));
    tell_unreadable(context.console, contents);
    auto& unresolved = contents.entries;
    std::string identity;
    if (!unresolved.empty() || !ids.empty()) {
        identity = identity_of(context.sessions.token());
        check_names(journal, identity, ids);
        keep_own(unresolved, identity);
        keep_named(unresolved, ids);
    }
    auto living = take_living(unresolved, contents.files);
    Resolution resolved;
    if (!unresolved.empty()) resolved = look_at(context, journal, identity, std::move(unresolved));
    auto& entries = resolved.entries;
    resolved.unresolved += living.size();
    std::move(living.begin(), living.end(), std::back_inserter(entries));
    print(context.console, entries);
    journal.write_noted();
    const auto of_all = " of " + std::to_string(entries.size());
    const bool may_be_resolved = std::any_of(entries.begin(), entries.end(), [](const JournalEntry& entry) {
        return is_unresolved(entry) && entry.identity;
    });
    if (resolved.unresolved > 0)
        throw Error(
            Fault::outcome_unknown,
            "journal: " + std::to_string(resolved.unresolved) + of_all + " are still unresolved",
            {.hint = !may_be_resolved ? "an entry that does not say whose it is stays so while the exchange has no "
                                        "record of it: look for yourself"
                     : living.empty() ? "try again in two minutes"
                                      : "wait for the commands that are still running, or try again in two minutes"});
    if (!resolved.revived.empty())
        throw Error(Fault::outcome_unknown,
                    "journal: " + std::to_string(resolved.revived.size()) + of_all +
                        " counted as not executed, and were executed after all",
                    {.hint = "if they were repeated, they have been executed twice: look at omenctl orders and fills"});
    return Exit::done;
}

void add_resolve(CLI::App& app, Run& run) {
    auto ids = std::make_shared<std::vector<std::string>>();
    app.add_option("id", *ids, "entries or orders; default: whatever is unresolved");
    run = {[ids](Context& context) { return resolve(context, *ids); }, field_names<EntryView>};
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
