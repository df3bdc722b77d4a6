#include "cli/app/run.hpp"
#include "system/signals.hpp"

int main(int argc, char** argv) {
    try {
        return omen::run(argc, argv, omen::process_variable);
    } catch (const omen::Interrupted& interrupted) {
        omen::signals::die_of(interrupted.signal);
    }
}
