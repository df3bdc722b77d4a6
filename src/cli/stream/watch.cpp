#include "cli/stream/watch.hpp"

#include "cli/output/screen.hpp"
#include "cli/stream/reconnect.hpp"

namespace omen {

Exit watch(Context& context, Picture& picture) {
    constexpr auto least_pause = Milliseconds(50);
    constexpr auto look_at_screen = Milliseconds(500);
    context.sessions.keep_running();
    picture.connect(context.sessions.step());
    Reconnect connection(context);
    const Screen screen;
    auto& output = context.console.output();
    output.begin_watch();
    bool changed = true;
    for (auto next = Clock::now();;) {
        if (changed && Clock::now() >= next) {
            picture.draw(output);
            output.frame(screen);
            output.flush();
            changed = false;
            next = Clock::now() + least_pause;
        }
        try {
            const auto until = changed ? Deadline::at(next) : Deadline::after(look_at_screen);
            changed = picture.pump(until) || screen.was_resumed() || changed;
        } catch (const Error& error) {
            if (!connection.helps(error)) throw;
            // What is no longer known to hold is not left standing.
            output.frame(screen);
            output.flush();
            context.console.note("no longer up to date: " + connection.reason_of(error));
            connection.again([&](Deadline deadline) { picture.connect(deadline); });
            context.console.note("connected again");
            changed = true;
        }
    }
}

} // namespace omen
