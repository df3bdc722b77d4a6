#include "cli/stream.hpp"
#include "cli/views.hpp"

#include <memory>

namespace omen {

namespace {

constexpr std::string_view columns[] = {"type", "timestamp", "symbol", "side", "price", "size", "trade_id"};

/// Trades that happen from now on; what the feed sends of the past at the start is `omenctl trades`.
std::uint64_t print(Context& context, const md::Event& event, const Symbols& symbols) {
    const auto* trade = std::get_if<md::Trade>(&event);
    if (trade == nullptr) return 0;
    context.output().line(WithSymbol<md::Trade>(*trade, symbols.at(trade->market_id)), columns);
    return 1;
}

} // namespace

void add_stream_trades(CLI::App& app, Run& run) {
    auto options = std::make_shared<StreamOptions>();
    add_stream_options(app, *options);
    run = [options](Context& context) {
        return run_stream(context, *options, ChannelKind::trades,
                          [&](MarketData&, const md::Event& event, const Symbols& symbols) {
                              return print(context, event, symbols);
                          });
    };
}

} // namespace omen
