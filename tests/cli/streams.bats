#!/usr/bin/env bats
# Streams that lose nothing: their bounds in every format, books thinned out and verified, lost connections, and the
# drop-copy across kills and restarts. Each test has a sandbox of its own; books that must be known come from a recording.

load helpers

teardown() { [ -z "${SANDBOX_PID:-}" ] || stop_sandbox; }

# A recording of one market: a snapshot at sequence 100 with bids from 3500 and asks from 3501 down and up, five levels of
# 10 each; then one delta every 100 ms. The first five touch only the third bid, the next five raise the best bid by 0.1.
write_recording() {
    jq -nc 'def d: . * 1000 | floor | tostring + "000000000000000";
        def levels(step): [range(5) as $n | [(. + $n * step | d), "10000000000000000000"]];
        {t: 0, markets: [{market_id: 1, symbol: "ETH-PERP", base: "ETH", quote: "USD", status: "live",
            tick_size: "100000000000000000", lot_size: "10000000000000000", min_size: "10000000000000000", max_leverage: 20,
            initial_margin: "50000000000000000", maintenance_margin: "25000000000000000",
            maker_fee: "0", taker_fee: "500000000000000"}]},
        {t: 0, event: ["orderbook_snapshot", 1, 100, 1700000000000, (3500 | levels(-1)), (3501 | levels(1))]},
        (range(1; 11) as $n | {t: ($n / 10), event: ["orderbook_delta", 1, (100 + $n), (1700000000000 + $n * 100),
            [if $n <= 5 then [(3498 | d), ($n | d)] else [(3500 + ($n - 5) / 10 | d), "10000000000000000000"] end], []]})' \
        >"$BATS_TEST_TMPDIR/recording"
}

start_recording() {
    write_recording
    start_sandbox --recording "$BATS_TEST_TMPDIR/recording" --start-after 1 "$@"
}

# The sandbox again, on the ports that it had. What it knew is lost.
restart_sandbox() {
    kill -KILL "$SANDBOX_PID"
    wait "$SANDBOX_PID" || true
    local rest=${OMENCTL_REST_URL##*:} gateway=${OMENCTL_GATEWAY_URL%/} feed=${OMENCTL_MARKET_DATA_URL%/}
    "$OMENCTL" sandbox --rest-port "$rest" --gateway-port "${gateway##*:}" --market-data-port "${feed##*:}" \
        >/dev/null 2>>"$BATS_FILE_TMPDIR/sandbox.log" 3>&- &
    export SANDBOX_PID=$!
    for _ in $(seq 200); do
        omenctl health >/dev/null 2>&1 && return 0
        sleep 0.05
    done
    return 1
}

# wait_for FILE LINES: until a file has so many lines.
wait_for() {
    for _ in $(seq 200); do
        [ "$(wc -l <"$1")" -ge "$2" ] && return 0
        sleep 0.05
    done
    echo "$1 has only:" >&2
    cat "$1" >&2
    return 1
}

# rest_order [COUNT]: places orders that rest; each is one execution.
rest_order() {
    for _ in $(seq "${1:-1}"); do omenctl order ETH-PERP buy 0.1 --price 1000 >/dev/null; done
}

# What is to be killed must not be run through a function: its process would be a shell's.
drop_copy() { omenctl stream drop-copy -o ndjson "$@"; }

@test "--until ends with the line that meets it, in every format" {
    for format in json ndjson csv table; do
        start_recording
        run omenctl stream book ETH-PERP --top --until 'bids[0].price >= 3500.3' --for 10s -o $format --no-header
        [ "$status" -eq 0 ]
        case $format in
        *json) jq -e '.sequence == 108 and .bids[0].price == "3500.3"' <<<"${lines[-1]}" && [ "${#lines[@]}" -eq 4 ] ;;
        csv) [[ ${lines[-2]} == delta,ETH-PERP,108,*,bid,3500.3,* ]] && [ "${#lines[@]}" -eq 8 ] ;;
        table) [[ ${lines[-2]} == delta*108*bid*3500.3* ]] && [ "${#lines[@]}" -eq 8 ] ;;
        esac
        stop_sandbox
    done
}

@test "a condition that is not met in time is 8, with what came before it written; time alone is 0" {
    for format in json ndjson csv table; do
        start_recording
        run --separate-stderr omenctl stream book ETH-PERP --until 'bids[0].price > 4000' --idle 500ms -o $format
        echo "$format: $status, $output, $stderr"
        [ "$status" -eq 8 ]
        [ "${#lines[@]}" -ge 11 ]
        [[ $stderr == *"no line met"*"bids[0].price > 4000"* ]]
        run omenctl stream book ETH-PERP --for 300ms -o $format
        [ "$status" -eq 0 ]
        run omenctl stream book ETH-PERP --count 1 -o $format --no-header
        [ "$status" -eq 0 ]
        [[ $format != *json || ${#lines[@]} -eq 1 ]]
        [[ $format == *json || ${#lines[@]} -eq 15 ]]
        stop_sandbox
    done
}

@test "a condition on the text of a line, and on a field of a private stream" {
    start_sandbox
    rest_order
    run omenctl stream drop-copy --from-sequence 1 --until 'order.status = open' --for 10s -o json
    [ "$status" -eq 0 ]
    run omenctl stream balance --until 'margin_used > 0' --for 10s -o csv
    [ "$status" -eq 0 ]
    run omenctl stream trades ETH-PERP --until 'side = buy' --for 20s -o ndjson
    [ "$status" -eq 0 ]
    [ "$(jq -r .side <<<"${lines[-1]}")" = buy ]
}

@test "a condition that can't be met by any line is refused before anything is sent" {
    start_sandbox
    refused 2 usage stream book ETH-PERP --until 'price > 1'
    refused 2 usage stream trades ETH-PERP --until 'price > high'
    refused 2 usage stream trades ETH-PERP --until 'side > buy'
    refused 2 usage stream drop-copy --until 'nonsense'
}

@test "--full shows every change, --depth and --top those of the levels that they show" {
    start_recording
    run omenctl stream book ETH-PERP --full --until 'sequence = 110' --for 10s -o ndjson
    printf '%s\n' "${lines[@]}" | jq -se 'map(.sequence) == [range(100; 111)] and all(.[]; (.asks | length) == 5) and
        .[3].bids[2] == {price: "3498", size: "3"}'
    stop_sandbox
    start_recording
    run omenctl stream book ETH-PERP --depth 3 --until 'sequence = 110' --for 10s -o ndjson
    printf '%s\n' "${lines[@]}" | jq -se 'map(.sequence) == [range(100; 111)] and
        all(.[]; (.bids | length) == 3 and (.asks | length) == 3)'
    stop_sandbox
    start_recording
    run omenctl stream book ETH-PERP --depth 2 --until 'sequence = 110' --for 10s -o ndjson
    printf '%s\n' "${lines[@]}" | jq -se 'map(.sequence) == [100, 106, 107, 108, 109, 110]'
    stop_sandbox
    start_recording
    run omenctl stream book ETH-PERP --top --until 'sequence = 110' --for 10s -o ndjson
    printf '%s\n' "${lines[@]}" | jq -se 'map(.sequence) == [100, 106, 107, 108, 109, 110] and
        map(.bids[0].price) == ["3500", "3500.1", "3500.2", "3500.3", "3500.4", "3500.5"]'
}

@test "--interval gives fewer lines, the newest book each time, and at last the newest of all" {
    # A number alone is milliseconds.
    for interval in 400ms 400; do
        start_recording
        run omenctl stream book ETH-PERP --interval $interval --until 'sequence = 110' --for 10s -o ndjson
        [ "$status" -eq 0 ]
        printf '%s\n' "${lines[@]}" | jq -se 'length <= 5 and .[0].sequence == 100 and .[-1].sequence == 110 and
            .[-1].bids[0].price == "3500.5" and (map(.sequence) | . == (unique))'
        stop_sandbox
    done
}

@test "--snapshot rest gives the same books" {
    start_recording
    run omenctl stream book ETH-PERP --snapshot rest --full --until 'sequence = 110' --for 10s -o ndjson
    [ "$status" -eq 0 ]
    printf '%s\n' "${lines[@]}" | jq -se '.[0].type == "snapshot" and (map(.sequence) | . == [range(.[0]; 111)]) and
        .[-1].bids[0] == {price: "3500.5", size: "10"}'
}

@test "book --verify: the streamed book is the REST book, again and again while it changes" {
    start_sandbox
    for _ in 1 2 3 4 5; do
        run omenctl book ETH-PERP --verify --depth 3 -o json
        [ "$status" -eq 0 ]
        jq -e '.symbol == "ETH-PERP" and (.bids | length) == 3' <<<"$output"
    done
}

@test "public streams come back when the exchange does: disconnected, connected, resynced" {
    start_sandbox
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
        "$OMENCTL" stream trades ETH-PERP --until 'type = connected' --for 30s -o ndjson >"$BATS_TEST_TMPDIR/trades" 3>&- &
        trades=$!
        "$OMENCTL" stream trades ETH-PERP -o ndjson >"$BATS_TEST_TMPDIR/all" 2>/dev/null 3>&- &
        all=$!
        wait_for "$BATS_TEST_TMPDIR/all" 1
        omenctl sandbox fault disconnect:door=market-data,count=2
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
    start_sandbox
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
        # shellcheck disable=SC2086 # a list of words
        "$OMENCTL" ${watched#* } --watch -o ndjson >"$lines" 2>"$notes" 3>&- &
        picture=$!
        wait_for "$lines" 1
        omenctl sandbox fault "disconnect:door=${watched%% *}"
        wait_for "$notes" 2
        wait_for "$lines" $(($(wc -l <"$lines") + 1))
        jq -se '(.[0].note | startswith("no longer up to date: ")) and .[1].note == "connected again"' "$notes"
        kill -INT $picture
        wait $picture || status=$?
        [ "$status" -eq 130 ]
    done
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
    omenctl sandbox fault disconnect:door=market-data
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
    for _ in $(seq 100); do
        grep -q 'no longer up to date' "$BATS_TEST_TMPDIR/screen" && break
        sleep 0.05
    done
    kill -TERM $screen
    # Nothing is left on the screen but the note.
    [[ $(<"$BATS_TEST_TMPDIR/screen") == *$'\e[H\e[J''omenctl: no longer up to date'* ]]
}

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
    start_sandbox
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
    start_sandbox
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

@test "whatever happens to deltas, every book shown is the one that the exchange had, and gaps are in the data" {
    start_recording
    omenctl stream book ETH-PERP --full --until 'sequence = 110' --for 10s -o ndjson >"$BATS_TEST_TMPDIR/truth"
    stop_sandbox
    for source in stream rest; do
        start_recording --fault gap:nth=2 --fault drop-delta:nth=4 --fault duplicate-delta:nth=6 --fault reorder-delta:nth=8
        run omenctl stream book ETH-PERP --full --snapshot $source --until 'sequence = 110' --for 10s -o ndjson
        [ "$status" -eq 0 ]
        printf '%s\n' "${lines[@]}" >"$BATS_TEST_TMPDIR/seen"
        jq -c '[.type, .sequence]' "$BATS_TEST_TMPDIR/seen"
        jq -ne --slurpfile truth "$BATS_TEST_TMPDIR/truth" --slurpfile seen "$BATS_TEST_TMPDIR/seen" '
            ($truth | map({key: (.sequence | tostring), value: [.bids, .asks]}) | from_entries) as $books |
            ([$seen[] | select(.bids)] | all([.bids, .asks] == $books[.sequence | tostring])) and
            ([$seen[] | select(.type == "gap")] | length >= 2) and
            ([$seen[] | select(.type == "resynced")] | length >= 2) and
            all(range(1; $seen | length); $seen[.].type != "delta" or $seen[.].sequence == $seen[. - 1].sequence + 1)'
        stop_sandbox
    done
}

@test "book --verify holds although deltas go missing" {
    start_sandbox --fault drop-delta:every=3 --fault gap:every=7
    for _ in 1 2 3; do
        run omenctl book ETH-PERP --verify -o json
        [ "$status" -eq 0 ]
    done
}

@test "--on-gap fail ends a book stream with 11, the gap written" {
    start_sandbox --fault gap:nth=3
    run --separate-stderr omenctl stream book ETH-PERP --on-gap fail -o ndjson
    [ "$status" -eq 11 ]
    [ "$(jq -r .type <<<"${lines[-1]}")" = gap ]
    [ "${#lines[@]}" -eq 4 ]
}

@test "executions that are no longer kept are a gap, the state with its sequences, and what is kept" {
    start_sandbox
    cursor=$BATS_TEST_TMPDIR/cursor
    rest_order 5
    drop_copy --cursor "$cursor" --from-sequence 1 --count 1
    omenctl sandbox fault retention:events=2
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
    omenctl sandbox fault retention:events=1
    run omenctl stream drop-copy --from-sequence 1 --until-caught-up -o csv
    [[ ${lines[0]} == type,sequence,*,reason* ]]
    [[ ${lines[1]} == gap,2,* ]]
    [[ ${lines[2]} == state,2,*,order,ETH-PERP,o-1,buy,1000,0.1,* ]]
    [[ ${lines[4]} == state,2,,balance,,,,,1000000,* ]]
    [[ ${lines[5]} == execution,2,*,accepted,ETH-PERP,o-2,* ]]
}

@test "connections lost again and again, and the drop-copy still writes every execution exactly once" {
    start_sandbox
    omenctl sandbox fault disconnect:door=gateway,every=9 cut-frame:door=gateway,every=13
    "$OMENCTL" stream drop-copy --from-sequence 1 --until 'sequence = 30' --for 60s -o ndjson >"$BATS_TEST_TMPDIR/written" 3>&- &
    copy=$!
    token=$OMENCTL_TOKEN
    for n in $(seq 30); do
        # An order whose answer a fault took is not sent again: its client order id tells.
        OMENCTL_TOKEN=$token omenctl order ETH-PERP buy 0.1 --price 1000 --client-id "n-$n" >/dev/null 2>&1 || true
    done
    omenctl sandbox fault clear
    for n in $(seq 30); do
        omenctl orders --client-id "n-$n" >/dev/null 2>&1 || omenctl order ETH-PERP buy 0.1 --price 1000 --client-id "n-$n" >/dev/null
    done
    wait $copy
    jq -se '[.[] | select(.type == "execution") | .sequence] == [range(1; 31)] and all(.[]; .type != "gap") and
        any(.[]; .type == "disconnected")' "$BATS_TEST_TMPDIR/written" || { jq -c '[.type, .sequence]' "$BATS_TEST_TMPDIR/written"; false; }
}

@test "a token that expires under a stream is had anew from its command; one that is refused again ends it with 4" {
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
    omenctl sandbox fault expire-token
    wait_for "$BATS_TEST_TMPDIR/written" 2
    OMENCTL_TOKEN=$(omenctl sandbox token) omenctl order ETH-PERP buy 0.1 --price 1000 >/dev/null
    wait_for "$BATS_TEST_TMPDIR/written" 3
    jq -se 'map(.type) == ["disconnected", "connected", "execution"]' "$BATS_TEST_TMPDIR/written"
    echo "$token" >"$BATS_TEST_TMPDIR/old"
    omenctl sandbox fault expire-token
    wait $copy || status=$?
    [ "$status" -eq 4 ]
    rm "$XDG_CONFIG_HOME/omenctl/config.toml"
}

@test "a token that expires under a stream ends it with 4, on reconnecting as well" {
    start_sandbox
    "$OMENCTL" stream drop-copy -o ndjson >"$BATS_TEST_TMPDIR/written" 2>"$BATS_TEST_TMPDIR/error" 3>&- &
    copy=$!
    sleep 0.5
    omenctl sandbox fault expire-token
    omenctl sandbox fault restart
    wait $copy || status=$?
    [ "$status" -eq 4 ]
    [[ $(cat "$BATS_TEST_TMPDIR/error") == *token* ]]
}

@test "kills, stops, lost sessions and restarts at random: the drop-copy's runs, together, have every execution once" {
    run "$BATS_TEST_DIRNAME/copied" "${TEST_SEED:-1}" "${TEST_RUNS:-50}"
    echo "$output"
    [ "$status" -eq 0 ]
}
