#!/usr/bin/env bats
# Each fault of the sandbox, as a client sees it: the real one, or a raw socket where that shows more. What really happened is in the
# sandbox's own log.

load helpers

setup_file() { start_logged_sandbox; }
teardown_file() { stop_sandbox; }

setup() { fault clear; }


# order_of ID: an order far from the market, as a frame. send_order ID: sends it in the session on descriptor 9.
order_of() {
    pack type order id 2 client_order_id "$1" market_id 2 side buy order_type limit price "${PRICE}000000000000000000" \
        size 100000000000000000 time_in_force gtc post_only false reduce_only false | frame
}
send_order() { order_of "$1" >&9; }

# executed ID true|false: what the log says of the one order of this id.
executed() {
    grep "\"$1\"" "$TRUTH"
    [ "$(jq -c --arg id "$1" 'select(.command.client_order_id == $id) | .executed' "$TRUTH")" = "$2" ]
}

# is_open ID: whether the exchange has the order.
is_open() { omenctl orders --client-id "$1" >/dev/null; }

# executed_after ID MS BEGAN: the log comes to have it, executed at least that long after $EPOCHREALTIME was BEGAN.
executed_after() {
    eventually grep -q "\"$1\"" "$TRUTH"
    executed "$1" true
    jq -e --arg id "$1" "select(.command.client_order_id == \$id) | .t - $3 * 1000 >= $2 - 1" "$TRUTH"
}

# expect_close CODE (as two bytes): the next frame is a close frame with it.
expect_close() {
    read_frame
    [ "$opcode" = 88 ]
    frame_has "$(printf "$1")"
}

# expect_end: the connection ends without another byte. expect_reset: by a TCP reset. expect_silence: it does not, and nothing comes.
expect_end() {
    run timeout 5 head -c 1 <&9
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}
expect_reset() {
    run timeout 5 head -c 1 <&9
    echo "$output"
    [[ $output == *"reset by peer"* ]]
}
expect_silence() {
    run timeout 0.5 head -c 1 <&9
    [ "$status" -eq 124 ]
}

@test "close-before and close-after: the session is closed by 1012, with the order executed or not" {
    for when in before after; do
        fault "close-$when"
        open_gateway
        send_order "close-$when"
        expect_close '\x03\xf4'
    done
    executed close-before false
    executed close-after true
    run is_open close-before
    [ "$status" -eq 6 ]
    is_open close-after
}

@test "close-before: what follows in that session is discarded" {
    fault close-before
    open_gateway
    { order_of follows-1; order_of follows-2; } >&9
    expect_close '\x03\xf4'
    executed follows-1 false
    run grep follows-2 "$TRUTH"
    [ "$status" -eq 1 ]
}

@test "reset-before and reset-after: the connection is reset" {
    for when in before after; do
        fault "reset-$when"
        open_gateway
        send_order "reset-$when"
        expect_reset
    done
    executed reset-before false
    executed reset-after true
}

@test "stall-before and stall-after: the connection stays open and silent" {
    for when in before after; do
        fault "stall-$when"
        open_gateway
        send_order "stall-$when"
        send_message type ping id 3
        expect_silence
    done
    executed stall-before false
    executed stall-after true
}

@test "internal-before and internal-after: the answer is internal, and the session lives" {
    for when in before after; do
        fault "internal-$when"
        open_gateway
        send_order "internal-$when"
        read_frame
        frame_has internal
        expect_pong
    done
    executed internal-before false
    executed internal-after true
    jq -e 'select(.command.client_order_id == "internal-after") | .answer.type == "order_accepted" and .fault == "internal-after"' "$TRUTH"
}

@test "swallow-answer: the order is executed, and the next answer is another command's" {
    fault swallow-answer
    open_gateway
    send_order swallowed
    expect_pong
    executed swallowed true
}

@test "duplicate-answer: it comes twice" {
    fault duplicate-answer
    open_gateway
    send_order doubled
    for _ in 1 2; do
        read_frame
        frame_has order_accepted
    done
    expect_pong
}

@test "delay-answers: other messages overtake the answer" {
    fault delay-answers:ms=1000
    open_gateway
    send_order late
    expect_pong
    read_frame
    frame_has order_accepted
    local began=$EPOCHREALTIME
    run omenctl order 2 buy 0.1 --price "$PRICE"
    [ "$status" -eq 0 ]
    jq -en "$EPOCHREALTIME - $began >= 1"
}

@test "garbage-answer: a frame that is no message" {
    fault garbage-answer
    open_gateway
    send_order garbage
    read_frame
    [ "$opcode" = 82 ]
    [ "$(head -c 2 "$BATS_TEST_TMPDIR/frame" | od -An -tx1)" = " c1 c1" ]
    executed garbage true
}

@test "cut-answer: half of the frame, then the end" {
    fault cut-answer
    open_gateway
    send_order cut
    read_frame
    local size
    size=$(stat -c %s "$BATS_TEST_TMPDIR/frame")
    frame_has order_accepted
    [ "$size" -gt 0 ]
    [ "$size" -lt "$announced" ]
    expect_end
    executed cut true
}

@test "half-frame-stall: half of the frame, and the connection stays open" {
    fault half-frame-stall
    open_gateway
    send_order half-frame
    local header size
    header=$(timeout 5 head -c 2 <&9 | od -An -tx1)
    [ "${header:0:3}" = " 82" ]
    run timeout 0.5 tee "$BATS_TEST_TMPDIR/frame" <&9
    [ "$status" -eq 124 ]
    frame_has order_accepted
    size=$(stat -c %s "$BATS_TEST_TMPDIR/frame")
    [ "$size" -lt $((0x${header:4})) ]
    executed half-frame true
}

@test "fin-before and fin: the connection ends without a close frame, with the order executed or not" {
    for fault in fin-before fin; do
        fault "$fault"
        open_gateway
        send_order "order-$fault"
        expect_end
    done
    executed order-fin-before false
    executed order-fin true
    is_open order-fin
}

@test "fin with ms, and late-after-close: the order is executed that long after the end, and is in the log then" {
    local began
    fault fin:ms=700
    open_gateway
    began=$EPOCHREALTIME
    send_order late-fin
    expect_end
    executed_after late-fin 700 "$began"
    for code in '1001 \x03\xe9' '4000 \x0f\xa0'; do
        fault "late-after-close:ms=700,code=${code% *}"
        open_gateway
        began=$EPOCHREALTIME
        { order_of "late-${code% *}"; order_of "discarded-${code% *}"; } >&9
        expect_close "${code#* }"
        executed_after "late-${code% *}" 700 "$began"
        is_open "late-${code% *}"
        run grep "discarded-${code% *}" "$TRUTH"
        [ "$status" -eq 1 ]
    done
    run fault list -o ndjson
    [ "$(jq -r .struck <<<"$output" | paste -sd,)" = 1,1,1 ]
}

@test "a fault strikes the nth command of its kind, and no other" {
    fault internal-before:command=cancel,nth=2
    open_gateway
    send_order counted
    read_frame
    frame_has order_accepted
    for answer in cancel_accepted internal cancel_rejected; do
        send_message type cancel id 4 client_order_id counted
        read_frame
        frame_has "$answer"
    done
    run fault list -o ndjson
    jq -e '.seen == 3 and .struck == 1 and .limit == 1' <<<"$output"
}

@test "gap, drop-delta, duplicate-delta, reorder-delta: the client sees the gap and repairs it, or none of it" {
    for fault in gap drop-delta reorder-delta; do
        fault clear
        fault "$fault:nth=3"
        run --separate-stderr omenctl stream book ETH-PERP --count 7 -o ndjson
        echo "$fault: $output"
        [ "$status" -eq 0 ]
        [ "$(jq -r .type <<<"$output" | head -5 | tr '\n' ' ')" = "snapshot delta delta gap resynced " ]
    done
    fault clear
    fault duplicate-delta:nth=3
    run --separate-stderr omenctl stream book ETH-PERP --count 7 -o ndjson
    [ "$(jq -r .type <<<"$output" | sort | uniq -c | tr -s ' \n' ' ')" = " 6 delta 1 snapshot " ]
    [ "$(jq -s '[.[].sequence] | . == (sort | unique)' <<<"$output")" = true ]
}

@test "gap: nothing of that market comes to that session until it subscribes again" {
    fault gap:market=2
    open_websocket "$OMENCTL_MARKET_DATA_URL"
    send_message type subscribe channel orderbook:2:0
    until frame_has orderbook_gap; do read_frame; done
    run timeout 1 head -c 1 <&9
    [ "$status" -eq 124 ]
    send_message type subscribe channel orderbook:2:0
    read_frame
    frame_has subscribed
    read_frame
    frame_has orderbook_snapshot
    read_frame
    frame_has orderbook_delta
}

@test "gap-storm: each snapshot is followed by a gap and nothing more, as often as told" {
    fault gap-storm:market=2,count=2
    open_websocket "$OMENCTL_MARKET_DATA_URL"
    for _ in 1 2; do
        send_message type subscribe channel orderbook:2:0
        for answer in subscribed orderbook_snapshot orderbook_gap; do
            read_frame
            frame_has "$answer"
        done
        expect_silence
    done
    for market in 2 1; do
        send_message type subscribe channel "orderbook:$market:0"
        until frame_has "orderbook:$market:0"; do read_frame; done
        read_frame
        frame_has orderbook_snapshot
        read_frame
        frame_has orderbook_delta
    done
    jq -e '.seen == 3 and .struck == 2 and .limit == 2' <<<"$(fault list -o ndjson)"
}

@test "faults of frames strike their own endpoint" {
    for fault in cut-frame garbage-frame text-frame stall disconnect; do
        fault "$fault:endpoint=market-data"
        open_gateway
        open_websocket "$OMENCTL_MARKET_DATA_URL"
        send_message type ping id 7
        case $fault in
        cut-frame)
            read_frame
            [ "$(stat -c %s "$BATS_TEST_TMPDIR/frame")" -lt "$announced" ]
            expect_end
            ;;
        garbage-frame) [ "$(timeout 5 head -c 2 <&9 | od -An -tx1)" = " ff ff" ] ;;
        text-frame)
            read_frame
            [ "$opcode" = 81 ]
            expect_pong
            ;;
        stall) expect_silence ;;
        disconnect) expect_close '\x03\xf4' ;;
        esac
        [ "$(fault list -o json | jq '.[-1].struck')" = 1 ]
    done
}

@test "refuse-connections: a reset before anything is said; REST's own control can be reached" {
    fault refuse-connections:endpoint=gateway,count=2
    local port=${OMENCTL_GATEWAY_URL##*:}
    for _ in 1 2; do
        exec 9<>"/dev/tcp/127.0.0.1/${port%/}"
        expect_reset
    done
    open_gateway
    fault clear
    fault refuse-connections:endpoint=rest,every=1
    refused 10 unreachable markets
    fault clear
    run omenctl markets
    [ "$status" -eq 0 ]
}

@test "restart: connections end, none is accepted for a while, and the state is kept" {
    open_gateway
    send_order kept
    read_frame
    frame_has order_accepted
    fault restart:ms=1500
    expect_end
    run curl -s "$OMENCTL_REST_URL/health"
    [ "$status" -eq 7 ]
    sleep 2
    is_open kept
    run omenctl stream book ETH-PERP --count 1 -o ndjson
    [ "$status" -eq 0 ]
}

@test "retention: what is kept no longer is a gap in the drop-copy, until it is cleared" {
    open_gateway
    for id in kept-1 kept-2; do
        send_order "$id"
        read_frame
    done
    fault retention:events=1
    send_message type subscribe id 3 channel drop_copy from_sequence 1
    for answer in subscribed drop_copy_gap kept-2; do
        read_frame
        frame_has "$answer"
    done
    fault clear retention
    for id in kept-3 kept-4; do
        send_order "$id"
        read_frame
        read_frame
    done
    open_gateway
    local last
    last=$(omenctl account -o json | jq .balance.sequence)
    send_message type subscribe id 3 channel drop_copy from_sequence "$((last - 1))"
    for answer in subscribed kept-3 kept-4; do
        read_frame
        frame_has "$answer"
    done
}

# replayed_from SEQUENCE COUNT: which executions of this wallet the replay brings, in a session of its own: rest_order's, by their ids.
replayed_from() {
    open_gateway
    send_message type subscribe id 3 channel drop_copy from_sequence "$1"
    read_frame
    frame_has subscribed
    replayed=
    for _ in $(seq "$2"); do
        read_frame
        replayed+=" $(grep -aoE 'replay-[a-d]' "$BATS_TEST_TMPDIR/frame" | head -1)"
    done
    expect_pong
}

@test "replay-hole, replay-reorder, replay-double: the first replay that has the sequence is wrong, the next one right" {
    local first replayed
    open_gateway
    for id in a b c; do
        send_order "replay-$id"
        read_frame
        frame_has order_accepted
    done
    first=$(($(omenctl account -o json | jq .balance.sequence) - 2))
    fault "replay-hole:sequence=$((first + 1))"
    replayed_from "$first" 2
    [ "$replayed" = " replay-a replay-c" ]
    replayed_from "$first" 3
    [ "$replayed" = " replay-a replay-b replay-c" ]
    fault "replay-reorder:sequence=$((first + 1))"
    replayed_from "$first" 3
    [ "$replayed" = " replay-a replay-c replay-b" ]
    fault replay-double:nth=3
    for _ in 1 2; do
        replayed_from "$first" 4
        [ "$replayed" = " replay-a replay-b replay-c replay-c" ]
    done
    run fault list -o ndjson
    [ "$(jq -r '"\(.seen) \(.struck)"' <<<"$output" | paste -sd,)" = "5 1,3 1,6 2" ]
}

@test "sequence-reset: the drop-copy begins anew at 1, which its followers are told, and open orders stay" {
    open_gateway
    send_order before-reset
    read_frame
    send_message type subscribe id 3 channel drop_copy
    read_frame
    frame_has subscribed
    fault sequence-reset
    read_frame
    frame_has drop_copy_gap
    [ "$(omenctl account -o json | jq .balance.sequence)" = 0 ]
    send_order after-reset
    until frame_has execution; do read_frame; done
    is_open before-reset
    open_gateway
    send_message type subscribe id 3 channel drop_copy from_sequence 1
    for answer in subscribed after-reset; do
        read_frame
        frame_has "$answer"
    done
    expect_pong
    [ "$(omenctl account -o json | jq .balance.sequence)" = 1 ]
}

@test "relink: later sessions have another wallet, with funds of its own; an open session keeps its" {
    local before after
    before=$(omenctl wallet show -o json | jq -r .wallet)
    open_gateway
    send_order before-relink
    read_frame
    frame_has order_accepted
    fault relink
    after=$(omenctl wallet show -o json | jq -r .wallet)
    [ "$after" != "$before" ]
    run is_open before-relink
    [ "$status" -eq 6 ]
    jq -e --arg wallet "$after" '.balance.wallet == $wallet and .balance.total == "1000000"' <<<"$(omenctl account -o json)"
    send_message type get_orders id 3
    read_frame
    frame_has before-relink
    frame_has "$before"
    fault relink:account=nobody
    [ "$(omenctl wallet show -o json | jq -r .wallet)" = "$after" ]
    OMENCTL_TOKEN=$(omenctl sandbox token --account nobody) omenctl account
}

@test "expire-token: the token is no good any more, a new one is; with --fault the one that is handed over" {
    run omenctl sandbox "${any_ports[@]}" -- sh -c '
        "$0" orders || exit 1
        "$0" sandbox fault expire-token
        "$0" orders; [ $? -eq 4 ] || exit 2
        "$0" wallet show; [ $? -eq 4 ] || exit 3
        OMENCTL_TOKEN=$("$0" sandbox token) "$0" orders || exit 4' "$OMENCTL"
    echo "$output"
    [ "$status" -eq 0 ]
    run omenctl sandbox "${any_ports[@]}" --fault expire-token -- "$OMENCTL" orders
    [ "$status" -eq 4 ]
    [[ $output == *token_expired* ]]
}

@test "expire-token ends the subscriptions of open sessions" {
    run omenctl sandbox "${any_ports[@]}" -- bash -c '
        bats_require_minimum_version() { :; }
        BATS_TEST_DIRNAME=$1 BATS_TEST_TMPDIR=$2
        . "$1/helpers.bash"
        open_gateway
        send_message type subscribe id 2 channel orders
        read_frame; read_frame
        "$0" sandbox fault expire-token
        read_frame; frame_has token_expired' "$OMENCTL" "$BATS_TEST_DIRNAME" "$BATS_TEST_TMPDIR"
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "--fault is repeatable, and goes with --seed" {
    run omenctl sandbox "${any_ports[@]}" --fault http:status=500 --fault stall:nth=5,endpoint=gateway -- "$OMENCTL" sandbox fault list -o json
    [ "$status" -eq 0 ]
    jq -e 'map(.fault) == ["http:status=500", "stall:nth=5,endpoint=gateway"]' <<<"$output"
    statuses() {
        omenctl sandbox "${any_ports[@]}" --seed "$1" --fault http:status=500,chance=1/2 -- \
            sh -c 'for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do curl -s -o /dev/null -w "%{http_code} " $OMENCTL_REST_URL/health; done'
    }
    [ "$(statuses 1)" = "$(statuses 1)" ]
    [[ $(statuses 1) == *200*500* || $(statuses 1) == *500*200* ]]
}

@test "fault list and clear: by name, and all" {
    fault gap drop-delta:nth=9 gap:market=7
    [ "$(fault list -o json | jq length)" = 3 ]
    fault clear gap
    [ "$(fault list -o ndjson | jq -r .fault)" = drop-delta:nth=9 ]
    fault clear
    run fault list -o json
    [ "$(jq -c . <<<"$output")" = '[]' ]
}

@test "what is no fault is a usage error that names what was meant, and nothing is switched on" {
    refused 2 usage sandbox fault gap close-befor
    [[ $stderr == *"did you mean close-before?"* ]]
    refused 2 usage sandbox fault gap:nht=3
    [[ $stderr == *"did you mean nth?"* ]]
    refused 2 usage sandbox fault
    refused 2 usage sandbox fault clear gapp
    refused 2 usage sandbox "${any_ports[@]}" --fault disconect
    [[ $stderr == *"did you mean disconnect?"* ]]
    refused 2 usage sandbox "${any_ports[@]}" --log /no/such/directory/log
    [ "$(fault list -o json | jq length)" = 0 ]
}

@test "the control is asked on this machine only, and only where a sandbox is" {
    OMENCTL_REST_URL=http://192.0.2.1:8083 refused 2 usage sandbox fault list
    [[ $stderr == *"not on this machine"* ]]
    refused 2 usage --env test sandbox fault list
    OMENCTL_REST_URL=http://localhost:1 refused 10 unreachable sandbox fault list
}

@test "/_sandbox/faults answers this machine only, with its key, and no page of another site" {
    address=$(hostname -I | tr ' ' '\n' | grep -m1 -F . || true)
    [ -n "$address" ] || skip "this machine has no other address"
    run omenctl sandbox "${any_ports[@]}" --listen "$address" --listen 127.0.0.1 -- sh -c '
        port=${OMENCTL_REST_URL##*:}
        ask() { curl -s -o /dev/null -w "%{http_code} " -H "Authorization: Bearer $key" -H "Content-Type: $type" "$@"; }
        type=application/json
        key=$(cat "$XDG_STATE_HOME/omenctl/sandbox-control.key")
        ask http://'"$address"':$port/health
        ask http://'"$address"':$port/_sandbox/faults
        ask http://127.0.0.1:$port/_sandbox/faults
        ask -X POST -d "{\"faults\":[\"gap\"]}" http://127.0.0.1:$port/_sandbox/faults
        ask -X POST -d "{\"faults\":[\"gapp\"]}" http://127.0.0.1:$port/_sandbox/faults
        ask -X DELETE http://127.0.0.1:$port/_sandbox/faults
        ask http://127.0.0.1:$port/_sandbox/nothing
        ask -H "Origin: http://127.0.0.1:$port" http://127.0.0.1:$port/_sandbox/faults
        ask -H "Origin: http://example.com" http://127.0.0.1:$port/_sandbox/faults
        ask -H "Host: example.com" http://127.0.0.1:$port/_sandbox/faults
        type=text/plain
        ask -X POST -d "{\"faults\":[\"gap\"]}" http://127.0.0.1:$port/_sandbox/faults
        key=other
        ask http://127.0.0.1:$port/_sandbox/faults'
    echo "$output"
    [ "$output" = "200 403 200 200 400 200 404 200 403 403 415 401 " ]
}

@test "a sandbox of another state directory is not ours to disturb" {
    XDG_STATE_HOME=$BATS_TEST_TMPDIR refused 4 credentials sandbox fault gap
    [[ $stderr == *"state directory"* ]]
}

@test "the manual's example: which orders a script that lost an answer has in the book" {
    cd "$BATS_TEST_TMPDIR"
    run omenctl sandbox "${any_ports[@]}" --fault close-after:command=order,nth=2 --log truth.ndjson -- bash -c '
        for id in a b c; do
            "$0" call gateway "{\"type\":\"order\",\"client_order_id\":\"$id\",\"market_id\":2,\"side\":\"buy\",\"order_type\":\"limit\",\"price\":\"1000000000000000000000\",\"size\":\"1000000000000000000\",\"time_in_force\":\"gtc\",\"post_only\":false,\"reduce_only\":false}" >/dev/null || echo "$id: $?"
        done' "$OMENCTL"
    echo "$output"
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == *"outcome unknown"* ]]
    [ "${lines[1]}" = "b: 9" ]
    [ "$(jq -c 'select(.executed) | .command.client_order_id' truth.ndjson | paste -sd,)" = '"a","b","c"' ]
}

@test "the log has every trading command, in human decimals and without secrets" {
    run omenctl order ETH-PERP buy 0.1 --price "$PRICE" --client-id logged
    [ "$status" -eq 0 ]
    omenctl amend --client-id logged --size 0.2
    omenctl cancel --client-id logged
    omenctl cancel --all --market SOL-PERP
    run jq -c 'select(.command.type == "order" and .command.client_order_id == "logged")' "$TRUTH"
    jq -e --arg price "$PRICE" '.t > 1e12 and .executed and .command.price == $price and .command.size == "0.1" and
        .answer.type == "order_accepted" and .answer.id == .command.id and (has("fault") | not)' <<<"$output"
    [ "$(tail -3 "$TRUTH" | jq -r '"\(.command.type) \(.answer.type)"' | paste -sd,)" = \
        "amend amend_accepted,cancel cancel_accepted,cancel_all cancelled_all" ]
    run grep -c "$OMENCTL_TOKEN" "$TRUTH"
    [ "$output" = 0 ]
}

@test "faults are a sandbox's on this machine: another server is 11, another machine 2, no server 10" {
    OMENCTL_REST_URL=${OMENCTL_GATEWAY_URL/ws:/http:} refused 11 protocol sandbox fault list
    [[ $stderr == *'"no_sandbox"'* && $stderr == *'omenctl sandbox'* ]]
    OMENCTL_REST_URL=https://exchange.invalid refused 2 usage sandbox fault close-before
    [[ $stderr == *'"not_loopback"'* ]]
    OMENCTL_REST_URL=http://localhost:1 refused 10 unreachable sandbox fault list
}
