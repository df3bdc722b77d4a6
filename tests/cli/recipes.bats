#!/usr/bin/env bats
# The README's recipes, run as they stand there.

load helpers

setup_file() { start_sandbox; }
teardown_file() { stop_sandbox; }

# recipe N: the N-th shell block of the README.
recipe() {
    awk -v wanted="$1" '/^```sh$/ { block++; next } /^```/ { inside = 0 } { if (block == wanted && !done) print } /^```$/ { if (block == wanted) done = 1 }' \
        "$BATS_TEST_DIRNAME/../../README.md" | sed '/^```$/d'
}

run_recipe() {
    cd "$BATS_TEST_TMPDIR"
    recipe "$1" >recipe.sh
    [ -s recipe.sh ]
    PATH=$(dirname "$OMENCTL"):$PATH run timeout 30 sh -eu recipe.sh
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "place an order and wait until it is over" {
    run_recipe 1
    [[ $output == *true* ]]
}

@test "leave nothing behind" {
    run_recipe 2
    [ "$(omenctl orders -o json)" = "[]" ]
    [ "$(omenctl positions -o json)" = "[]" ]
}

@test "alert when the spread opens" {
    run_recipe 3
    [[ $output == "ETH-PERP: spread "* ]]
}

@test "add your new fills to a file" {
    run_recipe 4
    jq -se 'length > 0 and all(.[]; .event == "filled")' "$BATS_TEST_TMPDIR/fills.ndjson"
}

@test "branch on what happened" {
    run_recipe 5
    [[ $output == "off the tick: "* ]]
}

@test "there is no recipe without a test" {
    [ "$(grep -c '^```sh$' "$BATS_TEST_DIRNAME/../../README.md")" -eq 5 ]
}
