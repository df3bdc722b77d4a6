#include "cli/stream/watch.hpp"

#include "cli/output/screen.hpp"
#include "cli/stream/reconnect.hpp"

namespace omen {

Exit watch(Context& context, Picture& picture) {
    constexpr auto least_pause = Milliseconds(50);
    context.keep_running();
    picture.connect(context.step());
    Reconnect connection(context);
    const Screen screen;
    const bool frames = context.output().is_table();
    bool changed = true;
    for (auto next = Clock::now();;) {
        if (changed && Clock::now() >= next) {
            auto& output = context.output();
            picture.draw(output);
            if (frames) output.frame(screen);
            output.flush();
            changed = false;
            next = Clock::now() + least_pause;
        }
        try {
            changed = picture.pump(changed ? Deadline::at(next) : Deadline::never()) || changed;
        } catch (const Error& error) {
            if (!connection.helps(error)) throw;
            // What is no longer known to hold is not left standing.
            if (frames) context.output().frame(screen);
            context.flush();
            context.note("no longer up to date: " + connection.reason_of(error));
            connection.again([&](Deadline deadline) { picture.connect(deadline); });
            context.note("connected again");
            changed = true;
        }
    }
}

} // namespace omen
