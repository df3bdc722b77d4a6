# Shared by the command line tests: the real binary ($OMENCTL) against its own sandbox, over real sockets.

bats_require_minimum_version 1.5.0
OMENCTL=${OMENCTL:-$BATS_TEST_DIRNAME/../../build/omenctl}
any_ports=(--rest-port 0 --gateway-port 0 --market-data-port 0)

# Runs omenctl under the name a user would type.
omenctl() { "$OMENCTL" "$@"; }

# start_sandbox [flags...]: starts one on free ports and exports its endpoints and token.
start_sandbox() {
    export XDG_STATE_HOME=$BATS_FILE_TMPDIR/state XDG_CONFIG_HOME=$BATS_FILE_TMPDIR/config XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache
    unset OMENCTL_ENV OMENCTL_OUTPUT OMENCTL_PROFILE OMENCTL_CONFIG
    : >"$BATS_FILE_TMPDIR/ready" # or an earlier one's could be taken for this one's
    # Descriptor 3 is bats' own: a background job that held it would keep the test run open.
    "$OMENCTL" sandbox "${any_ports[@]}" "$@" >"$BATS_FILE_TMPDIR/ready" 2>"$BATS_FILE_TMPDIR/sandbox.log" 3>&- &
    export SANDBOX_PID=$!
    for _ in $(seq 200); do
        if [ "$(grep -c = "$BATS_FILE_TMPDIR/ready")" -ge 4 ]; then
            set -a
            # shellcheck disable=SC1091
            . "$BATS_FILE_TMPDIR/ready"
            set +a
            return 0
        fi
        kill -0 "$SANDBOX_PID" 2>/dev/null || break
        sleep 0.05
    done
    echo "the sandbox did not start:" >&2
    cat "$BATS_FILE_TMPDIR/sandbox.log" >&2
    return 1
}

stop_sandbox() {
    kill -TERM "$SANDBOX_PID" 2>/dev/null || return 0
    wait "$SANDBOX_PID"
}

# flat: no orders and no positions, so that tests do not see each other.
flat() {
    omenctl cancel --all >/dev/null
    omenctl positions -o ndjson | jq -r '"\(.symbol) \(if .side == "long" then "sell" else "buy" end) \(.size)"' |
        while read -r market side size; do omenctl order "$market" "$side" "$size" --at-market --reduce-only >/dev/null; done
}

# best MARKET bid|ask: the touch.
best() { omenctl book "$1" --depth 1 -o json | jq -r ".${2}s[0].price"; }

# plus PRICE DELTA: decimal addition, rounded down to whole units.
plus() { jq -n "$1 + $2 | floor"; }

# refused CODE KIND COMMAND...: the command ends with the code, nothing on stdout and one line on stderr; in JSON mode that line is an
# error object of the kind.
refused() {
    local code=$1 kind=$2
    shift 2
    run --separate-stderr "$OMENCTL" "$@"
    echo "status $status, stdout: $output, stderr: $stderr"
    [ "$status" -eq "$code" ]
    [ -z "$output" ]
    [ "${#stderr_lines[@]}" -eq 1 ]
    [[ $stderr == "omenctl: "* ]]
    run --separate-stderr "$OMENCTL" -o json "$@"
    echo "status $status, stdout: $output, stderr: $stderr"
    [ "$status" -eq "$code" ]
    [ -z "$output" ]
    [ "${#stderr_lines[@]}" -eq 1 ]
    jq -e --arg kind "$kind" '.error.kind == $kind and (.error | has("code") and has("message") and has("hint") and has("retryable"))' <<<"$stderr"
}
