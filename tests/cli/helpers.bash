# Shared by the command line tests: the real binary ($OMENCTL) against its own sandbox, over real sockets.

bats_require_minimum_version 1.5.0
OMENCTL=${OMENCTL:-$BATS_TEST_DIRNAME/../../build/omenctl}
any_ports=(--rest-port 0 --gateway-port 0 --market-data-port 0)

# Runs omenctl under the name a user would type.
omenctl() { "$OMENCTL" "$@"; }

# eventually COMMAND...: waits until it succeeds; fails when it has not after a minute.
eventually() {
    local end=$((SECONDS + 60))
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.05
    done
}

# has_lines FILE COUNT: a file has so many lines.
has_lines() {
    local lines
    [[ -e $1 ]] && mapfile lines <"$1"
    ((${#lines[@]} > $2)) || [[ ${lines[$2 - 1]:-} == *$'\n' ]]
}

# start_sandbox [flags...]: starts one on free ports and exports its endpoints and token.
start_sandbox() {
    export XDG_STATE_HOME=$BATS_FILE_TMPDIR/state XDG_CONFIG_HOME=$BATS_FILE_TMPDIR/config XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache
    unset OMENCTL_ENV OMENCTL_OUTPUT OMENCTL_PROFILE OMENCTL_CONFIG
    : >"$BATS_FILE_TMPDIR/ready" # or an earlier one's could be taken for this one's
    # Descriptor 3 is bats' own: a background job that held it would keep the test run open.
    "$OMENCTL" sandbox "${any_ports[@]}" "$@" >"$BATS_FILE_TMPDIR/ready" 2>"$BATS_FILE_TMPDIR/sandbox.log" 3>&- &
    export SANDBOX_PID=$!
    eventually sandbox_is_ready_or_gone && has_lines "$BATS_FILE_TMPDIR/ready" 4 || {
        echo "the sandbox did not start:" >&2
        cat "$BATS_FILE_TMPDIR/sandbox.log" >&2
        return 1
    }
    set -a
    # shellcheck disable=SC1091
    . "$BATS_FILE_TMPDIR/ready"
    set +a
}

sandbox_is_ready_or_gone() { has_lines "$BATS_FILE_TMPDIR/ready" 4 || ! kill -0 "$SANDBOX_PID" 2>/dev/null; }

# start_logged_sandbox: one that writes down in $TRUTH what it has really seen. At $PRICE an order to buy ETH-PERP rests.
start_logged_sandbox() {
    export TRUTH=$BATS_FILE_TMPDIR/truth.ndjson
    start_sandbox --log "$TRUTH" --force
    PRICE=$(plus "$(best ETH-PERP bid)" -200)
    export PRICE
}

stop_sandbox() {
    kill -TERM "$SANDBOX_PID" 2>/dev/null || return 0
    wait "$SANDBOX_PID"
}

# fault ...: in the sandbox that was started here, whichever state directory a test has: it is the sandbox's that has the key.
fault() { XDG_STATE_HOME=$BATS_FILE_TMPDIR/state "$OMENCTL" sandbox fault "$@"; }

is_healthy() { omenctl health >/dev/null 2>&1; }

# start_restartable_sandbox: one on ports of this test's own, below those that the system gives away: still free when it has been killed.
start_restartable_sandbox() {
    local first=$((20000 + 3 * BATS_SUITE_TEST_NUMBER))
    local any_ports=(--rest-port "$first" --gateway-port $((first + 1)) --market-data-port $((first + 2)))
    start_sandbox "$@"
}

# The sandbox again, on the ports that it had. What it knew is lost.
restart_sandbox() {
    kill -KILL "$SANDBOX_PID"
    wait "$SANDBOX_PID" || true
    local rest=${OMENCTL_REST_URL##*:} gateway=${OMENCTL_GATEWAY_URL%/} feed=${OMENCTL_MARKET_DATA_URL%/}
    "$OMENCTL" sandbox --rest-port "$rest" --gateway-port "${gateway##*:}" --market-data-port "${feed##*:}" \
        >/dev/null 2>>"$BATS_FILE_TMPDIR/sandbox.log" 3>&- &
    export SANDBOX_PID=$!
    eventually is_healthy
}

# wait_for FILE LINES: until a file has so many lines. What an earlier command left in it counts, too.
wait_for() {
    eventually has_lines "$1" "$2" || {
        echo "$1 has only:" >&2
        cat "$1" >&2
        return 1
    }
}

# rest_order [COUNT]: places orders that rest; each is one execution.
rest_order() {
    for _ in $(seq "${1:-1}"); do omenctl order ETH-PERP buy 0.1 --price 1000 >/dev/null; done
}

# ended_by SIGNAL SECONDS COMMAND...: sends the signal after that time; the command's own status. In the foreground, or timeout would
# send SIGCONT, too: that takes away the SIGSTOP which LeakSanitizer waits for at the end of a process, and it would never end.
ended_by() { timeout --foreground --preserve-status --signal="$1" --kill-after=60 "$2" "${@:3}"; }

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

# within SECONDS BEGAN: no more time than that has passed since $EPOCHREALTIME was BEGAN; times $TEST_PATIENCE, for binaries that are slow
# because they check themselves.
within() { jq -n -e "$EPOCHREALTIME - $2 < ($1) * ${TEST_PATIENCE:-1}"; }

# Whatever was printed, the token was not.
tells_no_secret() { [[ -z ${OMENCTL_TOKEN:-} || $output$stderr != *"$OMENCTL_TOKEN"* ]]; }

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
    tells_no_secret
    run --separate-stderr "$OMENCTL" -o json "$@"
    echo "status $status, stdout: $output, stderr: $stderr"
    [ "$status" -eq "$code" ]
    [ -z "$output" ]
    [ "${#stderr_lines[@]}" -eq 1 ]
    tells_no_secret
    jq -e --arg kind "$kind" '.error.kind == $kind and (.error | has("code") and has("message") and has("hint") and has("retryable"))' <<<"$stderr"
}

# on_terminal ANSWER COMMAND: a shell's command line on a terminal of its own; the answer is typed once there is a question. What the
# terminal shows, and the command's own status.
on_terminal() {
    local screen=$BATS_TEST_TMPDIR/screen keys=$BATS_TEST_TMPDIR/keys status=0
    rm -f "$screen" "$keys"
    mkfifo "$keys"
    SHELL=$BASH script -qefc "$2" "$screen" <"$keys" >/dev/null 2>&1 3>&- &
    local pid=$!
    exec 8>"$keys"
    asks_or_is_gone() { grep -qsF '[y/N]' "$screen" || ! kill -0 "$pid" 2>/dev/null; }
    eventually asks_or_is_gone
    if kill -0 "$pid" 2>/dev/null; then echo "$1" >&8; fi
    wait "$pid" || status=$?
    exec 8>&-
    cat "$screen"
    return "$status"
}

# ---- other servers

# serve ADDRESS [ADDRESS2]: a socat server; its port in $port. Kept in $servers, for stop_servers.
serve() {
    local log=$BATS_TEST_TMPDIR/socat-${#servers[@]}.log
    socat -d -d "$@" 2>"$log" 3>&- &
    servers+=($!)
    eventually has_port "$log" || {
        cat "$log"
        return 1
    }
}

# has_port LOG: it names the port that socat listens at; sets $port.
has_port() { [[ -s $1 && $(<"$1") =~ 'listening on '[^$'\n']*:([0-9]+) ]] && port=${BASH_REMATCH[1]}; }

stop_servers() {
    local server
    for server in "${servers[@]}"; do kill "$server" 2>/dev/null || true; done
}

# ---- raw WebSockets

# open_websocket URL: an upgraded connection on descriptor 9.
open_websocket() {
    local port=${1##*:} line
    exec 9<>"/dev/tcp/127.0.0.1/${port%/}"
    printf '%s\r\n' 'GET / HTTP/1.1' 'Host: localhost' 'Upgrade: websocket' 'Connection: Upgrade' \
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' 'Sec-WebSocket-Version: 13' '' >&9
    while IFS= read -r -t 5 line <&9 && [ "$line" != $'\r' ]; do :; done
}

# frame [OPCODE]: standard input as one frame, masked with zeros (which leaves the bytes as they are). 82: binary.
frame() {
    local payload=$BATS_TEST_TMPDIR/payload-$BASHPID size
    cat >"$payload"
    size=$(stat -c %s "$payload")
    printf "\\x${1:-82}"
    if [ "$size" -lt 126 ]; then
        big_endian 2 $((0x80 | size))
    elif [ "$size" -lt 65536 ]; then
        printf '\xfe'
        big_endian 4 "$size"
    else
        printf '\xff'
        big_endian 16 "$size"
    fi
    printf '\0\0\0\0'
    cat "$payload"
    rm "$payload"
}

# big_endian DIGITS NUMBER: as bytes, two hexadecimal digits each. Without a process of its own, as there are many of them.
big_endian() {
    local digits bytes=
    printf -v digits "%0$1x" "$2"
    while [ -n "$digits" ]; do
        bytes+="\\x${digits:0:2}"
        digits=${digits:2}
    done
    printf "$bytes"
}

send_frame() { frame "$@" >&9; }

# read_frame: sets $opcode and $announced (the payload's size by the header), and writes the payload to $BATS_TEST_TMPDIR/frame.
read_frame() {
    local header size
    header=$(timeout 5 head -c 2 <&9 | od -An -tx1)
    header=${header// /}
    opcode=${header:0:2}
    size=$((0x${header:2:2}))
    if [ "$size" -eq 126 ]; then
        header=$(timeout 5 head -c 2 <&9 | od -An -tx1)
        size=$((0x${header// /}))
    fi
    announced=$size
    timeout 5 head -c "$size" <&9 >"$BATS_TEST_TMPDIR/frame"
}

# frame_has TEXT: the last frame read contains it.
frame_has() {
    od -c "$BATS_TEST_TMPDIR/frame"
    grep -qaF -- "$1" "$BATS_TEST_TMPDIR/frame"
}

# A ping is answered: the session lives.
expect_pong() {
    printf '\x82\xa4type\xa4ping\xa2id\x63' | send_frame
    read_frame
    frame_has pong
}

# pack KEY VALUE...: a MessagePack map. Short numbers, true and false are what they look like; everything else is text.
pack() {
    big_endian 2 $((0x80 | $# / 2))
    while [ $# -gt 0 ]; do
        pack_text "$1"
        case $2 in
        true) printf '\xc3' ;;
        false) printf '\xc2' ;;
        *[!0-9]* | ??????????*) pack_text "$2" ;;
        *)
            printf '\xce'
            big_endian 8 "$2"
            ;;
        esac
        shift 2
    done
}

pack_text() {
    printf '\xda'
    big_endian 4 "${#1}"
    printf %s "$1"
}

# send_message KEY VALUE...: a command as the client would send it.
send_message() { pack "$@" | send_frame; }

# open_gateway: an authenticated session on descriptor 9.
open_gateway() {
    open_websocket "$OMENCTL_GATEWAY_URL"
    send_message type auth id 1 token "$OMENCTL_TOKEN"
    read_frame
    frame_has authenticated
}

# ---- scripted peers

# start_peer: a market-data feed that does on each connection what the script on standard input says (see peer.bash). What it has heard is
# in $PEER/heard.
start_peer() {
    PEER=$(mktemp -d "$BATS_TEST_TMPDIR/peer-XXXXXX")
    cat >"$PEER/script"
    : >"$PEER/heard"
    socat -d -d TCP-LISTEN:0,bind=127.0.0.1,reuseaddr,fork EXEC:"$BATS_TEST_DIRNAME/peer.bash $PEER/script $PEER" 2>"$PEER/log" 3>&- &
    PEER_PID=$!
    eventually has_port "$PEER/log"
    export OMENCTL_MARKET_DATA_URL=ws://127.0.0.1:$port/
}

stop_peer() { kill "$PEER_PID" 2>/dev/null && wait "$PEER_PID" || true; }

# start_rest BODY: REST whose every answer is this JSON.
start_rest() {
    local log
    log=$(mktemp "$BATS_TEST_TMPDIR/rest-XXXXXX")
    printf '%s\r\n' 'HTTP/1.1 200 OK' 'Content-Type: application/json' "Content-Length: ${#1}" 'Connection: close' '' >"$BATS_TEST_TMPDIR/answer"
    printf %s "$1" >>"$BATS_TEST_TMPDIR/answer"
    socat -d -d TCP-LISTEN:0,bind=127.0.0.1,reuseaddr,fork SYSTEM:"head -n 1 >/dev/null; cat $BATS_TEST_TMPDIR/answer" 2>"$log" 3>&- &
    REST_PID=$!
    eventually has_port "$log"
    export OMENCTL_REST_URL=http://127.0.0.1:$port
}

stop_rest() { kill "$REST_PID" 2>/dev/null && wait "$REST_PID" || true; }

# csv_objects: the CSV on standard input (RFC 4180 with lines that end in LF, and a header) as a JSON array of objects; fails where it is none.
csv_objects() {
    jq -Rse '
        [match("(?:\"((?:[^\"]|\"\")*)\"|([^,\"\r\n]*))(,|\n)"; "g")] as $values |
        if ($values | map(.length) | add) != length then error("not RFC 4180") else . end |
        reduce $values[] as $value ([[]];
            .[-1] += [$value.captures[0].string // $value.captures[1].string // "" | gsub("\"\""; "\"")] |
            if $value.captures[2].string == "," then . else . + [[]] end) |
        .[0] as $names | .[1:-1] | map([$names, .] | transpose | map({(.[0]): .[1]}) | add)'
}
