#!/usr/bin/env bats
# Orders, cancels, amends, positions and the account, as a script sees them.

load helpers

setup_file() { start_sandbox; }
teardown_file() { stop_sandbox; }
setup() { flat; }

@test "an order off the touch rests: exit 0, its id and status on stdout" {
    price=$(plus "$(best ETH-PERP bid)" -10)
    run --separate-stderr omenctl order ETH-PERP buy 0.5 --price "$price" --client-id rest-1 -o json
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    jq -e --arg price "$price" '.order_id != "" and .client_order_id == "rest-1" and .status == "open" and
        .symbol == "ETH-PERP" and .price == $price and .size == "0.5" and .filled_size == "0"' <<<"$output"
}

@test "a resting order shows in orders, by market and by client order id, and is gone once cancelled" {
    price=$(plus "$(best ETH-PERP bid)" -10)
    id=$(omenctl order ETH-PERP buy 0.5 --price "$price" --client-id show-1 -o json | jq -r .order_id)
    [ "$(omenctl orders -o json | jq -r '.[].order_id')" = "$id" ]
    [ "$(omenctl orders --market eth-perp -o json | jq length)" -eq 1 ]
    [ "$(omenctl orders --market BTC-PERP -o json | jq length)" -eq 0 ]
    run omenctl cancel "$id" -o json
    [ "$status" -eq 0 ]
    jq -e --arg id "$id" '.[0].order_id == $id and .[0].remaining_size == "0.5"' <<<"$output"
    [ "$(omenctl orders -o json)" = "[]" ]
    [ "$(omenctl orders --client-id show-1 -o json | jq -r '.[0].status')" = cancelled ]
}

@test "a crossing order fills, with its average price, and makes a position" {
    ask=$(best ETH-PERP ask)
    run omenctl order ETH-PERP buy 1 --price "$(plus "$ask" 20)" -o json
    [ "$status" -eq 0 ]
    jq -e '.status == "filled" and .filled_size == "1" and (.average_price | tonumber > 0)' <<<"$output"
    average=$(jq -r .average_price <<<"$output")
    run omenctl positions -o json
    jq -e --arg price "$average" 'length == 1 and .[0].symbol == "ETH-PERP" and .[0].side == "long" and .[0].size == "1" and
        .[0].entry_price == $price' <<<"$output"
}

@test "a market order by market id needs no market list" {
    run env OMENCTL_REST_URL=http://localhost:1 "$OMENCTL" order 2 buy 0.1 --at-market -o json
    [ "$status" -eq 0 ]
    jq -e '.status == "filled" and .order_type == "market" and .time_in_force == "ioc"' <<<"$output"
}

@test "a market order may be fill-or-kill, but never rests" {
    run omenctl order ETH-PERP buy 0.1 --at-market --tif fok -o json
    [ "$status" -eq 0 ]
    jq -e '.status == "filled" and .time_in_force == "fok"' <<<"$output"
    refused 5 refused order ETH-PERP buy 100000 --at-market --tif fok
    [[ $stderr == *would_not_fill* ]]
    refused 2 usage order ETH-PERP buy 0.1 --at-market --tif gtc
}

@test "amend: less size keeps priority, another price loses it" {
    price=$(plus "$(best ETH-PERP bid)" -10)
    omenctl order ETH-PERP buy 2 --price "$price" --client-id "amend-$BATS_TEST_NUMBER"
    run omenctl amend --client-id "amend-$BATS_TEST_NUMBER" --size 1 -o json
    [ "$status" -eq 0 ]
    jq -e '.size == "1" and .remaining_size == "1" and .kept_priority' <<<"$output"
    run omenctl amend --client-id "amend-$BATS_TEST_NUMBER" --price "$((price - 1))" -o json
    [ "$status" -eq 0 ]
    jq -e --arg price "$((price - 1))" '.price == $price and (.kept_priority | not)' <<<"$output"
}

@test "more cancels than the exchange takes at once leave at its pace: none is refused" {
    omenctl cancel --all >/dev/null
    ids=()
    for n in $(seq 120); do ids+=(--client-id "many-$BATS_TEST_NUMBER-$n"); done
    printf '{"op":"order","market_id":2,"side":"buy","size":"0.1","price":"1000","client_order_id":"%s"}\n' "${ids[@]}" |
        grep -v -- '"--client-id"' | omenctl batch --no-journal -o ndjson >/dev/null
    run --separate-stderr omenctl cancel "${ids[@]}" -o json
    [ "$status" -eq 0 ]
    [ "$(jq length <<<"$output")" -eq 120 ]
    # What can't leave in time is not sent, and says so.
    run --separate-stderr omenctl cancel "${ids[@]}" --timeout 200ms -o json
    [[ $stderr == *'"not_sent"'* ]]
}

@test "cancel takes several orders; each has its own outcome and the exit code is the most serious" {
    price=$(plus "$(best ETH-PERP bid)" -10)
    id=$(omenctl order ETH-PERP buy 0.5 --price "$price" -o json | jq -r .order_id)
    run --separate-stderr omenctl cancel "$id" no-such-order -o json
    [ "$status" -eq 6 ]
    jq -e --arg id "$id" 'length == 1 and .[0].order_id == $id' <<<"$output"
    jq -e '.error.code == "unknown_order"' <<<"$stderr"
}

@test "cancel --all --market leaves other markets alone" {
    omenctl order ETH-PERP buy 0.5 --price "$(plus "$(best ETH-PERP bid)" -10)"
    omenctl order SOL-PERP buy 1 --price "$(plus "$(best SOL-PERP bid)" -10)"
    run omenctl cancel --all --market ETH-PERP -o json
    [ "$status" -eq 0 ]
    [ "$(jq length <<<"$output")" -eq 1 ]
    [ "$(omenctl orders -o json | jq -r '.[].symbol')" = SOL-PERP ]
}

@test "post-only rests behind the touch; ioc fills what it can; fok fills all" {
    bid=$(best SOL-PERP bid)
    [ "$(omenctl order SOL-PERP buy 1 --price "$(plus "$bid" -5)" --post-only -o json | jq -r .status)" = open ]
    [ "$(omenctl order SOL-PERP buy 1 --price "$(plus "$bid" 20)" --tif ioc -o json | jq -r .status)" = filled ]
    [ "$(omenctl order SOL-PERP sell 1 --price "$(plus "$bid" -20)" --tif fok -o json | jq -r .status)" = filled ]
}

@test "account: the balance and profit or loss of what was traded" {
    omenctl order ETH-PERP buy 1 --at-market
    run omenctl account -o json
    [ "$status" -eq 0 ]
    jq -e '(.balance.total | tonumber > 900000) and (.balance.margin_used | tonumber > 0) and
        (.balance.wallet == .pnl.wallet) and (.pnl.fees | tonumber > 0) and (.balance | has("id") | not)' <<<"$output"
}

@test "amounts are human decimals, and 1e18-scaled integers under --raw" {
    price=$(plus "$(best ETH-PERP bid)" -10)
    run omenctl order ETH-PERP buy 0.5 --price "$price" -o json --raw
    jq -e --arg price "${price}000000000000000000" '.price == $price and .size == "500000000000000000"' <<<"$output"
}

@test "tables are plain columns, with a heading" {
    omenctl order ETH-PERP buy 0.5 --price "$(plus "$(best ETH-PERP bid)" -10)" --client-id table-1
    run omenctl orders
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == ORDER_ID*CLIENT_ORDER_ID*SYMBOL*SIDE*PRICE*SIZE* ]]
    [[ ${lines[1]} == *table-1*ETH-PERP*buy* ]]
}

@test "a reader that has gone does not change a trading command's outcome" {
    price=$(plus "$(best ETH-PERP bid)" -10)
    run bash -c "set -o pipefail; '$OMENCTL' order ETH-PERP buy 0.5 --price $price | true"
    [ "$status" -eq 0 ]
    [ "$(omenctl orders -o json | jq length)" -eq 1 ]
}

@test "an output that can't be written is exit 1, and stderr still states the outcome" {
    price=$(plus "$(best ETH-PERP bid)" -10)
    run --separate-stderr bash -c "'$OMENCTL' order ETH-PERP buy 0.5 --price $price --client-id full-1 > /dev/full"
    [ "$status" -eq 1 ]
    [[ $stderr == *"full-1: open"* ]]
}

@test "order --dry-run checks and prints what would be sent, and sends nothing" {
    run omenctl order ETH-PERP buy 0.5 --price 3000 --client-id dry-1 --dry-run -o json
    [ "$status" -eq 0 ]
    jq -e '.symbol == "ETH-PERP" and .client_order_id == "dry-1" and .price == "3000" and .time_in_force == "gtc" and (has("id") | not)' <<<"$output"
    [ "$(omenctl orders -o json)" = "[]" ]
    refused 6 not_found orders --client-id dry-1
    refused 3 refused_locally order ETH-PERP buy 0.5 --price 3000.01 --dry-run
    OMENCTL_TOKEN='' run omenctl order ETH-PERP buy 0.5 --price 3000 --dry-run
    [ "$status" -eq 0 ]
}
