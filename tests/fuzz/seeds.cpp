// Writes the corpora to begin with that are made of every message, filled: fuzz_seeds DIRECTORY.

#include "protocol/wire/json.hpp"
#include "support/every_message.hpp"

#include <filesystem>
#include <fstream>

using namespace omen;

namespace {

class Seeds {
  public:
    Seeds(const std::filesystem::path& root, const std::string& target) : directory_(root / target) {
        std::filesystem::create_directories(directory_);
    }
    void write(const std::string& bytes) {
        std::ofstream(directory_ / ("seed-" + std::to_string(++count_)), std::ios::binary) << bytes;
    }

  private:
    std::filesystem::path directory_;
    int count_ = 0;
};

template <class List> struct Each;
template <class... Ts> struct Each<std::tuple<Ts...>> {
    template <class F> static void make(F f) { (f(test::filled<Ts>()), ...); }
};

template <class Variant> void write_messages(Seeds seeds) {
    Each<test::Known<Variant>>::make([&](const auto& message) { seeds.write(wire::encode(message)); });
}

std::string with_length(const std::string& bytes) {
    return {static_cast<char>(bytes.size() / 256), static_cast<char>(bytes.size() % 256)};
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::filesystem::path root(argv[1]);
    write_messages<gw::ServerMessage>({root, "gateway_message"});
    write_messages<gw::ServerMessage>({root, "msgpack_as_json"});
    write_messages<gw::Command>({root, "gateway_command"});
    write_messages<md::Event>({root, "market_data_event"});
    write_messages<md::Command>({root, "market_data_command"});
    Seeds json(root, "json");
    Seeds rest(root, "rest");
    char model = 0;
    Each<test::RestModels>::make([&](const auto& one) {
        json.write(wire::to_json(one));
        rest.write(model++ + wire::to_json(one));
    });
    Seeds session(root, "gateway_session");
    Each<test::Known<gw::Command>>::make([&](auto command) {
        if constexpr (requires { command.market_id.emplace(); })
            command.market_id = MarketId(1);
        else if constexpr (requires { command.market_id; })
            command.market_id = MarketId(1);
        const auto bytes = wire::encode(command);
        session.write(with_length(bytes) + bytes);
    });
}
