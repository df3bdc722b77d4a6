#!/usr/bin/env bats
# The commands around trading, and every output format of all of them.

load helpers

setup_file() { start_sandbox; }
teardown_file() { stop_sandbox; }


@test "every listing in every format: valid JSON, one object a line, CSV with a header, the same values in each" {
    omenctl order ETH-PERP buy 0.5 --price "$(plus "$(best ETH-PERP bid)" -10)" --client-id formats-1
    omenctl order SOL-PERP buy 1 --at-market
    local hour_ago # one moment for all calls: `--to 1h` would name another minute at every turn of the minute
    hour_ago=$(date -u -d '1 hour ago' +%FT%TZ)
    for command in markets orders "candles ETH-PERP --limit 3 --to $hour_ago"; do # what does not move between two calls
        json=$(omenctl $command -o json)
        jq -e 'type == "array" and length > 0' <<<"$json"
        [ "$(omenctl $command -o ndjson | jq -s .)" = "$(jq . <<<"$json")" ]
        # In CSV all values are texts, and an absent one is empty.
        [ "$(omenctl $command -o csv | csv_objects | jq -cS 'map(map_values(select(. != "")))')" = \
            "$(jq -cS 'map(map_values(tostring))' <<<"$json")" ]
        [ "$(omenctl $command | wc -l)" -eq $(($(jq length <<<"$json") + 1)) ]
        [ "$(omenctl $command --no-header | wc -l)" -eq "$(jq length <<<"$json")" ]
    done
}

@test "one record in every format" {
    for command in 'wallet show' version; do
        json=$(omenctl $command -o json)
        jq -e 'type == "object"' <<<"$json"
        [ "$(omenctl $command -o ndjson | jq -S .)" = "$(jq -S . <<<"$json")" ]
        [ "$(omenctl $command -o csv | csv_objects | jq -cS '.[0]')" = "$(jq -cS 'map_values(tostring)' <<<"$json")" ]
        [ "$(omenctl $command | wc -l)" -eq "$(jq length <<<"$json")" ]
    done
}

@test "nothing found is an empty array, no lines, or a header alone" {
    new=$(omenctl sandbox token --account empty-one)
    export OMENCTL_TOKEN=$new
    omenctl wallet link 0x00000000000000000000000000000000000000e1
    [ "$(omenctl orders -o json)" = "[]" ]
    [ -z "$(omenctl orders -o ndjson)" ]
    [ "$(omenctl orders -o csv | wc -l)" -eq 1 ]
    [ "$(omenctl orders | wc -l)" -eq 1 ]
}

@test "CSV: a book is a row a level" {
    [ "$(omenctl book ETH-PERP --depth 3 -o csv | wc -l)" -eq 7 ]
}

@test "--fields picks and orders fields in every format; an unknown one is a usage error that lists them" {
    [ "$(omenctl markets ETH-PERP --fields tick_size,symbol -o ndjson)" = '{"tick_size":"0.05","symbol":"ETH-PERP"}' ]
    [ "$(omenctl markets ETH-PERP --fields tick_size,symbol -o csv --no-header)" = '0.05,ETH-PERP' ]
    run omenctl markets ETH-PERP --fields tick_size,symbol
    [[ ${lines[0]} == TICK_SIZE*SYMBOL ]]
    refused 2 usage markets --fields nope
    [[ $stderr == *symbol* ]]
}

@test "candles: from the exchange's own trades, oldest first; --from takes a time, a day or how long ago; a chart" {
    run omenctl candles ETH-PERP --interval 5m --from 1h -o json
    jq -e 'length > 1 and (map(.open_time) | . == sort) and all(.[]; .open_time % 300000 == 0 and
        (.low | tonumber) <= (.open | tonumber) and (.high | tonumber) >= (.close | tonumber) and .trades > 0)' <<<"$output"
    [ "$(omenctl candles ETH-PERP --from 2999-01-01 -o json)" = "[]" ]
    [ "$(omenctl candles ETH-PERP --to 2001-01-01T00:00:00Z -o json)" = "[]" ]
    run omenctl candles ETH-PERP --from 1h --chart
    [ "${#lines[@]}" -eq 17 ]
    [[ $output == *┤* ]]
    refused 2 usage candles ETH-PERP --from whenever
    refused 2 usage candles ETH-PERP --interval 7m
}

@test "wallet: show, link, unlink; unlink wants --yes from a script" {
    new=$(omenctl sandbox token --account walleteer)
    export OMENCTL_TOKEN=$new
    refused 6 not_found wallet show
    refused 2 usage wallet link 0x123
    omenctl wallet link 0x00000000000000000000000000000000000000AB
    [ "$(omenctl wallet show -o json | jq -r '.wallet | ascii_downcase')" = 0x00000000000000000000000000000000000000ab ]
    refused 2 usage wallet unlink </dev/null
    # A setting is not what was said of this one.
    OMENCTL_CONFIRM=false refused 2 usage wallet unlink </dev/null
    mkdir -p "$XDG_CONFIG_HOME/omenctl"
    printf '[profile.sure]\nconfirm = false\n' >"$XDG_CONFIG_HOME/omenctl/config.toml"
    chmod 600 "$XDG_CONFIG_HOME/omenctl/config.toml"
    refused 2 usage wallet unlink --profile sure </dev/null
    rm "$XDG_CONFIG_HOME/omenctl/config.toml"
    omenctl wallet show
    run omenctl wallet unlink --yes
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    refused 6 not_found wallet show
}

@test "wallet link: a wallet of another account is refused, 5" {
    taken=$(omenctl wallet show -o json | jq -r .wallet)
    other=$(omenctl sandbox token --account thief)
    OMENCTL_TOKEN=$other refused 5 refused wallet link "$taken"
}

@test "close: flattens a market, or all; nothing to close is 6 for a named market" {
    flat
    omenctl order ETH-PERP buy 1 --at-market
    omenctl order SOL-PERP sell 2 --at-market
    run omenctl close ETH-PERP -o json
    [ "$status" -eq 0 ]
    jq -e 'length == 1 and .[0].side == "sell" and .[0].reduce_only and .[0].status == "filled"' <<<"$output"
    run omenctl close --all -o json
    [ "$(jq length <<<"$output")" -eq 1 ]
    [ "$(omenctl positions -o json)" = "[]" ]
    refused 6 not_found close ETH-PERP
    [ "$(omenctl close --all -o json)" = "[]" ]
    refused 2 usage close
}

@test "health: every endpoint answers; an exchange that is not there is 10, and the table still says which" {
    run omenctl health -o json
    [ "$status" -eq 0 ]
    jq -e 'all(.[]; .ok) and (map(.check) | contains(["gateway ping", "market ETH-PERP"])) and
        (.[-1].round_trip_ms | tonumber) > 0' <<<"$output"
    OMENCTL_GATEWAY_URL=ws://localhost:1 run omenctl health -o json
    [ "$status" -eq 10 ]
    jq -e '[.[] | select(.ok | not)] | length == 1' <<<"$output"
}

@test "risk bad-debt: the whole record" {
    omenctl risk bad-debt -o json | jq -e 'has("total_bad_debt") and has("insurance_fund") and (.markets | length == 3)'
    run omenctl risk bad-debt
    [[ $output == *total_bad_debt*SYMBOL* ]]
}

@test "call: raw messages through each endpoint, refusals as they come" {
    omenctl call rest GET /api/v1/markets | jq -e 'length == 3 and .[0].tick_size == "500000000000000000"'
    omenctl call gateway '{"type":"ping","id":77}' | jq -e '.type == "pong" and .id == 77'
    omenctl call gateway '{"type":"get_balance"}' | jq -e '.type == "balance" and .total'
    omenctl call gateway '{"type":"nosuch"}' | jq -e '.type == "error" and .code == "invalid_message"'
    omenctl call market-data '{"type":"ping","id":1}' | jq -e '.[0] == "pong"'
    [ "$(omenctl call market-data '{"type":"subscribe","channel":"orderbook:1:0"}' --count 3 | wc -l)" -eq 3 ]
    refused 2 usage call gateway 'no json'
    refused 2 usage call gateway '{"id":1}'
    refused 2 usage call rest PATCH /
    refused 6 not_found call rest GET /api/v1/ticker/99
    refused 6 not_found call rest GET /wrong/path
    [ "$(jq -r .error.code <<<"$stderr")" = not_found ]
}

@test "stream funding and spot: one object a line" {
    omenctl stream funding ETH-PERP --count 1 --for 10s -o json |
        jq -e '.type == "funding" and .symbol == "ETH-PERP" and .funding_rate and .next_funding_at > .timestamp'
    omenctl stream spot ETH-PERP BTC-PERP --count 3 --for 10s -o json | jq -se 'all(.[]; .type == "spot_price" and .price)'
}

@test "private streams: the whole state first, then again when it changes" {
    flat
    for stream in balance positions pnl orders; do
        omenctl stream "$stream" --count 1 --for 10s -o json | jq -e --arg type "$stream" '.type == $type and .wallet'
    done
    omenctl stream orders --count 2 --for 10s -o json >"$BATS_TEST_TMPDIR/orders" &
    sleep 0.5
    omenctl order ETH-PERP buy 0.5 --price "$(plus "$(best ETH-PERP bid)" -10)" --client-id streamed-1
    wait $!
    jq -se '(.[0].orders == []) and .[1].orders[0].client_order_id == "streamed-1"' "$BATS_TEST_TMPDIR/orders"
}

@test "stream drop-copy: every execution from a sequence on, in order, none twice" {
    last=$(omenctl call gateway '{"type":"get_orders"}' | jq .sequence)
    omenctl order ETH-PERP buy 0.1 --at-market --client-id "copy-$last"
    run omenctl stream drop-copy --from-sequence $((last + 1)) --count 2 --for 10s -o json
    [ "$status" -eq 0 ]
    printf '%s\n' "${lines[@]}" | jq -se --argjson last "$last" '[.[].sequence] == [$last + 1, $last + 2] and
        [.[].event] == ["accepted", "filled"] and .[1].liquidity == "taker" and .[1].fee'
}

@test "streams in CSV: a type column first and one header" {
    run omenctl stream book ETH-PERP --count 2 --for 10s -o csv
    [[ ${lines[0]} == type,symbol,sequence,timestamp,side,price,size* ]]
    [ "$(printf '%s\n' "${lines[@]}" | grep -c ^type,)" -eq 1 ]
}

@test "--watch in a pipe: one object a line, until interrupted" {
    for command in 'book ETH-PERP' 'ticker ETH-PERP'; do
        run ended_by INT 3 "$OMENCTL" $command --watch -o ndjson
        [ "$status" -eq 130 ]
        [ "${#lines[@]}" -ge 2 ]
        for line in "${lines[@]}"; do jq -e '.symbol == "ETH-PERP"' <<<"$line" >/dev/null; done
    done
}

@test "--watch on a terminal draws in the second screen, and gives the first one back when interrupted" {
    run script -qec "timeout --foreground -s INT 2 '$OMENCTL' book ETH-PERP --watch" /dev/null
    [[ $output == *$'\e[?1049h'*SIDE*$'\e[?25h\e[?1049l'* ]]
}

@test "a narrow terminal loses the last columns and says so; a pipe never does" {
    run script -qec "COLUMNS=40 '$OMENCTL' markets" /dev/null
    [[ $output == *"too narrow for"*maker_fee* ]]
    [[ $output == *SYMBOL* && $output != *TAKER_FEE* ]]
    run env COLUMNS=40 "$OMENCTL" markets
    [[ $output == *TAKER_FEE* ]]
}

@test "colour only on a terminal, as NO_COLOR, CLICOLOR_FORCE and --color say" {
    [[ $(omenctl markets) != *$'\e['* ]]
    [[ $(omenctl markets --color always) == *$'\e['* ]]
    [[ $(CLICOLOR_FORCE=1 omenctl markets) == *$'\e['* ]]
    run script -qec "'$OMENCTL' markets" /dev/null
    [[ $output == *$'\e['* ]]
    run script -qec "NO_COLOR=1 '$OMENCTL' markets" /dev/null
    [[ $output != *$'\e['* ]]
}

@test "a full disk is exit 1; a closed pipe ends a read with 0" {
    run --separate-stderr bash -c "'$OMENCTL' markets >/dev/full"
    [ "$status" -eq 1 ]
    [[ $stderr == *"No space left"* ]]
    run bash -c "set -o pipefail; '$OMENCTL' markets | head -1"
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 1 ]
}

@test "misspelt commands and flags say what was meant" {
    refused 2 usage ordr
    [[ $stderr == *"did you mean order?"* ]]
    # Another command's name among the words changes nothing.
    refused 2 usage --profile markets ordr
    [[ $stderr == *"did you mean order?"* ]]
    refused 2 usage stream boook
    refused 2 usage markets --outptu json
    [[ $stderr == *"did you mean --output?"* ]]
}
