#!/usr/bin/env bats
# Real market data through the sandbox and back: every delta applied, and the books equal to the recorded result.
# Skipped where the recordings are not there ($OMENCTL_RECORDINGS).

load helpers

setup() {
    recordings=${OMENCTL_RECORDINGS:-$BATS_TEST_DIRNAME/../../../shared/recordings}
    recording=$recordings/perps-2021-07-22.ndjson
    final=$recordings/perps-2021-07-22.final.json
    [ -r "$recording" ] || skip "no recordings in $recordings"
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    cd "$BATS_TEST_TMPDIR"
}

@test "--speed max: the stream's last books and the REST books afterwards equal the recorded result, every delta applied" {
    cat >follow.sh <<EOF
"$OMENCTL" stream book ETH-PERP LTC-PERP XRP-PERP -o ndjson --raw --full --idle 3s |
    awk '{ match(\$0, /"symbol":"[^"]*"/); symbol = substr(\$0, RSTART, RLENGTH); last[symbol] = \$0; lines++ }
         END { for (symbol in last) print last[symbol]; print lines > "lines" }' >last
for market in ETH-PERP LTC-PERP XRP-PERP; do "$OMENCTL" book \$market --depth all --raw -o ndjson; done >rest
EOF
    run "$OMENCTL" sandbox "${any_ports[@]}" --recording "$recording" --speed max --start-after 3 -- sh follow.sh
    echo "$output"
    [ "$status" -eq 0 ]
    # Three snapshots, and all the deltas of the recording.
    [ "$(cat lines)" -eq $((3 + $(grep -c '"orderbook_delta"' "$recording"))) ]
    expected=$(jq -cS 'to_entries | map({key, value: (.value | {sequence, bids, asks})}) | sort_by(.key)' "$final")
    for books in last rest; do
        got=$(jq -scS 'map({key: .symbol, value: {sequence, bids: [.bids[] | [.price, .size]], asks: [.asks[] | [.price, .size]]}}) | sort_by(.key)' $books)
        [ "$got" = "$expected" ]
    done
}

@test "--speed 10: taking recorded liquidity and resting inside the spread show in the book by the rule, with no gap" {
    cat >trade.sh <<EOF
"$OMENCTL" stream book LTC-PERP -o ndjson --full --for 4s >stream &
sleep 0.7
"$OMENCTL" order LTC-PERP buy 3 --at-market -o json >taken
middle=\$("$OMENCTL" book LTC-PERP --depth 1 -o json |
    jq -r '((.bids[0].price | tonumber) + (.asks[0].price | tonumber)) / 2 * 100 | floor / 100')
"$OMENCTL" order LTC-PERP buy 7 --price "\$middle" --post-only -o json >rested
wait
EOF
    run "$OMENCTL" sandbox "${any_ports[@]}" --recording "$recording" --speed 10 --start-after 1 -- sh trade.sh
    echo "$output"
    [ "$status" -eq 0 ]
    # Every sequence once, and no book crossed.
    jq -se 'length > 300 and all(.[]; .type == "snapshot" or .type == "delta") and
        ([.[].sequence] | . == [range(.[0]; .[0] + length)]) and
        all(.[]; (.bids[0].price | tonumber) < (.asks[0].price | tonumber))' stream
    # Two deltas more than were recorded of this market.
    recorded=$(grep -c '"orderbook_delta",2,' "$recording")
    [ "$(wc -l <stream)" -eq $((1 + recorded + 2)) ]
    # Some delta takes exactly 3 from the best ask, at the price of the fill.
    jq -e '.status == "filled" and .filled_size == "3"' taken
    jq -se --arg price "$(jq -r .average_price taken)" '. as $books | any(range(1; length);
        $books[.].asks[0].price == $price and $books[. - 1].asks[0].price == $price and
        ($books[. - 1].asks[0].size | tonumber) - ($books[.].asks[0].size | tonumber) == 3)' stream
    # The order inside the spread is the best bid, with its own size alone.
    jq -e '.status == "open"' rested
    jq -se --arg price "$(jq -r .price rested)" 'any(.[]; .bids[0] == {price: $price, size: "7"})' stream
}

@test "gaps, lost, doubled and reordered deltas and broken connections at random: no line that never was, and the recorded end" {
    run "$BATS_TEST_DIRNAME/runs/disturbed" "${TEST_SEED:-1}" "${TEST_RUNS:-50}"
    echo "$output"
    [ "$status" -eq 0 ]
}
