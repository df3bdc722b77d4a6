#!/usr/bin/env bats
# Bytes that no good client sends, straight into the sandbox's sockets: it answers or refuses as documented, and lives on.

load helpers

setup_file() { start_sandbox; }
teardown_file() { stop_sandbox; }

@test "the gateway: no MessagePack, no type, an unknown type, a wrong-typed field: an error each, and the session lives" {
    open_websocket "$OMENCTL_GATEWAY_URL"
    for message in '\xc1' 'hello' '\x80' '\x81\xa2id\x01' '\x82\xa4type\xa6nosuch\xa2id\x02' '\x82\xa4type\xa4auth\xa2id\x03' \
        '\x82\xa4type\xa4ping\xa2id\xa1x' '\xdf\xff\xff\xff\xff' '\x92\x01'; do
        printf "$message" | send_frame
        read_frame
        frame_has invalid_message
    done
    expect_pong
}

@test "the gateway: a bad command is answered with its own id where it has one" {
    open_websocket "$OMENCTL_GATEWAY_URL"
    printf '\x82\xa2id\x2a\xa4type\xa6nosuch' | send_frame
    read_frame
    frame_has "$(printf '\xa2id\x2a')"
}

@test "the gateway: a text frame is refused, and the session lives" {
    open_websocket "$OMENCTL_GATEWAY_URL"
    printf '{"type":"ping","id":1}' | send_frame 81
    read_frame
    frame_has invalid_message
    expect_pong
}

@test "the gateway: commands before auth are unauthenticated" {
    open_websocket "$OMENCTL_GATEWAY_URL"
    printf '\x82\xa4type\xaaget_orders\xa2id\x05' | send_frame
    read_frame
    frame_has unauthenticated
}

@test "a client message over 65536 bytes gets an error and close code 1009; the sandbox lives on" {
    for url in "$OMENCTL_GATEWAY_URL" "$OMENCTL_MARKET_DATA_URL"; do
        open_websocket "$url"
        head -c 70000 /dev/zero | send_frame
        read_frame
        frame_has message_too_large
        read_frame
        [ "$opcode" = 88 ]
        frame_has "$(printf '\x03\xf1')"
        run omenctl account -o json
        [ "$status" -eq 0 ]
    done
}

@test "market data: garbage and unknown channels get an error event, and the session lives" {
    open_websocket "$OMENCTL_MARKET_DATA_URL"
    for message in '\xc1' '\x80' '\x82\xa4type\xa9subscribe\xa7channel\x01' '\x82\xa4type\xa9subscribe\xa7channel\xa3x:1'; do
        printf "$message" | send_frame
        read_frame
        frame_has error
    done
    printf '\x82\xa4type\xa9subscribe\xa7channel\xa8trades:9' | send_frame
    read_frame
    frame_has unknown_market
    expect_pong
}

@test "half a frame, then nothing; garbage instead of HTTP: the others are still served" {
    open_websocket "$OMENCTL_GATEWAY_URL"
    printf '\x82\x90\0\0\0\0half' >&9
    exec 9>&-
    local port=${OMENCTL_REST_URL##*:}
    printf '\0\1\2garbage\r\n\r\n' >"/dev/tcp/127.0.0.1/$port"
    run omenctl markets -o json
    [ "$status" -eq 0 ]
}

@test "REST: unknown paths, wrong methods, bad parameters and bad bodies each have their status and an ErrorResponse" {
    ask() { curl -s -o "$BATS_TEST_TMPDIR/body" -w '%{http_code}' -H "Authorization: Bearer $OMENCTL_TOKEN" "$@"; }
    [ "$(ask "$OMENCTL_REST_URL/nowhere")" = 404 ]
    [ "$(ask -X POST "$OMENCTL_REST_URL/api/v1/markets")" = 405 ]
    [ "$(ask "$OMENCTL_REST_URL/api/v1/ticker/99")" = 404 ]
    jq -e '.code == "unknown_market" and .error' "$BATS_TEST_TMPDIR/body"
    [ "$(ask "$OMENCTL_REST_URL/api/v1/trades/1?limit=many")" = 400 ]
    [ "$(ask -X POST -d '{"wallet":1}' "$OMENCTL_REST_URL/api/v1/wallet/link")" = 400 ]
    jq -e '.code == "invalid_message"' "$BATS_TEST_TMPDIR/body"
    [ "$(ask -X POST -d 'not json' "$OMENCTL_REST_URL/api/v1/wallet/link")" = 400 ]
    [ "$(curl -s -o /dev/null -w '%{http_code}' "$OMENCTL_REST_URL/api/v1/wallet")" = 401 ]
}

@test "all twelve REST endpoints answer" {
    for path in /health /readyz /api/v1/markets /api/v1/trades/1 '/api/v1/candles/1?interval=1m' /api/v1/ticker/1 \
        /api/v1/orderbook/1 /api/v1/risk/bad-debt /api/v1/wallet; do
        curl -sf -H "Authorization: Bearer $OMENCTL_TOKEN" "$OMENCTL_REST_URL$path" | jq -e 'type'
    done
    wallet=$(curl -sf -H "Authorization: Bearer $OMENCTL_TOKEN" "$OMENCTL_REST_URL/api/v1/wallet" | jq -r .wallet)
    curl -sf -H "Authorization: Bearer $OMENCTL_TOKEN" "$OMENCTL_REST_URL/api/v1/positions/$wallet" | jq -e 'type == "array"'
    new=$(omenctl sandbox token --account linker)
    link() { curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $new" "$@" "$OMENCTL_REST_URL/api/v1/wallet/link"; }
    [ "$(link -X POST -d '{"wallet":"0x00000000000000000000000000000000000000aa"}')" = 200 ]
    [ "$(link -X POST -d "{\"wallet\":\"$wallet\"}")" = 409 ]
    [ "$(link -X DELETE)" = 204 ]
}
