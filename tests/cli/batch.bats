#!/usr/bin/env bats
# batch: any number of commands over one session, a true result for each line, whatever happens to the session, the input or the reader.

load helpers

setup_file() {
    export TRUTH=$BATS_FILE_TMPDIR/truth.ndjson
    start_sandbox --log "$TRUTH"
    PRICE=$(plus "$(best ETH-PERP bid)" -200)
    ASK=$(best ETH-PERP ask)
    export PRICE ASK
}
teardown_file() { stop_sandbox; }

setup() {
    fault clear
    omenctl cancel --all --no-journal >/dev/null
}

# line ID [more]: a resting order's line.
line() { printf '{"op":"order","market":2,"side":"buy","size":"0.1","price":"%s","client_order_id":"%s"%s}\n' "$PRICE" "$1" "${2:-}"; }

# lines PREFIX COUNT
lines() { for ((i = 1; i <= $2; i++)); do line "$1-$i"; done; }

# batch [flags...]: runs it on standard input; sets $status, $output (NDJSON) and $stderr.
batch() {
    cat >"$BATS_TEST_TMPDIR/in"
    run --separate-stderr bash -c 'timeout --foreground 60 "$0" batch -o ndjson "$@" <"$BATS_TEST_TMPDIR/in"' "$OMENCTL" "$@"
    echo "exit $status: $output, $stderr"
}

# executed ID: whether the log has that order, executed. sent ID: how often it was sent.
executed() { jq -e -s --arg id "$1" 'any(.command.client_order_id == $id and .executed and .answer.type == "order_accepted")' "$TRUTH" >/dev/null; }
sent() { jq -s --arg id "$1" 'map(select(.command.type == "order" and .command.client_order_id == $id)) | length' "$TRUTH"; }
open_orders() { omenctl orders -o json | jq -r '[.[].client_order_id] | sort | join(",")'; }

# are_open COUNT: so many orders are open.
are_open() { [ "$(omenctl orders -o json | jq length)" -eq "$1" ]; }

# agrees: every line's result is what the log says, no order was sent twice, and no line has two results.
agrees() {
    jq -n -e --slurpfile results <(printf '%s\n' "$output") --slurpfile truth "$TRUTH" '
        ($truth | map(select(.command.type == "order")) | group_by(.command.client_order_id)
            | map({key: .[0].command.client_order_id, value: {n: length, executed: any(.executed and .answer.type == "order_accepted")}})
            | from_entries) as $log |
        ($results | map(select(.op == "order"))) as $orders |
        ($orders | map(.line) | length == (unique | length)) and
        all($orders[]; . as $one | ($log[$one.client_order_id] // {n: 0, executed: false}) |
            .n <= 1 and
            (if $one.result == "done" then .executed elif $one.result == "outcome_unknown" then true else .executed | not end))' >/dev/null
}

@test "each line has its result: orders, cancels, amends, cancel_all" {
    batch <<END
$(line a-1)
$(line a-2)
{"op":"amend","client_order_id":"a-1","size":"0.2"}
{"op":"cancel","client_order_id":"a-2"}
{"op":"cancel_all","market":"eth-perp"}
{"op":"order","market":"eth-perp","side":"buy","size":0.1,"order_type":"market","client_order_id":"a-3"}
END
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    jq -s -e --arg price "$PRICE" '(map(.line) == [1,2,3,4,5,6]) and (map(.op) == ["order","order","amend","cancel","cancel_all","order"])
        and all(.result == "done")
        and (.[0] | .client_order_id == "a-1" and .status == "open" and .price == $price and .size == "0.1" and .filled_size == "0")
        and (.[2] | .size == "0.2" and .remaining_size == "0.2") and .[3].remaining_size == "0.1"
        and (.[4].order_ids | length == 1) and .[5].status == "filled"' <<<"$output"
}

@test "results in every format" {
    for format in json table csv; do
        run --separate-stderr bash -c '"$0" batch -o "$1" <<<"$2"' "$OMENCTL" "$format" "$(line "format-$format")"
        echo "$output"
        [ "$status" -eq 0 ]
        case $format in
        json) jq -e '.line == 1 and .result == "done"' <<<"$output" ;;
        table) [[ ${lines[0]} == *LINE*OP*RESULT*CLIENT_ORDER_ID* && ${lines[1]} == *1*order*done*format-table*open* ]] ;;
        csv) [[ ${lines[0]} == line,op,result,client_order_id,* && ${lines[1]} == 1,order,done,format-csv,* ]] ;;
        esac
    done
    run --separate-stderr bash -c '"$0" batch -o ndjson --fields line,status <<<"$1"' "$OMENCTL" "$(line fields-1)"
    [ "$output" = '{"line":1,"status":"open"}' ]
}

@test "a file, its last line without an end, empty lines and CRLF" {
    printf '\n%s\r\n   \n%s' "$(line f-1)" "$(line f-2)" >"$BATS_TEST_TMPDIR/file"
    run --separate-stderr omenctl batch "$BATS_TEST_TMPDIR/file" -o ndjson
    [ "$status" -eq 0 ]
    [ "$(jq -r '"\(.line) \(.client_order_id)"' <<<"$output" | paste -sd,)" = "2 f-1,4 f-2" ]
    refused 2 usage batch /no/such/file
    refused 2 usage batch "$BATS_TEST_TMPDIR"
    run --separate-stderr omenctl batch </dev/null
    [ "$status" -eq 0 ]
    [ -z "$output" ] || [ "${#lines[@]}" -eq 1 ]
}

@test "a malformed line has a result that says why, and the others are sent" {
    batch <<END
$(line good-1)
{"op":"order"
$(line bad-1 ',"post_onyl":true')
{"op":"order","market":2,"side":"buy","size":"0.1"}
{"op":"order","market":"ETH-PERP","side":"buy","size":"0.1","price":"3000.001"}
{"op":"order","market":"NOPE-PERP","side":"buy","size":"0.1","price":"3000"}
{"op":"cancel","client_order_id":"no-such"}
$(line good-2)
END
    [ "$status" -eq 6 ]
    [ "$(jq -r '"\(.line) \(.result)"' <<<"$output" | sort | paste -sd,)" = \
        "1 done,2 refused_locally,3 refused_locally,4 refused_locally,5 refused_locally,6 not_found,7 not_found,8 done" ]
    jq -s -e 'map(select(.line == 3)) | .[0] | .code == "bad_line" and (.message | contains("line 3") and contains("did you mean post_only?"))' <<<"$output"
    jq -s -e 'map(select(.line == 4)) | .[0].message | contains("price: missing")' <<<"$output"
    [ "$(open_orders)" = good-1,good-2 ]
}

@test "a line that is refused says which op and order it was, as far as it can be read" {
    batch <<END
{"op":"order","client_order_id":"l-1","market":2,"side":"up","size":"0.1","price":"3000"}
{"client_order_id":"l-2","op":"amend","size":[]}
{"op":"cancel","client_order_id":"l 3"}
{"op":"order","market":"NOPE-PERP","side":"buy","size":"0.1","price":"3000","client_order_id":"l-4"}
{"op":"order","market":"ETH-PERP","side":"buy","size":"0.01","price":"3000.001","client_order_id":"l-5"}
{"op":"cancel","order_id":"$(head -c 64900 /dev/zero | tr '\0' o)"}
{"op":"sell","client_order_id":"l-7"}
["op","order"]
END
    [ "$status" -eq 6 ]
    jq -s -e 'map([.line, .op, .client_order_id]) == [[1,"order","l-1"],[2,"amend","l-2"],[3,"cancel","l 3"],[4,"order","l-4"],
        [5,"order","l-5"],[6,"cancel",null],[7,"sell","l-7"],[8,"",null]]' <<<"$output"
    [ "$(jq -s 'map(select(.line != 4)) | all(.result == "refused_locally")' <<<"$output")" = true ]
    batch <<<'{"op":"order","market":"","side":"buy","size":1,"price":1}'
    [ "$status" -eq 3 ]
}

@test "several keys for one thing are refused unless they agree" {
    batch <<END
$(line k-1 ',"symbol":"ETH-PERP"')
$(line k-2 ',"market_id":"eth-perp","symbol":"ETH-PERP"')
$(line k-3 ',"market_id":2')
END
    [ "$status" -eq 0 ]
    batch <<END
$(line k-4 ',"symbol":"SOL-PERP"')
$(line k-5 ',"market_id":1')
$(line k-6 ',"market_id":"ETH-PERP","symbol":"BTC-PERP"')
{"op":"cancel_all","market":"ETH-PERP","symbol":"BTC-PERP"}
{"op":"cancel_all","market_id":null}
END
    [ "$status" -eq 3 ]
    [ "$(jq -s 'map(select(.result == "refused_locally" and .code == "bad_line")) | length' <<<"$output")" -eq 5 ]
    [[ $output == *'are not the same market'* ]]
    [ "$(open_orders)" = k-1,k-2,k-3 ]
    # An order has two names: both must be its own.
    local first second
    first=$(omenctl orders --client-id k-1 -o json | jq -r '.[0].order_id')
    second=$(omenctl orders --client-id k-2 -o json | jq -r '.[0].order_id')
    batch <<END
{"op":"cancel","order_id":"$first","client_order_id":"k-2"}
{"op":"amend","order_id":"$second","client_order_id":"k-1","size":"0.2"}
{"op":"cancel","order_id":"$first","client_order_id":"k-1"}
{"op":"amend","order_id":"$second","client_order_id":"k-2","size":"0.2"}
{"op":"cancel","order_id":"$first","client_order_id":"k-1"}
END
    [ "$status" -eq 6 ]
    [ "$(jq -rs 'sort_by(.line)[] | "\(.line) \(.result)"' <<<"$output" | paste -sd,)" = \
        "1 refused_locally,2 refused_locally,3 done,4 done,5 not_found" ]
    [[ $output == *"is not the one that is called k-2"* ]]
    [ "$(open_orders)" = k-2,k-3 ]
}

@test "numbers are taken exactly, or refused by their name" {
    batch <<END
{"op":"order","market":2,"side":"buy","size":1e-1,"price":${PRICE}e0,"client_order_id":"n-1"}
{"op":"order","market":2,"side":"buy","size":0.01E1,"price":$PRICE,"client_order_id":"n-2"}
{"op":"order","market":"ETH-PERP","side":"buy","size":1e-05,"price":$PRICE}
{"op":"order","market":2,"side":"buy","size":1e-30,"price":$PRICE}
{"op":"order","market":2,"side":"buy","size":0.1,"price":3e400}
{"op":"order","market":2,"side":"buy","size":0.1,"price":1e99}
END
    [ "$status" -eq 3 ]
    [ "$(jq -rs 'sort_by(.line)[] | "\(.line) \(.result) \(.size)"' <<<"$output" | paste -sd,)" = \
        "1 done 0.1,2 done 0.1,3 refused_locally null,4 refused_locally null,5 refused_locally null,6 refused_locally null" ]
    for number in 0.00001 1e-30 3e400 1e99; do [[ $output == *"$number"* ]]; done
}

@test "what omenctl prints can be fed back: orders as they are, with an op, or named by jq" {
    batch < <(lines fed 6)
    [ "$status" -eq 0 ]
    feed() { batch < <(omenctl orders -o ndjson | jq -c "$1"); }
    feed 'select(.client_order_id == "fed-1") | {op: "cancel", order_id}'
    [ "$status" -eq 0 ]
    feed 'select(.client_order_id == "fed-2") | .op = "cancel"'
    [ "$status" -eq 0 ]
    feed 'select(.client_order_id == "fed-3") | .op = "amend" | .size = "0.3"'
    [ "$status" -eq 0 ]
    jq -e '.size == "0.3" and .kept_priority == false' <<<"$output"
    feed 'select(.client_order_id == "fed-3") | {op: "amend", client_order_id, size: 0.2, status, side}'
    jq -e '.size == "0.2" and .kept_priority' <<<"$output"
    feed 'select(.client_order_id == "fed-4") | .op = "order" | .client_order_id = "fed-again"'
    [ "$status" -eq 0 ]
    # To cancel_all the rest of a record would be a condition.
    feed 'select(.client_order_id == "fed-5") | .op = "cancel_all"'
    [ "$status" -eq 3 ]
    [ "$(open_orders)" = fed-3,fed-4,fed-5,fed-6,fed-again ]
    # No key of an order.
    feed '.op = "cancel" | .line = 1'
    [ "$status" -eq 3 ]
}

@test "a line of more than 65536 bytes is refused, and is not held in memory" {
    coproc BATCH { exec timeout --foreground 60 "$OMENCTL" batch -o ndjson 3>&-; }
    local pid=$BATCH_PID in=${BATCH[1]} out kilobytes=() batch code=0
    exec {out}<&"${BATCH[0]}"
    eventually pgrep -P "$pid"
    batch=$(pgrep -P "$pid")
    for size in 65537 50000000; do
        { head -c "$size" /dev/zero | tr '\0' x; echo; } >&"$in"
        IFS= read -r -t 30 result <&"$out"
        jq -e '.result == "refused_locally" and (.message | contains("longer than 65536 bytes"))' <<<"$result"
        kilobytes+=("$(awk '/^VmHWM/ { print $2 }' "/proc/$batch/status")")
    done
    echo "${kilobytes[@]}"
    ((kilobytes[1] - kilobytes[0] < 10000))
    # The longest that there may be is read.
    line long-1 >&"$in"
    IFS= read -r -t 30 result <&"$out"
    printf '{"op":"cancel","client_order_id":"long-1"%*s}\r\n' $((65536 - 42)) '' >&"$in"
    IFS= read -r -t 30 result <&"$out"
    jq -e '.line == 4 and .result == "done"' <<<"$result"
    { head -c 65538 /dev/zero | tr '\0' ' '; } >&"$in" # and no end
    exec {in}>&-
    IFS= read -r -t 30 result <&"$out"
    jq -e '.line == 5 and .code == "bad_line"' <<<"$result"
    wait "$pid" || code=$?
    [ "$code" -eq 3 ]
}

@test "--fail-fast takes no further line after the first failure" {
    batch --fail-fast < <(echo nonsense; lines ff 20)
    [ "$status" -eq 3 ]
    [ "$(wc -l <<<"$output")" -eq 1 ]
    [ "$(open_orders)" = "" ]
    # The failure comes while lines wait for their turn.
    batch --fail-fast < <(line would-cross ',"post_only":true' | jq -c --arg price "$(plus "$ASK" 100)" '.price = $price'; lines ff2 300)
    [ "$status" -eq 5 ]
    [ "$(jq -s 'map(select(.result != "done")) | length' <<<"$output")" -eq 1 ]
    [ "$(wc -l <<<"$output")" -lt 200 ]
    [ "$(omenctl orders -o json | jq length)" -eq "$(jq -s 'map(select(.result == "done")) | length' <<<"$output")" ]
}

@test "standard input kept open: a line is answered before the next one is written" {
    coproc BATCH { exec timeout --foreground 30 "$OMENCTL" batch -o ndjson 3>&-; }
    local pid=$BATCH_PID in=${BATCH[1]} out=${BATCH[0]}
    for i in 1 2 3; do
        line "open-$i" >&"$in"
        IFS= read -r -t 5 result <&"$out"
        jq -e --arg id "open-$i" '.result == "done" and .client_order_id == $id' <<<"$result"
    done
    exec {in}>&-
    wait "$pid"
}

@test "--wait done: an order's result comes with its end; --wait filled wants it filled" {
    batch --wait done --wait-for 1s <<END
{"op":"order","market":2,"side":"buy","size":"0.1","order_type":"market","client_order_id":"w-1"}
$(line w-2)
$(line w-3)
{"op":"cancel","client_order_id":"w-3"}
END
    [ "$status" -eq 5 ] || [ "$status" -eq 8 ]
    jq -s -e 'map({(.line|tostring): .}) | add | .["1"].status == "filled" and .["2"].result == "not_met" and .["4"].result == "done"' <<<"$output"
    batch --wait filled --wait-for 500ms <<<"$(line w-4)"
    [ "$status" -eq 8 ]
    jq -e '.code == "not_met" and .status == "open"' <<<"$output"
    refused 2 usage batch --wait-for 1s
    refused 2 usage batch --wait never
}

@test "--cancel-on-exit at the end of input: what was placed and is still open is cancelled" {
    omenctl order 2 buy 0.1 --price "$PRICE" --client-id mine --no-journal
    batch --cancel-on-exit < <(lines coe 3; echo '{"op":"cancel","client_order_id":"coe-2"}')
    [ "$status" -eq 0 ]
    [ "$(jq -s 'map(select(.line == 0 and .op == "cancel" and .result == "done")) | length' <<<"$output")" -eq 2 ]
    [ "$(open_orders)" = mine ]
}

@test "--cancel-on-exit under SIGINT and SIGTERM" {
    for signal in INT TERM; do
        coproc BATCH { exec timeout --foreground 30 "$OMENCTL" batch -o ndjson --cancel-on-exit 3>&-; }
        local pid=$BATCH_PID in=${BATCH[1]} code=0
        lines "coe-$signal" 3 >&"$in"
        eventually are_open 3
        kill "-$signal" "$pid"
        wait "$pid" || code=$?
        [ "$code" -eq "$([ "$signal" = INT ] && echo 130 || echo 143)" ]
        [ "$(open_orders)" = "" ]
    done
}

@test "--cancel-on-exit: a signal while it cancels counts, too" {
    fault half-frame-stall:command=cancel,nth=2
    timeout --foreground 30 "$OMENCTL" batch -o ndjson --cancel-on-exit < <(lines coe-late 2) >"$BATS_TEST_TMPDIR/results" 3>&- &
    local pid=$! code=0
    all_cancelled() { grep -q coe-late-2 "$BATS_TEST_TMPDIR/results" && are_open 0; }
    eventually all_cancelled
    kill -TERM "$pid"
    wait "$pid" || code=$?
    [ "$code" -eq 143 ]
    [ "$(open_orders)" = "" ]
}

@test "--cancel-on-exit when the reader of stdout goes away, though nothing is to be written" {
    mkfifo "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
    timeout --foreground 30 "$OMENCTL" batch -o ndjson --cancel-on-exit <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- &
    local pid=$! in out code=0
    exec {in}>"$BATS_TEST_TMPDIR/in"
    exec {out}<"$BATS_TEST_TMPDIR/out"
    lines coe-pipe 2 >&"$in"
    eventually are_open 2
    exec {out}<&-
    wait "$pid" || code=$?
    exec {in}>&-
    [ "$code" -eq 0 ]
    [ "$(open_orders)" = "" ]
}

@test "--cancel-on-exit when the script that feeds it is killed" {
    mkfifo "$BATS_TEST_TMPDIR/in"
    { lines coe-kill 2; exec sleep 60; } >"$BATS_TEST_TMPDIR/in" 3>&- &
    local script=$! code=0
    timeout --foreground 30 "$OMENCTL" batch --cancel-on-exit <"$BATS_TEST_TMPDIR/in" >/dev/null 3>&- &
    local pid=$!
    eventually are_open 2
    kill -KILL "$script"
    wait "$pid" || code=$?
    [ "$code" -eq 0 ]
    [ "$(open_orders)" = "" ]
}

@test "--cancel-on-exit cancels an order of unknown outcome, too" {
    fault reset-before:command=order,nth=2
    batch --cancel-on-exit < <(lines coe-u 2)
    [ "$status" -eq 9 ]
    agrees
    [ "$(open_orders)" = "" ]
}

@test "a connection lost in the middle: every result is true, and it goes on in a new session" {
    for fault in close-before close-after reset-before reset-after cut-answer garbage-answer internal-after; do
        fault "$fault:command=order,nth=20"
        batch --timeout 3s < <(lines "lost-$fault" 40)
        fault clear
        [ "$(jq -s 'map(.line) | sort == [range(1; 41)]' <<<"$output")" = true ]
        agrees
        # Whatever was not in flight then is done.
        [ "$(jq -s 'map(select(.result == "done")) | length' <<<"$output")" -ge 18 ]
        omenctl cancel --all --no-journal >/dev/null
    done
}

@test "a restart of the exchange in the middle: it waits for it, and goes on" {
    lines restart 300 >"$BATS_TEST_TMPDIR/in"
    timeout --foreground 60 "$OMENCTL" batch -o ndjson "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    local pid=$! code=0
    wait_for "$BATS_TEST_TMPDIR/out" 20
    fault restart:ms=700
    wait "$pid" || code=$?
    output=$(<"$BATS_TEST_TMPDIR/out")
    cat "$BATS_TEST_TMPDIR/err"
    jq -c 'select(.result != "done")' "$BATS_TEST_TMPDIR/out"
    agrees
    [ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 300 ]
    # All but what was in flight.
    [ "$(jq -s 'map(select(.result == "done")) | length' "$BATS_TEST_TMPDIR/out")" -ge 200 ]
    [ "$(jq -s 'map(select(.line > 280)) | all(.result == "done")' "$BATS_TEST_TMPDIR/out")" = true ]
}

@test "an input open for longer than --timeout: names are looked up and limits checked all the same, over a restart too" {
    export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
    mkdir -p "$XDG_CONFIG_HOME/omenctl"
    printf '[profile.default]\nmax_order_size = "5"\n' >"$XDG_CONFIG_HOME/omenctl/config.toml"
    omenctl order 2 buy 0.1 --price "$PRICE" --client-id long >/dev/null
    amend() { echo "{\"op\":\"amend\",\"client_order_id\":\"long\",\"size\":\"$1\"}"; }
    output=$({
        amend 0.2
        sleep 3.5
        fault restart:ms=100 >/dev/null
        sleep 1
        amend 0.3
        amend 6
        line by-name | sed 's/"market":2/"market":"ETH-PERP"/'
    } | "$OMENCTL" batch --timeout 3s -o ndjson || true)
    echo "$output"
    [ "$(jq -rs 'sort_by(.line)[] | "\(.line) \(.result)"' <<<"$output" | paste -sd,)" = "1 done,2 done,3 refused_locally,4 done" ]
}

@test "300 orders keep to the documented limits, without one refusal" {
    local began=$EPOCHREALTIME count=${BATCH_ORDERS:-300}
    batch --no-journal < <(lines limits "$count") >/dev/null
    local took
    took=$(jq -n "$EPOCHREALTIME - $began")
    [ "$status" -eq 0 ]
    [ "$(jq -s 'all(.result == "done")' <<<"$output")" = true ]
    # How near the rate comes is for the benchmarks to judge.
    echo "# $count orders in $took s: $(jq -n "$count / $took | floor")/s; permitted: $(jq -n "$count / (($count - 50) / 100) | floor")/s" >&3
    # Without pacing the limits are hit.
    batch --no-pacing < <(lines unpaced 200)
    [ "$status" -eq 7 ]
    agrees
}

@test "the journal has every line; --no-journal none; one that can't be written: 2, and nothing is sent" {
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    batch < <(lines j 3)
    [ "$(omenctl journal list -o json | jq -r 'map(.client_order_id + " " + .outcome) | join(",")')" = "j-1 done,j-2 done,j-3 done" ]
    batch --no-journal < <(line j-4)
    batch --journal-sync < <(line j-5)
    [ "$(omenctl journal list -o json | jq -r '.[-1].client_order_id')" = j-5 ]
    [ "$(omenctl journal list -o json | jq length)" -eq 4 ]
    local before
    before=$(open_orders)
    export XDG_STATE_HOME=/dev/null
    batch < <(lines j-no 2; line j-no-3 | jq -c 'del(.client_order_id)')
    [ "$status" -eq 2 ]
    # An id that was given by hand is looked for in the journal first.
    [ "$(jq -r .code <<<"$output" | sort | uniq -c | xargs)" = "2 journal_unreadable 1 journal_unwritable" ]
    [ "$(open_orders)" = "$before" ]
    [[ $stderr != *"could not be written down"* ]]
}

@test "SIGINT with answers outstanding: each still has its result, 130 or, after a second one, at once" {
    fault stall-before:command=order,nth=3
    for signals in 1 2; do
        coproc BATCH { exec timeout --foreground 30 "$OMENCTL" batch -o ndjson 3>&-; }
        local pid=$BATCH_PID in=${BATCH[1]} out code=0 began=$EPOCHREALTIME
        exec {out}<&"${BATCH[0]}"
        fault clear
        fault stall-before:command=order,nth=3
        lines "sig-$signals" 4 >&"$in"
        eventually are_open $((signals * 2))
        kill -INT "$pid"
        if [ "$signals" -eq 2 ]; then
            sleep 0.2
            kill -INT "$pid"
        fi
        wait "$pid" || code=$?
        output=$(cat <&"$out")
        echo "$code: $output"
        [ "$code" -eq 130 ]
        [ "$(jq -r '"\(.line) \(.result)"' <<<"$output" | paste -sd,)" = "1 done,2 done,3 outcome_unknown,4 outcome_unknown" ]
        agrees
        within 6 "$began"
    done
}

@test "no input, as of /dev/null or a closed descriptor: 0, and nothing is sent; a closed stdout: 1" {
    run timeout --foreground 10 "$OMENCTL" batch -o ndjson </dev/null
    [ "$status" -eq 0 ]
    [ "$output" = "" ]
    run bash -c 'timeout --foreground 10 "$0" batch -o ndjson <&-' "$OMENCTL"
    [ "$status" -eq 0 ]
    [ "$output" = "" ]
    line closed-output >"$BATS_TEST_TMPDIR/in"
    run --separate-stderr bash -c 'timeout --foreground 10 "$0" batch -o ndjson <"$1" >&-' "$OMENCTL" "$BATS_TEST_TMPDIR/in"
    [ "$status" -eq 1 ]
    [[ $stderr == *"stdout: Bad file descriptor"* ]]
}

@test "stdout that can't be written: 1, and what was sent is in the journal and on stderr, line by line" {
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    lines full 2 >"$BATS_TEST_TMPDIR/in"
    echo nonsense >>"$BATS_TEST_TMPDIR/in"
    run --separate-stderr bash -c '"$0" batch -o ndjson "$1" >/dev/full' "$OMENCTL" "$BATS_TEST_TMPDIR/in"
    echo "$stderr"
    [ "$status" -eq 1 ]
    [[ $stderr == *"stdout: No space left"* ]]
    [[ $stderr == *"line 1: order full-1: done (open, order "* ]]
    [[ $stderr == *"line 2: order full-2: done (open, order "* ]]
    [[ $stderr == *"line 3: "*": refused_locally ("* ]]
    [ "$(omenctl journal list -o json | jq 'all(.outcome == "done")')" = true ]
}
