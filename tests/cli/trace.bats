#!/usr/bin/env bats
# -v, --trace and --record: what goes over the wire, and nothing secret in it.

load helpers

setup_file() { start_sandbox; }
teardown_file() { stop_sandbox; }

# tokenless TEXT: neither the token nor any of its three parts is in the text.
tokenless() {
    local part
    for part in "$OMENCTL_TOKEN" "${OMENCTL_TOKEN#*.}" "${OMENCTL_TOKEN##*.}"; do [[ $1 != *"$part"* ]]; done
}

@test "-v tells of requests, connections and messages on stderr, a line each; stdout is as without it" {
    run --separate-stderr omenctl -v -o json order BTC-PERP buy 0.01 --price 60000
    [ "$status" -eq 0 ]
    jq -e '.status == "open"' <<<"$output"
    run --separate-stderr omenctl -v order BTC-PERP buy 0.01 --price 60000
    [[ $stderr == *"> http://"*"/api/v1/markets GET"* ]]
    [[ $stderr == *"/api/v1/markets 200 application/json, "*" bytes, "*" ms"* ]]
    [[ $stderr == *"* ws://"*" connected"* ]]
    [[ $stderr == *" > ws://"*" order, "*" bytes"* ]]
    [[ $stderr == *" < ws://"*" order_accepted, "*" bytes"* ]]
    [[ $stderr != *"{"* ]]
    tokenless "$stderr"
}

@test "--trace shows the messages themselves, without the token" {
    run --separate-stderr omenctl --trace order 1 buy 0.01 --price 60000
    [ "$status" -eq 0 ]
    [[ $stderr == *'{"type":"auth","id":1,"token":"[removed]"}'* ]]
    [[ $stderr == *'"type":"order","id":4,'*'"price":"60000000000000000000000"'* ]]
    [[ $stderr == *'"type":"order_accepted"'* ]]
    tokenless "$stderr"
}

@test "under json every trace line is an object, and an error still the last" {
    run --separate-stderr omenctl --trace -o json order 1 buy 0.01 --price 60000.3
    [ "$status" -eq 5 ]
    jq -se '.[:-1] | all(.trace.ms and .trace.kind and .trace.url and .trace.what)' <<<"$stderr"
    jq -se '.[-1].error.code == "invalid_price"' <<<"$stderr"
    jq -se '[.[].trace.message.type?] | index("order_rejected")' <<<"$stderr"
    tokenless "$stderr"
}

@test "REST: the token's presence is told, never the token; a signature is removed" {
    local token
    token=$(omenctl sandbox token --account trace)
    OMENCTL_TOKEN=$token run --separate-stderr omenctl --trace wallet link 0x00000000000000000000000000000000000000aa --message hello --signature deadbeef
    [ "$status" -eq 0 ]
    [[ $stderr == *"/api/v1/wallet/link POST, with the token"* ]]
    [[ $stderr == *'"signature":"[removed]"'* ]]
    [[ $stderr != *deadbeef* ]]
    OMENCTL_TOKEN=$token tokenless "$stderr"
}

@test "a refused token is in no output, error or trace" {
    local format
    for format in table json; do
        OMENCTL_TOKEN=omn_abcdefghijklmnop run --separate-stderr omenctl --trace -o "$format" orders
        [ "$status" -eq 4 ]
        [[ $output$stderr != *abcdefgh* ]]
    done
}

@test "--record: a stream's recording is served by the sandbox again" {
    omenctl --record "$BATS_TEST_TMPDIR/rec" -o ndjson stream book BTC-PERP --count 20 >"$BATS_TEST_TMPDIR/lines"
    jq -e . "$BATS_TEST_TMPDIR/rec" >/dev/null
    head -1 "$BATS_TEST_TMPDIR/rec" | jq -e '.t == 0 and (.markets | length) == 3'
    jq -se '[.[] | select(.sent)] | length == 1' "$BATS_TEST_TMPDIR/rec"
    jq -se '[.[].t] | . == sort' "$BATS_TEST_TMPDIR/rec"
    env -u OMENCTL_REST_URL "$OMENCTL" sandbox "${any_ports[@]}" --recording "$BATS_TEST_TMPDIR/rec" --speed max --start-after 1 -- \
        "$OMENCTL" -o ndjson stream book BTC-PERP --count 20 --idle 5s >"$BATS_TEST_TMPDIR/again"
    diff <(jq -c '[.type, .sequence, .bids, .asks]' "$BATS_TEST_TMPDIR/lines") <(jq -c '[.type, .sequence, .bids, .asks]' "$BATS_TEST_TMPDIR/again")
}

@test "--record of an order: both ways, without the token, for its owner only" {
    omenctl --record "$BATS_TEST_TMPDIR/rec" order 1 buy 0.01 --price 60000
    jq -se '[.[] | .sent.type // .received.type // "note"] == ["note", "auth", "subscribe", "unsubscribe", "order", "authenticated", "subscribed", "unsubscribed", "order_accepted", "note"]' "$BATS_TEST_TMPDIR/rec"
    [ "$(stat -c %a "$BATS_TEST_TMPDIR/rec")" = 600 ]
    tokenless "$(cat "$BATS_TEST_TMPDIR/rec")"
}

@test "--record: a file that can't be made is 2 and sends nothing; one that fills up ends the recording, not the command" {
    refused 2 usage --record "$BATS_TEST_TMPDIR/no/such/dir" order 1 buy 0.01 --price 60000
    run --separate-stderr omenctl --record /dev/full order 1 buy 0.01 --price 60000
    [ "$status" -eq 0 ]
    [[ $stderr == *"/dev/full: No space left on device; the recording ends here"* ]]
}
