#!/usr/bin/env bats
# What anyone may see: markets, books, tickers, trades and the public streams, in every format.

load helpers

setup_file() { start_sandbox; }
teardown_file() { stop_sandbox; }

@test "markets: an array of whole records, one object a line, a table" {
    run omenctl markets -o json
    jq -e 'length == 3 and (map(.symbol) | sort == ["BTC-PERP","ETH-PERP","SOL-PERP"]) and all(.[]; has("tick_size") and has("maintenance_margin"))' <<<"$output"
    run omenctl markets -o ndjson
    [ "${#lines[@]}" -eq 3 ]
    for line in "${lines[@]}"; do jq -e .market_id <<<"$line"; done
    run omenctl markets
    [ "${#lines[@]}" -eq 4 ]
    [[ ${lines[0]} == *SYMBOL* ]]
}

@test "markets MARKET takes a symbol in any case, or an id" {
    [ "$(omenctl markets eth-perp -o json | jq -r '.[0].symbol')" = ETH-PERP ]
    [ "$(omenctl markets 2 -o json | jq -r '.[0].symbol')" = ETH-PERP ]
}

@test "the generated market is deep: at least 20 levels and 10 units within 0.5 % of the mid, never crossed" {
    for market in BTC-PERP ETH-PERP SOL-PERP; do
        omenctl book "$market" --depth all -o json | jq -e '
            def near(mid): map(select((.price | tonumber) >= mid * 0.995 and (.price | tonumber) <= mid * 1.005));
            (((.bids[0].price | tonumber) + (.asks[0].price | tonumber)) / 2) as $mid |
            ((.bids[0].price | tonumber) < (.asks[0].price | tonumber)) and
            ([.bids, .asks] | all(near($mid) | length >= 20 and (map(.size | tonumber) | add) >= 10))'
    done
}

@test "book: best levels first, as deep as asked, as an object" {
    run omenctl book ETH-PERP --depth 3 -o json
    jq -e '.symbol == "ETH-PERP" and .market_id == 2 and .sequence > 0 and (.timestamp | type) == "number" and
        (.bids | length) == 3 and (.asks | length) == 3 and
        (.bids | map(.price | tonumber) | . == (sort | reverse)) and (.asks | map(.price | tonumber) | . == sort)' <<<"$output"
    [ "$(omenctl book ETH-PERP -o json | jq '.bids | length')" -eq 20 ]
}

@test "book: a ladder with spread, mid and cumulative size" {
    run omenctl book ETH-PERP --depth 2
    [[ ${lines[0]} == "ETH-PERP  sequence "*"  spread "*"  mid "* ]]
    [ "${#lines[@]}" -eq 6 ]
    [[ ${lines[2]} == ask* && ${lines[5]} == bid* ]]
}

@test "ticker: all markets, or the named ones" {
    [ "$(omenctl ticker -o json | jq length)" -eq 3 ]
    run omenctl ticker ETH-PERP BTC-PERP -o json
    jq -e 'map(.symbol) == ["ETH-PERP","BTC-PERP"] and all(.[]; .mark_price and .next_funding_at > 0)' <<<"$output"
}

@test "trades: newest first, at most as many as asked" {
    omenctl stream trades ETH-PERP --count 3 --for 20s -o ndjson >/dev/null
    run omenctl trades ETH-PERP --limit 2 -o json
    jq -e 'length == 2 and .[0].timestamp >= .[1].timestamp and (.[0].side == "buy" or .[0].side == "sell")' <<<"$output"
}

@test "stream trades: one object a line, until the count" {
    run omenctl stream trades BTC-PERP ETH-PERP SOL-PERP --count 3 --for 20s -o json
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 3 ]
    for line in "${lines[@]}"; do jq -e '.type == "trade" and .symbol and .price and .trade_id' <<<"$line"; done
}

@test "stream book: a snapshot, then deltas, each one above the last" {
    run omenctl stream book ETH-PERP --count 20 --for 20s -o ndjson
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 20 ]
    printf '%s\n' "${lines[@]}" | jq -se '.[0].type == "snapshot" and all(.[1:][]; .type == "delta") and
        ([.[].sequence] | . == [range(.[0]; .[0] + 20)])'
}

@test "stream book --full: every line a whole book that is not crossed" {
    omenctl stream book ETH-PERP --full --count 10 --for 20s -o ndjson | jq -se 'length == 10 and
        all(.[]; (.bids | length) >= 20 and (.bids[0].price | tonumber) < (.asks[0].price | tonumber))'
}

@test "stream book: a table of one row a level" {
    run omenctl stream book ETH-PERP --count 1
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == TYPE*SYMBOL*SEQUENCE*SIDE*PRICE*SIZE* ]]
    [[ ${lines[1]} == snapshot*ETH-PERP*bid* ]]
}

@test "--for and --idle alone end a stream well; beside --count they are its time limit" {
    run omenctl stream book ETH-PERP --for 1s -o ndjson
    [ "$status" -eq 0 ]
    run --separate-stderr omenctl stream book ETH-PERP --count 1000000 --for 1s -o ndjson
    [ "$status" -eq 8 ]
    [ -n "$output" ]
    jq -e '.error.kind == "not_met"' <<<"$stderr"
}

@test "a reader that goes away ends a stream silently" {
    run bash -c "set -o pipefail; '$OMENCTL' stream book ETH-PERP -o ndjson | head -1 >/dev/null"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "SIGINT and SIGTERM end a stream with 130 and 143, what was received written out" {
    for signal in INT TERM; do
        run ended_by "$signal" 3 "$OMENCTL" stream book ETH-PERP -o ndjson
        [ "$status" -eq $((128 + $(kill -l $signal))) ]
        [ "$(jq -r .type <<<"${lines[0]}")" = snapshot ]
    done
}

@test "the same data in every format" {
    json=$(omenctl markets -o json | jq -cS '.[]')
    [ "$json" = "$(omenctl markets -o ndjson | jq -cS .)" ]
    [ "$json" = "$(OMENCTL_OUTPUT=json omenctl markets | jq -cS '.[]')" ]
}
