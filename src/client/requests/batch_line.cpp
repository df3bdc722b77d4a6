#include "client/requests/batch_line.hpp"

#include "client/trading/orders.hpp"
#include "core/text.hpp"
#include "protocol/wire/json.hpp"

#include <algorithm>
#include <vector>

namespace omen {

namespace {

using wire::Cursor;
using wire::Kind;

/// Whatever a line may say.
struct Fields {
    std::string op;
    std::vector<std::string> markets;
    std::optional<OrderId> order_id;
    std::optional<ClientOrderId> client_order_id;
    std::optional<Side> side;
    std::optional<OrderType> order_type;
    std::optional<TimeInForce> time_in_force;
    std::optional<Decimal> price;
    std::optional<Decimal> size;
    bool post_only = false;
    bool reduce_only = false;
};

Decimal read_number(Cursor& in) {
    const auto number = in.number_text();
    try {
        return Decimal::parse_json(number);
    } catch (const DecimalError& error) {
        throw DecodeError(std::string(number) + ": " + error.what());
    }
}

Decimal read_decimal(Cursor& in) try {
    auto value = in.kind() == Kind::integer ? in.amount(0)
                 : in.kind() == Kind::text  ? Decimal::parse(in.text())
                                            : read_number(in);
    if (!value.is_positive()) throw DecodeError("must be positive");
    return value;
} catch (const DecimalError& error) {
    throw DecodeError(error.what());
}

void read_market(Cursor& in, Fields& fields) {
    auto name = in.kind() == Kind::integer ? std::to_string(in.unsigned_integer()) : std::string(in.text());
    if (name.empty()) throw DecodeError("must not be empty");
    auto& all = fields.markets;
    if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(std::move(name));
}

template <class E> E read_enum(Cursor& in) {
    const auto text = in.text();
    if (const auto value = parse_enum<E>(text)) return *value;
    throw DecodeError("unknown value \"" + std::string(text) + "\"");
}

ClientOrderId read_client_order_id(Cursor& in) {
    const auto text = in.text();
    if (!is_client_order_id(text)) throw DecodeError("must be 1 to 64 of A-Z a-z 0-9 . _ : -");
    return {std::string(text)};
}

struct Key {
    const char* name;
    const char* ops; ///< of the commands that have it
    void (*read)(Cursor& in, Fields& fields);
};

constexpr Key line_keys[] = {
    {"op", "order cancel cancel_all amend", [](Cursor& in, Fields& f) { f.op = in.text(); }},
    {"market", "order cancel_all", read_market},
    {"market_id", "order cancel_all", read_market},
    {"symbol", "order cancel_all", read_market},
    {"order_id", "cancel amend",
     [](Cursor& in, Fields& f) { wire::read_value<wire::Layout::map>(in, f.order_id.emplace(), 0); }},
    {"client_order_id", "order cancel amend",
     [](Cursor& in, Fields& f) { f.client_order_id = read_client_order_id(in); }},
    {"side", "order", [](Cursor& in, Fields& f) { f.side = read_enum<Side>(in); }},
    {"order_type", "order", [](Cursor& in, Fields& f) { f.order_type = read_enum<OrderType>(in); }},
    {"time_in_force", "order", [](Cursor& in, Fields& f) { f.time_in_force = read_enum<TimeInForce>(in); }},
    {"price", "order amend", [](Cursor& in, Fields& f) { f.price = read_decimal(in); }},
    {"size", "order amend", [](Cursor& in, Fields& f) { f.size = read_decimal(in); }},
    {"post_only", "order", [](Cursor& in, Fields& f) { f.post_only = in.boolean(); }},
    {"reduce_only", "order", [](Cursor& in, Fields& f) { f.reduce_only = in.boolean(); }},
};

/// Nothing for a key that no command has.
const Key* key_of(std::string_view name) {
    const auto* key =
        std::find_if(std::begin(line_keys), std::end(line_keys), [&](const Key& one) { return one.name == name; });
    return key == std::end(line_keys) ? nullptr : key;
}

[[noreturn]] void refuse_unknown(std::string_view name) {
    std::vector<std::string> names;
    for (const auto& one : line_keys) names.emplace_back(one.name);
    const auto meant = nearest(name, names);
    throw DecodeError("unknown key \"" + std::string(name) + "\"" +
                      (meant.empty() ? "" : "; did you mean " + meant + "?"));
}

bool has_word(std::string_view words, std::string_view word) {
    for (std::size_t at = 0; (at = words.find(word, at)) != std::string_view::npos; ++at) {
        const auto end = at + word.size();
        if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ')) return true;
    }
    return false;
}

[[noreturn]] void field_problem(std::string_view name, const std::string& reason) {
    wire::field_error(name, reason);
}

/// A key of the line and where its value stands.
struct Entry {
    std::string_view name;
    Cursor value;
};

std::vector<Entry> entries_of(std::string_view msgpack) {
    Cursor in(msgpack);
    std::vector<Entry> entries;
    for (auto left = in.map(); left > 0; --left) {
        const auto name = in.text();
        const auto is_same = [&](const Entry& one) { return one.name == name; };
        if (std::any_of(entries.begin(), entries.end(), is_same)) field_problem(name, "appears twice");
        entries.push_back({name, in});
        in.skip();
    }
    return entries;
}

/// Whether this is a key of our order record.
bool is_of_record(std::string_view name) {
    bool found = name == "symbol";
    wire::for_each_field<gw::OrderState>([&](const auto& field) { found |= field.name == name; });
    return found;
}

void read_entry(const Entry& entry, Fields& fields) {
    const auto* key = key_of(entry.name);
    const bool of_record = is_of_record(entry.name);
    if (key == nullptr && !of_record) refuse_unknown(entry.name);
    if (key == nullptr || !has_word(key->ops, fields.op)) {
        // An order's terms say nothing of its cancel. In a cancel_all they would be a condition.
        if (of_record && fields.op != "cancel_all") return;
        field_problem(entry.name, "does not belong to " + fields.op);
    }
    auto in = entry.value;
    try {
        if (!in.take_nil()) return key->read(in, fields);
    } catch (DecodeError& error) {
        error.in_field(entry.name);
        throw;
    }
    // What nobody has filled in must not cancel everywhere.
    if (fields.op == "cancel_all") field_problem(entry.name, "is null; leave it out to cancel in every market");
}

/// Empty where there is none.
std::string text_in(const std::vector<Entry>& entries, std::string_view name) {
    for (const auto& entry : entries)
        if (auto in = entry.value; entry.name == name && in.kind() == Kind::text) return std::string(in.text());
    return {};
}

Fields read_fields(std::string_view json) {
    const auto bytes = wire::json_to_msgpack(json);
    const auto entries = entries_of(bytes);
    Fields fields;
    fields.op = text_in(entries, "op");
    if (fields.op.empty()) field_problem("op", "missing (order, cancel, cancel_all or amend)");
    if (fields.op.find(' ') != std::string::npos || !has_word(line_keys[0].ops, fields.op))
        field_problem("op", "unknown value \"" + fields.op + "\" (it is order, cancel, cancel_all or amend)");
    for (const auto& entry : entries) read_entry(entry, fields);
    return fields;
}

gw::Order order_of(const Fields& fields) {
    if (fields.markets.empty()) field_problem("market", "missing");
    if (!fields.side) field_problem("side", "missing");
    if (!fields.size) field_problem("size", "missing");
    const bool at_market = fields.order_type == OrderType::market;
    // A forgotten price must never buy at any price.
    if (!at_market && !fields.price) field_problem("price", R"(missing (or say "order_type":"market"))");
    if (at_market && fields.price) field_problem("price", "does not belong to a market order");
    if (at_market && fields.post_only) field_problem("post_only", "does not belong to a market order");
    if (at_market && fields.time_in_force && *fields.time_in_force != TimeInForce::ioc)
        field_problem("time_in_force", "a market order is always ioc");
    if (fields.post_only && fields.time_in_force && *fields.time_in_force != TimeInForce::gtc)
        field_problem("time_in_force", "a post-only order rests, so it is always gtc");
    return {.client_order_id = fields.client_order_id ? *fields.client_order_id : mint_client_order_id(),
            .market_id = {},
            .side = *fields.side,
            .order_type = at_market ? OrderType::market : OrderType::limit,
            .price = fields.price,
            .size = *fields.size,
            .time_in_force = fields.time_in_force.value_or(at_market ? TimeInForce::ioc : TimeInForce::gtc),
            .post_only = fields.post_only,
            .reduce_only = fields.reduce_only};
}

/// Of an order that the line gives two names the exchange's own is sent; that the other is its, too, is for whoever can
/// ask.
std::optional<ClientOrderId> name_to_send(const Fields& fields) {
    if (!fields.order_id && !fields.client_order_id) field_problem("order_id", "missing (or client_order_id)");
    return fields.order_id ? std::nullopt : fields.client_order_id;
}

gw::TradingCommand command_of(const Fields& fields) {
    if (fields.op == "order") return order_of(fields);
    if (fields.op == "cancel_all") return gw::CancelAll{};
    const auto client_order_id = name_to_send(fields);
    if (fields.op == "cancel") return gw::Cancel{.order_id = fields.order_id, .client_order_id = client_order_id};
    if (!fields.price && !fields.size) field_problem("price", "nothing to change: give price, size or both");
    return gw::Amend{
        .order_id = fields.order_id, .client_order_id = client_order_id, .price = fields.price, .size = fields.size};
}

} // namespace

BatchLine BatchLine::parse(std::string_view json) {
    const auto fields = read_fields(json);
    BatchLine line{.command = command_of(fields), .markets = fields.markets};
    if (fields.order_id && fields.client_order_id) line.named_twice = OrderRef{fields.order_id, fields.client_order_id};
    line.minted = fields.op == "order" && !fields.client_order_id;
    return line;
}

BatchLabel BatchLabel::of(std::string_view json) try {
    const auto bytes = wire::json_to_msgpack(json);
    const auto entries = entries_of(bytes);
    BatchLabel label{.op = text_in(entries, "op")};
    if (auto id = text_in(entries, "client_order_id"); !id.empty())
        label.client_order_id = ClientOrderId{std::move(id)};
    return label;
} catch (const DecodeError&) {
    return {};
}

} // namespace omen
