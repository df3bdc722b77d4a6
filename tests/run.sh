#!/bin/sh
# Installs what is missing, builds, and passes all tests: units and the real binary against the sandbox, then both again
# under AddressSanitizer and UndefinedBehaviorSanitizer. OMENCTL_QUICK=1 leaves out the second round.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/tests/install.sh"
# shellcheck disable=SC2086 # a list of words
install_missing $build_packages catch2 bats jq curl zsh fish mandoc dpkg-dev openssl socat

# test_build FOLDER [cmake flags...]
test_build() {
    folder=$1
    build "$@"
    echo "Unit tests in $folder"
    "$folder/unit_tests"
    echo "Command line tests in $folder"
    OMENCTL="$folder/omenctl" bats --timing "$root/tests/cli"
}

test_build "$root/build" all
if [ "${OMENCTL_QUICK:-}" != 1 ]; then
    export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
    test_build "$root/build-sanitize" all -DOMENCTL_SANITIZE=ON -DCMAKE_BUILD_TYPE=Debug
fi
echo "All tests passed."
