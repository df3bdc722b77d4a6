#!/usr/bin/env bats
# The drop-copy across kills, lost connections, restarts and executions that are no longer kept: nothing is lost, nothing comes twice.
# Each test has a sandbox of its own.

load helpers

teardown() { [ -z "${SANDBOX_PID:-}" ] || stop_sandbox; }

# What is to be killed must not be run through a function: its process would be a shell's.
drop_copy() { omenctl stream drop-copy -o ndjson "$@"; }

@test "--until-caught-up: all that has happened, then the end; with a cursor, what has happened since" {
    start_sandbox
    cursor=$BATS_TEST_TMPDIR/cursor
    run drop_copy --cursor "$cursor" --until-caught-up
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    jq -e '.environment == "local" and .sequence == 0 and (.wallet | length > 0)' "$cursor"
    [ "$(stat -c %a "$cursor")" = 600 ]
    rest_order 3
    run drop_copy --cursor "$cursor" --until-caught-up
    [ "$(printf '%s\n' "${lines[@]}" | jq -sc 'map(.sequence)')" = '[1,2,3]' ]
    [ "$(jq .sequence "$cursor")" -eq 3 ]
    rest_order 2
    run drop_copy --cursor "$cursor" --from-sequence 1 --until-caught-up
    [ "$(printf '%s\n' "${lines[@]}" | jq -sc 'map(.sequence)')" = '[4,5]' ]
    run drop_copy --from-sequence 4 --until-caught-up
    [ "${#lines[@]}" -eq 2 ]
}

@test "killed and started again and again, the drop-copy writes every execution once, or the last one again" {
    start_sandbox
    cursor=$BATS_TEST_TMPDIR/cursor
    drop_copy --cursor "$cursor" --until-caught-up
    rest_order 40 3>&- &
    orders=$!
    for _ in 1 2 3 4 5 6 7 8; do
        "$OMENCTL" stream drop-copy -o ndjson --cursor "$cursor" >>"$BATS_TEST_TMPDIR/written" 2>/dev/null 3>&- &
        copy=$!
        sleep 0.0$((RANDOM % 90 + 10))
        kill -KILL $copy
        wait $copy || true
    done
    wait $orders
    drop_copy --cursor "$cursor" --until-caught-up >>"$BATS_TEST_TMPDIR/written"
    jq -sc 'map(.sequence)' "$BATS_TEST_TMPDIR/written"
    jq -se 'map(.sequence) | unique == [range(1; 41)] and (. == sort) and length <= 48' "$BATS_TEST_TMPDIR/written"
}

@test "SIGTERM writes out what was received and keeps the cursor: the next run goes on exactly behind it" {
    start_sandbox
    rest_order 3
    "$OMENCTL" stream drop-copy -o ndjson --cursor "$BATS_TEST_TMPDIR/cursor" --from-sequence 1 >"$BATS_TEST_TMPDIR/written" 3>&- &
    copy=$!
    wait_for "$BATS_TEST_TMPDIR/written" 3
    kill -TERM $copy
    wait $copy || status=$?
    [ "$status" -eq 143 ]
    [ "$(jq .sequence "$BATS_TEST_TMPDIR/cursor")" -eq 3 ]
    rest_order
    run drop_copy --cursor "$BATS_TEST_TMPDIR/cursor" --until-caught-up
    [ "${#lines[@]}" -eq 1 ]
    [ "$(jq .sequence <<<"${lines[0]}")" -eq 4 ]
}

@test "a cursor of another environment or wallet, or none at all, is a usage error and stays as it is" {
    start_sandbox
    cursor=$BATS_TEST_TMPDIR/cursor
    drop_copy --cursor "$cursor" --until-caught-up
    cp "$cursor" "$cursor.good"
    for edit in '.environment = "test"' '.wallet = "0x0"' '.sequence = -1' '{}'; do
        jq -c "$edit" "$cursor.good" >"$cursor"
        cp "$cursor" "$cursor.before"
        refused 2 usage stream drop-copy --cursor "$cursor" --until-caught-up
        cmp "$cursor" "$cursor.before"
    done
    printf '' >"$cursor"
    refused 2 usage stream drop-copy --cursor "$cursor" --until-caught-up
    refused 2 usage stream drop-copy --cursor "$BATS_TEST_TMPDIR" --until-caught-up
    refused 2 usage stream drop-copy --cursor "$cursor.good/below" --until-caught-up
}

@test "a cursor is one process's at a time, and free again after a kill -9" {
    start_sandbox
    rest_order
    cursor=$BATS_TEST_TMPDIR/cursor
    "$OMENCTL" stream drop-copy -o ndjson --cursor "$cursor" --from-sequence 1 >"$BATS_TEST_TMPDIR/written" 3>&- &
    copy=$!
    wait_for "$BATS_TEST_TMPDIR/written" 1
    refused 2 usage stream drop-copy --cursor "$cursor" --until-caught-up
    [[ $stderr == *"another process is using it"* ]]
    kill -KILL $copy
    wait $copy || true
    drop_copy --cursor "$cursor" --until-caught-up
}

@test "an exchange that was reset is a gap, then the state, then what happens from then on" {
    start_restartable_sandbox
    cursor=$BATS_TEST_TMPDIR/cursor
    rest_order 3
    "$OMENCTL" stream drop-copy -o ndjson --cursor "$cursor" --from-sequence 1 --until 'event = cancelled' --for 20s >"$BATS_TEST_TMPDIR/written" 3>&- &
    copy=$!
    wait_for "$BATS_TEST_TMPDIR/written" 3
    restart_sandbox
    wait_for "$BATS_TEST_TMPDIR/written" 9
    rest_order
    omenctl cancel --all >/dev/null
    wait $copy
    jq -se 'map(.type) == ["execution", "execution", "execution", "disconnected", "connected", "gap", "state", "state", "state",
            "execution", "execution"] and
        .[5].requested_sequence == 4 and .[5].next_sequence == 1 and
        (.[6:9] | map(.state) == ["orders", "positions", "balance"] and all(.[]; has("sequence"))) and
        .[8].total == "1000000" and (.[9:] | map(.sequence) == [1, 2])' "$BATS_TEST_TMPDIR/written" ||
        { cat "$BATS_TEST_TMPDIR/written"; false; }
    [ "$(jq .sequence "$cursor")" -eq 2 ]
}

@test "--on-gap fail ends with 11, the gap written and the cursor before it; the next run without it goes on" {
    start_restartable_sandbox
    cursor=$BATS_TEST_TMPDIR/cursor
    rest_order 3
    drop_copy --cursor "$cursor" --from-sequence 1 --until-caught-up
    restart_sandbox
    run --separate-stderr drop_copy --cursor "$cursor" --until-caught-up --on-gap fail
    [ "$status" -eq 11 ]
    [ "$(jq -r .type <<<"$output")" = gap ]
    [ "$(jq .sequence "$cursor")" -eq 3 ]
    run drop_copy --cursor "$cursor" --until-caught-up
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 4 ]
    [ "$(jq .sequence "$cursor")" -eq 0 ]
}

# ---- faults of the exchange

@test "executions that are no longer kept are a gap, the state with its sequences, and what is kept" {
    start_sandbox
    cursor=$BATS_TEST_TMPDIR/cursor
    rest_order 5
    drop_copy --cursor "$cursor" --from-sequence 1 --count 1
    fault retention:events=2
    run drop_copy --cursor "$cursor" --until-caught-up
    [ "$status" -eq 0 ]
    printf '%s\n' "${lines[@]}" | jq -se 'map(.type) == ["gap", "state", "state", "state", "execution", "execution"] and
        .[0].requested_sequence == 2 and .[0].oldest_sequence == 4 and
        .[1].state == "orders" and (.[1].orders | length) == 5 and .[1].sequence == 5 and (.[4:] | map(.sequence) == [4, 5])'
    [ "$(jq .sequence "$cursor")" -eq 5 ]
}

@test "a state behind a gap has its rows in tables and CSV" {
    start_sandbox
    rest_order 2
    fault retention:events=1
    run omenctl stream drop-copy --from-sequence 1 --until-caught-up -o csv
    [[ ${lines[0]} == type,sequence,*,reason* ]]
    [[ ${lines[1]} == gap,2,* ]]
    [[ ${lines[2]} == state,2,*,order,ETH-PERP,o-1,buy,1000,0.1,* ]]
    [[ ${lines[4]} == state,2,,balance,,,,,1000000,* ]]
    [[ ${lines[5]} == execution,2,*,accepted,ETH-PERP,o-2,* ]]
}

@test "connections lost again and again, and the drop-copy still writes every execution exactly once" {
    start_sandbox
    fault disconnect:endpoint=gateway,every=9 cut-frame:endpoint=gateway,every=13
    "$OMENCTL" stream drop-copy --from-sequence 1 --until 'sequence = 30' --for 150s -o ndjson >"$BATS_TEST_TMPDIR/written" 3>&- &
    copy=$!
    token=$OMENCTL_TOKEN
    for n in $(seq 30); do
        # An order whose answer a fault took is not sent again: its client order id tells.
        OMENCTL_TOKEN=$token omenctl order ETH-PERP buy 0.1 --price 1000 --client-id "n-$n" --timeout 2s >/dev/null 2>&1 || true
    done
    fault clear
    for n in $(seq 30); do
        omenctl orders --client-id "n-$n" >/dev/null 2>&1 || omenctl order ETH-PERP buy 0.1 --price 1000 --client-id "n-$n" --no-journal >/dev/null
    done
    wait $copy
    jq -se '[.[] | select(.type == "execution") | .sequence] == [range(1; 31)] and all(.[]; .type != "gap") and
        any(.[]; .type == "disconnected")' "$BATS_TEST_TMPDIR/written" || { jq -c '[.type, .sequence]' "$BATS_TEST_TMPDIR/written"; false; }
}

@test "kills, stops, lost sessions and restarts at random: the drop-copy's runs, together, have every execution once" {
    run "$BATS_TEST_DIRNAME/runs/copied" "${TEST_SEED:-1}" "${TEST_RUNS:-50}"
    echo "$output"
    [ "$status" -eq 0 ]
}
