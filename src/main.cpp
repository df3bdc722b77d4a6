#include "cli/app/run.hpp"

int main(int argc, char** argv) {
    return omen::run(argc, argv, omen::process_variable);
}
