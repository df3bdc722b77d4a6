#!/usr/bin/env bats
# Public streams of many markets, and from a feed that refuses, takes back, repeats, forgets and contradicts itself: a scripted one, beside
# the REST of a real sandbox.

load helpers

setup_file() { start_sandbox; }
teardown_file() { stop_sandbox; }
teardown() { [ -z "${PEER_PID:-}" ] || stop_peer; }

# follow COMMAND...: runs a stream in NDJSON; its lines in $lines, and as an array in $seen.
follow() {
    run --separate-stderr omenctl stream "$@" -o ndjson
    echo "status $status, stdout: $output, stderr: $stderr"
    seen=$(jq -sc . <<<"$output")
}

# seen FILTER: what the last stream has printed.
seen() { jq -e "$1" <<<"$seen"; }

# heard COUNT PATTERN: the peer was sent so many commands.
heard() {
    cat "$PEER/heard"
    [ "$(grep -cE "$2" "$PEER/heard")" -eq "$1" ]
}

# ---- refusals

@test "one market's refusal is a line and its code at the end; the others go on" {
    local code
    # shellcheck disable=SC2154 # of the peer
    for code in unknown_market:6 market_halted:5 too_many_subscriptions:7 insufficient_permission:4 what_is_that:5; do
        start_peer <<PEER
            for _ in 1 2 3; do
                hear
                case \$channel in
                *:2*) say '["error", "${code%:*}", "no\n\u001b[31m", "'\$channel'"]' ;;
                *) say '["subscribed", "'\$channel'"]' '["spot_price", '\${channel#*:}', 1700000000000, "5e18"]' ;;
                esac
            done
            hear
PEER
        follow spot BTC-PERP ETH-PERP SOL-PERP --count 3
        [ "$status" -eq "${code#*:}" ]
        seen "map(select(.type == \"error\")) | length == 1 and .[0].code == \"${code%:*}\" and .[0].symbol == \"ETH-PERP\" and .[0].market_id == 2"
        seen 'map(select(.type == "spot_price").symbol) | sort == ["BTC-PERP", "SOL-PERP"]'
        [ "$(jq -r .error.code <<<"$stderr")" = "${code%:*}" ]
        stop_peer
    done
}

@test "a refusal in the middle of a stream, and the loss of all; the most serious code at the end, in every format" {
    local format
    for format in ndjson json csv table; do
        start_peer <<'PEER'
            confirm; confirm; confirm
            say '["error", "internal", "broken", "trades:3"]'
            for market in 1 2 3; do say '["trade", '$market', "t'$market'", 1700000000000, "5e18", "1e18", "buy"]'; done
            say '["error", "insufficient_permission", "", "trades:1"]' '["error", "unknown_market", "gone", "trades:2"]'
            hear
PEER
        run --separate-stderr omenctl stream trades BTC-PERP ETH-PERP SOL-PERP -o $format --no-header
        echo "$format: $status, $output, $stderr"
        [ "$status" -eq 4 ]
        [ "${#stderr_lines[@]}" -eq 3 ]
        [ "${#lines[@]}" -eq 5 ]
        case $format in
        *json) jq -se 'map([.type, .symbol]) == [["error", "SOL-PERP"], ["trade", "BTC-PERP"], ["trade", "ETH-PERP"], ["error", "BTC-PERP"],
            ["error", "ETH-PERP"]] and (.[-1].reason | contains("gone"))' <<<"$output" ;;
        *) [[ ${lines[0]} == error*SOL-PERP*broken* && ${lines[1]} == trade*BTC-PERP* && ${lines[4]} == error*ETH-PERP*gone* ]] ;;
        esac
        stop_peer
    done
}

@test "bounds beside a refusal: the more serious of both codes, and the condition may be the refusal itself" {
    local script='
        confirm; confirm
        say '\''["error", "unknown_market", "gone", "funding:1"]'\''
        hear'
    start_peer <<<"$script"
    follow funding BTC-PERP ETH-PERP --idle 1s
    [ "$status" -eq 6 ]
    follow funding BTC-PERP ETH-PERP --count 5 --for 1s
    [ "$status" -eq 6 ]
    [ "${#stderr_lines[@]}" -eq 2 ]
    follow funding BTC-PERP ETH-PERP --until 'type = error' --for 10s
    [ "$status" -eq 6 ]
    [ "${#lines[@]}" -eq 1 ]
    stop_peer
    # The only market's refusal ends the stream, as that of any command.
    start_peer <<'PEER'
        confirm; say '["error", "unknown_market", "gone", "funding:1"]'
        hear
PEER
    follow funding BTC-PERP --count 5 --for 20s
    [ "$status" -eq 6 ]
    [ -z "$output" ]
}

@test "all are refused at once: no line, and the most serious code" {
    start_peer <<'PEER'
        hear; say '["error", "unknown_market", "no", "'$channel'"]'
        hear; say '["error", "wallet_scope", "no", "'$channel'"]'
        hear; say '["error", "market_halted", "no", "'$channel'"]'
        hear
PEER
    refused 4 credentials stream book BTC-PERP ETH-PERP SOL-PERP
}

@test "a book whose repetition is refused ends alone, also where it was awaited" {
    start_peer <<'PEER'
        confirm; say '["orderbook_snapshot", 1, 10, 1700000000000, [["9e18", "1e18"]], []]'
        confirm; say '["orderbook_snapshot", 2, 10, 1700000000000, [["9e18", "1e18"]], []]' '["orderbook_delta", 2, 12, 1700000000001, [], []]'
        hear; say '["unsubscribed", "'$channel'"]'
        hear; say '["error", "market_halted", "no", "'$channel'"]'
        sleep 3
        say '["orderbook_delta", 1, 11, 1700000000001, [["8e18", "1e18"]], []]' '["orderbook_delta", 2, 12, 1700000000001, [], []]'
        hear
PEER
    follow book BTC-PERP ETH-PERP --until 'sequence = 11' --timeout 2s --for 20s
    [ "$status" -eq 5 ]
    seen 'map([.type, .symbol]) == [["snapshot", "BTC-PERP"], ["snapshot", "ETH-PERP"], ["gap", "ETH-PERP"], ["error", "ETH-PERP"],
        ["delta", "BTC-PERP"]]'
}

@test "an error that names no channel, or another, is the whole stream's" {
    local channel
    for channel in null '"trades:9"' '"nonsense"' '""'; do
        start_peer <<PEER
            confirm; confirm
            say '["error", "market_halted", "no", $channel]'
            hear
PEER
        follow trades BTC-PERP ETH-PERP --for 20s
        [ "$status" -eq 5 ]
        [ -z "$output" ]
        stop_peer
    done
}

@test "the sandbox refuses and ends subscriptions on demand" {
    unset OMENCTL_MARKET_DATA_URL
    # shellcheck disable=SC1091
    OMENCTL_MARKET_DATA_URL=$(. "$BATS_FILE_TMPDIR/ready" && echo "$OMENCTL_MARKET_DATA_URL")
    export OMENCTL_MARKET_DATA_URL
    fault refuse-subscription:market=2,code=unknown_market
    follow book BTC-PERP ETH-PERP SOL-PERP --count 3 --for 30s
    [ "$status" -eq 6 ]
    seen 'map([.type, .symbol]) | sort == [["error", "ETH-PERP"], ["snapshot", "BTC-PERP"], ["snapshot", "SOL-PERP"]]'
    fault refuse-subscription
    follow funding SOL-PERP --for 30s
    [ "$status" -eq 5 ]
    [ "$(jq -r .error.code <<<"$stderr")" = market_halted ]
    fault end-subscription:market=3,count=2
    follow spot SOL-PERP ETH-PERP --until 'type = subscribed' --for 30s
    [ "$status" -eq 0 ]
    seen 'map(select(.type | endswith("subscribed"))) | map([.type, .symbol]) == [["unsubscribed", "SOL-PERP"], ["subscribed", "SOL-PERP"]]'
    fault end-subscription
    follow book ETH-PERP --until 'type = resynced' --for 30s
    [ "$status" -eq 0 ]
}

# ---- subscriptions that the exchange ends

@test "an end of a subscription that nobody asked for is told, and taken up again; what was missed follows" {
    start_peer <<'PEER'
        confirm; say '["trades_snapshot", 1, []]' '["trade", 1, "t1", 1700000000001, "5e18", "1e18", "buy"]' '["unsubscribed", "trades:1"]'
        confirm; say '["trades_snapshot", 1, [["t1", 1700000000001, "5e18", "1e18", "buy"], ["t2", 1700000000002, "5e18", "1e18", "buy"]]]'
        hear
PEER
    follow trades BTC-PERP --count 4 --for 30s
    [ "$status" -eq 0 ]
    seen 'map([.type, .symbol, .trade_id]) == [["trade", "BTC-PERP", "t1"], ["unsubscribed", "BTC-PERP", null], ["subscribed", "BTC-PERP", null],
        ["trade", "BTC-PERP", "t2"]]'
    heard 2 ' subscribe'
    heard 0 ' unsubscribe'
}

@test "books and prices come back as well, in every format; the other market is not disturbed" {
    start_peer <<'PEER'
        confirm; say '["orderbook_snapshot", 1, 10, 1700000000000, [["9e18", "1e18"]], []]'
        confirm; say '["orderbook_snapshot", 2, 10, 1700000000000, [["9e18", "1e18"]], []]' '["unsubscribed", "orderbook:2:0"]'
        say '["orderbook_delta", 1, 11, 1700000000000, [], []]' '["orderbook_delta", 2, 11, 1700000000000, [], []]'
        confirm; say '["orderbook_snapshot", 2, 3, 1700000000000, [["7e18", "1e18"]], []]'
        hear
PEER
    follow book BTC-PERP ETH-PERP --until 'type = resynced' --for 30s
    [ "$status" -eq 0 ]
    seen 'map([.type, .symbol, .sequence]) == [["snapshot", "BTC-PERP", 10], ["snapshot", "ETH-PERP", 10], ["unsubscribed", "ETH-PERP", null],
        ["delta", "BTC-PERP", 11], ["subscribed", "ETH-PERP", null], ["resynced", "ETH-PERP", 3]]'
    stop_peer
    start_peer <<'PEER'
        confirm; say '["spot_price", 3, 1700000000000, "5e18"]' '["unsubscribed", "spot_price:3"]'
        confirm; say '["spot_price", 3, 1700000000000, "6e18"]'
        hear
PEER
    run omenctl stream spot SOL-PERP --count 4 --for 30s -o csv --no-header
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == spot_price,*,5,* && ${lines[1]} == unsubscribed,*,SOL-PERP,* && ${lines[2]} == subscribed,*,SOL-PERP,* && ${lines[3]} == spot_price,*,6,* ]]
}

@test "one that is ended again and again is taken up ever later; ends that mean nothing are ignored" {
    start_peer <<'PEER'
        say '["unsubscribed", "funding:1"]'
        confirm
        say '["unsubscribed", "funding:2"]' '["unsubscribed", "x"]'
        while say '["unsubscribed", "funding:1"]' '["unsubscribed", "funding:1"]'; do confirm; done
PEER
    follow funding BTC-PERP --for 5s
    [ "$status" -eq 0 ]
    seen 'map(.type) | .[:3] == ["unsubscribed", "subscribed", "unsubscribed"] and length <= 14'
    seen '[.[] | .type] | [range(0; length; 2) as $n | .[$n]] | all(. == "unsubscribed")'
}

@test "where nobody answers the new subscription, a new connection is made" {
    start_peer <<'PEER'
        confirm
        [ "$connection" -gt 1 ] || { say '["unsubscribed", "funding:1"]'; hear; hear; }
        say '["funding", 1, 1700000000000, "1e18", null, "5e18", "5e18"]'
        hear
PEER
    follow funding BTC-PERP --until 'type = funding' --timeout 1s --for 30s
    [ "$status" -eq 0 ]
    seen 'map(.type) == ["unsubscribed", "disconnected", "connected", "funding"]'
}

# ---- trades

@test "a trade is shown once, whatever order the snapshot behind a new connection has" {
    local order
    for order in '1 2 3 4' '4 3 2 1' '2 4 1 3' '3 3 1 2 4 4'; do
        start_peer <<PEER
            trades=
            for n in $order; do trades+=',["t'\$n'", 170000000000'\$n', "5e18", "1e18", "sell"]'; done
            confirm
            case \$connection in
            1) say '["trades_snapshot", 1, [["t1", 1700000000001, "5e18", "1e18", "sell"]]]' '["trade", 1, "t2", 1700000000002, "5e18", "1e18", "sell"]' \
                '["trade", 1, "t2", 1700000000002, "5e18", "1e18", "sell"]' ;;
            *) say "[\"trades_snapshot\", 1, [\${trades#,}]]" "[\"trades_snapshot\", 1, [\${trades#,}]]" \
                '["trade", 1, "t4", 1700000000004, "5e18", "1e18", "sell"]' '["trade", 1, "t5", 1700000000005, "5e18", "1e18", "sell"]'
                hear ;;
            esac
PEER
        follow trades BTC-PERP --until 'trade_id = t5' --for 30s
        [ "$status" -eq 0 ]
        seen 'map(.trade_id // .type) == ["t2", "disconnected", "connected", "t3", "t4", "t5"]'
        stop_peer
    done
}

@test "trades that the exchange does not list any more are a gap: newest or oldest first, none at all, or one that comes first" {
    local past next
    while read -r next past; do
        start_peer <<PEER
            confirm
            case \$connection in
            1) say '["trades_snapshot", 2, []]' '["trade", 2, "t1", 1700000000001, "5e18", "1e18", "buy"]' ;;
            *) say '$past' '["trade", 2, "t9", 1700000000009, "5e18", "1e18", "buy"]'; hear ;;
            esac
PEER
        follow trades ETH-PERP --until 'trade_id = t9' --for 30s
        [ "$status" -eq 0 ]
        seen "(map(select(.type == \"gap\")) | length == 1 and .[0].last_trade_id == \"t1\" and .[0].next_trade_id == $next) and
            (.[3].type == \"gap\") and (map(.trade_id // empty) | . == unique)"
        stop_peer
    done <<'END'
"t7" ["trades_snapshot", 2, [["t7", 1700000000007, "5e18", "1e18", "buy"], ["t8", 1700000000008, "5e18", "1e18", "buy"]]]
"t7" ["trades_snapshot", 2, [["t8", 1700000000008, "5e18", "1e18", "buy"], ["t7", 1700000000007, "5e18", "1e18", "buy"]]]
null ["trades_snapshot", 2, []]
"t9" ["pong", 1, 1]
END
}

# ---- books

@test "a book whose sequence goes back is a gap, and a fresh one; so for one market of several, and from REST" {
    local script='
        confirm; say '\''["orderbook_snapshot", 2, 500, 1700000000000, [["9e18", "1e18"]], [["10e18", "1e18"]]]'\''
        say '\''["orderbook_delta", 2, 501, 1700000000100, [["8e18", "1e18"]], []]'\'' '\''["orderbook_delta", 2, 501, 1700000000100, [["8e18", "1e18"]], []]'\''
        DELTAS
        hear; [ "$command" = unsubscribe ]; say "[\"unsubscribed\",\"$channel\"]"
        confirm; say '\''["orderbook_snapshot", 2, 9, 1700000000200, [["7e18", "1e18"]], [["10e18", "1e18"]]]'\''
        hear' deltas
    # Each by one sign: the time, a run, a run of one sequence.
    for deltas in '1:101' '1: 2: 3: 4:' '400: 400: 400: 400:' '0:1000'; do
        local say= one
        for one in $deltas; do
            local at=null
            [ -z "${one#*:}" ] || at=$((1700000000000 + ${one#*:}))
            say+=" '[\"orderbook_delta\", 2, ${one%:*}, $at, [[\"6e18\", \"1e18\"]], []]'"
        done
        start_peer <<<"${script/DELTAS/say$say}"
        follow book ETH-PERP --until 'type = resynced' --for 30s
        [ "$status" -eq 0 ]
        seen "map([.type, .sequence // .last_sequence]) == [[\"snapshot\", 500], [\"delta\", 501], [\"gap\", 501], [\"resynced\", 9]] and .[3].bids[0].price == \"7\""
        stop_peer
        start_peer <<<"${script/DELTAS/say$say}"
        follow book ETH-PERP --on-gap fail --for 30s
        [ "$status" -eq 11 ]
        stop_peer
    done
}

@test "deltas that a snapshot contains, and a few repeated ones, are no gap" {
    start_peer <<'PEER'
        confirm; say '["orderbook_snapshot", 2, 500, 1700000000100, [["9e18", "1e18"]], []]'
        for n in {490..500}; do say '["orderbook_delta", 2, '$n', 1700000000100, [["8e18", "1e18"]], []]'; done
        for n in 501 501 501 501 502 501 502 502 503; do say '["orderbook_delta", 2, '$n', 1700000000101, [["8e18", "1e18"]], []]'; done
        hear
PEER
    follow book ETH-PERP --until 'sequence = 503' --for 30s
    [ "$status" -eq 0 ]
    seen 'map(.sequence) == [500, 501, 502, 503]'
}

@test "a gap behind every snapshot: it is subscribed to again ever later, whatever the gap" {
    local gap
    for gap in '["orderbook_gap", 2, 500, 502]' '["orderbook_delta", 2, 502, null, [], []]' '["orderbook_delta", 2, 1, 1700000000999, [], []]'; do
        start_peer <<PEER
            confirm
            while say '["orderbook_snapshot", 2, 500, 1700000000000, [["9e18", "1e18"]], []]' '$gap'; do confirm; confirm; done
PEER
        follow book ETH-PERP --for 4s
        [ "$status" -eq 0 ]
        seen 'map(.type) | .[:4] == ["snapshot", "gap", "resynced", "gap"]'
        # Behind the first ones: at once, after 0.5, 1, 2 and 4 s at most, and half of that at least.
        [ "$(grep -c ' subscribe' "$PEER/heard")" -ge 3 ]
        [ "$(grep -c ' subscribe' "$PEER/heard")" -le 8 ]
        ! seen 'map(.type) | index("disconnected")'
        stop_peer
    done
}

@test "an exchange that refuses repetitions as too fast is asked again later, by the same connection" {
    start_peer <<'PEER'
        confirm; say '["orderbook_snapshot", 2, 500, null, [["9e18", "1e18"]], []]' '["orderbook_gap", 2, 500, 502]'
        for _ in 1 2; do
            hear; say '["unsubscribed", "'$channel'"]'
            hear; say '["error", "rate_limited", "slower", "'$channel'"]'
        done
        confirm; confirm; say '["orderbook_snapshot", 2, 600, null, [["9e18", "1e18"]], []]'
        hear
PEER
    follow book ETH-PERP --until 'type = resynced' --for 30s
    [ "$status" -eq 0 ]
    seen 'map(.type) == ["snapshot", "gap", "resynced"]'
}

@test "a snapshot that contradicts itself ends a stream with 11, and is never shown; one in another order is a book" {
    local bids asks
    while read -r bids asks; do
        start_peer <<PEER
            confirm; say '["orderbook_snapshot", 2, 5, 1700000000000, $bids, $asks]'
            hear
PEER
        refused 11 protocol stream book ETH-PERP --for 20s
        refused 11 protocol book ETH-PERP --verify
        stop_peer
    done <<'END'
[["9e18","1e18"],["9e18","1e18"]] []
[] [["9e18","1e18"],["10e18","1e18"],["9e18","2e18"]]
[["9e18","0"],["9e18","1e18"]] []
[["9e18","1e18"]] [["9e18","1e18"]]
[["9e18","1e18"]] [["8e18","1e18"]]
[["9e18","-1"]] []
[["0","1e18"]] []
[] [["-5","1e18"]]
END
    start_peer <<'PEER'
        confirm; say '["orderbook_snapshot", 2, 5, 1700000000000, [["7e18","1e18"],["9e18","2e18"],["8e18","0"]], [["12e18","1e18"],["11e18","1e18"]]]'
        hear
PEER
    follow book ETH-PERP --count 1 --for 20s
    [ "$status" -eq 0 ]
    seen '.[0] | (.bids | map(.price)) == ["9", "7"] and (.asks | map(.price)) == ["11", "12"]'
}

# ---- markets that can't be

@test "a tick or lot that is no step is 11, and no order is sent; other markets are not touched by it" {
    local rest=$OMENCTL_REST_URL tick lot
    while read -r tick lot; do
        start_rest '[{"market_id":2,"symbol":"ETH-PERP","tick_size":"'"$tick"'","lot_size":"'"$lot"'","min_size":"1"},
            {"market_id":1,"symbol":"BTC-PERP","tick_size":"500000000000000000","lot_size":"1000000000000000","min_size":"1"}]'
        refused 11 protocol order ETH-PERP buy 1 --price 1000
        [[ $stderr == *_size* ]]
        run omenctl order BTC-PERP buy 0.001 --price 1000
        [ "$status" -eq 0 ]
        run omenctl markets -o json
        [ "$(jq length <<<"$output")" -eq 2 ]
        stop_rest
    done <<'END'
0 1000000000000000
-1 1000000000000000
10000000000000000 0
10000000000000000 -5000000000000000
0 0
END
    export OMENCTL_REST_URL=$rest
    omenctl orders -o json | jq -e 'length == 5 and all(.[]; .symbol == "BTC-PERP")'
    flat
}
