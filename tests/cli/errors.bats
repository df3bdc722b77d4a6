#!/usr/bin/env bats
# Every refusal has its own exit code and one clear line, in table and in JSON mode, and nothing on stdout.

load helpers

setup_file() {
    start_sandbox
    READ_TOKEN=$(omenctl sandbox token --permissions read)
    EXPIRED_TOKEN=$(omenctl sandbox token --ttl 1s)
    NEW_TOKEN=$(omenctl sandbox token --account "new-$$")
    ETH_BID=$(best ETH-PERP bid)
    export READ_TOKEN EXPIRED_TOKEN NEW_TOKEN ETH_BID
}
teardown_file() { stop_sandbox; }

@test "price off the tick: 3, with the nearest valid prices" {
    refused 3 refused_locally order ETH-PERP buy 1 --price 1000.01
    [[ $stderr == *"use 1000 or 1000.05"* ]]
}

@test "price off the tick, market by id: the exchange refuses, 5" {
    refused 5 refused order 2 buy 1 --price 1000.01
    [[ $stderr == *invalid_price* ]]
}

@test "size under the minimum: 3; by id: 5" {
    refused 3 refused_locally order ETH-PERP buy 0.001 --price 1000
    refused 5 refused order 2 buy 0.001 --price 1000
    [[ $stderr == *invalid_size* ]]
}

@test "size off the lot: 3" {
    refused 3 refused_locally order ETH-PERP buy 1.005 --price 1000
    [[ $stderr == *"use 1 or 1.01"* ]]
}

@test "unknown market: 6, with what was meant" {
    refused 6 not_found order ETH-PER buy 1 --price 1000
    [[ $stderr == *"did you mean ETH-PERP?"* ]]
    refused 6 not_found order 999 buy 1 --price 1000
    [[ $stderr == *unknown_market* ]]
    refused 6 not_found book NOPE
    refused 6 not_found stream book NOPE
}

@test "insufficient margin: 5" {
    refused 5 refused order ETH-PERP buy 1000000 --price "$(plus "$ETH_BID" -100)"
    [[ $stderr == *insufficient_margin* ]]
}

@test "post-only that would cross: 5" {
    refused 5 refused order ETH-PERP buy 1 --price "$(plus "$ETH_BID" 500)" --post-only
    [[ $stderr == *would_cross* ]]
}

@test "fok that can't fill: 5; ioc that fills nothing: 5" {
    refused 5 refused order ETH-PERP buy 1 --price "$(plus "$ETH_BID" -500)" --tif fok
    [[ $stderr == *would_not_fill* ]]
    refused 5 refused order ETH-PERP buy 1 --price "$(plus "$ETH_BID" -500)" --tif ioc
    [[ $stderr == *not_filled* ]]
}

@test "reduce-only with nothing to reduce: 5" {
    refused 5 refused order SOL-PERP sell 1 --at-market --reduce-only
    [[ $stderr == *reduce_only* ]]
}

@test "a client order id that was used: 5 of the exchange, where the journal was not asked, and the hint looks it up" {
    omenctl order ETH-PERP buy 0.1 --price "$(plus "$ETH_BID" -100)" --client-id twice-1
    refused 5 refused order ETH-PERP buy 0.1 --price "$(plus "$ETH_BID" -100)" --client-id twice-1 --no-journal
    jq -e '.error.code == "duplicate_client_order_id" and .error.client_order_id == "twice-1" and
        (.error.hint | contains("omenctl orders --client-id twice-1"))' <<<"$stderr"
}

@test "unknown order: 6, on cancel, on amend, and by client order id" {
    refused 6 not_found cancel no-such-order
    refused 6 not_found amend no-such-order --price 1000
    refused 6 not_found orders --client-id no-such-id
}

@test "no token: 4, and nothing is asked of the exchange" {
    OMENCTL_TOKEN='' refused 4 credentials order 2 buy 1 --price 1000
    [[ $stderr == *OMENCTL_TOKEN* ]]
}

@test "expired token: 4" {
    sleep 1.1
    OMENCTL_TOKEN=$EXPIRED_TOKEN refused 4 credentials order 2 buy 1 --price 1000
    [[ $stderr == *expired* ]]
}

@test "read-only token: 4 for an order, enough for a listing" {
    OMENCTL_TOKEN=$READ_TOKEN refused 4 credentials order 2 buy 1 --price 1000
    [[ $stderr == *insufficient_permission* ]]
    OMENCTL_TOKEN=$READ_TOKEN run omenctl orders
    [ "$status" -eq 0 ]
}

@test "a forged token is refused by the exchange: 4, and never shown" {
    forged=${OMENCTL_TOKEN%?????}AAAAA
    OMENCTL_TOKEN=$forged refused 4 credentials orders
    [[ $stderr != *"$forged"* ]]
    OMENCTL_TOKEN=$forged refused 4 credentials positions
    [[ $stderr != *"$forged"* ]]
}

@test "no linked wallet: 6" {
    OMENCTL_TOKEN=$NEW_TOKEN refused 6 not_found order 2 buy 1 --price 1000
    [[ $stderr == *wallet_not_linked* ]]
    OMENCTL_TOKEN=$NEW_TOKEN refused 6 not_found positions
}

@test "another wallet's positions: 4" {
    refused 4 credentials positions 0x00000000000000000000000000000000000000ff
}

@test "sandbox not running: 10, and the hint names it" {
    export OMENCTL_REST_URL=http://localhost:1 OMENCTL_GATEWAY_URL=ws://localhost:1 OMENCTL_MARKET_DATA_URL=ws://localhost:1
    refused 10 unreachable order 2 buy 1 --price 1000
    [[ $stderr == *"omenctl sandbox"* ]]
    jq -e .error.retryable <<<"$stderr"
    refused 10 unreachable markets
    [[ $stderr == *"omenctl sandbox"* ]]
}

@test "bad flags and values: 2" {
    refused 2 usage order ETH-PERP buy 1
    refused 2 usage order ETH-PERP buy 1 --price 1000 --at-market
    refused 2 usage order ETH-PERP buy -1 --price 1000
    refused 2 usage order ETH-PERP buy 1e3 --price 1000
    refused 2 usage order ETH-PERP hold 1 --price 1000
    refused 2 usage order ETH-PERP buy 1 --price 0
    refused 2 usage order ETH-PERP buy 1 --at-market --post-only
    refused 2 usage order ETH-PERP buy 1 --price 1000 --client-id 'a b'
    refused 2 usage cancel
    refused 2 usage cancel o-1 --all
    refused 2 usage amend o-1
    refused 2 usage book ETH-PERP --depth none
    refused 2 usage markets --no-such-flag
    refused 2 usage no-such-command
    refused 2 usage --env nowhere markets
    refused 2 usage --timeout soon markets
}

@test "credentials never leave in the clear for another host: 2" {
    OMENCTL_GATEWAY_URL=ws://192.0.2.1/ refused 2 usage order 2 buy 1 --price 1000
    OMENCTL_REST_URL=http://192.0.2.1/ refused 2 usage positions
}

@test "a token file that others can read is refused: 2; a private one works" {
    printf '%s\n' "$OMENCTL_TOKEN" >"$BATS_TEST_TMPDIR/token"
    chmod 644 "$BATS_TEST_TMPDIR/token"
    refused 2 usage orders --token-file "$BATS_TEST_TMPDIR/token"
    chmod 600 "$BATS_TEST_TMPDIR/token"
    OMENCTL_TOKEN='' run omenctl orders --token-file "$BATS_TEST_TMPDIR/token"
    [ "$status" -eq 0 ]
    OMENCTL_TOKEN='' run omenctl orders --token-stdin <"$BATS_TEST_TMPDIR/token"
    [ "$status" -eq 0 ]
}

# signed CLAIMS [HEADER]: a token that the sandbox's own key has signed.
signed() {
    local text key=$XDG_STATE_HOME/omenctl/sandbox-key.pem
    part() { base64 -w0 | tr '+/' '-_' | tr -d =; }
    text=$(printf %s "${2:-{\"alg\":\"ES256\",\"typ\":\"JWT\"\}}" | part).$(printf %s "$1" | part)
    printf %s "$text."
    # JOSE has both numbers of a signature as they are, 32 bytes each.
    printf %s "$text" | openssl dgst -sha256 -sign "$key" | openssl asn1parse -inform DER |
        awk -F: '/INTEGER/ { n = $4; while (length(n) < 64) n = "0" n; printf "%s", n }' |
        sed 's/../\\x&/g' | xargs -0 printf '%b' | part
}

@test "a token that the sandbox signed is held to all of its claims" {
    command -v openssl || skip "no openssl"
    claims() { printf '{"sub":"bob","iss":"omen-auth","aud":"authenticated","iat":1,"exp":%s,"permissions":["read"]%s}' "$1" "${2:-}"; }
    # Asked over a bare connection, as the client would not send them.
    ask() { curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $1" "$OMENCTL_REST_URL/api/v1/wallet"; }
    [ "$(ask "$(signed "$(claims 4000000000)")")" = 404 ] # no wallet is linked
    [ "$(ask "$(signed "$(claims 4000000000 ',"nbf":1')")")" = 404 ]
    for more in ',"nbf":4000000000' ',"nbf":"1"' ',"nbf":1e300'; do
        [ "$(ask "$(signed "$(claims 4000000000 "$more")")")" = 401 ]
    done
    for expiry in 1 18446744073709551615 9223372036854775807 '"4000000000"' 1e300 null -5 4000000000000; do
        echo "exp $expiry"
        [ "$(ask "$(signed "$(claims "$expiry")")")" = 401 ]
    done
    [ "$(ask "$(signed "$(claims 4000000000)" '{"alg":"ES256","typ":"JWT","crit":["b64"],"b64":false}')")" = 401 ]
    [ "$(ask "$(signed '{"sub":"bob","iss":"omen-auth","aud":"authenticated","iat":18446744073709551615,"exp":4000000000,"permissions":["read"]}')")" = 404 ]
}
