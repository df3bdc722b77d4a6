// The main of Catch2 2, compiled once; version 3 has it in a library.
#define CATCH_CONFIG_MAIN
#include "support/catch.hpp"
