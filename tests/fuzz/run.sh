#!/bin/sh
# Builds the fuzzers with clang and runs each of them: tests/fuzz/run.sh [SECONDS [FUZZER...]], 5 seconds unless told. What they learn is
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
failed=
for name in "$@"; do
    mkdir -p "$folder/corpus/$name"
    seeds=
    [ ! -d "$root/tests/fuzz/corpus/$name" ] || seeds=$root/tests/fuzz/corpus/$name
    echo "Fuzzing $name for $seconds s"
    # shellcheck disable=SC2086 # one word or none
    if ! "$folder/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$folder/found/$name-" \
        "$folder/corpus/$name" $seeds >"$folder/$name.log" 2>&1; then
        tail -40 "$folder/$name.log" >&2
        failed="$failed $name"
    fi
done
[ -z "$failed" ] || { echo "These fuzzers found something:$failed" >&2; exit 1; }
echo "All fuzzers passed."
