#include "client/trading/batch_line.hpp"

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
    std::optional<std::string> market;
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

Decimal read_decimal(Cursor& in) try {
    auto value = in.kind() == Kind::integer ? in.amount(0)
                 : in.kind() == Kind::text  ? Decimal::parse(in.text())
                                            : Decimal::parse(in.number_text());
    if (!value.is_positive()) throw DecodeError("must be positive");
    return value;
} catch (const DecimalError& error) {
    throw DecodeError(error.what());
}

std::string read_market(Cursor& in) {
    return in.kind() == Kind::integer ? std::to_string(in.unsigned_integer()) : std::string(in.text());
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
    {"market", "order cancel_all", [](Cursor& in, Fields& f) { f.market = read_market(in); }},
    {"market_id", "order cancel_all", [](Cursor& in, Fields& f) { f.market = read_market(in); }},
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

const Key& key_of(std::string_view name) {
    const auto* key =
        std::find_if(std::begin(line_keys), std::end(line_keys), [&](const Key& one) { return one.name == name; });
    if (key != std::end(line_keys)) return *key;
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

[[noreturn]] void field_problem(const char* name, const std::string& reason) {
    wire::field_error(name, reason);
}

Fields read_fields(std::string_view json) {
    const auto bytes = wire::json_to_msgpack(json);
    Cursor in(bytes);
    Fields fields;
    std::vector<const Key*> given;
    for (auto left = in.map(); left > 0; --left) {
        const auto& key = key_of(in.text());
        if (std::find(given.begin(), given.end(), &key) != given.end()) field_problem(key.name, "appears twice");
        given.push_back(&key);
        try {
            if (!in.take_nil()) key.read(in, fields);
        } catch (DecodeError& error) {
            error.in_field(key.name);
            throw;
        }
    }
    if (fields.op.empty()) field_problem("op", "missing (order, cancel, cancel_all or amend)");
    if (fields.op.find(' ') != std::string::npos || !has_word(line_keys[0].ops, fields.op))
        field_problem("op", "unknown value \"" + fields.op + "\" (it is order, cancel, cancel_all or amend)");
    for (const auto* key : given)
        if (!has_word(key->ops, fields.op)) field_problem(key->name, "does not belong to " + fields.op);
    return fields;
}

gw::Order order_of(const Fields& fields) {
    if (!fields.market) field_problem("market", "missing");
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

void check_named(const Fields& fields) {
    if (fields.order_id.has_value() == fields.client_order_id.has_value())
        field_problem("order_id", "exactly one of order_id and client_order_id must be given");
}

gw::TradingCommand command_of(const Fields& fields) {
    if (fields.op == "order") return order_of(fields);
    if (fields.op == "cancel_all") return gw::CancelAll{};
    check_named(fields);
    if (fields.op == "cancel")
        return gw::Cancel{.order_id = fields.order_id, .client_order_id = fields.client_order_id};
    if (!fields.price && !fields.size) field_problem("price", "nothing to change: give price, size or both");
    return gw::Amend{.order_id = fields.order_id,
                     .client_order_id = fields.client_order_id,
                     .price = fields.price,
                     .size = fields.size};
}

} // namespace

BatchLine BatchLine::parse(std::string_view json) {
    const auto fields = read_fields(json);
    return {command_of(fields), fields.market, fields.op == "order" && !fields.client_order_id};
}

} // namespace omen
