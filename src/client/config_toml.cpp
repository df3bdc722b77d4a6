#include "client/config.hpp"
#include "client/environment.hpp"
#include "core/error.hpp"
#include "core/parse.hpp"
#include "core/text.hpp"

#include <toml++/toml.h>

#include <filesystem>

namespace omen {

namespace {

constexpr auto choose_profile = "choose one with default_profile = \"NAME\"";

/// Where in the file something stands.
struct Place {
    const std::string& path;
    unsigned line;

    [[noreturn]] void refuse(const std::string& why, std::string hint = {}) const {
        throw Error(Fault::usage, text() + why, {.code = "bad_config", .hint = std::move(hint)});
    }
    std::string text() const { return "config " + path + ":" + std::to_string(line) + ": "; }
    /// "profile paper (config.toml:4)"
    std::string origin(const std::string& owner) const {
        const auto at = std::filesystem::path(path).filename().string() + ":" + std::to_string(line);
        return owner.empty() ? at : owner + " (" + at + ")";
    }
};

/// A value under its key, to be read as what the key wants.
struct Value {
    const toml::node& node;
    Place place;
    std::string key;

    std::string called() const { return place.text() + key; }
    [[noreturn]] void must_be(const std::string& what) const { place.refuse(key + " must be " + what); }
};

void read(const Value& value, std::string& out) {
    const auto* text = value.node.as_string();
    if (text == nullptr || text->get().empty()) value.must_be("a string, and not empty");
    out = text->get();
}

void read(const Value& value, bool& out) {
    const auto* answer = value.node.as_boolean();
    if (answer == nullptr) value.must_be("true or false");
    out = answer->get();
}

template <Enumeration E> void read(const Value& value, E& out) {
    std::string text;
    read(value, text);
    out = parse::one_of<E>(value.called(), text);
}

/// A whole number may stand without quotes. A broken one may not: it would pass through binary floating point.
std::string number_text(const Value& value, const std::string& example) {
    if (const auto* number = value.node.as_integer()) return std::to_string(number->get());
    if (const auto* text = value.node.as_string()) return text->get();
    value.must_be("a string, like \"" + example + "\"");
}

void read(const Value& value, Decimal& out) {
    out = parse::positive(value.called(), number_text(value, "1000.5"));
}

void read(const Value& value, Milliseconds& out) {
    out = parse::duration(value.called(), number_text(value, "10s"));
}

void read(const Value& value, std::vector<std::string>& out) {
    const auto* list = value.node.as_array();
    if (list == nullptr) value.must_be("an array of strings");
    for (const auto& element : *list) read(Value{element, value.place, value.key + "[]"}, out.emplace_back());
}

void read_url(const Value& value, Url& out, bool web_socket) {
    std::string text;
    read(value, text);
    try {
        out = Url::parse(text);
    } catch (const Error& error) {
        value.place.refuse(value.key + ": " + error.what());
    }
    if (out.scheme.starts_with("ws") != web_socket)
        value.must_be(web_socket ? "a ws:// or wss:// URL" : "an http:// or https:// URL");
}

void read(const Value& value, HttpUrl& out) {
    read_url(value, out, false);
}

void read(const Value& value, SocketUrl& out) {
    read_url(value, out, true);
}

/// Reads the value of one key of a table of ours; an unknown key is refused, naming the nearest. `others` are names
/// that would be right there too.
template <class Table>
void read_key(Table& out, const std::string& owner, const Value& value, std::vector<std::string> others = {}) {
    bool known = false;
    const auto try_key = [&](const auto& key) {
        others.emplace_back(key.name);
        if (key.name != value.key) return;
        known = true;
        read(value, (out.*key.member).emplace().value);
        (out.*key.member)->origin = value.place.origin(owner);
    };
    std::apply([&](const auto&... keys) { (try_key(keys), ...); }, Table::keys());
    if (known) return;
    const auto meant = nearest(value.key, others);
    value.place.refuse("unknown key \"" + value.key + "\"", meant.empty() ? "" : "did you mean \"" + meant + "\"?");
}

Value value_of(const std::string& path, const toml::key& key, const toml::node& node) {
    return {node, {path, static_cast<unsigned>(key.source().begin.line)}, std::string(key.str())};
}

/// What no single key can tell to be wrong.
void check(const EnvironmentTable& table, const Place& place) {
    const auto called = "[env." + table.name + "]";
    if (!is_built_in(table.name) && !(table.rest && table.gateway && table.market_data))
        place.refuse(called + " lacks rest, gateway or market_data", "give all three URLs");
    if (table.token_file && table.token_command)
        place.refuse(called + " has both token_file and token_command", "choose one");
    if (table.token_command && table.token_command->value.empty())
        place.refuse(called + ": token_command names no program");
}

void check(const Profile&, const Place&) {}

/// The tables [kind.NAME].
template <class Table> std::vector<Table> read_named(const Value& kind) {
    const auto* names = kind.node.as_table();
    if (names == nullptr) kind.must_be("tables, like [" + kind.key + ".NAME]");
    std::vector<Table> tables;
    for (auto&& [name, node] : *names) {
        const auto named = value_of(kind.place.path, name, node);
        const auto* keys = node.as_table();
        if (keys == nullptr)
            named.place.refuse("[" + kind.key + "] has no keys of its own",
                               "put " + named.key + " under [" + kind.key + ".NAME]");
        auto& table = tables.emplace_back();
        table.name = named.key;
        for (auto&& [key, inner] : *keys)
            read_key(table, kind.key + " " + named.key, value_of(kind.place.path, key, inner));
        check(table, named.place);
    }
    return tables;
}

toml::table parse_toml(std::string_view text, const std::string& path) {
    try {
        return toml::parse(text, path);
    } catch (const toml::parse_error& error) {
        const std::string why(error.description());
        const bool named_profile = why.find("existing string 'profile") != std::string::npos;
        Place{path, static_cast<unsigned>(error.source().begin.line)}.refuse(why, named_profile ? choose_profile : "");
    }
}

} // namespace

Config parse_config(std::string_view text, const std::string& path) {
    const auto file = parse_toml(text, path);
    Config config{.path = path};
    for (auto&& [key, node] : file) {
        const auto value = value_of(path, key, node);
        if (value.key == "profile" && node.is_string())
            value.place.refuse("profile must be tables, like [profile.NAME]", choose_profile);
        if (value.key == "profile")
            config.profiles = read_named<Profile>(value);
        else if (value.key == "env")
            config.environments = read_named<EnvironmentTable>(value);
        else
            read_key(config, "", value, {"profile", "env"});
    }
    // A relative token file is beside the configuration file.
    for (auto& table : config.environments)
        if (auto& file_of = table.token_file; file_of && !file_of->value.starts_with("~/"))
            file_of->value = (std::filesystem::path(path).parent_path() / file_of->value).string();
    return config;
}

} // namespace omen
