#!/usr/bin/env bats
# close: 0 only when flat. The books are thin, and stand still: what is in them is what the recording and a maker have put there.

load helpers

setup_file() {
    export TRUTH=$BATS_FILE_TMPDIR/truth.ndjson
    recording >"$BATS_FILE_TMPDIR/recording"
    start_sandbox --recording "$BATS_FILE_TMPDIR/recording" --log "$TRUTH"
    MAKER=$(omenctl sandbox token --account maker)
    export MAKER
    fault relink:account=maker # to a wallet with funds
    maker order BARE-PERP sell 0.001 --at-market >/dev/null
}
teardown_file() { stop_sandbox; }

# Everything is bought back by the maker, so that tests do not see each other.
teardown() {
    fault clear
    maker cancel --all >/dev/null
    omenctl positions -o ndjson | jq -c '{op: "order", market_id, size, price: (if .side == "long" then "1" else "1.005" end),
        side: (if .side == "long" then "buy" else "sell" end)}' | OMENCTL_TOKEN=$MAKER "$OMENCTL" batch >/dev/null
    omenctl close --all >/dev/null
    maker cancel --all >/dev/null
}

# recording: 60 markets that have a hundred at 1 and at 1.01; THIN-PERP, which has less to sell to than to buy from; and BARE-PERP, which has
# nothing once the smallest order is filled.
recording() {
    jq -nc 'def units: . * 1000 | round | tostring + "000000000000000";
        ([range(1; 61) | {id: ., symbol: "M\(.)-PERP", bid: 100, ask: 100}] +
            [{id: 61, symbol: "THIN-PERP", bid: 639, ask: 1354}, {id: 62, symbol: "BARE-PERP", bid: 0.001, ask: 0.001}]) as $all |
        {t: 0, markets: [$all[] | {market_id: .id, symbol, base: "X", quote: "USD", status: "live", tick_size: (0.001 | units),
            lot_size: (0.001 | units), min_size: (0.001 | units), max_leverage: 50, initial_margin: (0.02 | units),
            maintenance_margin: (0.01 | units), maker_fee: "0", taker_fee: "0"}]},
        ($all[] | {t: 0, event: ["orderbook_snapshot", .id, 1, 1700000000000, [[(1 | units), (.bid | units)]], [[(1.01 | units), (.ask | units)]]]})'
}

maker() { OMENCTL_TOKEN=$MAKER omenctl "$@"; }

# bids SIZE [MARKET]: the maker buys so much at 1.
bids() { maker order "${2:-BARE-PERP}" buy "$1" --price 1 >/dev/null; }

# long SIZE [MARKET]: a position, bought from the maker.
long() {
    maker order "${2:-BARE-PERP}" sell "$1" --price 1.005 >/dev/null
    omenctl order "${2:-BARE-PERP}" buy "$1" --at-market >/dev/null
}

# everywhere: a position of 1 in each of 60 markets.
everywhere() {
    for ((i = 1; i <= 60; i++)); do
        echo "{\"op\":\"order\",\"market\":$i,\"side\":\"buy\",\"size\":\"1\",\"order_type\":\"market\"}"
    done | omenctl batch >/dev/null
}

# closes CODE ARGUMENT...: it ends so; $output has the orders as JSON.
closes() {
    run --separate-stderr omenctl close -o json "${@:2}"
    echo "exit $status: $(jq -c 'map([.symbol, .filled_size])' <<<"$output"), $stderr"
    [ "$status" -eq "$1" ]
}

left() { omenctl positions -o json | jq -r --arg symbol "${1:-BARE-PERP}" '[.[] | select(.symbol == $symbol).size] | .[0] // "0"'; }

# count_attempts: how many reduce-only orders have come to the exchange. attempts COUNT: so many since $ATTEMPTS was counted.
count_attempts() { jq -s 'map(select(.command.reduce_only)) | length' "$TRUTH"; }
attempts() { (($(count_attempts) - ATTEMPTS >= $1)); }

# closing ARGUMENT...: the same in the background.
closing() {
    ATTEMPTS=$(count_attempts)
    timeout --foreground 60 "$OMENCTL" close -o json "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    pid=$!
}

# ends CODE
ends() {
    local code=0
    wait "$pid" || code=$?
    output=$(<"$BATS_TEST_TMPDIR/out") stderr=$(<"$BATS_TEST_TMPDIR/err")
    echo "exit $code: $(jq -c 'map([.symbol, .filled_size])' <<<"$output"), $stderr"
    [ "$code" -eq "$1" ]
}

@test "a book of 639 for a position of 1354: 5, naming what is left" {
    omenctl order THIN-PERP buy 1354 --at-market >/dev/null
    closes 5 THIN-PERP --timeout 2s
    jq -e '.[0].filled_size == "639" and all(.[]; .reduce_only and .side == "sell")' <<<"$output"
    jq -e '.error.code == "not_flat" and .error.kind == "refused" and (.error.message | contains("THIN-PERP 715 long"))' <<<"$stderr"
    [ "$(left THIN-PERP)" = 715 ]
}

@test "an empty book is tried again until somebody buys: 0" {
    long 5
    closing BARE-PERP --timeout 60s
    eventually attempts 2
    bids 2
    eventually attempts 4
    bids 10
    ends 0
    [ -z "$stderr" ]
    jq -e 'map(.filled_size | tonumber) | add == 5' <<<"$output"
    [ "$(left)" = 0 ]
}

@test "what is opened while it closes is closed, too" {
    long 1
    closing --all --timeout 60s
    eventually attempts 1
    long 3
    omenctl order M3-PERP sell 2 --at-market >/dev/null
    bids 100
    ends 0
    [ "$(omenctl positions -o json)" = "[]" ]
}

@test "two who close at once: both see it flat, and nobody is short" {
    long 50
    bids 10
    closing BARE-PERP --timeout 60s
    local first=$pid
    timeout --foreground 60 "$OMENCTL" close --all --timeout 60s >/dev/null 3>&- &
    local second=$!
    eventually attempts 3
    bids 100
    ends 0
    wait "$second"
    [ "$(omenctl positions -o json)" = "[]" ]
}

@test "nothing to sell to in one of two markets: the other is closed, and only what is left is named" {
    long 5
    omenctl order M7-PERP buy 3 --at-market >/dev/null
    closes 5 --all --timeout 1s
    jq -e 'map(select(.symbol == "M7-PERP").filled_size) == ["3"]' <<<"$output"
    [[ $stderr == *"BARE-PERP 5 long"* && $stderr != *M7-PERP* ]]
    [ "$(omenctl positions -o json | jq -r 'map(.symbol) | join(",")')" = BARE-PERP ]
}

@test "refused for good: its own code, at once, after one order or none" {
    omenctl order M1-PERP buy 1 --at-market >/dev/null
    ATTEMPTS=$(count_attempts)
    local reader
    reader=$(omenctl sandbox token --permissions read)
    OMENCTL_TOKEN=$reader closes 4 M1-PERP --timeout 60s
    [ "${#stderr_lines[@]}" -eq 1 ]
    [[ $stderr == *"M1-PERP 1 long"* ]]
    (($(count_attempts) == ATTEMPTS + 1))
    XDG_STATE_HOME=/dev/null closes 2 M1-PERP --timeout 60s
    (($(count_attempts) == ATTEMPTS + 1))
    [ "$(left M1-PERP)" = 1 ]
}

@test "an outcome that stays unknown: 9, no further order there, and the other markets are closed" {
    for market in M1 M2 M3; do omenctl order "$market-PERP" buy 1 --at-market >/dev/null; done
    ATTEMPTS=$(count_attempts)
    fault internal-before:command=order,nth=2
    closes 9 --all --timeout 3s
    [ "$(jq length <<<"$output")" -eq 2 ]
    [[ $stderr == *"not flat"*"1 long"*"outcome unknown"* ]]
    [ "$(omenctl positions -o json | jq length)" -eq 1 ]
    (($(count_attempts) == ATTEMPTS + 3))
}

@test "an outcome that stays unknown, and a position that is gone: flat is flat" {
    omenctl order M4-PERP buy 1 --at-market >/dev/null
    # Executed; and the one who looks it up is told nothing.
    fault internal-after:command=order replay-hole:every=1
    closes 0 M4-PERP --timeout 3s
    [ "$(left M4-PERP)" = 0 ]
}

@test "60 positions, and the session lost in the middle: flat, and every order has its result" {
    for fault in close-before close-after swallow-answer; do
        everywhere
        [ "$(omenctl positions -o json | jq length)" -eq 60 ]
        fault "$fault:command=order,nth=45"
        closes 0 --all --timeout 20s
        [ "$(jq 'map(select(.filled_size == "1").symbol) | unique | length' <<<"$output")" -eq 60 ]
        [ "$(omenctl positions -o json)" = "[]" ]
    done
}

@test "60 positions, and an end of the session that proves nothing: 9, and what is left is what is unknown" {
    everywhere
    ATTEMPTS=$(count_attempts)
    fault cut-answer:command=order,nth=30
    closes 9 --all --timeout 4s
    local closed unknown
    closed=$(jq 'map(select(.filled_size == "1").symbol) | unique | length' <<<"$output")
    unknown=$(grep -c 'not flat: .* 1 long: .*outcome unknown' <<<"$stderr")
    ((closed >= 30 && unknown > 0 && closed + unknown == 60))
    [ "$(omenctl positions -o json | jq length)" -eq "$unknown" ]
    (($(count_attempts) - ATTEMPTS == closed)) # what was lost was not sent again
}

@test "60 positions, and the exchange gone in the middle: what was closed is printed, and the code is no success" {
    everywhere
    fault close-after:command=order,nth=45 refuse-connections:endpoint=gateway,nth=3,count=1000
    run --separate-stderr omenctl close --all -o json --timeout 3s
    echo "exit $status: $(jq -c 'map([.symbol, .filled_size])' <<<"$output"), $stderr"
    fault clear
    [ "$status" -eq 9 ]
    [ "$(jq length <<<"$output")" -ge 44 ]
    [[ $stderr == *"not known to be flat"* ]]
}

@test "a connection that breaks while it waits for a buyer: it goes on" {
    long 2
    closing BARE-PERP --timeout 60s
    eventually attempts 1
    fault restart:ms=100
    eventually attempts 3
    bids 2
    ends 0
    [ "$(left)" = 0 ]
}

@test "a wallet that has become another proves nothing" {
    local other
    other=$(omenctl sandbox token --account other)
    fault relink:account=other
    OMENCTL_TOKEN=$other long 2
    OMENCTL_TOKEN=$other closing BARE-PERP --timeout 5s
    eventually attempts 1
    fault relink:account=other restart:ms=50
    ends 11
    [[ $stderr == *"not known to be flat"* && $stderr == *"another wallet"* ]]
}

@test "SIGINT while it waits for a buyer: 130 at once, and what was closed is printed" {
    long 5
    bids 2
    closing BARE-PERP --timeout 60s
    eventually attempts 3
    local began=$EPOCHREALTIME
    kill -INT "$pid"
    ends 130
    within 5 "$began"
    jq -e '.[0].filled_size == "2"' <<<"$output"
}

@test "nothing to close: 6 for a market, 0 for all" {
    refused 6 not_found close BARE-PERP
    closes 0 --all
    [ "$output" = "[]" ]
    refused 2 usage close
    refused 2 usage close BARE-PERP --all
}
