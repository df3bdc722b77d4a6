#include "cli/stream/public.hpp"

#include "core/text.hpp"

namespace omen {

PublicStream::PublicStream(Context& context, const std::vector<std::string>& markets, ChannelKind kind)
    : context_(context), kind_(kind) {
    for (const auto& name : markets) {
        const auto market = context.sessions.markets().find(name);
        symbols_.emplace(market.id, market.symbol());
    }
}

void PublicStream::connect(Deadline deadline) {
    unsubscribed_.clear();
    std::vector<md::Channel> channels;
    for (const auto& [market, symbol] : symbols_) channels.push_back({kind_, market});
    feed_.emplace(context_.sessions.market_data());
    feed_->subscribe(channels, deadline);
}

const std::string* PublicStream::symbol(const MarketId& market) const {
    const auto found = symbols_.find(market);
    return found == symbols_.end() ? nullptr : &found->second;
}

Deadline PublicStream::resubscribe(const MarketId& market) {
    return Deadline::at(feed_->resubscribe({kind_, market}) + context_.settings.values().timeout.value);
}

bool PublicStream::pump(StreamLines& lines, Deadline deadline) {
    const auto* event = feed_->next(deadline.earlier(wake()));
    const bool heard = event != nullptr && (take(lines, *event) || take_subscription(lines, *event));
    on_time(lines);
    return heard;
}

bool PublicStream::take_subscription(StreamLines& lines, const md::Event& event) {
    const auto market_of = [this](const std::optional<std::string>& channel) {
        const auto known = md::Channel::parse(channel.value_or(""));
        return known && symbol(known->market_id) != nullptr ? std::optional(known->market_id) : std::nullopt;
    };
    const auto print = [&](const char* type, const MarketId& market) {
        lines.print(SubscriptionView{.type = type, .market_id = market, .symbol = *symbol(market)});
    };
    if (const auto* error = std::get_if<md::ErrorEvent>(&event)) {
        if (const auto market = market_of(error->channel)) return end_market(lines, *market, *error), true;
    } else if (const auto* left = std::get_if<md::Unsubscribed>(&event)) {
        if (const auto market = market_of(left->channel)) {
            print("unsubscribed", *market);
            unsubscribed_.insert(*market);
            return interrupted(*market, resubscribe(*market)), true;
        }
    } else if (const auto* joined = std::get_if<md::Subscribed>(&event)) {
        if (const auto market = market_of(joined->channel); market && unsubscribed_.erase(*market) != 0)
            return print("subscribed", *market), true;
    }
    return false;
}

void PublicStream::end_market(StreamLines& lines, const MarketId& market, const md::ErrorEvent& event) {
    const auto error = context_.console.without_secrets(feed_error(event));
    lines.print(SubscriptionView{.type = "error",
                                 .market_id = market,
                                 .symbol = *symbol(market),
                                 .code = event.code,
                                 .reason = harmless(error.what())});
    context_.console.report(error);
    outcome_ = more_serious(outcome_, error.exit_code());
    unsubscribed_.erase(market);
    symbols_.erase(market);
    ended(market);
}

} // namespace omen
