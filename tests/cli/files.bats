#!/usr/bin/env bats
# Files that are no files. What is only read may be a pipe or a device, for no longer than the command has time, and not without end; what is
# locked, replaced or appended to is refused at once where it is one.

load helpers

setup_file() { start_sandbox; }
teardown_file() { stop_sandbox; }

setup() {
    cd "$BATS_TEST_TMPDIR"
    mkfifo fifo
}

# in_bash COMMAND: with `omenctl` and <(...).
in_bash() { OMENCTL=$OMENCTL run --separate-stderr bash -c 'omenctl() { "$OMENCTL" "$@"; }; '"$1"; }

# not_waiting CODE KIND COMMAND...: refused(), without waiting for anything.
not_waiting() {
    local began=$EPOCHREALTIME
    refused "$@"
    within 5 "$began"
}

@test "a token file may be a pipe, read once" {
    export TOKEN=$OMENCTL_TOKEN
    unset OMENCTL_TOKEN
    in_bash 'omenctl --token-file <(sleep 0.1; echo "$TOKEN") account -o json'
    [ "$status" -eq 0 ]
    in_bash 'omenctl --token-file <(echo "$TOKEN") order ETH-PERP buy 0.1 --price 1000 -o json'
    [ "$status" -eq 0 ]
    in_bash 'omenctl --token-file <(echo "$TOKEN"; sleep 60) account -o json'
    [ "$status" -eq 0 ]
    in_bash 'sleep 0.1 | cat - <(echo "$TOKEN") | omenctl --token-stdin account -o json'
    [ "$status" -eq 0 ]
}

@test "a token that does not come, or does not end, ends with the command's time" {
    unset OMENCTL_TOKEN
    for from in '--token-file fifo' '--token-file <(sleep 60)' '--token-file <(printf omn_; sleep 60)' '--token-stdin < <(sleep 60)'; do
        in_bash "omenctl --timeout 300ms account $from"
        echo "$from: $status, $stderr"
        [ "$status" -eq 4 ]
        [[ $stderr == *"it did not end in time"* ]]
    done
    for from in '--token-file /dev/zero' '--token-file <(yes | tr -d "\n")' '--token-stdin < <(yes | tr -d "\n")'; do
        in_bash "omenctl --timeout 5s account $from"
        echo "$from: $status, $stderr"
        [ "$status" -eq 4 ]
        [[ $stderr == *"it is too long"* ]]
    done
    refused 4 credentials --token-file /dev/null account
    refused 2 usage --token-file . account
    refused 2 usage --token-file none account
}

@test "the configuration may be a pipe or nothing at all, and is said to be at fault where it is" {
    in_bash 'omenctl --config <(sleep 0.1; printf "[profile.default]\noutput = \"json\"\n") markets | jq length'
    [ "$status" -eq 0 ]
    [ "$output" -gt 1 ]
    in_bash 'omenctl --config /dev/null markets -o json'
    [ "$status" -eq 0 ]
    began=$EPOCHREALTIME
    refused 2 usage --timeout 300ms --config fifo markets
    [[ $stderr == *"it did not end in time"* ]]
    within 4 "$began"
    refused 2 usage --config /dev/zero markets
    [[ $stderr == *"it is too long"* ]]
    # An error is shown as a configuration says that is gone by then.
    in_bash 'omenctl --config <(printf "[profile.default]\noutput = \"json\"\n") trades NONE-PERP'
    [ "$status" -eq 6 ]
    jq -e '.error.kind == "not_found"' <<<"$stderr"
    not_waiting 2 usage --config fifo --timeout 300ms config init
    not_waiting 2 usage --config fifo config init --force
    not_waiting 2 usage --config /dev/null config init --force
    [ -p fifo ]
    [ -c /dev/null ]
}

@test "lines of a batch may come from a pipe, as they come, and from nothing" {
    in_bash 'omenctl batch -o ndjson <(for id in p1 p2; do sleep 0.1; echo "{\"op\":\"cancel\",\"client_order_id\":\"$id\"}"; done)'
    [ "$status" -eq 6 ]
    [ "${#lines[@]}" -eq 2 ]
    in_bash 'omenctl batch /dev/null'
    [ "$status" -eq 0 ]
    in_bash '(sleep 0.2; echo "{\"op\":\"cancel\",\"client_order_id\":\"late\"}") >fifo & omenctl batch -o ndjson fifo'
    [ "$status" -eq 6 ]
    run ended_by TERM 0.5 "$OMENCTL" batch fifo
    [ "$status" -eq 143 ]
}

@test "a recording may be a pipe, whose end is waited for no longer than the command has time" {
    printf '%s\n' '{"t":0,"markets":'"$(omenctl call rest GET /api/v1/markets)"'}' >recording
    in_bash 'omenctl sandbox --rest-port 0 --gateway-port 0 --market-data-port 0 --recording <(sleep 0.1; cat recording) -- true'
    [ "$status" -eq 0 ]
    refused 2 usage --timeout 300ms sandbox "${any_ports[@]}" --recording fifo -- true
    [[ $stderr == *"it did not end in time"* ]]
    refused 2 usage sandbox "${any_ports[@]}" --recording /dev/null -- true
}

@test "--record and --log write to a device or a pipe, but not to one that nobody reads" {
    in_bash 'omenctl --record /dev/null account -o json'
    [ "$status" -eq 0 ]
    in_bash 'omenctl --record >(cat >recorded) account -o json; wait $!'
    [ "$status" -eq 0 ]
    grep -q '"received":' recorded
    not_waiting 2 usage --record fifo account
    [[ $stderr == *"nobody reads from it"* ]]
    not_waiting 2 usage --record . account
    not_waiting 2 usage sandbox "${any_ports[@]}" --log fifo -- true
    [[ $stderr == *"nobody reads from it"* ]]
}

@test "cursor, its lock, --append, journal and keys are regular files, or refused at once" {
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    not_waiting 2 usage stream drop-copy --cursor fifo --until-caught-up
    mkfifo cursor.lock
    not_waiting 2 usage stream drop-copy --cursor cursor --until-caught-up
    [[ $stderr == *"cursor.lock"*"it is no regular file"* ]]
    not_waiting 2 usage stream drop-copy --append fifo --until-caught-up
    not_waiting 2 usage stream drop-copy --append /dev/null --until-caught-up
    omenctl order ETH-PERP buy 0.1 --price 1000 >/dev/null
    for file in state/omenctl/journal/*.ndjson; do
        rm "$file"
        mkfifo "$file"
    done
    not_waiting 2 usage order ETH-PERP buy 0.1 --price 1000
    [[ $stderr == *"journal"*"it is no regular file"* ]]
    not_waiting 2 usage order ETH-PERP buy 0.1 --price 1000 --client-id named
    not_waiting 2 usage journal list
    not_waiting 2 usage journal resolve
    [ "$(omenctl orders -o json | jq 'map(select(.client_order_id == "named")) | length')" -eq 0 ]
    mkdir -p other/omenctl
    mkfifo other/omenctl/sandbox-key.pem other/omenctl/sandbox-control.key
    XDG_STATE_HOME=$BATS_TEST_TMPDIR/other not_waiting 2 usage sandbox token
    XDG_STATE_HOME=$BATS_TEST_TMPDIR/other not_waiting 2 usage sandbox fault list
    XDG_STATE_HOME=$BATS_TEST_TMPDIR/other not_waiting 2 usage sandbox "${any_ports[@]}" -- true
}

@test "what is recorded or logged is a new file of its user's own; another one is overwritten under --force alone" {
    umask 0
    stream_some() { omenctl "$@" stream trades ETH-PERP --for 100ms >/dev/null; }
    stream_some --record new
    [ "$(stat -c %a new)" = 600 ]
    echo precious >old
    chmod 644 old
    refused 2 usage --record old stream trades ETH-PERP --for 100ms
    [[ $stderr == *"--force"* ]]
    [ "$(<old)" = precious ]
    ln -s old link
    ln -s nowhere dangling
    for name in link dangling; do
        refused 2 usage --record "$name" stream trades ETH-PERP --for 100ms
        refused 2 usage --record "$name" --force stream trades ETH-PERP --for 100ms
    done
    [ "$(<old)" = precious ]
    [ ! -e nowhere ]
    stream_some --record old --force
    [ "$(stat -c %a old)" = 600 ]
    ! grep precious old
    echo precious >log
    run omenctl sandbox "${any_ports[@]}" --log log -- true
    [ "$status" -eq 2 ]
    run omenctl sandbox "${any_ports[@]}" --log link -- true
    [ "$status" -eq 2 ]
    [ "$(<log)" = precious ]
    omenctl sandbox "${any_ports[@]}" --log log --force -- true
    [ ! -s log ]
    [ "$(stat -c %a log)" = 600 ]
}

@test "a configuration that others can write is refused" {
    printf '[profile.default]\noutput = "json"\n' >config
    for mode in 666 620 602; do
        chmod "$mode" config
        refused 2 usage --config config markets
        [[ $stderr == *"others can write it"*"chmod go-w"* ]]
    done
    chmod 644 config
    omenctl --config config markets | jq .
}

@test "a token is taken without the blanks around its end, and what an editor puts in front is named" {
    token=$OMENCTL_TOKEN
    for end in ' ' $'\n' $'\r\n' $' \r\n\n'; do OMENCTL_TOKEN=$token$end omenctl account >/dev/null; done
    for mark in $'\xef\xbb\xbf' $'\xff\xfe'; do
        OMENCTL_TOKEN=$mark$token run --separate-stderr omenctl account
        [ "$status" -eq 4 ]
        [[ $stderr == *"byte order mark"* ]]
        printf '%s%s\n' "$mark" "$token" >marked
        chmod 600 marked
        run --separate-stderr omenctl --token-file marked account
        [ "$status" -eq 4 ]
        [[ $stderr == *"byte order mark"* ]]
    done
}

@test "a token command does not see the token of another exchange" {
    printf '[env.box]\nrest = "%s"\ngateway = "%s"\nmarket_data = "%s"\ntoken_command = ["sh", "-c", "echo ${OMENCTL_TOKEN-unset} >%s/seen; echo omn_x"]\n' \
        "$OMENCTL_REST_URL" "$OMENCTL_GATEWAY_URL" "$OMENCTL_MARKET_DATA_URL" "$BATS_TEST_TMPDIR" >config
    OMENCTL_TOKEN=other run env -u OMENCTL_REST_URL -u OMENCTL_GATEWAY_URL -u OMENCTL_MARKET_DATA_URL "$OMENCTL" --config config --env box account
    [ "$(<seen)" = unset ]
}

@test "claims that can't be read are found out before anything is sent" {
    part() { printf %s "$1" | base64 -w0 | tr '+/' '-_' | tr -d '='; }
    with() { OMENCTL_TOKEN=$(part "${2:-{\"alg\":\"ES256\"\}}").$(part "$1").c2ln OMENCTL_GATEWAY_URL=ws://127.0.0.1:1/ run --separate-stderr omenctl account; }
    for claims in '{"exp":"2000000000"}' '{"exp":null}' '{"exp":1e30}' '{"exp":99999999999999999999}' '{"exp":[]}' '{"aud":1}' '{"aud":[]}' \
        '{"aud":["authenticated",1]}' '{"nbf":"1"}' '{"nbf":4000000000}' '{"sub":[]}' '{"exp":2000000000000}'; do
        with "$claims"
        echo "$claims: $status $stderr"
        [ "$status" -eq 4 ]
    done
    with '{"exp":4000000000}' '{"alg":"ES256","crit":["b64"]}'
    [ "$status" -eq 4 ]
    with '{"exp":4000000000.5}'
    [ "$status" -eq 10 ] # nobody is there
}

@test "--csv-safe defuses what a spreadsheet would run, and nothing else" {
    printf '%s\n' '{"op":"cancel","order_id":"=1+1"}' '{"op":"cancel","order_id":"-1"}' '{"op":"cancel","order_id":"-1+cmd|x"}' \
        '{"op":"cancel","order_id":"@x"}' '{"op":"cancel","order_id":"+1"}' '{"op":"cancel","order_id":"a=1"}' >lines
    ids() { omenctl -o csv --fields line,order_id "$@" batch lines | sort -n | tail -n +2 | cut -d, -f2 | paste -sd' '; }
    [ "$(ids)" = "=1+1 -1 -1+cmd|x @x +1 a=1" ]
    [ "$(ids --csv-safe)" = "'=1+1 -1 '-1+cmd|x '@x '+1 a=1" ]
}
