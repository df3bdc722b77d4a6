#!/usr/bin/env bats
# The limits of a profile: whichever way an order takes, none goes beyond them.

load helpers

setup_file() {
    start_sandbox
    PRICE=$(plus "$(best ETH-PERP bid)" -200)
    export PRICE
}
teardown_file() { stop_sandbox; }

setup() {
    flat
    export OMENCTL_CONFIG=$BATS_TEST_TMPDIR/config.toml
    limits 'max_order_size = 1'
}

# limits LINES: of the default profile.
limits() { printf '[profile.default]\n%s\n' "$1" >"$OMENCTL_CONFIG"; }

# unlimited COMMAND...: what somebody else does.
unlimited() { OMENCTL_CONFIG=/dev/null "$@"; }

order_line() { printf '{"op":"order","market":"ETH-PERP","side":"buy","price":"%s","size":"%s","client_order_id":"%s"}\n' "${3:-$PRICE}" "$2" "$1"; }
amend_line() { printf '{"op":"amend","client_order_id":"%s",%s}\n' "$1" "$2"; }

# batch EXPECTED: runs the lines of standard input; each line's result, or its code, in their order.
batch() {
    run --separate-stderr "$OMENCTL" batch -o ndjson -
    echo "$output"
    [ "$(jq -rs 'sort_by(.line) | map(.code // .result) | join(",")' <<<"$output")" = "$1" ]
}
size_of() { omenctl orders --client-id "$1" -o json | jq -r '.[0].size'; }
price_of() { omenctl orders --client-id "$1" -o json | jq -r '.[0].price'; }

@test "an amend behind its order in a batch is judged with it" {
    batch done,max_order_size,done <<<"$(
        order_line a 0.1
        amend_line a '"size":"50"'
        amend_line a '"size":"1"'
    )"
    [ "$status" -eq 3 ]
    [ "$(size_of a)" = 1 ]
}

@test "amends that are within the limits one by one, and not together" {
    limits "max_order_notional = \"$PRICE\""
    batch done,done,max_order_notional <<<"$(
        order_line b 0.5
        amend_line b '"size":"1"'
        amend_line b "\"price\":\"$((PRICE + 1))\""
    )"
    batch done,done,max_order_notional <<<"$(
        order_line c 0.5
        amend_line c "\"price\":\"$((PRICE + 1))\""
        amend_line c '"size":"1"'
    )"
    [ "$(size_of c)" = 0.5 ]
}

@test "an order that somebody else has changed meanwhile is judged as it is" {
    omenctl order ETH-PERP buy 0.5 --price "$PRICE" --client-id d
    limits "max_order_notional = \"$PRICE\""
    unlimited omenctl amend --client-id d --size 2
    refused 3 refused_locally amend --client-id d --price $((PRICE - 1))
    omenctl amend --client-id d --size 0.5
}

@test "an amend of an order that is not there is 6 where the record proves it" {
    refused 6 not_found amend --client-id nobody --size 1
    refused 6 not_found amend o-999999 --size 1
    omenctl order ETH-PERP buy 0.5 --price "$PRICE" --client-id e
    omenctl cancel --client-id e
    refused 6 not_found amend --client-id e --size 1
}

@test "call gateway passes the same gate" {
    order() { omenctl call gateway "{\"type\":\"order\",\"client_order_id\":\"$1\",\"market_id\":2,\"side\":\"buy\",\"order_type\":\"limit\",\"price\":\"${PRICE}000000000000000000\",\"size\":\"$2\"}"; }
    run order f 1000000000000000000
    [ "$status" -eq 0 ]
    run order g 1000000000000000001
    [ "$status" -eq 3 ]
    for command in '{"type":"amend","client_order_id":"f","size":"2000000000000000000"}' '{"type":"order"}' '{"type":"Order","size":"9"}' \
        '{"type":"amend","client_order_id":"f","size":"2.5"}' '{"type":"replace_order","client_order_id":"f"}'; do
        run omenctl call gateway "$command"
        echo "$command: $status $output"
        [ "$status" -eq 3 ]
    done
    run omenctl call gateway '{"type":"ping","type":"order"}'
    [ "$status" -eq 2 ]
    run omenctl call gateway '{"type":"cancel","client_order_id":"f"}'
    [ "$status" -eq 0 ]
    [ "$(omenctl orders -o json)" = "[]" ]
}

@test "close flattens whatever the limits are" {
    unlimited omenctl order ETH-PERP buy 3 --at-market
    limits $'max_order_size = "0.1"\nallowed_markets = []'
    refused 3 refused_locally order ETH-PERP sell 3 --at-market --reduce-only
    omenctl close ETH-PERP
    [ "$(omenctl positions -o json)" = "[]" ]
}

@test "random batches: never an open order beyond the limits" {
    limits $'max_order_size = "1"\nmax_order_notional = "1500"'
    RANDOM=${TEST_SEED:-5}
    for ((run = 0; run < 3; run++)); do
        for ((i = 0; i < 60; i++)); do
            id=r$run-$((RANDOM % 8))
            case $((RANDOM % 5)) in
            0 | 1) order_line "$id" "0.$((1 + RANDOM % 9))" $((1000 + RANDOM % 1500)) ;;
            2) amend_line "$id" "\"size\":\"$((RANDOM % 3)).$((1 + RANDOM % 9))\"" ;;
            3) amend_line "$id" "\"price\":\"$((1000 + RANDOM % 1800))\"" ;;
            4) echo "{\"op\":\"cancel\",\"client_order_id\":\"$id\"}" ;;
            esac
        done >"$BATS_TEST_TMPDIR/lines"
        omenctl batch -o ndjson "$BATS_TEST_TMPDIR/lines" >"$BATS_TEST_TMPDIR/results" || true
        [ "$(wc -l <"$BATS_TEST_TMPDIR/results")" -eq 60 ]
        unlimited omenctl orders -o json |
            jq -e 'all(((.size | tonumber) <= 1) and ((.size | tonumber) * (.price | tonumber) <= 1500.000001))'
    done
    # Some of it was allowed, and some was not.
    grep -q '"result":"done"' "$BATS_TEST_TMPDIR/results"
    grep -q '"code":"max_order_' "$BATS_TEST_TMPDIR/results"
}
