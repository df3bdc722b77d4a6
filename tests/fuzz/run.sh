#!/bin/sh
# Builds the fuzzers with clang and runs each of them: tests/fuzz/run.sh [SECONDS [FUZZER...]], 5 seconds by default. What they learn is
# kept in build-sanitize/corpus; the input that ends one in build-sanitize/found, from where `build-sanitize/fuzz_NAME FILE` runs it again.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
. "$root/tests/install.sh"
# shellcheck disable=SC2086 # a list of words
install_missing $build_packages $sanitize_packages
seconds=${1:-5}
[ $# -eq 0 ] || shift

folder=$root/build-sanitize
build_sanitized "$folder" fuzzers
mkdir -p "$folder/corpus" "$folder/found"
"$folder/fuzz_seeds" "$folder/corpus"

if [ $# -eq 0 ]; then
    for source in "$root"/tests/fuzz/*.cpp; do
        name=$(basename "$source" .cpp)
        [ "$name" = seeds ] || set -- "$@" "$name"
    done
fi

# fuzz NAME: one that finds something leaves its log's end on stderr, and its name in the list.
failed=$folder/failed
: >"$failed"
fuzz() {
    mkdir -p "$folder/corpus/$1"
    seeds=
    [ ! -d "$root/tests/fuzz/corpus/$1" ] || seeds=$root/tests/fuzz/corpus/$1
    echo "Fuzzing $1 for $seconds s"
    # shellcheck disable=SC2086 # one word or none
    "$folder/fuzz_$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$folder/found/$1-" \
        "$folder/corpus/$1" $seeds >"$folder/$1.log" 2>&1 && return
    tail -40 "$folder/$1.log" >&2
    echo "$1" >>"$failed"
}

running=0
for name in "$@"; do
    fuzz "$name" &
    running=$((running + 1))
    [ $((running % $(nproc))) -ne 0 ] || wait
done
wait
# shellcheck disable=SC2046 # words
[ ! -s "$failed" ] || { echo "These fuzzers found something:" $(cat "$failed") >&2; exit 1; }
echo "All fuzzers passed."
