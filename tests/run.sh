#!/bin/sh
# Installs what is missing, builds, and passes all tests: the units under AddressSanitizer and UndefinedBehaviorSanitizer,
# the real binary against the sandbox as it is shipped and under the sanitizers, and each fuzzer for a few seconds.
# OMENCTL_QUICK=1: units and binary once, as shipped.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/tests/install.sh"
# shellcheck disable=SC2086 # a list of words
install_missing $build_packages $sanitize_packages $packaging_packages bats parallel jq curl zsh fish mandoc openssl socat python3

units() {
    echo "Unit tests in $1"
    "$1/unit_tests"
}

# command_line FOLDER [flags...]: tests of one file share an exchange and run in turn; files run side by side, as most of their time is
# waiting. One that hangs has failed.
command_line() {
    echo "Command line tests in $1"
    folder=$1
    shift
    # The longest come first, so that no processor is left with one at the end.
    set -- "$@" "$root/tests/cli/outcome.bats" "$root/tests/cli/recording.bats"
    for file in "$root"/tests/cli/*.bats; do
        case $file in */outcome.bats | */recording.bats) ;; *) set -- "$@" "$file" ;; esac
    done
    BATS_TEST_TIMEOUT=600 OMENCTL="$folder/omenctl" bats --jobs $((2 * $(nproc))) --no-parallelize-within-files \
        --report-formatter tap --output "$folder" "$@" && return
    # Once more at the end, where they are looked for.
    echo "These failed in $folder:"
    awk '/^(not )?ok / { failed = /^not/ } failed' "$folder/report.tap"
    return 1
}

# model FOLDER: the sandbox's digits are those of a model that was written from omenctl-sandbox(7), for three seeds; more by hand.
model() {
    echo "The model beside $1"
    OMENCTL="$1/omenctl" XDG_STATE_HOME="$1/state" python3 "$root/tests/model/compare.py" 1 2 3
}

# worlds FOLDER ENGINE OTHER: the trading engine in so many simulated ones, and kills, drop-copies and books each in so many others.
worlds() {
    echo "Simulated worlds in $1"
    cmake --build "$1" --target sim >"$1/sim.log" 2>&1 || { cat "$1/sim.log" >&2; return 1; }
    "$1/sim" --avoidable --count "$2"
    for kind in killed drop-copy book; do
        "$1/sim" "$kind" --count "$3"
    done
}

# start_beside COMMAND...: runs it beside what follows, until finish_beside, which fails where it has failed.
beside=
trap '[ -z "$beside" ] || kill -- "-$beside" || :' EXIT
trap 'exit 130' INT TERM
start_beside() {
    setsid "$@" &
    beside=$!
}
finish_beside() {
    running=$beside
    beside=
    wait "$running"
}

if [ "${OMENCTL_QUICK:-}" = 1 ]; then
    build "$root/build" all -DCMAKE_REQUIRE_FIND_PACKAGE_Catch2=ON
    units "$root/build"
    worlds "$root/build" 10000 2000
    command_line "$root/build"
    model "$root/build"
else
    build "$root/build" omenctl
    # Meanwhile the other build takes what the tests leave of the processors.
    # shellcheck disable=SC2016 # its own arguments
    start_beside nice -n 19 sh -c 'root=$1; . "$root/tests/install.sh"; build_sanitized "$root/build-sanitize" all' sh "$root"
    TEST_PATIENCE="${TEST_PATIENCE:-3}" command_line "$root/build"
    finish_beside
    model "$root/build"
    worlds "$root/build" 50000 10000

    export UBSAN_OPTIONS=print_stacktrace=1
    # Most of the units' time is waiting.
    start_beside sh -c 'exec "$1/unit_tests" >"$1/units.log" 2>&1' sh "$root/build-sanitize"
    # The seeds were all drawn on the binary as it is shipped. To look for leaks doubles every start: that is for the units and the fuzzers.
    # What comes with the binary is not sanitized.
    TEST_RUNS="${TEST_RUNS:-4}" TEST_PATIENCE="${TEST_PATIENCE:-6}" ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=0:malloc_context_size=4}" \
        command_line "$root/build-sanitize" --filter-tags '!shipped'
    echo "Unit tests in $root/build-sanitize"
    finish_beside || { cat "$root/build-sanitize/units.log"; exit 1; }
    tail -n 3 "$root/build-sanitize/units.log"
    worlds "$root/build-sanitize" 2000 2000
    sh "$root/tests/fuzz/run.sh" 5
fi
echo "All tests passed."
