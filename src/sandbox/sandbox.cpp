#include "sandbox/sandbox.hpp"

#include "core/error.hpp"
#include "sandbox/access/control_key.hpp"
#include "sandbox/access/own_names.hpp"
#include "sandbox/access/token.hpp"
#include "sandbox/exchange/exchange.hpp"
#include "sandbox/faults/fault_plan.hpp"
#include "sandbox/flow/generator.hpp"
#include "sandbox/flow/market_clock.hpp"
#include "sandbox/flow/replay.hpp"
#include "sandbox/rest/control.hpp"
#include "sandbox/rest/server.hpp"
#include "sandbox/servers/connections.hpp"
#include "sandbox/servers/failure_report.hpp"
#include "sandbox/servers/flow_runner.hpp"
#include "sandbox/servers/gateway_server.hpp"
#include "sandbox/servers/listener.hpp"
#include "sandbox/servers/market_data_server.hpp"
#include "sandbox/servers/truth_log.hpp"
#include "sandbox/servers/websocket_session.hpp"
#include "system/signals.hpp"
#include "system/spawn.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <array>
#include <csignal>
#include <poll.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace omen::sandbox {

namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

constexpr auto funds = Decimal::whole(1'000'000);
constexpr auto token_life = std::chrono::hours(24);

/// The wallets that the sandbox itself links.
std::string wallet_name(unsigned number) {
    return fmt::format("0xdefa01{:034}", number);
}

std::unique_ptr<MarketFlow> flow_of(const Options& options) {
    if (options.recording) return std::make_unique<Replay>(*options.recording, options.loop);
    return std::make_unique<Generator>(options.seed, options.volatility);
}

/// Passes on what the exchange reports to whoever's clients want to know.
class Relay : public ExchangeListener {
  public:
    Relay(GatewayServer& gateway, MarketDataServer& feed, FailureReport& failures)
        : gateway_(gateway), feed_(feed), failures_(failures) {}

    void on_execution(const gw::Execution& execution) override { gateway_.publish(execution); }
    /// The command that it comes from may be another wallet's.
    void on_account(const std::string& wallet) override {
        failures_.contain([&] { gateway_.publish_account(wallet); });
    }
    void on_failure(const std::string& what) override { failures_.report(what); }
    void on_trade(const md::Trade& trade) override { feed_.publish({ChannelKind::trades, *trade.market_id}, trade); }
    void on_book(const md::OrderbookDelta& delta) override {
        feed_.publish({ChannelKind::orderbook, delta.market_id}, delta);
    }
    void on_funding(const md::Funding& funding) override {
        feed_.publish({ChannelKind::funding, funding.market_id}, funding);
    }
    void on_spot(const md::SpotPrice& price) override {
        feed_.publish({ChannelKind::spot_price, price.market_id}, price);
    }

  private:
    GatewayServer& gateway_;
    MarketDataServer& feed_;
    FailureReport& failures_;
};

/// Whether standard input has ended. What came is read away.
bool stdin_has_ended() {
    std::array<char, 4096> ignored;
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    return ::poll(&input, 1, 0) > 0 && ::read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0;
}

/// Calls a function again and again, until it returns false.
class Periodic {
  public:
    Periodic(asio::io_context& io, Milliseconds interval, std::function<bool()> tick)
        : timer_(io), interval_(interval), tick_(std::move(tick)) {
        wait();
    }

  private:
    void wait() {
        timer_.expires_after(interval_);
        timer_.async_wait([this](ErrorCode cancelled) {
            if (!cancelled && tick_()) wait();
        });
    }

    asio::steady_timer timer_;
    Milliseconds interval_;
    std::function<bool()> tick_;
};

/// The exchange with its servers. The io_context stands between what sessions refer to and what refers to it, so that
/// each goes while all that it needs is there.
class Sandbox {
  public:
    explicit Sandbox(const Options& options);

    Ready ready() const;
    int serve(const Ready& ready);

  private:
    Listener::Options listen(std::string server, std::string flag, std::uint16_t port) const {
        return {.server = std::move(server), .flag = std::move(flag), .port = port, .addresses = options_.listen};
    }
    template <class Server> WebSocketServer websocket(Endpoint endpoint, Server& server) {
        return {.endpoint = endpoint,
                .max_message = options_.limits.max_client_message,
                .open = [&server](Session& session) { return server.open(session); },
                .names = names_,
                .faults = faults_,
                .connections = connections_};
    }
    /// For a Periodic: what fails once is tried again.
    std::function<bool()> every_time(std::function<void()> act) {
        return [this, act = std::move(act)] {
            failures_.contain(act);
            return true;
        };
    }
    void start_child(const Ready& ready);
    void switch_on(const FaultSpec& fault);
    void clear(std::optional<FaultKind> kind);
    void update_retention();
    void link_new_wallet(const std::string& account);
    void restart(Milliseconds duration);
    void await_signal();
    void on_signal(int signal);
    void on_child();
    void stop(int status);
    void die_of(int signal);

    const Options& options_;
    MarketClock clock_;
    FailureReport failures_{};
    OwnNames names_;
    TokenAuthority authority_;
    std::unique_ptr<MarketFlow> flow_;
    Exchange exchange_;
    FaultPlan faults_;
    TruthLog log_;
    Connections connections_{};
    RestApi api_;
    Control control_;
    GatewayServer gateway_;
    MarketDataServer feed_;
    Relay relay_;
    unsigned wallets_ = 0; ///< that the sandbox has linked
    RestServer rest_server_;
    WebSocketServer gateway_endpoint_;
    WebSocketServer feed_endpoint_;

    asio::io_context io_{1};

    asio::signal_set signals_;
    Listener rest_port_;
    Listener gateway_port_;
    Listener feed_port_;
    FlowRunner runner_;
    Periodic time_;
    Periodic prices_;
    std::optional<Periodic> stdin_watch_{};
    std::optional<Process> child_{};
    int status_ = 0;
    std::optional<int> deadly_{}; ///< the signal that the process is to die of
};

Sandbox::Sandbox(const Options& options)
    : options_(options),
      clock_(options.speed),
      names_(options.listen, options.hosts),
      authority_(options.state_dir),
      flow_(flow_of(options)),
      exchange_(flow_->markets(),
                {.executions_kept = options.limits.drop_copy_retention, .funding_interval = options.funding_interval}),
      faults_(options.seed),
      log_(options.log, options.if_there, clock_, failures_),
      api_(exchange_, clock_, authority_),
      control_(faults_,
               {.switch_on = [this](const FaultSpec& fault) { switch_on(fault); },
                .clear = [this](std::optional<FaultKind> kind) { clear(kind); },
                .audit = [this] { return exchange_.audit(); }},
               {.names = names_, .key = control_key(options.state_dir)}),
      gateway_(exchange_, clock_, authority_, options.limits, faults_, log_),
      feed_(exchange_, clock_, options.limits, faults_),
      relay_(gateway_, feed_, failures_),
      rest_server_{.max_body = options.limits.max_client_message,
                   .api = api_,
                   .control = control_,
                   .faults = faults_,
                   .connections = connections_},
      gateway_endpoint_(websocket(Endpoint::gateway, gateway_)),
      feed_endpoint_(websocket(Endpoint::market_data, feed_)),
      signals_(io_, SIGINT, SIGTERM, SIGQUIT),
      rest_port_(io_, listen("REST", "--rest-port", options.rest_port),
                 [this](Listener::Socket socket) { serve_http(std::move(socket), rest_server_); }),
      gateway_port_(io_, listen("gateway", "--gateway-port", options.gateway_port),
                    [this](Listener::Socket socket) { serve_websocket(std::move(socket), gateway_endpoint_); }),
      feed_port_(io_, listen("market-data", "--market-data-port", options.market_data_port),
                 [this](Listener::Socket socket) { serve_websocket(std::move(socket), feed_endpoint_); }),
      runner_(io_, *flow_, exchange_, clock_, feed_, failures_,
              // Faster than life, nobody is to pay with memory or a lost connection for reading more slowly.
              {.start_after = options.start_after, .waits_for_subscribers = options.speed != 1}),
      time_(io_, Milliseconds(50), every_time([this] { exchange_.advance(clock_.exchange()); })),
      prices_(io_, std::chrono::seconds(1), every_time([this] {
                  exchange_.publish_prices(clock_.exchange());
                  gateway_.tick();
              })) {
    signals_.add(SIGCHLD);
    if (!signals::is_ignored(SIGHUP)) signals_.add(SIGHUP);
    signals::check(); // one that came before
    const auto now = clock_.exchange();
    flow_->open(exchange_, now);
    link_new_wallet("default");
    exchange_.set_listener(&relay_);
}

Ready Sandbox::ready() const {
    const auto url = [](const char* scheme, const Listener& listener, const char* path) {
        return scheme + std::string("://localhost:") + std::to_string(listener.port()) + path;
    };
    return {.rest_url = url("http", rest_port_, ""),
            .gateway_url = url("ws", gateway_port_, "/"),
            .market_data_url = url("ws", feed_port_, "/"),
            .token = authority_.mint("default", {Permission::read, Permission::trade}, token_life, clock_.machine())};
}

int Sandbox::serve(const Ready& ready) {
    for (const auto& fault : options_.faults) switch_on(fault);
    await_signal();
    if (!options_.command.empty()) start_child(ready);
    if (options_.exit_with_stdin)
        stdin_watch_.emplace(io_, Milliseconds(50), [this] {
            const bool ended = stdin_has_ended();
            if (ended) on_signal(SIGTERM);
            return !ended;
        });
    while (!io_.stopped()) failures_.contain([this] { io_.run(); });
    if (deadly_) throw Interrupted{*deadly_};
    return status_;
}

/// In our process group, so that the terminal's Ctrl-C reaches both.
void Sandbox::start_child(const Ready& ready) {
    try {
        child_.emplace(options_.command, Process::Options{.variables = ready.variables()});
    } catch (const std::system_error& error) {
        throw Error(Fault::usage, options_.command.front() + ": " + error.what());
    }
}

void Sandbox::switch_on(const FaultSpec& fault) {
    switch (fault.kind) {
    case FaultKind::expire_token:
        authority_.expire_all(clock_.machine());
        return gateway_.expire_tokens();
    case FaultKind::restart:
        return restart(fault.delay);
    case FaultKind::sequence_reset:
        exchange_.reset_sequences();
        return gateway_.restart_drop_copies();
    case FaultKind::relink:
        return link_new_wallet(fault.account);
    default:
        faults_.add(fault);
        return update_retention();
    }
}

void Sandbox::clear(std::optional<FaultKind> kind) {
    kind ? faults_.clear(*kind) : faults_.clear();
    update_retention();
}

void Sandbox::update_retention() {
    const auto* retention = faults_.find(FaultKind::retention);
    exchange_.keep_executions(retention != nullptr ? *retention->events : options_.limits.drop_copy_retention);
}

void Sandbox::link_new_wallet(const std::string& account) {
    auto wallet = wallet_name(++wallets_);
    while (!exchange_.link(account, wallet, clock_.exchange())) wallet = wallet_name(++wallets_);
    exchange_.fund(wallet, funds);
}

/// In a moment, so that who asks for it gets an answer.
void Sandbox::restart(Milliseconds duration) {
    asio::post(io_, [this, duration] {
        connections_.hang_up_all();
        for (auto* listener : {&rest_port_, &gateway_port_, &feed_port_}) listener->pause(duration);
    });
}

void Sandbox::await_signal() {
    signals_.async_wait([this](ErrorCode cancelled, int signal) {
        if (cancelled) return;
        on_signal(signal);
        await_signal();
    });
}

/// With a command, its end is ours. The terminal sends its signals to both; what the command makes of them counts.
void Sandbox::on_signal(int signal) {
    if (signal == SIGCHLD) return on_child();
    if (child_ && (signal == SIGTERM || signal == SIGHUP)) return child_->send(signal);
    if (child_) return;
    const bool is_usual_end = signal == SIGINT || signal == SIGTERM;
    is_usual_end ? stop(0) : die_of(signal);
}

/// After a Ctrl-C that ended the command, whoever has started us is to stop as well.
void Sandbox::on_child() {
    const auto status = child_ ? child_->ended() : std::nullopt;
    if (!status) return;
    const bool interrupted = WIFSIGNALED(*status) && WTERMSIG(*status) == SIGINT;
    interrupted ? die_of(SIGINT) : stop(shell_status(*status));
}

void Sandbox::stop(int status) {
    status_ = status;
    io_.stop();
}

void Sandbox::die_of(int signal) {
    deadly_ = signal;
    io_.stop();
}

} // namespace

std::vector<std::string> Ready::variables() const {
    return {"OMENCTL_REST_URL=" + rest_url, "OMENCTL_GATEWAY_URL=" + gateway_url,
            "OMENCTL_MARKET_DATA_URL=" + market_data_url, "OMENCTL_TOKEN=" + token};
}

int run(const Options& options, const std::function<void(const Ready&)>& on_ready) {
    Sandbox sandbox(options);
    const auto ready = sandbox.ready();
    on_ready(ready);
    return sandbox.serve(ready);
}

std::string mint_token(const std::string& state_dir, const TokenOptions& options) {
    return TokenAuthority(state_dir).mint(options.account, options.permissions, options.ttl, Timestamp::now());
}

} // namespace omen::sandbox
