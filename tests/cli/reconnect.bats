#!/usr/bin/env bats
# Streams, and what is watched, over lost connections, restarts of the exchange and expired tokens. Each test has a sandbox of its own.

load helpers

teardown() { [ -z "${SANDBOX_PID:-}" ] || stop_sandbox; }

@test "public streams come back when the exchange does: disconnected, connected, resynced" {
    start_restartable_sandbox
    "$OMENCTL" stream book ETH-PERP --until 'type = resynced' --for 20s -o ndjson >"$BATS_TEST_TMPDIR/book" 3>&- &
    book=$!
    "$OMENCTL" stream book ETH-PERP --until 'type = resynced' --for 20s -o csv >"$BATS_TEST_TMPDIR/csv" 3>&- &
    csv=$!
    wait_for "$BATS_TEST_TMPDIR/book" 3
    wait_for "$BATS_TEST_TMPDIR/csv" 3
    restart_sandbox
    wait $book
    wait $csv
    jq -se '[.[] | .type | select(. != "delta")] == ["snapshot", "disconnected", "connected", "resynced"] and
        (map(select(.type == "disconnected")) | .[0].reason | length > 0) and .[-1].sequence <= .[-4].sequence' "$BATS_TEST_TMPDIR/book" ||
        { cat "$BATS_TEST_TMPDIR/book"; false; }
    grep -q '^disconnected,' "$BATS_TEST_TMPDIR/csv"
    grep -q '^connected,' "$BATS_TEST_TMPDIR/csv"
}

@test "trades come back with what was missed; what the exchange no longer tells of it is a gap line" {
    for speed in 1 1000; do
        start_sandbox --speed $speed
        : >"$BATS_TEST_TMPDIR/trades" >"$BATS_TEST_TMPDIR/all"
        "$OMENCTL" stream trades ETH-PERP --until 'type = connected' --for 30s -o ndjson >"$BATS_TEST_TMPDIR/trades" 3>&- &
        trades=$!
        "$OMENCTL" stream trades ETH-PERP -o ndjson >"$BATS_TEST_TMPDIR/all" 2>/dev/null 3>&- &
        all=$!
        wait_for "$BATS_TEST_TMPDIR/all" 1
        wait_for "$BATS_TEST_TMPDIR/trades" 1
        fault disconnect:endpoint=market-data,count=2
        wait $trades
        wait_for "$BATS_TEST_TMPDIR/all" $(($(wc -l <"$BATS_TEST_TMPDIR/all") + 2))
        kill $all
        wait $all || true
        jq -c '[.type, .trade_id, .last_trade_id, .next_trade_id]' "$BATS_TEST_TMPDIR/all" | tail -100
        jq -se --argjson gaps $((speed > 1)) '. as $lines | [range(length) | select($lines[.].type == "gap")] as $at |
            ($at | length) >= $gaps and ($gaps > 0 or $at == []) and all($at[]; . as $n | $lines[$n - 1].type == "connected" and
            ([$lines[:$n][] | .trade_id // empty] | last) == $lines[$n].last_trade_id and $lines[$n + 1].trade_id == $lines[$n].next_trade_id)' \
            "$BATS_TEST_TMPDIR/all"
        stop_sandbox
    done
}

@test "private streams come back with the whole state" {
    start_restartable_sandbox
    rest_order
    "$OMENCTL" stream orders --count 4 --for 20s -o ndjson >"$BATS_TEST_TMPDIR/orders" 3>&- &
    orders=$!
    wait_for "$BATS_TEST_TMPDIR/orders" 1
    restart_sandbox
    wait $orders
    jq -se 'map(.type) == ["orders", "disconnected", "connected", "orders"] and (.[0].orders | length) == 1 and
        .[3].orders == []' "$BATS_TEST_TMPDIR/orders"
}

@test "--no-reconnect, and an exchange that is not there at the start, are 10" {
    start_sandbox
    "$OMENCTL" stream book ETH-PERP --no-reconnect -o ndjson >"$BATS_TEST_TMPDIR/book" 2>/dev/null 3>&- &
    book=$!
    wait_for "$BATS_TEST_TMPDIR/book" 1
    kill -KILL "$SANDBOX_PID"
    wait $book || status=$?
    [ "$status" -eq 10 ]
    ! grep -q disconnected "$BATS_TEST_TMPDIR/book"
    run omenctl stream balance
    [ "$status" -eq 10 ]
}

@test "a signal and a time limit end a stream that has no connection at once" {
    start_sandbox
    "$OMENCTL" stream book ETH-PERP -o ndjson >"$BATS_TEST_TMPDIR/stopped" 2>/dev/null 3>&- &
    stopped=$!
    "$OMENCTL" stream book ETH-PERP --for 4s -o ndjson >"$BATS_TEST_TMPDIR/timed" 2>/dev/null 3>&- &
    timed=$!
    # One that finds nobody at its start ends with 10.
    wait_for "$BATS_TEST_TMPDIR/stopped" 1
    wait_for "$BATS_TEST_TMPDIR/timed" 1
    kill -KILL "$SANDBOX_PID"
    sleep 2
    kill -TERM $stopped
    wait $stopped || status=$?
    [ "$status" -eq 143 ]
    [ "$(tail -1 "$BATS_TEST_TMPDIR/stopped" | jq -r .type)" = disconnected ]
    wait $timed
    [ "$(tail -1 "$BATS_TEST_TMPDIR/timed" | jq -r .type)" = disconnected ]
}

@test "--watch goes on when the exchange is back, and says in between that it is not up to date" {
    start_sandbox
    omenctl order ETH-PERP buy 0.5 --at-market >/dev/null
    local lines=$BATS_TEST_TMPDIR/lines notes=$BATS_TEST_TMPDIR/notes
    for watched in 'market-data book ETH-PERP' 'market-data ticker ETH-PERP' 'gateway positions'; do
        : >"$lines" >"$notes"
        # shellcheck disable=SC2086 # a list of words
        "$OMENCTL" ${watched#* } --watch -o ndjson >"$lines" 2>"$notes" 3>&- &
        picture=$!
        wait_for "$lines" 1
        fault "disconnect:endpoint=${watched%% *}"
        wait_for "$notes" 2
        wait_for "$lines" $(($(wc -l <"$lines") + 1))
        jq -se '(.[0].note | startswith("no longer up to date: ")) and .[1].note == "connected again"' "$notes"
        kill -INT $picture
        wait $picture || status=$?
        [ "$status" -eq 130 ]
    done
    : >"$lines" >"$notes"
    "$OMENCTL" book ETH-PERP --watch -o ndjson >"$lines" 2>"$notes" 3>&- &
    picture=$!
    wait_for "$lines" 1
    kill -KILL "$SANDBOX_PID"
    wait_for "$notes" 1
    kill -TERM $picture
    wait $picture || status=$?
    [ "$status" -eq 143 ]
}

@test "--timeout is a step's: after it, a stream still learns the names of markets, and --watch still comes back" {
    start_sandbox
    local lines=$BATS_TEST_TMPDIR/lines notes=$BATS_TEST_TMPDIR/notes orders=$BATS_TEST_TMPDIR/orders
    "$OMENCTL" ticker ETH-PERP --watch --timeout 3s -o ndjson >"$lines" 2>"$notes" 3>&- &
    picture=$!
    "$OMENCTL" stream orders --count 2 --timeout 3s -o csv >"$orders" 3>&- &
    stream=$!
    wait_for "$lines" 1
    wait_for "$orders" 1
    sleep 3.5
    fault disconnect:endpoint=market-data
    wait_for "$notes" 2
    [ "$(jq -r .note "$notes" | tail -1)" = "connected again" ]
    kill -INT $picture
    wait $picture || status=$?
    [ "$status" -eq 130 ]
    rest_order
    wait $stream
    grep -q ETH-PERP "$orders"
}

@test "--watch on a terminal shows no picture that is not known to hold" {
    start_sandbox
    script -qec "'$OMENCTL' book ETH-PERP --watch --depth 1" /dev/null >"$BATS_TEST_TMPDIR/screen" 3>&- </dev/null &
    screen=$!
    wait_for "$BATS_TEST_TMPDIR/screen" 1
    kill -KILL "$SANDBOX_PID"
    eventually grep -q 'no longer up to date' "$BATS_TEST_TMPDIR/screen"
    kill -TERM $screen
    # Nothing is left on the screen but the note.
    [[ $(<"$BATS_TEST_TMPDIR/screen") == *$'\e[H\e[J''omenctl: no longer up to date'* ]]
}

@test "a token that expires under a stream is refreshed from its command; one that is refused again ends it with 4" {
    start_sandbox
    # A token counts as expired with the others until the second is over.
    printf '#!/bin/sh\nsleep 1.1\n[ -e "%s" ] && cat "%s" || "%s" sandbox token\n' "$BATS_TEST_TMPDIR/old" "$BATS_TEST_TMPDIR/old" "$OMENCTL" \
        >"$BATS_TEST_TMPDIR/mint"
    chmod +x "$BATS_TEST_TMPDIR/mint"
    token=$OMENCTL_TOKEN
    unset OMENCTL_TOKEN
    mkdir -p "$XDG_CONFIG_HOME/omenctl"
    printf '[env.box]\nrest = "%s"\ngateway = "%s"\nmarket_data = "%s"\ntoken_command = ["%s"]\n' \
        "$OMENCTL_REST_URL" "$OMENCTL_GATEWAY_URL" "$OMENCTL_MARKET_DATA_URL" "$BATS_TEST_TMPDIR/mint" >"$XDG_CONFIG_HOME/omenctl/config.toml"
    (
        unset OMENCTL_REST_URL OMENCTL_GATEWAY_URL OMENCTL_MARKET_DATA_URL
        exec "$OMENCTL" --env box stream drop-copy -o ndjson
    ) >"$BATS_TEST_TMPDIR/written" 2>"$BATS_TEST_TMPDIR/error" 3>&- &
    copy=$!
    sleep 2
    fault expire-token
    wait_for "$BATS_TEST_TMPDIR/written" 2
    OMENCTL_TOKEN=$(omenctl sandbox token) omenctl order ETH-PERP buy 0.1 --price 1000 >/dev/null
    wait_for "$BATS_TEST_TMPDIR/written" 3
    jq -se 'map(.type) == ["disconnected", "connected", "execution"]' "$BATS_TEST_TMPDIR/written"
    echo "$token" >"$BATS_TEST_TMPDIR/old"
    fault expire-token
    wait $copy || status=$?
    [ "$status" -eq 4 ]
    rm "$XDG_CONFIG_HOME/omenctl/config.toml"
}

@test "a token that expires under a stream ends it with 4, on reconnecting as well" {
    start_sandbox
    "$OMENCTL" stream drop-copy -o ndjson >"$BATS_TEST_TMPDIR/written" 2>"$BATS_TEST_TMPDIR/error" 3>&- &
    copy=$!
    sleep 0.5
    fault expire-token
    fault restart
    wait $copy || status=$?
    [ "$status" -eq 4 ]
    [[ $(cat "$BATS_TEST_TMPDIR/error") == *token* ]]
}
