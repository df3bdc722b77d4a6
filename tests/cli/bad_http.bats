#!/usr/bin/env bats
# What comes from the REST endpoint when something else answers than the exchange, or the exchange badly: for a read (markets) and for a
# write (wallet link), whose outcome is then looked up.

load helpers

setup_file() { start_sandbox; }
teardown_file() { stop_sandbox; }

# Each test has an account and a wallet of its own, not linked yet.
setup() {
    fault clear
    OMENCTL_TOKEN=$(omenctl sandbox token --account "account-$BATS_TEST_NUMBER")
    WALLET=0x$(printf %040x "$BATS_TEST_NUMBER")
    export OMENCTL_TOKEN
}

# always KEYS: this happens to every request. to_links KEYS: to every wallet link.
always() { fault "http:every=1,$1"; }
to_links() { fault "http:every=1,path=/api/v1/wallet/link,$1"; }

# struck COUNT: how often the fault struck.
struck() {
    run fault list -o json
    echo "$output"
    [ "$(jq '.[-1].struck' <<<"$output")" = "$1" ]
}

# linked: the wallet is linked by now, and says so.
linked() {
    run --separate-stderr omenctl wallet link "$WALLET" -o json
    echo "status $status, stdout: $output, stderr: $stderr"
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    jq -e --arg wallet "$WALLET" '.wallet == $wallet' <<<"$output"
}

not_linked() {
    fault clear
    run omenctl wallet show
    [ "$status" -eq 6 ]
}

# succeeds COMMAND...: 0, with a result and nothing on stderr.
succeeds() {
    run --separate-stderr omenctl "$@"
    echo "status $status, stdout: $output, stderr: $stderr"
    [ "$status" -eq 0 ]
    [ -n "$output" ]
    [ -z "$stderr" ]
}

@test "a read: an HTML page instead of JSON is 11, and named" {
    always body=html,status=200
    refused 11 protocol markets
    jq -e '.error.code == "unreadable_answer" and .error.http_status == 200 and (.error.message | contains("text/html"))' <<<"$stderr"
    refused 11 protocol ticker BTC-PERP
    refused 11 protocol wallet show
}

@test "a read: a proxy's HTML page with its own status is what the status says, after retries" {
    always body=html
    refused 10 unreachable markets
    [[ $stderr == *"HTTP 502, text/html"* ]]
    struck 6
    fault clear
    always body=html,status=404
    refused 11 protocol markets
    fault clear
    always body=html,status=403
    refused 4 credentials wallet show
}

@test "a read: JSON of the wrong shape is 11, and says what is wrong" {
    always body=shape
    refused 11 protocol markets
    [[ $stderr == *"expected an array, found a map"* ]]
    refused 11 protocol wallet show
    [[ $stderr == *"wallet: missing"* ]]
}

@test "a read: HTTP 500 is 5, with the exchange's words, and is not retried" {
    always status=500
    refused 5 refused markets
    jq -e '.error.code == "internal" and .error.http_status == 500' <<<"$stderr"
    struck 2
}

@test "a read: 502, 503 and 504 are retried, then 10" {
    for http in 502 503 504; do
        fault clear
        always "status=$http"
        refused 10 unreachable markets
        jq -e ".error.retryable and .error.http_status == $http" <<<"$stderr"
        struck 6
        fault clear
        fault "http:status=$http,count=2"
        succeeds markets
    done
}

@test "a read: --retries says how often it is tried again; 0 is never" {
    for retries in 0 1 4; do
        fault clear
        always status=502
        OMENCTL_RETRIES=$retries refused 10 unreachable markets
        struck $((2 * (retries + 1)))
        fault clear
        ((retries)) || continue
        fault "http:status=504,count=$retries"
        succeeds --retries "$retries" markets
    done
    fault clear
    # What is refused, or changes something, is sent once however that may be.
    always status=500
    refused 5 refused --retries 5 markets
    struck 2
    fault clear
    to_links status=503
    refused 9 outcome_unknown --retries 5 wallet link "$WALLET"
    struck 2
    for retries in -1 101 1.5 many ''; do refused 2 usage "--retries=$retries" markets; done
}

@test "a read: 429 with a Retry-After that fits is waited for; one that does not is 7 at once" {
    fault http:status=429,retry-after=1
    local began=$EPOCHREALTIME
    succeeds markets
    jq -en "$EPOCHREALTIME - $began >= 1"
    within 4 "$began"
    always status=429,retry-after=60
    began=$EPOCHREALTIME
    refused 7 rate_limited markets
    within 4 "$began"
    jq -e '.error.hint == "try again in 60 s" and .error.retryable' <<<"$stderr"
    struck 2
    fault clear
    always status=429
    refused 7 rate_limited markets
}

@test "a read: a redirect is 11, and never followed, be it to the exchange itself" {
    always redirect="$OMENCTL_REST_URL/api/v1/markets"
    refused 11 protocol markets
    [[ $stderr == *"redirects are not followed"* ]]
    refused 11 protocol wallet show
    struck 4
    fault clear
    always redirect=/api/v1/markets,status=307
    refused 11 protocol markets
    struck 2
}

@test "a read: a body that comes slowly is waited for until --timeout, then 10" {
    fault http:slow=800
    succeeds markets
    always slow=20000
    local began=$EPOCHREALTIME
    refused 10 unreachable --timeout 1s markets
    jq -e '.error.code == "timed_out"' <<<"$stderr"
    within 5 "$began"
}

@test "a read: a connection that ends without an answer is 10" {
    always close-before
    refused 10 unreachable markets
    refused 10 unreachable wallet show
}

@test "a read: UpstreamWalletErrorResponse names what the wallet service answered" {
    always body=upstream
    refused 10 unreachable wallet show
    [[ $stderr == *"the wallet service answered 500"* ]]
    jq -e '.error.code == "upstream_wallet_error"' <<<"$stderr"
    fault clear
    always body=upstream,status=424
    refused 5 refused wallet show
}

@test "a write: 5xx before it took effect is looked up: not executed so far, 9" {
    for http in 500 502 503 504; do
        fault clear
        to_links "status=$http"
        refused 9 outcome_unknown wallet link "$WALLET"
        jq -e '.error.message | contains("so far it has not been executed")' <<<"$stderr"
        struck 2
    done
    not_linked
}

@test "a write: 5xx after it took effect is looked up: done, 0" {
    to_links status=502,after
    linked
    struck 1
}

@test "a write: an answer that is lost is looked up" {
    to_links close-before
    refused 9 outcome_unknown wallet link "$WALLET"
    not_linked
    to_links close-after
    linked
}

@test "a write: where it can't be looked up either, its outcome is unknown: 9" {
    always status=503
    refused 9 outcome_unknown wallet link "$WALLET"
    jq -e '.error.hint == "check with: omenctl wallet show" and (.error.retryable | not)' <<<"$stderr"
    fault clear
    always close-after
    refused 9 outcome_unknown wallet link "$WALLET"
}

@test "a write: a proxy's HTML page with 502 is looked up" {
    to_links body=html
    refused 9 outcome_unknown wallet link "$WALLET"
    not_linked
    to_links body=html,after
    linked
}

@test "a write: UpstreamWalletErrorResponse with 502 is looked up, and named" {
    to_links body=upstream
    refused 9 outcome_unknown wallet link "$WALLET"
    [[ $stderr == *"the wallet service answered 500"* ]]
    not_linked
    to_links body=upstream,after
    linked
}

@test "a write: a success that can't be read is 11" {
    for body in html shape; do
        fault clear
        to_links "body=$body,status=200"
        refused 11 protocol wallet link "$WALLET"
    done
}

@test "a write: 429 is 7, and never sent again" {
    to_links status=429,retry-after=1
    refused 7 rate_limited wallet link "$WALLET"
    jq -e '.error.hint == "try again in 1 s"' <<<"$stderr"
    struck 2
    not_linked
}

@test "a write: a redirect is 11, and never followed" {
    always redirect="$OMENCTL_REST_URL/api/v1/wallet/link",status=308
    refused 11 protocol wallet link "$WALLET"
    struck 2
    not_linked
}

@test "a write: a body that is too slow is looked up" {
    to_links slow=20000
    run --separate-stderr omenctl --timeout 2s wallet link "$WALLET" -o json
    [ "$status" -eq 0 ]
    jq -e --arg wallet "$WALLET" '.wallet == $wallet' <<<"$output"
    fault clear
    omenctl wallet unlink --yes
    to_links slow=20000,status=500
    refused 9 outcome_unknown --timeout 2s wallet link "$WALLET"
    not_linked
}

@test "wallet unlink is looked up the same way" {
    linked
    fault http:close-before,path=/api/v1/wallet/link,count=2
    refused 9 outcome_unknown wallet unlink --yes
    fault clear
    linked
    fault http:status=500,after,path=/api/v1/wallet/link
    run --separate-stderr omenctl wallet unlink --yes
    echo "status $status: $output, $stderr"
    [ "$status" -eq 0 ]
    [ -z "$output$stderr" ]
    not_linked
}

# interrupted SIGNAL COMMAND...: the signal comes once the fault has struck; sets $status and $stderr.
interrupted() {
    "$OMENCTL" "${@:2}" >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" 3>&- &
    local pid=$!
    eventually has_struck
    kill -"$1" "$pid"
    status=0
    wait "$pid" || status=$?
    stderr=$(cat "$BATS_TEST_TMPDIR/stderr")
    echo "$*: status $status, stderr: $stderr"
}

has_struck() { [ "$(fault list -o json | jq '.[-1].struck')" -gt 0 ]; }

@test "a write under a signal: what became of it is found out and told, then it dies of the signal" {
    while read -r signal code; do
        to_links slow=60000
        interrupted "$signal" --timeout 60s wallet link "$WALLET"
        [ "$status" -eq "$code" ]
        [[ $stderr == *"wallet link: $WALLET is linked"* ]]
        fault clear

        to_links slow=60000
        interrupted "$signal" --timeout 60s wallet unlink --yes
        [ "$status" -eq "$code" ]
        [[ $stderr == *"wallet unlink: done"* ]]
        not_linked
    done <<<$'INT 130\nTERM 143'
}

@test "a write under a signal: what has not happened so far is told to be unknown" {
    to_links slow=60000,status=500
    interrupted INT --timeout 60s wallet link "$WALLET"
    [ "$status" -eq 130 ]
    [[ $stderr == *"so far it has not been executed, but it may still be"*"omenctl wallet show"* ]]
    not_linked
    linked
    to_links slow=60000,status=500
    interrupted INT --timeout 60s wallet unlink --yes
    [ "$status" -eq 130 ]
    [[ $stderr == *"so far it has not been executed, but it may still be"* ]]
    # Where it can't be looked up either, that is told, too.
    fault clear
    fault http:slow=60000,status=500,path=/api/v1/wallet/link http:every=1,status=503,path=/api/v1/wallet
    interrupted INT --timeout 60s wallet unlink --yes
    [ "$status" -eq 130 ]
    [[ $stderr == *"wallet unlink"*"omenctl wallet show"* ]]
}
