#!/usr/bin/env bats
# What is wrong in a command line is found before anything is sent; fields and symbols mean the same to every command.

load helpers

setup() { start_logged_sandbox; }
teardown() { stop_sandbox; }

# nothing_came: the exchange has seen no command that changes anything, and the wallet is still linked.
nothing_came() {
    [ ! -s "$TRUTH" ]
    [ -z "$(omenctl orders -o ndjson)$(omenctl positions -o ndjson)" ]
    omenctl wallet show >/dev/null
}

@test "--fields that a command has not: 2, and nothing was sent" {
    local other=0x00000000000000000000000000000000000000e2
    while read -r words; do
        # shellcheck disable=SC2086 # words
        refused 2 usage $words
        nothing_came
    done <<EOF
order ETH-PERP buy 0.5 --at-market --fields filled
order 2 buy 0.5 --price $PRICE --fields symbol,order_id,nope
order ETH-PERP buy 0.5 --price $PRICE --dry-run --fields order_id
order ETH-PERP buy 0.5 --price $PRICE --wait done --fields fills
cancel --all --fields client_order_id
cancel o-1 --fields symbol
cancel --client-id c-1 --fields status
amend o-1 --size 1 --fields filled_size
close --all --fields position
close ETH-PERP --fields ,symbol
wallet link $other --fields address
wallet unlink --yes --fields wallet
batch /dev/null --fields symbol
journal list --fields outcomes
journal resolve --fields market
stream trades ETH-PERP --fields nonsense
stream funding ETH-PERP --fields trade_id
stream book ETH-PERP --top --fields price,sice
stream positions --fields orders
stream orders --fields order.side
stream pnl --fields total
stream drop-copy --fields order.sides
book ETH-PERP --watch --fields mid
book ETH-PERP --fields bids.price
ticker --watch --fields bid
positions --watch --fields pnl
candles ETH-PERP --chart --fields open
call gateway {"type":"cancel_all"} --fields type
call rest DELETE /api/v1/wallet/link --fields wallet
call market-data {"type":"ping"} --fields type
sandbox token --fields token
sandbox fault close-after --fields fault
config path --fields path
version --fields version,version
EOF
    [ "$(fault list -o json)" = "[]" ]
}

@test "blanks around the names of fields are none of theirs" {
    [ "$(omenctl markets ETH-PERP --fields ' symbol , tick_size' -o csv)" = "$(omenctl markets ETH-PERP --fields symbol,tick_size -o csv)" ]
    omenctl markets --fields 'symbol ' ETH-PERP -o ndjson | jq -e '. == {symbol: "ETH-PERP"}'
    [ "$(omenctl version --fields $'\tversion ' -o csv --no-header)" = "$(omenctl version -o csv --no-header)" ]
}

@test "an empty argument names nothing: 2, and nothing was sent" {
    omenctl order ETH-PERP buy 0.5 --price "$PRICE" --no-journal
    lines_before=$(wc -l <"$TRUTH")
    for words in 'order "" buy 1 --at-market' 'order 2 buy "" --at-market' 'order 2 buy 1 --price ""' 'close ""' 'close "" --all' \
        'cancel ""' 'cancel o-1 ""' 'cancel --all --market ""' 'cancel --client-id ""' 'amend "" --size 1' 'amend o-1 --size ""' \
        'positions ""' 'markets ""' 'ticker ETH-PERP ""' 'trades ""' 'book ""' 'candles ""' 'orders --market ""' 'fills --market ""' \
        'stream trades ""' 'stream book ETH-PERP ""' 'stream drop-copy --cursor ""' 'batch ""' 'journal resolve ""' 'wallet link ""' \
        'markets --env ""' 'markets --profile ""' 'markets --config ""' 'markets --token-file ""' 'markets --record ""' \
        'markets --fields ""' 'call rest GET ""' 'call gateway ""' 'sandbox token --account ""'; do
        eval "refused 2 usage $words"
    done
    [ "$(wc -l <"$TRUTH")" -eq "$lines_before" ]
    # A body may be empty, and so may a word of a command that is not ours.
    omenctl call rest GET /api/v1/markets --data '' >/dev/null
    [ "$("$OMENCTL" sandbox "${any_ports[@]}" -- printf '<%s>' '')" = '<>' ]
}

@test "flags that contradict each other, and files that can't be used: 2, and nothing was sent" {
    local file=$BATS_TEST_TMPDIR/lines
    echo "{\"op\":\"order\",\"market\":\"ETH-PERP\",\"side\":\"buy\",\"size\":\"1\",\"price\":\"$PRICE\"}" >"$file"
    while read -r words; do
        # shellcheck disable=SC2086 # words
        refused 2 usage $words <"$file"
        nothing_came
    done <<EOF
order ETH-PERP buy 0.5 --price $PRICE --no-journal --journal-sync
cancel --all --journal-sync --no-journal
order ETH-PERP buy 0.5 --price $PRICE --record /dev/null/x
order 2 buy 0.5 --price $PRICE --record /dev/null/x
batch --record /dev/null/x
batch --token-stdin
batch - --token-stdin
batch /dev/null/x
order ETH-PERP buy 0.5 --price $PRICE --token-stdin --token-file /dev/null
order ETH-PERP buy 0.5 --price $PRICE --config /dev/null/x
stream drop-copy --cursor /dev/null/x
candles ETH-PERP --from 1h --to 2h
candles ETH-PERP --limit 1001
trades ETH-PERP --limit 1001
book ETH-PERP --depth 10001
EOF
    XDG_STATE_HOME=/dev/null/x refused 2 usage order ETH-PERP buy 0.5 --price "$PRICE"
    run --separate-stderr omenctl sandbox "${any_ports[@]}" --log /dev/null/x -- echo ran
    [ "$status" -eq 2 ] && [ -z "$output" ]
    nothing_came
}

@test "every format knows the same fields: those of a drop-copy's rows, and parts of its records" {
    omenctl order ETH-PERP buy 0.5 --price "$PRICE" --client-id drop-1
    omenctl order ETH-PERP buy 0.3 --at-market --client-id drop-2
    local copy='stream drop-copy --from-sequence 1 --count 3 --fields type,symbol,side,price,size,order.side,order.client_order_id,event'
    omenctl $copy -o csv | csv_objects | jq -c '.[]' >"$BATS_TEST_TMPDIR/csv"
    omenctl $copy -o ndjson | jq -c 'map_values(. // "")' >"$BATS_TEST_TMPDIR/json"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/json")" -eq 3 ]
    # In CSV what a line lacks is empty; JSON leaves it out.
    [ "$(jq -c 'map_values(select(. != ""))' "$BATS_TEST_TMPDIR/csv")" = "$(cat "$BATS_TEST_TMPDIR/json")" ]
    jq -se '.[0] == {type: "execution", symbol: "ETH-PERP", side: "buy", price: $price, size: "0.5", "order.side": "buy",
        "order.client_order_id": "drop-1", event: "accepted"}' --arg price "$PRICE" "$BATS_TEST_TMPDIR/json"
    run omenctl $copy
    [[ ${lines[0]} == TYPE*SYMBOL*ORDER.SIDE*EVENT && ${lines[1]} == execution*ETH-PERP*buy*drop-1*accepted ]]
}

@test "every format knows the same fields: account, books, streams of orders and positions, bad debt" {
    omenctl order ETH-PERP buy 0.5 --price "$PRICE" --client-id same-1
    omenctl order ETH-PERP buy 0.3 --at-market --client-id same-2
    # what COMMAND FIELDS FILTER: CSV's first row, and what the filter makes of JSON, are the same.
    what() {
        omenctl $1 --fields "$2" -o csv | csv_objects | jq -c '.[0]' >"$BATS_TEST_TMPDIR/csv"
        omenctl $1 --fields "$2" -o ndjson | head -1 | jq -c 'map_values(tostring)' >"$BATS_TEST_TMPDIR/ndjson"
        omenctl $1 --fields "$2" -o json | jq -sc '.[0] | if type == "array" then .[0] else . end | map_values(tostring)' >"$BATS_TEST_TMPDIR/json"
        cat "$BATS_TEST_TMPDIR/csv"
        jq -e "keys_unsorted == (\"$2\" / \",\") and all(.[]; . != \"\")" "$BATS_TEST_TMPDIR/csv"
        cmp "$BATS_TEST_TMPDIR/csv" "$BATS_TEST_TMPDIR/ndjson" && cmp "$BATS_TEST_TMPDIR/csv" "$BATS_TEST_TMPDIR/json"
        omenctl $1 --fields "$2" >"$BATS_TEST_TMPDIR/table"
    }
    what account balance.total,total,fees,pnl.fees
    what 'stream orders --count 1' type,symbol,order_id,side
    what 'stream positions --count 1' symbol,size,side
    what 'stream balance --count 1' total,type
    what 'risk bad-debt' symbol,bad_debt,total_bad_debt
    what 'stream book ETH-PERP --count 1' type,symbol
    # A book has a row a level: its prices are those of JSON.
    omenctl book ETH-PERP --depth 2 --fields side,price -o json | jq -e 'map(.side) == ["bid", "bid", "ask", "ask"] and all(.[]; .price)'
    omenctl stream book ETH-PERP --count 1 --depth 1 --fields price,side -o ndjson | jq -se 'map(.side) == ["bid", "ask"]'
    run omenctl book ETH-PERP --depth 1 --fields price
    [ "${lines[0]}" = PRICE ] && [ "${#lines[@]}" -eq 3 ]
    # Lists are one cell, and no JSON.
    run omenctl book ETH-PERP --depth 2 --fields bids,sequence -o csv --no-header
    [[ ${lines[0]} =~ ^price=[0-9.]+\;size=[0-9.]+\ price=[0-9.]+\;size=[0-9.]+,[0-9]+$ ]]
}

@test "CSV has lines that end in LF, one heading, and no JSON in a cell" {
    omenctl order ETH-PERP buy 0.5 --price "$PRICE" --client-id csv-1
    omenctl order ETH-PERP buy 0.3 --at-market --client-id csv-2
    local cancel='{"op":"cancel_all"}'
    while read -r words; do
        # shellcheck disable=SC2086 # words
        omenctl $words -o csv <<<"$cancel" >"$BATS_TEST_TMPDIR/csv" 3>&-
        echo "$words" && cat "$BATS_TEST_TMPDIR/csv"
        [ "$(wc -l <"$BATS_TEST_TMPDIR/csv")" -ge 2 ]
        [ "$(grep -cE $'\r|[][{}]' "$BATS_TEST_TMPDIR/csv")" -eq 0 ]
        [ "$(grep -cFx -- "$(head -1 "$BATS_TEST_TMPDIR/csv")" "$BATS_TEST_TMPDIR/csv")" -eq 1 ]
    done <<EOF
markets
ticker
book ETH-PERP
trades ETH-PERP
account
positions
orders
fills
health
journal list
risk bad-debt
config show
help exit-codes
wallet show
version
stream drop-copy --from-sequence 1 --count 3
stream orders --count 1
stream positions --count 1
stream book ETH-PERP --count 3
batch --fields op,order_ids
EOF
    while read -r -d, line; do [[ $line != *$'\r'* ]]; done < <(omenctl markets -o csv)
}

@test "--watch -o csv has one heading, however many pictures follow" {
    omenctl order ETH-PERP buy 0.3 --at-market
    for command in 'ticker ETH-PERP' 'book ETH-PERP --depth 1' 'positions --fields symbol,side'; do
        local csv=$BATS_TEST_TMPDIR/${command%% *}
        "$OMENCTL" $command --watch -o csv >"$csv" 3>&- &
        wait_for "$csv" 2
        while ! has_lines "$csv" 8; do omenctl order ETH-PERP buy 0.1 --at-market >/dev/null; done
        kill $!
        wait $! || true
        [ "$(grep -c symbol "$csv")" -eq 1 ]
        [[ $(head -1 "$csv") == symbol,* ]]
    done
}

# Two symbols that differ by their case alone, one that has both cases, and one that is another's id.
write_recording() {
    jq -nc '
        def market($id; $symbol): {market_id: $id, symbol: $symbol, base: "X", quote: "USD", status: "live",
            tick_size: "100000000000000000", lot_size: "10000000000000000", min_size: "10000000000000000", max_leverage: 20,
            initial_margin: "50000000000000000", maintenance_margin: "25000000000000000",
            maker_fee: "0", taker_fee: "500000000000000"};
        def level($price): [($price | tostring + "000000000000000000"), "10000000000000000000000"];
        {t: 0, markets: [market(1; "KPEPE-PERP"), market(2; "kPEPE-PERP"), market(3; "Mixed-PERP")]},
        (range(1; 4) | {t: 0, event: ["orderbook_snapshot", ., 100, 1700000000000, [level(99)], [level(101)]]})' \
        >"$BATS_TEST_TMPDIR/recording"
}

@test "a symbol is taken exactly, and in another case only where that is unambiguous" {
    stop_sandbox
    write_recording
    start_sandbox --recording "$BATS_TEST_TMPDIR/recording"
    for symbol in KPEPE-PERP kPEPE-PERP; do
        omenctl order $symbol buy 1 --price 90 --client-id "in-$symbol" --no-journal -o json | jq -e --arg symbol $symbol '.symbol == $symbol'
        omenctl book $symbol -o json | jq -e --arg symbol $symbol '.symbol == $symbol'
    done
    omenctl order mixed-perp buy 1 --price 90 --no-journal -o json | jq -e '.symbol == "Mixed-PERP"'
    orders=$(omenctl orders -o json | jq -c 'map(.symbol) | sort')
    [ "$orders" = '["KPEPE-PERP","Mixed-PERP","kPEPE-PERP"]' ]
    while read -r words; do
        # shellcheck disable=SC2086 # words
        refused 2 usage $words
        [[ $stderr == *KPEPE-PERP*kPEPE-PERP* ]]
    done <<EOF
order kpepe-perp buy 1 --price 90
order Kpepe-Perp buy 1 --at-market
close kpepe-perp
cancel --all --market kpepe-perp
orders --market kpepe-perp
fills --market KPepe-PERP
markets kpepe-perp
book kpepe-perp
book kpepe-perp --watch
ticker Mixed-PERP kpepe-perp
trades kpepe-perp
candles kpepe-perp
stream trades KPEPE-PERP kpepe-perp
stream book kpepe-perp
EOF
    [ "$(omenctl orders -o json | jq -c 'map(.symbol) | sort')" = "$orders" ]
    refused 6 not_found order pepe-perp buy 1 --price 90
}

@test "allowed_markets means markets as the command line does" {
    stop_sandbox
    write_recording
    start_sandbox --recording "$BATS_TEST_TMPDIR/recording"
    export OMENCTL_CONFIG=$BATS_TEST_TMPDIR/config.toml
    # allowing NAMES: with these allowed markets.
    allowing() { printf '[profile.default]\nallowed_markets = [%s]\n' "$1" >"$OMENCTL_CONFIG"; }
    allowing '"KPEPE-PERP", "mixed-perp"'
    omenctl order KPEPE-PERP buy 1 --price 90 --no-journal
    omenctl order 3 buy 1 --price 90 --no-journal
    refused 3 refused_locally order kPEPE-PERP buy 1 --price 90
    refused 3 refused_locally order 2 buy 1 --price 90
    allowing '"kpepe-perp"'
    refused 2 usage order kPEPE-PERP buy 1 --price 90
    refused 2 usage order KPEPE-PERP buy 1 --price 90
    allowing '""'
    refused 2 usage order KPEPE-PERP buy 1 --price 90
    [ "$(omenctl orders -o ndjson --config /dev/null | wc -l)" -eq 2 ]
}

@test "candles: --to is where they end, and is not in them" {
    omenctl order ETH-PERP buy 0.3 --at-market
    last=$(omenctl candles ETH-PERP -o json | jq '.[-1].open_time')
    [ "$(omenctl candles ETH-PERP --from "$last" --to "$((last + 1))" -o json | jq -c 'map(.open_time)')" = "[$last]" ]
    [ "$(omenctl candles ETH-PERP --from "$last" --to "$last" -o json)" = "[]" ]
    [[ $(omenctl candles --help) == *before* ]]
}

@test "a public request that is refused is not blamed on a token" {
    for words in 'order ETH-PERP buy 1 --at-market' 'ticker ETH-PERP' 'book ETH-PERP' 'risk bad-debt'; do
        fault clear
        fault http:status=403
        run --separate-stderr omenctl $words
        echo "$words: $status $stderr"
        [ "$status" -eq 4 ]
        [[ $stderr != *"check the token"* ]]
    done
    fault clear
    fault http:status=403
    run --separate-stderr omenctl wallet show
    [ "$status" -eq 4 ]
    [[ $stderr == *"check the token"* ]]
}
