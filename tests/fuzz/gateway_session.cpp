// Whatever a client sends to the sandbox's gateway, each message is answered by messages that a client can read. Each
// message of the input follows its length in two bytes.

#include "fuzz/check.hpp"
#include "protocol/gateway/messages.hpp"
#include "sandbox/access/token.hpp"
#include "sandbox/faults/fault_plan.hpp"
#include "sandbox/flow/sandbox_clock.hpp"
#include "sandbox/servers/failure_report.hpp"
#include "sandbox/servers/gateway_server.hpp"
#include "sandbox/servers/truth_log.hpp"
#include "support/sandbox_world.hpp"

#include <cstdlib>

using namespace omen;
using namespace omen::sandbox;

namespace {

struct FuzzedSession : Session {
    void send(Message message) override {
        const auto decoded = wire::decode_any<gw::ServerMessage>(*message);
        fuzz::check(!std::holds_alternative<wire::Unknown>(decoded), "a message of the protocol");
    }
    void close(std::uint16_t) override {}
    void later(Milliseconds, std::function<void()> act) override { act(); }
    void cut(Message) override {}
    void stall_within(Message) override {}
    void end_stream() override {}
    void reset() override {}
    void stall() override {}
    bool is_behind() const override { return false; }
    const std::string& address() const override { return ip; }

    std::string ip = "127.0.0.1";
};

TokenAuthority authority_of_this_run() {
    char directory[] = "/tmp/omenctl-fuzz-XXXXXX";
    fuzz::check(mkdtemp(directory) != nullptr, "a directory for the key");
    return TokenAuthority(directory);
}

std::string authentication(const TokenAuthority& authority) {
    const auto token =
        authority.mint("alice", {Permission::read, Permission::trade}, std::chrono::hours(1000), Timestamp::now());
    return wire::encode(gw::Auth{.id = 1, .token = token});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto authority = authority_of_this_run();
    static const auto auth = authentication(authority);
    World world;
    world.exchange.link("alice", alice, world.now);
    FaultPlan faults;
    FailureReport failures;
    const SandboxClock clock;
    TruthLog log("", IfThere::refuse, clock, failures);
    GatewayServer server(world.exchange, clock, authority, {}, faults, log);
    FuzzedSession session;
    const auto handler = server.open(session);
    handler->on_message(auth, true);
    for (auto left = fuzz::text_of(data, size); left.size() > 2;) {
        const std::size_t length = static_cast<unsigned char>(left[0]) * 256U + static_cast<unsigned char>(left[1]);
        handler->on_message(left.substr(2, length), true);
        left.remove_prefix(std::min(left.size(), 2 + length));
    }
    return 0;
}
