#!/usr/bin/env bats
# A WebSocket handshake that somebody between answers otherwise: nothing was sent, and the exit code says whether it helps to repeat it.

load helpers

setup_file() { start_sandbox; }
teardown_file() { stop_sandbox; }

setup() { servers=(); }
teardown() { stop_servers; }

# answers STATUS_LINE [HEADER...]: both WebSocket endpoints answer every request so, with a page of HTML.
answers() {
    printf '%s\r\n' "$@" 'Content-Type: text/html' 'Content-Length: 22' '' >"$BATS_TEST_TMPDIR/answer"
    printf '<html>no entry</html>\n' >>"$BATS_TEST_TMPDIR/answer"
    serve TCP-LISTEN:0,bind=127.0.0.1,reuseaddr,fork "SYSTEM:sed '/^\r*$/q' >/dev/null; cat $BATS_TEST_TMPDIR/answer"
    export OMENCTL_GATEWAY_URL=ws://127.0.0.1:$port/ OMENCTL_MARKET_DATA_URL=ws://127.0.0.1:$port/
}

# each_is CODE KIND: of a one-shot read, orders and cancels, streams of either kind, the raw call, a batch line, and health.
each_is() {
    local command
    for command in account 'order 2 buy 0.1 --price 1000' 'cancel --all' 'stream trades 2' 'stream orders' 'stream drop-copy' \
        'call market-data {"type":"ping","id":1}' 'call gateway {"type":"ping","id":1}'; do
        # shellcheck disable=SC2086 # a list of words
        refused "$1" "$2" $command
        [ "$(jq -r .error.code <<<"$stderr")" = upgrade_refused ]
        [ "$(jq -r .error.retryable <<<"$stderr")" = "$([[ $1 == 7 || $1 == 10 ]] && echo true || echo false)" ]
    done
    run --separate-stderr omenctl batch -o ndjson <<<'{"op":"cancel","client_order_id":"c-1"}'
    [ "$status" -eq "$1" ]
    run --separate-stderr omenctl health -o json
    [ "$status" -eq "$1" ]
    jq -e 'map(select(.ok | not).check) == ["gateway ping", "market data ping"]' <<<"$output"
}

@test "401 and 403: 4, as another try would not get in either" {
    answers 'HTTP/1.1 401 Unauthorized' 'WWW-Authenticate: Basic'
    each_is 4 credentials
    answers 'HTTP/1.1 403 Forbidden'
    each_is 4 credentials
}

@test "429: 7, to be repeated more slowly" {
    answers 'HTTP/1.1 429 Too Many Requests' 'Retry-After: 5'
    each_is 7 rate_limited
}

@test "a redirect of any kind: 11, and not followed, be it to the exchange itself" {
    local gateway=$OMENCTL_GATEWAY_URL
    for http in '301 Moved Permanently' '303 See Other' '308 Permanent Redirect'; do
        answers "HTTP/1.1 $http" "Location: $gateway"
        refused 11 protocol account
        [[ $stderr == *'redirects are not followed'* ]]
        refused 11 protocol stream funding 2
    done
    each_is 11 protocol
}

@test "what no exchange answers: 11" {
    for http in 'HTTP/1.1 200 OK' 'HTTP/1.1 404 Not Found' 'HTTP/1.1 426 Upgrade Required' 'SSH-2.0-OpenSSH_9.2'; do
        answers "$http"
        refused 11 protocol account
        refused 11 protocol stream spot 2
    done
}

@test "a server or proxy that is out of order: 10, safe to repeat" {
    for http in '500 Internal Server Error' '502 Bad Gateway' '504 Gateway Timeout'; do
        answers "HTTP/1.1 $http"
        refused 10 unreachable account
        refused 10 unreachable order 2 buy 0.1 --price 1000
    done
}

@test "health: a 503 of somebody between is 10; as a success it would be no answer of an exchange, 11" {
    for body in html shape; do
        fault clear
        fault "http:every=1,path=/readyz,body=$body,status=503"
        run --separate-stderr omenctl health -o json
        echo "$status: $output"
        [ "$status" -eq 10 ]
        jq -e 'map(select(.ok | not)) | length == 1 and .[0].check == "rest readiness" and (.[0].detail | contains("HTTP 503"))' <<<"$output"
    done
    fault clear
    fault http:every=1,path=/readyz,body=html,status=200
    run omenctl health
    [ "$status" -eq 11 ]
    fault clear
}
