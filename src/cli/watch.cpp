#include "cli/watch.hpp"

#include "cli/output/screen.hpp"

namespace omen {

Exit watch(Context& context, const std::function<bool(Deadline)>& pump, const std::function<void(Output&)>& draw) {
    constexpr auto least_pause = Milliseconds(50);
    const Screen screen;
    const bool frames = context.output().is_table();
    bool changed = true;
    for (auto next = Clock::now();;) {
        if (changed && Clock::now() >= next) {
            auto& output = context.output();
            draw(output);
            if (frames) output.frame(screen);
            output.flush();
            changed = false;
            next = Clock::now() + least_pause;
        }
        changed = pump(changed ? Deadline::at(next) : Deadline::never()) || changed;
    }
}

} // namespace omen
