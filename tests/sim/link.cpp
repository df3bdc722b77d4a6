#include "sim/link.hpp"

#include <algorithm>
#include <utility>

namespace omen::sim {

using namespace std::chrono_literals;

namespace {

/// When a client's system notices that nobody is there any more.
constexpr auto keep_alive = 30s;

} // namespace

void Link::write(std::string bytes) {
    up_free_ = std::max(up_free_, timeline_.now() + delay());
    timeline_.at(up_free_, [this, bytes = std::move(bytes)] {
        if (!is_over_ && !is_dark_ && handler_) handler_->on_message(bytes, true);
    });
}

void Link::abort() {
    client_ = nullptr;
    timeline_.after(delay(), [this] { end(Ending::silence); });
}

void Link::send(sandbox::Message message) {
    if (!is_over_ && !is_dark_ && client_ != nullptr) filter_(*this, message);
}

void Link::send_down(const sandbox::Message& message) {
    down_free_ = std::max(down_free_, timeline_.now() + delay());
    timeline_.at(down_free_, [this, message, epoch = down_epoch_] {
        if (client_ != nullptr && epoch == down_epoch_) client_->on_message(*message);
    });
}

void Link::later(Milliseconds delay, std::function<void()> act) {
    timeline_.after(delay, [this, act = std::move(act)] {
        if (!is_over_) act();
    });
}

void Link::end(Ending how) {
    if (std::exchange(is_over_, true)) return;
    timeline_.at(timeline_.now(), [this] { handler_.reset(); });
    if (how == Ending::reset) ++down_epoch_;
    down_free_ = std::max(down_free_, timeline_.now() + delay());
    timeline_.at(how == Ending::silence ? down_free_ + keep_alive : down_free_, [this, how] {
        if (client_ == nullptr) return;
        const bool is_closed = how == Ending::close_frame;
        std::exchange(client_, nullptr)
            ->on_end(is_closed ? SessionEnd::closed : SessionEnd::broken, is_closed ? "closed" : "broken");
    });
}

void Link::end_now(Ending how) {
    end(how);
    handler_.reset();
}

} // namespace omen::sim
