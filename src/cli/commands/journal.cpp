#include "cli/context/command.hpp"
#include "cli/context/subcommands.hpp"
#include "client/access/identity.hpp"
#include "client/trading/entry_evidence.hpp"
#include "client/trading/look_up.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iterator>
#include <map>
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
    std::optional<Decimal> size;
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

// What has been concluded not to have been executed is looked at again for so long.
constexpr Milliseconds looked_at_again{3'600'000};

bool is_named(const JournalEntry& entry, const std::string& id) {
    const auto view = view_of(entry);
    return entry.entry == id || (view.client_order_id && view.client_order_id->value == id) ||
           (view.order_id && view.order_id->value == id);
}

/// Of the entries those that may be this identity's, and are named, if any are.
std::vector<JournalEntry> choose(std::vector<JournalEntry> entries, const Journal& journal, const std::string& identity,
                                 const std::vector<std::string>& ids) {
    for (const auto& id : ids)
        if (!journal.knows(identity, id))
            throw Error(Fault::not_found, "journal: no entry or order " + id,
                        {.code = "unknown_entry", .hint = "list them with: omenctl journal list"});
    std::erase_if(entries, [&](const JournalEntry& entry) {
        if (entry.identity && entry.identity != identity) return true;
        const auto names = [&](const std::string& id) { return is_named(entry, id); };
        return !ids.empty() && std::none_of(ids.begin(), ids.end(), names);
    });
    return entries;
}

/// What the exchange's record says of an entry, when it was read at this moment.
void judge(JournalEntry& entry, const Reading& reading, const Moment& read_at) {
    const bool is_settled = may_conclude_absence(entry, read_at);
    entry.outcome = outcome_of(omen::judge(lost_command_of(entry), facts_of(entry, is_settled), reading, is_settled));
}

Reading record_of(Sessions& sessions, const std::vector<JournalEntry>& entries) {
    Question question{.wanted = {}, .from = 1};
    for (const auto& entry : entries)
        if (const auto ref = ref_of(entry.command)) question.wanted.push_back(*ref);
    return read_whole_records([&](Deadline by) { return sessions.new_gateway(by); }, question, sessions.deadline());
}

/// Whether a later command has placed an order under the same client order id, or may have: what is on record is that.
bool was_repeated(Journal& journal, const JournalEntry& entry) {
    const auto* order = std::get_if<gw::Order>(&entry.command);
    if (order == nullptr || !entry.identity) return false;
    const auto placed = journal.find(*entry.identity, order->client_order_id);
    return std::any_of(placed.begin(), placed.end(), [&](const FoundOrder& other) {
        const bool may_be_it = is_unresolved(other.entry) || other.entry.outcome->outcome == outcome::done;
        return may_be_it && other.entry.intended.time > entry.intended.time;
    });
}

/// How many entries there are of each kind.
struct Resolved {
    std::size_t open = 0;    ///< unresolved still
    std::size_t revived = 0; ///< had been concluded not to have been executed, and were
};

/// Finds out what became of entries, and notes what was learnt. Those of which nothing new was are taken from them,
/// unless they are unresolved.
Resolved look_at(Context& context, Journal& journal, std::vector<JournalEntry>& entries) {
    std::vector<JournalEntry> shown;
    Resolved resolved;
    const auto read_at = Moment::now();
    const auto record = record_of(context.sessions, entries);
    for (auto& entry : entries) {
        const bool again = !is_unresolved(entry);
        judge(entry, record, read_at);
        if (again && (entry.outcome->outcome != outcome::done || was_repeated(journal, entry))) continue;
        if (again) {
            ++resolved.revived;
            context.console.note("journal: " + entry.entry + " counted as not executed, and was executed after all");
        }
        if (is_unresolved(entry))
            ++resolved.open;
        else
            journal.note_resolved(entry.entry, *entry.outcome);
        shown.push_back(std::move(entry));
    }
    entries = std::move(shown);
    return resolved;
}

/// Takes out the entries whose processes still live: these find out themselves.
std::vector<JournalEntry> take_living(std::vector<JournalEntry>& entries, const std::vector<std::string>& files) {
    std::map<std::pair<std::size_t, std::string>, bool> living;
    const auto lives = [&](const JournalEntry& entry) {
        const auto [known, added] = living.try_emplace({entry.file, std::string(process_of(entry.entry))});
        if (added) known->second = writer_lives(files[entry.file], entry.entry);
        return known->second;
    };
    const auto first =
        std::stable_partition(entries.begin(), entries.end(), [&](const auto& one) { return !lives(one); });
    std::vector<JournalEntry> taken(std::make_move_iterator(first), std::make_move_iterator(entries.end()));
    entries.erase(first, entries.end());
    return taken;
}

Exit resolve(Context& context, const std::vector<std::string>& ids) {
    auto journal = context.sessions.journal();
    const Timestamp since{Timestamp::now().ms - looked_at_again.count()};
    auto contents = journal.read({.which = JournalQuery::Which::to_resolve, .concluded_since = since});
    tell_unreadable(context.console, contents);
    std::vector<JournalEntry> entries;
    if (!contents.entries.empty() || !ids.empty())
        entries = choose(std::move(contents.entries), journal, identity_of(context.sessions.token()), ids);
    auto living = take_living(entries, contents.files);
    Resolved resolved;
    if (!entries.empty()) resolved = look_at(context, journal, entries);
    resolved.open += living.size();
    std::move(living.begin(), living.end(), std::back_inserter(entries));
    print(context.console, entries);
    journal.write_noted();
    const auto of_all = " of " + std::to_string(entries.size());
    const bool may_be_resolved = std::any_of(entries.begin(), entries.end(), [](const JournalEntry& entry) {
        return is_unresolved(entry) && entry.identity;
    });
    if (resolved.open > 0)
        throw Error(
            Fault::outcome_unknown, "journal: " + std::to_string(resolved.open) + of_all + " are still unresolved",
            {.hint = !may_be_resolved ? "an entry that does not say whose it is stays so while the exchange has no "
                                        "record of it: look for yourself"
                     : living.empty() ? "try again in two minutes"
                                      : "wait for the commands that are still running, or try again in two minutes"});
    if (resolved.revived > 0)
        throw Error(Fault::outcome_unknown,
                    "journal: " + std::to_string(resolved.revived) + of_all +
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
