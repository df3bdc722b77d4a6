#!/usr/bin/env bats
# Bounds of streams in every format, and books: thinned out, verified, and with deltas lost on the way. Each test has a sandbox of its
# own; books that must be known come from a recording.

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
@test "--until ends with the line that meets it, in every format" {
    for format in json ndjson csv table; do
        start_recording
        run omenctl stream book ETH-PERP --top --until 'bids[0].price >= 3500.3' --for 10s -o $format --no-header
        [ "$status" -eq 0 ]
        case $format in
        *json) jq -e '.sequence == 108 and .bids[0].price == "3500.3"' <<<"${lines[-1]}" && [ "${#lines[@]}" -eq 4 ] ;;
        csv) [[ ${lines[-2]} == top,ETH-PERP,108,*,bid,3500.3,* ]] && [ "${#lines[@]}" -eq 8 ] ;;
        table) [[ ${lines[-2]} == top*108*bid*3500.3* ]] && [ "${#lines[@]}" -eq 8 ] ;;
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
    printf '%s\n' "${lines[@]}" | jq -se 'map([.type, .sequence]) ==
        [["snapshot", 100], (range(106; 111) | ["depth", .])]'
    stop_sandbox
    start_recording
    run omenctl stream book ETH-PERP --top --until 'sequence = 110' --for 10s -o ndjson
    printf '%s\n' "${lines[@]}" | jq -se 'map([.type, .sequence]) == [["snapshot", 100], (range(106; 111) | ["top", .])] and
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

# write_markets COUNT: a recording of so many markets, each with a snapshot at sequence 100 and one delta.
write_markets() {
    jq -nc --argjson count "$1" 'def d: tostring + "000000000000000000"; [range(1; $count + 1)] as $ids |
        {t: 0, markets: ($ids | map({market_id: ., symbol: "M\(.)-PERP", base: "M\(.)", quote: "USD", status: "live",
            tick_size: (1 | d), lot_size: (1 | d), min_size: (1 | d), max_leverage: 20, initial_margin: "50000000000000000",
            maintenance_margin: "25000000000000000", maker_fee: "0", taker_fee: "0"}))},
        ($ids[] | {t: 0, event: ["orderbook_snapshot", ., 100, 1700000000000, [[(9 | d), (1 | d)]], [[(11 | d), (1 | d)]]]}),
        ($ids[] | {t: 0.1, event: ["orderbook_delta", ., 101, 1700000000100, [[(9 | d), (2 | d)]], []]})' >"$BATS_TEST_TMPDIR/recording"
}

@test "more markets than a connection may have subscriptions: every one is followed, before and after a lost connection" {
    local count kind
    for count in 65 130; do
        write_markets $count
        start_sandbox --recording "$BATS_TEST_TMPDIR/recording" --start-after $count
        mapfile -t markets < <(omenctl markets -o ndjson | jq -r .symbol)
        [ "${#markets[@]}" -eq $count ]
        "$OMENCTL" stream book "${markets[@]}" --count $((3 * count + 2)) --for 60s -o ndjson >"$BATS_TEST_TMPDIR/books" 3>&- &
        books=$!
        wait_for "$BATS_TEST_TMPDIR/books" $((2 * count))
        jq -se --argjson count $count 'group_by(.symbol) | length == $count and
            all(.[]; map([.type, .sequence]) == [["snapshot", 100], ["delta", 101]])' "$BATS_TEST_TMPDIR/books"
        for kind in funding spot; do
            run omenctl stream $kind "${markets[@]}" --count $count --for 60s -o ndjson
            [ "$status" -eq 0 ]
            [ "$(printf '%s\n' "${lines[@]}" | jq -r .symbol | sort -u | wc -l)" -eq $count ]
        done
        # The next frame that a server sends anybody.
        fault disconnect:endpoint=market-data
        omenctl order "${markets[-1]}" buy 1 --price 1 >/dev/null
        wait $books
        tail -n $((count + 2)) "$BATS_TEST_TMPDIR/books" | jq -se --argjson count $count 'map(.type) | .[:2] == ["disconnected", "connected"] and
            (.[2:] | length == $count and all(. == "resynced"))'
        stop_sandbox
    done
}

@test "ticker --watch of more subscriptions than one connection may have" {
    write_markets 17
    start_sandbox --recording "$BATS_TEST_TMPDIR/recording" --start-after 17
    "$OMENCTL" ticker --watch -o ndjson >"$BATS_TEST_TMPDIR/tickers" 3>&- &
    picture=$!
    wait_for "$BATS_TEST_TMPDIR/tickers" 34
    omenctl order M17-PERP buy 1 --price 10 >/dev/null
    eventually eval 'tail -n 17 "$BATS_TEST_TMPDIR/tickers" | jq -se "any(.[]; .symbol == \"M17-PERP\" and .best_bid == \"10\")"'
    kill -INT $picture
    wait $picture || status=$?
    [ "$status" -eq 130 ]
}
