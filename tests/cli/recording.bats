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

@test "--speed 10: a user's taking and resting show in the book by the rule, and the stream stays gap-free" {
    cat >trade.sh <<EOF
"$OMENCTL" stream book ETH-PERP -o ndjson --full --for 5s >stream &
sleep 1
"$OMENCTL" book ETH-PERP --depth all -o json >before
# Takes recorded liquidity at the touch, and rests inside the spread where there is room.
"$OMENCTL" order ETH-PERP buy 3 --at-market -o json >taken
bid=\$("$OMENCTL" book ETH-PERP --depth 1 -o json | jq -r '.bids[0].price')
"$OMENCTL" order ETH-PERP buy 7 --price "\$(jq -n "\$bid - 400")" --client-id rests -o json >rested
"$OMENCTL" book ETH-PERP --depth all -o json >after
wait
EOF
    run "$OMENCTL" sandbox "${any_ports[@]}" --recording "$recording" --speed 10 --start-after 1 -- sh trade.sh
    echo "$output"
    [ "$status" -eq 0 ]
    jq -e '.status == "filled" and .filled_size == "3"' taken
    jq -e '.status == "open"' rested
    price=$(jq -r .price rested)
    # The resting order's size is there in its own level, on top of what was recorded at that price.
    was=$(jq -r --arg price "$price" '[.bids[] | select(.price == $price) | .size | tonumber] | add // 0' before)
    is=$(jq -r --arg price "$price" '[.bids[] | select(.price == $price) | .size | tonumber] | add // 0' after)
    [ "$is" -eq $((was + 7)) ]
    jq -se 'all(.[]; .type != "gap") and ([.[].sequence] | . == [range(.[0]; .[0] + length)])' stream
    # The stream passed on both changes: some book between shows the rested size.
    jq -se --arg price "$price" --argjson is "$is" 'any(.[]; any(.bids[]; .price == $price and (.size | tonumber) == $is))' stream
    # Never crossed.
    jq -se 'all(.[]; (.bids[0].price | tonumber) < (.asks[0].price | tonumber))' stream
}
