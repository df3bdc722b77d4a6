#!/usr/bin/env bats
# The sandbox as a tool for other people's scripts: how it starts, what it hands over, how it ends.

load helpers

setup() {
    export XDG_STATE_HOME=$BATS_FILE_TMPDIR/state
    unset OMENCTL_REST_URL OMENCTL_GATEWAY_URL OMENCTL_MARKET_DATA_URL OMENCTL_TOKEN
}

@test "sandbox -- COMMAND sets the variables, runs the command and returns its status" {
    run omenctl sandbox "${any_ports[@]}" -- sh -c 'echo "$OMENCTL_REST_URL $OMENCTL_GATEWAY_URL $OMENCTL_MARKET_DATA_URL"; [ -n "$OMENCTL_TOKEN" ]; exit 7'
    [ "$status" -eq 7 ]
    [[ $output =~ ^http://localhost:[0-9]+\ ws://localhost:[0-9]+/\ ws://localhost:[0-9]+/$ ]]
}

@test "sandbox -- COMMAND passes the command's own flags on, and its signal as 128 + n" {
    run omenctl sandbox "${any_ports[@]}" -- printf '%s|' --rest-port -o json
    [ "$output" = '--rest-port|-o|json|' ]
    run omenctl sandbox "${any_ports[@]}" -- sh -c 'kill -TERM $$'
    [ "$status" -eq 143 ]
}

@test "a command that can't be started is a usage error" {
    run --separate-stderr omenctl sandbox "${any_ports[@]}" -- /no/such/command
    [ "$status" -eq 2 ]
    [[ $stderr == *"/no/such/command"* ]]
}

@test "ready, it prints one shell assignment per line; SIGTERM and SIGINT end it with 0" {
    for signal in TERM INT; do
        : >"$BATS_TEST_TMPDIR/ready"
        "$OMENCTL" sandbox "${any_ports[@]}" >"$BATS_TEST_TMPDIR/ready" 3>&- &
        sandbox=$!
        wait_for "$BATS_TEST_TMPDIR/ready" 4
        kill "-$signal" $sandbox
        wait $sandbox
        mapfile -t lines <"$BATS_TEST_TMPDIR/ready"
        [ "${#lines[@]}" -eq 4 ]
        [[ ${lines[0]} == OMENCTL_REST_URL=http://localhost:* ]]
        [[ ${lines[1]} == OMENCTL_GATEWAY_URL=ws://localhost:* ]]
        [[ ${lines[2]} == OMENCTL_MARKET_DATA_URL=ws://localhost:* ]]
        [[ ${lines[3]} == OMENCTL_TOKEN=* ]]
    done
}

@test "--exit-with-stdin: it serves until standard input closes" {
    run bash -c "sleep 1 | '$OMENCTL' sandbox --rest-port 0 --gateway-port 0 --market-data-port 0 --exit-with-stdin"
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 4 ]
}

@test "a port that is taken is a usage error that names it and its flag" {
    run --separate-stderr omenctl sandbox "${any_ports[@]}" -- sh -c '"$0" sandbox --rest-port "${OMENCTL_REST_URL##*:}" --gateway-port 0 --market-data-port 0' "$OMENCTL"
    [ "$status" -eq 2 ]
    [[ $stderr == *--rest-port* ]]
}

@test "sandbox token: works from any process, for any account, with the permissions and lifetime asked for" {
    run omenctl sandbox "${any_ports[@]}" -- sh -c '
        export OMENCTL_TOKEN=$("$0" sandbox token --permissions read --ttl 5m)
        "$0" account -o json' "$OMENCTL"
    [ "$status" -eq 0 ]
    jq -e '.balance.total == "1000000"' <<<"$output"
    claims=$(omenctl sandbox token --account alice --permissions read,trade | cut -d. -f2 | tr '_-' '/+' | base64 -d 2>/dev/null || true)
    [[ $claims == *'"sub":"alice"'* && $claims == *'"iss":"omen-auth"'* && $claims == *'"aud":"authenticated"'* ]]
}

@test "the signing key is private" {
    omenctl sandbox token >/dev/null
    [ "$(stat -c %a "$XDG_STATE_HOME"/omenctl/*.pem)" = 600 ]
}

@test "a recording that is none is a usage error that names the line" {
    printf '{"t":0,"markets":[]}\n' >"$BATS_TEST_TMPDIR/bad.ndjson"
    run --separate-stderr omenctl sandbox --recording "$BATS_TEST_TMPDIR/bad.ndjson" "${any_ports[@]}"
    [ "$status" -eq 2 ]
    [[ $stderr == *"line 1"* ]]
    run --separate-stderr omenctl sandbox --recording /no/such/file "${any_ports[@]}"
    [ "$status" -eq 2 ]
    [[ $stderr == *"/no/such/file"* ]]
}

@test "the demo runs" {
    run omenctl sandbox "${any_ports[@]}" -- env "PATH=$(dirname "$OMENCTL"):$PATH" sh "$BATS_TEST_DIRNAME/../demo.sh" inside
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *'$ omenctl markets'* && $output == *'"type":"snapshot"'* ]]
}
