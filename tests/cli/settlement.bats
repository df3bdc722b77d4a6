#!/usr/bin/env bats
# Funding, liquidation and bad debt as a user of the binary sees them, in a market that moves when the test says so: the replay waits
# for the first book subscription.

load helpers

setup() {
    # XYZ stands at 100, 50 times leverage at most; then, in one step, at 90.
    cat >"$BATS_TEST_TMPDIR/fall.ndjson" <<'EOF'
{"t":0,"markets":[{"market_id":1,"symbol":"XYZ-PERP","base":"XYZ","quote":"USD","status":"live","tick_size":"1000000000000000000","lot_size":"1000000000000000000","min_size":"1000000000000000000","max_leverage":50,"initial_margin":"20000000000000000","maintenance_margin":"10000000000000000","maker_fee":"0","taker_fee":"500000000000000"}]}
{"t":0,"event":["orderbook_snapshot",1,1,1700000000000,[["99000000000000000000","500000000000000000000000"]],[["100000000000000000000","500000000000000000000000"]]]}
{"t":0,"event":["orderbook_delta",1,2,1700000000000,[["99000000000000000000","0"],["90000000000000000000","500000000000000000000000"]],[["91000000000000000000","500000000000000000000000"]]]}
EOF
    # XYZ trades once in 20 seconds, for ten minutes.
    head -n 2 "$BATS_TEST_TMPDIR/fall.ndjson" >"$BATS_TEST_TMPDIR/trades.ndjson"
    for second in $(seq 20 20 600); do
        printf '{"t":%d,"event":["trade",1,"r%d",%d000,"100000000000000000000","1000000000000000000","buy"]}\n' \
            "$second" "$second" $((1700000000 + second))
    done >>"$BATS_TEST_TMPDIR/trades.ndjson"
}
teardown() { stop_sandbox; }

# move: what the recording holds happens now.
move() { omenctl stream book XYZ-PERP --count 2 --for 10s -o ndjson >"$BATS_TEST_TMPDIR/book"; }

# holds FILTER: the JSON on standard input satisfies it; what came is shown where it does not.
holds() {
    tee "$BATS_TEST_TMPDIR/held" | jq -se "$@" || { cat "$BATS_TEST_TMPDIR/held"; return 1; }
}

@test "funding: a long pays what the funding line says: size × mark price × rate; a short receives it" {
    # BTC stands at 65000, its index at 64870: the rate is positive.
    sed '/spot_price/s/"65000/"64870/' "$BATS_TEST_DIRNAME/golden/market.ndjson" >"$BATS_TEST_TMPDIR/market.ndjson"
    start_sandbox --recording "$BATS_TEST_TMPDIR/market.ndjson" --funding-interval 1s
    omenctl order BTC-PERP buy 0.5 --at-market
    before=$(omenctl account -o json)
    # A line whose own time is the interval's end is a payment.
    omenctl stream funding BTC-PERP --for 2500ms -o ndjson >"$BATS_TEST_TMPDIR/funding"
    # shellcheck disable=SC2016 # jq's own variables
    holds 'map(select(.timestamp == .next_funding_at)) as $payments | ($payments | length) >= 2 and
        all($payments[]; .symbol == "BTC-PERP" and (.funding_rate | tonumber) > 0.0015 and .timestamp % 1000 == 0) and
        ($payments[1].timestamp - $payments[0].timestamp == 1000)' <"$BATS_TEST_TMPDIR/funding"
    after=$(omenctl account -o json)
    echo "$before $after" | holds '(.[1].pnl.funding | tonumber) < -60 and
        ((.[1].pnl.funding | tonumber) - (.[0].pnl.funding | tonumber) - ((.[1].balance.total | tonumber) - (.[0].balance.total | tonumber)) | fabs) < 1e-6'

    # Each further payment is one line of the stream, and comes to 0.5 × mark × rate.
    omenctl stream funding BTC-PERP --for 3s -o ndjson >"$BATS_TEST_TMPDIR/funding" &
    omenctl stream pnl --count 3 --for 5s -o ndjson >"$BATS_TEST_TMPDIR/pnl"
    wait $!
    jq -s '[.[].funding | tonumber] | .[1] - .[2]' "$BATS_TEST_TMPDIR/pnl" >"$BATS_TEST_TMPDIR/paid"
    # shellcheck disable=SC2016
    holds --argjson paid "$(cat "$BATS_TEST_TMPDIR/paid")" 'any(.[] | select(.timestamp == .next_funding_at);
        (0.5 * (.mark_price | tonumber) * (.funding_rate | tonumber) - $paid | fabs) < 1e-6)' <"$BATS_TEST_TMPDIR/funding"

    omenctl order BTC-PERP sell 1 --at-market
    omenctl stream pnl --count 3 --for 5s -o ndjson | holds '[.[].funding | tonumber] | .[0] < .[1] and .[1] < .[2]'
}

@test "liquidation: orders cancelled, position closed at market, the loss beyond the balance is bad debt of the market" {
    start_sandbox --recording "$BATS_TEST_TMPDIR/fall.ndjson" --start-after 1
    # At the mark price of 99.5 this would leave 780,000, and needs 796,000.
    refused 5 refused order XYZ-PERP buy 400000 --at-market
    [[ $stderr == *"it needs 1016000 for margin and fee, 1000000 is available"* ]]
    # 39,000,000 with 1,000,000: it costs 19,500 of fees, and lasts as long as the price holds above 98.47.
    omenctl order XYZ-PERP buy 390000 --at-market --client-id bought
    omenctl order XYZ-PERP sell 1000 --price 120 --client-id resting
    omenctl positions -o json | holds '.[0][0] | .side == "long" and .size == "390000" and (.liquidation_price | tonumber) > 98'
    omenctl risk bad-debt -o json | holds '.[0].total_bad_debt == "0"'

    omenctl stream drop-copy --from-sequence 3 --count 7 --for 10s -o ndjson >"$BATS_TEST_TMPDIR/copy" &
    move
    wait $!
    holds 'map([.event, .order.client_order_id]) == [["accepted","bought"], ["filled","bought"], ["accepted","resting"],
            ["cancelled","resting"], ["accepted","liquidation-1"], ["filled","liquidation-1"], ["write_off",null]] and
        ([.[].reason] == [null, null, null, "liquidation", "liquidation", "liquidation", null]) and
        (.[5] | .price == "90" and .size == "390000" and .fee == "17550" and .liquidity == "taker" and
            .order.side == "sell" and .order.reduce_only and .order.status == "filled") and
        (.[6] | .market_id == 1 and .amount == "2937050" and .order == null) and
        ([.[].sequence] == [range(3; 10)])' <"$BATS_TEST_TMPDIR/copy"

    [ "$(omenctl positions -o json)" = "[]" ]
    [ "$(omenctl orders -o json)" = "[]" ]
    # 1,000,000 − 19,500 − 390,000 × (100 − 90) − 17,550 = −2,937,050.
    omenctl account -o json | holds '.[0] | .balance.total == "0" and .balance.available == "0" and
        .pnl.realized == "-3900000" and .pnl.fees == "37050"'
    omenctl risk bad-debt -o json | holds '.[0] | .total_bad_debt == "2937050" and
        .markets == [{symbol: "XYZ-PERP", market_id: 1, bad_debt: "2937050"}]'
    run omenctl risk bad-debt
    [[ $output == *"total_bad_debt  2937050"*"XYZ-PERP   2937050"* ]]
    omenctl fills --funding -o json | holds '.[0] | map([.event, .symbol, .amount]) == [["write_off", "XYZ-PERP", "2937050"]]'
    omenctl fills -o json | holds '.[0] | map(.reason) == [null, "liquidation"]'
    omenctl sandbox audit -o json | holds '.[0] | .faults == [] and .debt == "2937050" and .deposits == "1000000"'
    # Nothing is left to trade with.
    refused 5 refused order XYZ-PERP buy 1 --at-market
}

@test "funding payments are in the drop-copy and in fills --funding, with market, amount and rate" {
    sed '/spot_price/s/"65000/"64870/' "$BATS_TEST_DIRNAME/golden/market.ndjson" >"$BATS_TEST_TMPDIR/market.ndjson"
    start_sandbox --recording "$BATS_TEST_TMPDIR/market.ndjson" --funding-interval 1s
    omenctl order BTC-PERP buy 0.5 --at-market
    omenctl stream drop-copy --from-sequence 3 --count 1 --for 10s -o ndjson | holds '.[0] | .event == "funding" and
        .market_id == 1 and (.amount | tonumber) < 0 and (.rate | tonumber) > 0 and .order == null'
    omenctl fills --funding -o json | holds '.[0] | length >= 1 and all(.[]; .event == "funding" and .symbol == "BTC-PERP")'
    omenctl fills --market BTC-PERP --funding -o csv --fields event,amount | grep -q '^funding,-'
    omenctl fills -o json | holds '.[0] | length >= 1 and all(.[]; .trade_id)'
}

@test "an ioc order that fills in part is cancelled, and a reduce-only order that was cut has the size that it was cut to" {
    start_sandbox --recording "$BATS_TEST_DIRNAME/golden/market.ndjson"
    read -r ask size < <(omenctl book BTC-PERP --depth 1 -o json | jq -r '.asks[0] | "\(.price) \(.size)"')
    omenctl order BTC-PERP buy "$(jq -n "$size + 1")" --price "$ask" --tif ioc --client-id part -o json |
        holds --arg size "$size" '.[0] | .status == "cancelled" and .filled_size == $size'
    omenctl order BTC-PERP sell 1000 --at-market --reduce-only --client-id cut -o json |
        holds --arg size "$size" '.[0] | .status == "filled" and .size == $size and .filled_size == $size'
    omenctl orders --client-id cut -o json | holds --arg size "$size" '.[0][0].size == $size'
    omenctl journal list -o json | holds --arg size "$size" '.[0][-1] | .client_order_id == "cut" and .size == $size'
    omenctl fills -o json | holds '.[0] | length >= 2 and all(.[]; .reason == null)'
}

@test "faster markets have one time: trades of users lie between recorded ones, and candles close in their order" {
    start_sandbox --recording "$BATS_TEST_TMPDIR/trades.ndjson" --speed 100 --start-after 1
    omenctl stream book XYZ-PERP --for 30s >"$BATS_TEST_TMPDIR/book" &
    follower=$!
    traded() { omenctl trades XYZ-PERP --limit 1000 -o json | jq -e "[.[] | select(.trade_id | startswith(\"r\"))] | length > $1"; }
    for count in 1 5 9; do
        eventually traded "$count"
        omenctl order XYZ-PERP buy 1 --at-market
    done
    eventually traded 15
    kill "$follower"
    # Newest first, by time and by the order in which they came, which are the same.
    omenctl trades XYZ-PERP --limit 1000 -o json | holds '.[0] | map(.timestamp) | . == (sort | reverse)'
    omenctl candles XYZ-PERP -o json | holds '.[0] | length > 5 and (map(.open_time) | . == (sort | unique))'
}

@test "the audit of a running sandbox adds up, while its market runs" {
    start_sandbox --seed 3
    omenctl order BTC-PERP buy 0.123 --at-market
    omenctl order ETH-PERP sell 3.21 --at-market
    omenctl order BTC-PERP buy 0.5 --price 60000
    omenctl sandbox audit -o json | holds '.[0] | .faults == [] and .deposits == "1000000" and .debt == "0" and
        (.markets | length) == 3 and all(.markets[]; .longs == .shorts) and
        ([.wallets, .house, .fees, .insurance, .rounding] | map(tonumber) | add - 1000000 | fabs) < 1e-6'
    run omenctl sandbox audit
    [[ $output == *"deposits "*"1000000"*"MARKET_ID"* ]]
    refused 2 usage sandbox audit --env test
}

@test "account is one moment: what is available is the total and the unrealised PnL less the margin" {
    start_sandbox --seed 3 --volatility 100 --speed 20
    omenctl order BTC-PERP buy 1.234 --at-market
    for _ in $(seq 40); do omenctl account -o json; done | holds 'all(.[];
        (.balance.total | tonumber) + (.pnl.unrealized | tonumber) - (.balance.margin_used | tonumber) - (.balance.available | tonumber)
        | fabs < 1e-6)'
}

@test "a position that the fall leaves above its maintenance margin is left alone" {
    start_sandbox --recording "$BATS_TEST_TMPDIR/fall.ndjson" --start-after 1
    omenctl order XYZ-PERP buy 50000 --at-market
    move
    omenctl positions -o json | holds '.[0][0] | .size == "50000" and .mark_price == "90.5" and .unrealized_pnl == "-475000"'
    omenctl risk bad-debt -o json | holds '.[0].total_bad_debt == "0"'
}

@test "a reduce-only order never flips a position, even where one sweep takes the wallet's other order first" {
    start_sandbox --recording "$BATS_TEST_TMPDIR/fall.ndjson" --start-after 1
    # Short 5; the fall to 91 crosses both of its bids.
    omenctl order XYZ-PERP sell 5 --at-market
    omenctl order XYZ-PERP buy 3 --price 96 --client-id plain
    omenctl order XYZ-PERP buy 5 --price 95 --reduce-only --client-id reducing
    move
    [ "$(omenctl positions -o json)" = "[]" ]
    omenctl orders --client-id plain -o json | holds '.[0][0] | .status == "filled" and .filled_size == "3"'
    omenctl orders --client-id reducing -o json | holds '.[0][0] | .status == "cancelled" and .filled_size == "2"'
}
