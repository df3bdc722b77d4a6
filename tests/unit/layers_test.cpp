#include "support/catch.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace omen::layers_test {

namespace fs = std::filesystem;

namespace {

using Names = std::set<std::string>;
using Lines = std::vector<std::string>;

/// What each layer may include beside itself. main.cpp alone may include cli, and nothing else needs to.
const std::map<std::string, Names> may_include{
    {"core", {}},
    {"system", {"core"}},
    {"protocol", {"core"}},
    {"transport", {"system", "core"}},
    {"client", {"protocol", "transport", "system", "core"}},
    {"sandbox", {"protocol", "transport", "system", "core"}},
    {"cli", {"client", "sandbox", "protocol", "transport", "system", "core"}},
    {"main.cpp", {"cli", "system", "core"}},
};

/// The rooms of each layer: each may include those before it. "" are the layer's own files.
const std::map<std::string, Lines> rooms{
    {"core", {""}},
    {"system", {""}},
    {"protocol", {"wire", "", "gateway"}},
    {"transport", {"on_demand", ""}},
    {"client", {"trace", "settings", "access", "session", "markets", "feeds", "journal", "trading", "requests"}},
    {"sandbox", {"money", "matching", "exchange", "flow", "faults", "access", "servers", "rest", ""}},
    {"cli", {"output", "context", "stream", "commands", "app"}},
};

/// So many files, headers counted, are still seen at a glance. Commands are one file each, and may be more.
constexpr std::size_t most_in_a_room = 25;

/// The sandbox's rooms that compute on values of their own, and their files in which messages of the wire may be named:
/// the interface towards the servers and what is behind it at once. An audit is a message itself.
const std::map<std::string, Names> meets_the_wire{
    {"sandbox/money", {}},
    {"sandbox/matching", {}},
    {"sandbox/exchange",
     {"exchange.hpp", "exchange.cpp", "queries.cpp", "wire_views.hpp", "wire_views.cpp", "audit.hpp"}},
};

/// Libraries that cost every includer seconds of compile time, and the layers whose own headers may have them.
const std::map<std::string, Names> heavy_libraries{
    {"msgpack.hpp", {}},
    {"msgpack", {}},
    {"nlohmann", {}},
    {"curl", {"transport"}},
    {"toml++", {}},
    {"CLI", {"cli"}},
    {"boost", {"transport", "sandbox"}},
    {"openssl", {"transport", "sandbox"}},
};

std::string first_part(const std::string& path) {
    return path.substr(0, path.find('/'));
}

/// "client/feeds" of "client/feeds/book_feed.hpp".
std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

/// How far behind the first room of its layer a file stands; nothing where it stands in none.
std::optional<std::size_t> floor_of(const std::string& path) {
    const auto layer = first_part(path);
    const auto folder = folder_of(path);
    const auto& all = rooms.at(layer);
    const auto found = std::find(all.begin(), all.end(), folder == layer ? "" : folder.substr(layer.size() + 1));
    if (found == all.end()) return std::nullopt;
    return static_cast<std::size_t>(found - all.begin());
}

/// The same for an include of a layer in its own.
std::string objection_within(const std::string& file, const std::string& target) {
    const auto from = floor_of(file);
    const auto to = floor_of(target);
    if (!from) return folder_of(file) + " is no room";
    if (!to) return folder_of(target) + " is no room";
    return *to <= *from ? "" : folder_of(file) + " must not include " + target;
}

/// Why this include must not stand in this file of src; nothing when it may.
std::string objection(const std::string& file, const std::string& target, bool quoted) {
    const auto layer = first_part(file);
    const auto part = first_part(target);
    if (quoted) {
        if (may_include.count(layer) == 0) return layer + " is no layer";
        if (part == layer) return objection_within(file, target);
        return may_include.at(layer).count(part) != 0 ? "" : layer + " must not include " + target;
    }
    const auto heavy = heavy_libraries.find(part);
    if (heavy == heavy_libraries.end() || !file.ends_with(".hpp") || heavy->second.count(layer) != 0) return "";
    return "a header must not include " + target;
}

/// Whether a line includes the protocol, its refusals' names excepted, or names a message.
bool names_a_message(const std::string& line) {
    if (line.starts_with("#include"))
        return line.find("\"protocol/") != line.npos && line.find("/codes.hpp") == line.npos;
    static const std::regex message(R"(\b(gw|rest|md|wire)::)");
    return std::regex_search(line.substr(0, line.find("//")), message);
}

/// "sandbox/money/a.hpp:3: a message of the wire", for each line that names one and must not.
Lines wire_within(const std::string& file, std::istream& text) {
    const auto room = meets_the_wire.find(folder_of(file));
    if (room == meets_the_wire.end() || room->second.count(file.substr(file.rfind('/') + 1)) != 0) return {};
    Lines found;
    std::string line;
    for (int number = 1; std::getline(text, line); ++number)
        if (names_a_message(line)) found.push_back(file + ":" + std::to_string(number) + ": a message of the wire");
    return found;
}

Lines wire_within(const std::string& file, const std::string& text) {
    std::istringstream stream(text);
    return wire_within(file, stream);
}

/// "core/a.hpp:3: core must not include cli/b.hpp", for each include that must not be there.
Lines violations(const std::string& file, std::istream& text) {
    Lines found;
    std::string line;
    for (int number = 1; std::getline(text, line); ++number) {
        line.erase(std::remove(line.begin(), line.end(), ' '), line.end());
        if (!line.starts_with("#include")) continue;
        const auto end = line.find_first_of("\">", 9);
        const auto why = objection(file, line.substr(9, end - 9), line[8] == '"');
        if (!why.empty()) found.push_back(file + ":" + std::to_string(number) + ": " + why);
    }
    return found;
}

Lines violations_in(const std::string& file, const std::string& text) {
    std::istringstream stream(text);
    return violations(file, stream);
}

} // namespace

TEST_CASE("an include against the layers' direction is found, with its file and line") {
    CHECK(violations_in("core/a.cpp", "#include \"core/b.hpp\"\n\n# include \"protocol/c.hpp\" // why\n") ==
          Lines{"core/a.cpp:3: core must not include protocol/c.hpp"});
    CHECK(violations_in("protocol/a.cpp", "#include \"transport/b.hpp\"").size() == 1);
    CHECK(violations_in("transport/a.cpp", "#include \"protocol/b.hpp\"").size() == 1);
    CHECK(violations_in("client/a.cpp", "#include \"sandbox/b.hpp\"").size() == 1);
    CHECK(violations_in("sandbox/a.cpp", "#include \"client/b.hpp\"").size() == 1);
    CHECK(violations_in("client/a.cpp", "#include \"cli/b.hpp\"").size() == 1);
    CHECK(violations_in("core/a.cpp", "#include \"b.hpp\"").size() == 1);
    CHECK(violations_in("core/a.cpp", "#include \"../cli/b.hpp\"").size() == 1);
    CHECK(violations_in("other/a.cpp", "#include \"core/b.hpp\"").size() == 1);
    CHECK(violations_in("main.cpp", "#include \"cli/app.hpp\"").empty());
    CHECK(violations_in("cli/output/a.cpp", "#include \"sandbox/b.hpp\"\n#include \"client/b.hpp\"").empty());
}

TEST_CASE("a room includes only those before it in its layer") {
    CHECK(violations_in("client/session/a.cpp", "#include \"client/trading/b.hpp\"") ==
          Lines{"client/session/a.cpp:1: client/session must not include client/trading/b.hpp"});
    CHECK(violations_in("client/trading/a.cpp", "#include \"client/session/b.hpp\"").empty());
    CHECK(violations_in("client/trading/a.cpp", "#include \"client/trading/b.hpp\"").empty());
    CHECK(violations_in("protocol/wire/a.cpp", "#include \"protocol/rest.hpp\"").size() == 1);
    CHECK(violations_in("protocol/gateway/a.cpp", "#include \"protocol/rest.hpp\"").empty());
    CHECK(violations_in("sandbox/exchange/a.cpp", "#include \"sandbox/sandbox.hpp\"").size() == 1);
    CHECK(violations_in("client/a.cpp", "#include \"client/trace/b.hpp\"").size() == 1);
    CHECK(violations_in("client/feeds/a.cpp", "#include \"client/feeds/deep/b.hpp\"").size() == 1);
}

TEST_CASE("a heavy library in a header is found") {
    CHECK(violations_in("protocol/a.hpp", "#include <msgpack.hpp>") ==
          Lines{"protocol/a.hpp:1: a header must not include msgpack.hpp"});
    CHECK(violations_in("client/a.hpp", "#include <nlohmann/json.hpp>\n#include <CLI/CLI.hpp>").size() == 2);
    CHECK(violations_in("client/a.hpp", "#include <boost/asio.hpp>\n#include <curl/curl.h>").size() == 2);
    CHECK(violations_in("sandbox/a.hpp", "#include <boost/asio.hpp>\n#include <openssl/ssl.h>").empty());
    CHECK(violations_in("client/a.cpp", "#include <nlohmann/json.hpp>").empty());
    CHECK(violations_in("client/a.hpp", "#include <vector>").empty());
}

TEST_CASE("a message of the wire where the exchange computes is found") {
    CHECK(wire_within("sandbox/exchange/a.cpp", "#include \"core/b.hpp\"\n#include \"protocol/rest.hpp\"\n") ==
          Lines{"sandbox/exchange/a.cpp:2: a message of the wire"});
    CHECK(wire_within("sandbox/exchange/a.cpp", "#include \"protocol/gateway/order.hpp\"").size() == 1);
    CHECK(wire_within("sandbox/exchange/a.hpp", "void f(const gw::Order&);\nmd::Trade g();\nomen::rest::X x;").size() ==
          3);
    CHECK(wire_within("sandbox/matching/a.hpp", "std::optional<md::Trade> last;").size() == 1);
    CHECK(wire_within("sandbox/money/a.cpp", "#include \"protocol/wire/codec.hpp\"").size() == 1);
    CHECK(
        wire_within("sandbox/exchange/a.cpp", "#include \"protocol/codes.hpp\"\n// as gw::Order\nrest.size;").empty());
    CHECK(wire_within("sandbox/exchange/wire_views.cpp", "gw::Order f();").empty());
    CHECK(wire_within("sandbox/money/wire_views.cpp", "gw::Order f();").size() == 1);
    CHECK(wire_within("sandbox/servers/a.cpp", "gw::Order f();").empty());
}

TEST_CASE("the exchange computes on values of its own, so that the wire can change without it") {
    const fs::path source = fs::path(OMENCTL_SOURCE_DIR) / "src";
    for (const auto& [room, boundary] : meets_the_wire) {
        for (const auto& name : boundary) CHECK(fs::exists(source / room / name));
        for (const auto& entry : fs::directory_iterator(source / room)) {
            std::ifstream text(entry.path());
            for (const auto& line : wire_within(fs::relative(entry.path(), source).string(), text)) FAIL_CHECK(line);
        }
    }
}

TEST_CASE("layers and rooms include each other in one direction only, and headers stay light") {
    const fs::path source = fs::path(OMENCTL_SOURCE_DIR) / "src";
    std::size_t files = 0;
    std::map<std::string, std::size_t> in_folder;
    for (const auto& entry : fs::recursive_directory_iterator(source)) {
        if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
        ++files;
        std::ifstream text(entry.path());
        const auto file = fs::relative(entry.path(), source).string();
        for (const auto& violation : violations(file, text)) FAIL_CHECK(violation);
        ++in_folder[folder_of(file)];
    }
    CHECK(files > 20);
    for (const auto& [folder, count] : in_folder) {
        INFO(folder);
        CHECK((count <= most_in_a_room || folder == "cli/commands"));
    }
}

} // namespace omen::layers_test
