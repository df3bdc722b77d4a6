#!/usr/bin/env bats
# Waiting for an order's end, executions after the fact, and the journal's commands.

load helpers

setup_file() { start_logged_sandbox; }
teardown_file() { stop_sandbox; }

setup() {
    fault clear
    flat
}

# waiting ID [flags...]: starts a resting order that is waited for; its pid is $pid. Returns once it is open.
waiting() {
    local id=$1
    shift
    timeout --foreground 60 "$OMENCTL" order 2 buy 0.1 --price "$PRICE" --client-id "$id" -o json "$@" \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    pid=$!
    eventually is_open "$id"
}

is_open() { omenctl orders -o json | jq -e --arg id "$1" 'any(.client_order_id == $id)' >/dev/null; }

# ended: waits for it; sets $status, $output and $stderr.
ended() {
    status=0
    wait "$pid" || status=$?
    output=$(<"$BATS_TEST_TMPDIR/out") stderr=$(<"$BATS_TEST_TMPDIR/err")
    echo "exit $status: $output, $stderr"
}

# Amends the order so that it fills.
fill() { omenctl amend --client-id "$1" --price "$(plus "$(best ETH-PERP ask)" 20)" --no-journal; }

@test "--wait filled: 0 once it is filled, though it rested first" {
    waiting fill-1 --wait filled
    fill fill-1
    ended
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    jq -e '.status == "filled" and .filled_size == "0.1" and (.average_price | tonumber > 0)' <<<"$output"
}

@test "--wait on an order that fills at once" {
    for until in filled done; do
        run --separate-stderr omenctl order 2 buy 0.1 --at-market --wait "$until" -o json
        [ "$status" -eq 0 ]
        jq -e '.status == "filled"' <<<"$output"
    done
}

@test "an order that is cancelled: --wait done is 0, --wait filled is 5" {
    waiting done-1 --wait done
    omenctl cancel --client-id done-1
    ended
    [ "$status" -eq 0 ]
    jq -e '.status == "cancelled"' <<<"$output"
    waiting done-2 --wait filled
    omenctl cancel --client-id done-2
    ended
    [ "$status" -eq 5 ]
    jq -e '.status == "cancelled"' <<<"$output"
    jq -e '.error.code == "not_filled"' <<<"$stderr"
}

@test "--wait-for: 8 when it has not ended in time, and it is still open" {
    run --separate-stderr omenctl order 2 buy 0.1 --price "$PRICE" --client-id slow-1 --wait filled --wait-for 500ms -o json
    [ "$status" -eq 8 ]
    jq -e '.status == "open"' <<<"$output"
    jq -e '.error | .code == "not_met" and (.hint | contains("cancel --client-id slow-1"))' <<<"$stderr"
    eventually is_open slow-1
    refused 2 usage order 2 buy 0.1 --price "$PRICE" --wait-for 1s
    refused 2 usage order 2 buy 0.1 --price "$PRICE" --wait soon
}

@test "--wait goes on over a restart of the exchange, in which the order ends" {
    for until in done filled; do
        waiting "restart-$until" --wait "$until"
        fault restart:ms=500
        if [ "$until" = filled ]; then eventually fill "restart-$until"; else eventually omenctl cancel --client-id "restart-$until"; fi
        ended
        [ "$status" -eq 0 ]
    done
}

@test "--wait goes on over a restart that comes after --timeout has passed" {
    waiting late-1 --wait done --timeout 1s --wait-for 20s
    sleep 1.2
    fault restart:ms=300
    eventually omenctl cancel --client-id late-1
    ended
    [ "$status" -eq 0 ]
}

@test "--wait with the answer lost: the order is found, and waited for" {
    for fault in close-after reset-after garbage-answer swallow-answer; do
        fault "$fault:command=order"
        waiting "lost-$fault" --wait done --timeout 2s
        sleep 1.2
        omenctl cancel --client-id "lost-$fault"
        ended
        [ "$status" -eq 0 ]
        jq -e '.status == "cancelled"' <<<"$output"
        [ "$(jq -s --arg id "lost-$fault" 'map(select(.command.type == "order" and .command.client_order_id == $id)) | length' "$TRUTH")" -eq 1 ]
    done
}

@test "SIGINT while waiting: 130, with the order as it is" {
    waiting int-1 --wait filled
    kill -INT "$pid"
    ended
    [ "$status" -eq 130 ]
    jq -e '.status == "open"' <<<"$output"
    [[ $stderr == *"interrupted; order int-1: open"* ]]
}

@test "fills: executions, by sequence and market" {
    omenctl order ETH-PERP buy 0.2 --at-market --client-id fills-1
    omenctl order SOL-PERP buy 1 --at-market --client-id fills-2
    omenctl order ETH-PERP buy 0.1 --price "$PRICE" --client-id fills-3
    run --separate-stderr omenctl fills -o json
    [ "$status" -eq 0 ]
    jq -e 'map(.sequence) == (map(.sequence) | sort | unique)' <<<"$output"
    jq -e 'map(select(.client_order_id == "fills-1")) | (map(.size | tonumber) | add) == 0.2 and
        all(.symbol == "ETH-PERP" and .side == "buy" and .liquidity == "taker" and (.fee | tonumber > 0) and .trade_id)' <<<"$output"
    jq -e 'any(.client_order_id == "fills-3") | not' <<<"$output"
    since=$(jq '[.[] | select(.client_order_id == "fills-2") | .sequence] | min' <<<"$output")
    [ "$(omenctl fills --since "$since" -o json | jq -r '[.[].client_order_id] | unique | join(",")')" = fills-2 ]
    [ "$(omenctl fills --market sol-perp -o json | jq -r '[.[].symbol] | unique | join(",")')" = SOL-PERP ]
    [ "$(omenctl fills --since "$since" --market ETH-PERP -o json)" = "[]" ]
    run --separate-stderr omenctl fills --market SOL-PERP
    [[ ${lines[0]} == *SEQUENCE*TIMESTAMP*SYMBOL* ]]
    refused 6 not_found fills --market NOPE-PERP
    refused 2 usage fills --since 0
}

@test "journal list: what was sent, oldest first, with what became of it" {
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    [ "$(omenctl journal list -o json)" = "[]" ]
    omenctl order 2 buy 0.1 --price "$PRICE" --client-id j-1
    omenctl amend --client-id j-1 --size 0.2
    omenctl cancel --client-id j-1
    run omenctl cancel --client-id j-1
    omenctl cancel --all
    omenctl order 2 buy 0.1 --price "$PRICE" --client-id j-2 --no-journal
    run omenctl order 2 buy 0.1 --price "$PRICE" --client-id j-2
    run --separate-stderr omenctl journal list -o json
    [ "$(jq -r '.[] | "\(.op) \(.outcome) \(.code // "-")"' <<<"$output" | paste -sd,)" = \
        "order done -,amend done -,cancel done -,cancel refused unknown_order,cancel_all done -,order refused duplicate_client_order_id" ]
    jq -e --arg price "$PRICE" '.[0] | .client_order_id == "j-1" and .side == "buy" and .price == $price and .size == "0.1" and
        .status == "open" and .order_id and .time > 1e12' <<<"$output"
    [ "$(omenctl journal list --unresolved -o json)" = "[]" ]
    run omenctl journal list
    [[ ${lines[0]} == *TIME*ENTRY*OP* ]]
    run grep -rF "$OMENCTL_TOKEN" "$XDG_STATE_HOME/omenctl/journal"
    [ "$status" -eq 1 ]
}

# The journal as if it had been written when the machine was booted. In its place, as its writers' locks are on the file.
older() {
    local file
    file=$(echo "$XDG_STATE_HOME"/omenctl/journal/*)
    sed -E 's/"mono":[0-9]+/"mono":0/' "$file" >"$BATS_TEST_TMPDIR/older"
    cat "$BATS_TEST_TMPDIR/older" >"$file"
}

@test "journal resolve: finds out what is unresolved; what can't be known yet is 9" {
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    run --separate-stderr omenctl journal resolve -o json
    [ "$status" -eq 0 ]
    [ "$output" = "[]" ]
    fault stall-before:command=order
    run omenctl order 2 buy 0.1 --price "$PRICE" --client-id r-1 --timeout 1s
    [ "$status" -eq 9 ]
    fault stall-after:command=order
    timeout --foreground -s KILL 0.5 "$OMENCTL" order 2 buy 0.1 --price "$PRICE" --client-id r-2 || true
    [ "$(omenctl journal list --unresolved -o json | jq -r '[.[].client_order_id] | join(",")')" = r-1,r-2 ]
    run --separate-stderr omenctl journal resolve r-2 -o json
    [ "$status" -eq 0 ]
    jq -e 'length == 1 and .[0].outcome == "done" and .[0].status == "open"' <<<"$output"
    run --separate-stderr omenctl journal resolve -o json
    [ "$status" -eq 9 ]
    jq -e 'length == 1 and .[0].client_order_id == "r-1" and .[0].outcome == "unknown"' <<<"$output"
    [[ $stderr == *"1 of 1 are still unresolved"* ]]
    older
    run --separate-stderr omenctl journal resolve -o json
    echo "$output $stderr"
    [ "$status" -eq 0 ]
    jq -e '.[0].outcome == "not_executed"' <<<"$output"
    [ "$(omenctl journal list --unresolved -o json)" = "[]" ]
    refused 6 not_found journal resolve no-such
}

@test "journal resolve: what was executed although it counted as not executed becomes done, with a warning and 9" {
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    fault stall-before:command=order
    run omenctl order 2 buy 0.1 --price "$PRICE" --client-id revived --timeout 1s
    [ "$status" -eq 9 ]
    older
    omenctl journal resolve
    # Nothing new: it stays so.
    run --separate-stderr omenctl journal resolve -o json
    [ "$status" -eq 0 ]
    [ "$output" = "[]" ]
    # As if the network had delivered it only now.
    omenctl order 2 buy 0.1 --price "$PRICE" --client-id revived --no-journal
    run --separate-stderr omenctl journal resolve -o json
    [ "$status" -eq 9 ]
    jq -e '.[0] | .client_order_id == "revived" and .outcome == "done"' <<<"$output"
    [[ $stderr == *"executed after all"* ]]
    run --separate-stderr omenctl journal resolve
    [ "$status" -eq 0 ]
    [ "$(omenctl journal list -o json | jq -r '[.[].outcome] | join(",")')" = "done" ]
}

@test "journal resolve: what it concluded longer than an hour ago is not looked at again" {
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    fault stall-before:command=order
    run omenctl order 2 buy 0.1 --price "$PRICE" --client-id settled --timeout 1s
    older
    omenctl journal resolve
    sed -i -E '/"by":"resolve"/ s/"time":[0-9]+/"time":1/' "$XDG_STATE_HOME"/omenctl/journal/*
    omenctl order 2 buy 0.1 --price "$PRICE" --client-id settled --no-journal
    omenctl journal resolve
    [ "$(omenctl journal list -o json | jq -r '.[0].outcome')" = not_executed ]
}

@test "journal resolve leaves alone what a running command has sent, and what is another identity's" {
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    fault stall-before:command=order
    "$OMENCTL" batch --timeout 30s <<<"{\"op\":\"order\",\"client_order_id\":\"live\",\"market\":\"ETH-PERP\",\"side\":\"buy\",\"size\":\"0.1\",\"price\":\"$PRICE\"}" \
        >/dev/null 2>&1 3>&- &
    pid=$!
    eventually grep -qrs '"live"' "$XDG_STATE_HOME/omenctl/journal"
    older
    run --separate-stderr omenctl journal resolve -o json
    [ "$status" -eq 9 ]
    jq -e '.[0] | .client_order_id == "live" and .outcome == "unknown"' <<<"$output"
    [[ $stderr == *"still running"* ]]
    kill -KILL "$pid"
    wait "$pid" || true
    local token
    token=$(omenctl sandbox token --account other)
    OMENCTL_TOKEN=$token run --separate-stderr omenctl journal resolve -o json
    [ "$status" -eq 0 ]
    [ "$output" = "[]" ]
    OMENCTL_TOKEN=$token refused 6 not_found journal resolve live
    run --separate-stderr omenctl journal resolve live -o json
    [ "$status" -eq 0 ]
    jq -e '.[0].outcome == "not_executed"' <<<"$output"
}

@test "journal resolve: an entry that does not say whose it is becomes done, but never not executed" {
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    omenctl order 2 buy 0.1 --price "$PRICE" --client-id old-1
    local file
    file=$(echo "$XDG_STATE_HOME"/omenctl/journal/*)
    # As 0.1.0 wrote it, once with an id that the exchange knows.
    jq -c 'select(.order) | {time: 1, entry: "old-1", order}, {time: 1, entry: "old-2", order: (.order | .client_order_id = "old-2")}' "$file" >"$file.old"
    mv "$file.old" "$file"
    run --separate-stderr omenctl journal resolve -o json
    [ "$status" -eq 9 ]
    [ "$(jq -r 'map("\(.client_order_id) \(.outcome)") | join(",")' <<<"$output")" = "old-1 done,old-2 unknown" ]
}

@test "a file of the journal that can't be read: 2, not an empty list" {
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    omenctl order 2 buy 0.1 --price "$PRICE" --client-id unreadable-1
    local file
    file=$(echo "$XDG_STATE_HOME"/omenctl/journal/*)
    rm "$file"
    mkdir "$file"
    refused 2 usage journal list
    [[ $stderr == *"$file"* ]]
    refused 2 usage journal list --unresolved
    refused 2 usage journal resolve
}

@test "a journal that can't be written: 2, and nothing is sent; --no-journal sends it" {
    local state=$XDG_STATE_HOME
    XDG_STATE_HOME=/dev/null refused 2 usage order 2 buy 0.1 --price "$PRICE" --client-id unwritable
    [[ $stderr == *"--no-journal"* ]]
    run jq -e -s 'any(.command.client_order_id == "unwritable")' "$TRUTH"
    [ "$status" -eq 1 ]
    XDG_STATE_HOME=/dev/null run omenctl order 2 buy 0.1 --price "$PRICE" --client-id unwritable --no-journal
    [ "$status" -eq 0 ]
    [ "$XDG_STATE_HOME" = "$state" ]
}

@test "a damaged journal: what can be read is listed, the rest is counted" {
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    omenctl order 2 buy 0.1 --price "$PRICE" --client-id damaged-1
    printf 'nonsense\n{"time":1,"ent' >>"$(echo "$XDG_STATE_HOME"/omenctl/journal/*)"
    omenctl order 2 buy 0.1 --price "$PRICE" --client-id damaged-2
    run --separate-stderr omenctl journal list -o json
    [ "$status" -eq 0 ]
    [ "$(jq -r '[.[].client_order_id] | join(",")' <<<"$output")" = damaged-1,damaged-2 ]
    jq -e '.note | contains("2 unreadable lines")' <<<"$stderr"
}

# Executions that are dropped stay so: the tests that drop some come last.

@test "--wait where executions are missing: the order is looked up" {
    waiting gap-1 --wait done
    fault retention:events=1
    fault restart:ms=300
    fault list
    sleep 0.1
    eventually omenctl cancel --client-id gap-1
    ended
    [ "$status" -eq 0 ]
    jq -e '.status == "cancelled"' <<<"$output"
}

@test "fills that are no longer kept: told; 11 when they were asked for" {
    omenctl order ETH-PERP buy 0.1 --at-market
    omenctl order ETH-PERP buy 0.1 --at-market
    fault retention:events=1
    run --separate-stderr omenctl fills -o json
    [ "$status" -eq 0 ]
    [ "$(jq length <<<"$output")" -eq 1 ]
    jq -e '.note | contains("no longer kept")' <<<"$stderr"
    run --separate-stderr omenctl fills --since 1 -o json
    [ "$status" -eq 11 ]
    [ "$(jq length <<<"$output")" -eq 1 ]
    jq -e '.error.code == "drop_copy_gap"' <<<"$stderr"
    run --separate-stderr omenctl fills --since 1000000 -o json
    [ "$status" -eq 11 ]
}
