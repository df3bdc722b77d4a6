#!/usr/bin/env bats
# A client order id that the journal knows: whoever repeats a command neither buys twice, nor is told that nothing was bought. What was
# really sent is in the sandbox's log.

load helpers

setup_file() { start_logged_sandbox; }
teardown_file() { stop_sandbox; }

setup() {
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    ID=id-$BATS_TEST_NUMBER
    ASK=$(plus "$(best ETH-PERP ask)" 100)
    fault clear
}

# place [flags...]: the order $ID, 0.1 at $PRICE unless the flags say otherwise; sets $status, $output, $stderr.
place() {
    local size=0.1
    [[ ${1:-} == [0-9]* ]] && { size=$1; shift; }
    [[ " $* " == *" --price "* || " $* " == *" --at-market "* ]] || set -- --price "$PRICE" "$@"
    run --separate-stderr timeout --foreground 60 "$OMENCTL" order 2 buy "$size" --client-id "$ID" "$@" -o json
    echo "order $ID $size $*: exit $status, stdout: $output, stderr: $stderr"
}

# line [SIZE [FLAGS]]: the same as a line of a batch.
line() {
    jq -nc --arg id "$ID" --arg price "$PRICE" --arg size "${1:-0.1}" \
        '{op: "order", market: 2, side: "buy", size: $size, price: $price, client_order_id: $id}'
}

# sent: how many orders of this id the exchange has seen.
sent() { jq -c --arg id "$ID" 'select(.command.type == "order" and .command.client_order_id == $id)' "$TRUTH" | wc -l; }

# reported STATUS: the order was shown in this status, as it was placed before, and nothing was sent.
reported() {
    jq -e --arg id "$ID" --arg status "$1" '.client_order_id == $id and .status == $status' <<<"$output"
    [[ ${stderr_lines[0]} == *'placed before'*'nothing was sent now'* ]]
    [ "$(sent)" -eq "$already" ]
}

journal_file() { echo "$XDG_STATE_HOME"/omenctl/journal/*.ndjson; }

# age: what the journal has is of long ago: nothing of it can be on its way any more.
age() {
    local file
    file=$(journal_file)
    sed -E 's/"mono":[0-9]+/"mono":0/' "$file" >"$BATS_TEST_TMPDIR/older"
    cp "$BATS_TEST_TMPDIR/older" "$file"
}

# outcomes: what the journal has of this id.
outcomes() { omenctl journal list -o json | jq -r --arg id "$ID" '[.[] | select(.client_order_id == $id) | .outcome] | join(",")'; }

@test "an order that rests is reported as it is, and nothing is sent; with other terms it is refused" {
    place
    first=$(jq -r .order_id <<<"$output")
    already=1
    place
    [ "$status" -eq 0 ]
    reported open
    [ "$(jq -r .order_id <<<"$output")" = "$first" ]
    for flags in 0.2 "--price $((PRICE - 1))" "--tif ioc" --post-only --reduce-only --at-market; do
        # shellcheck disable=SC2086 # several words
        place $flags
        [ "$status" -eq 3 ]
        [ -z "$output" ]
        jq -e '.error | .code == "client_order_id_used" and .kind == "refused_locally" and (.retryable | not)' <<<"$stderr"
    done
    [ "$(sent)" -eq 1 ]
    [ "$(outcomes)" = "done" ]
}

@test "an order that was filled since, amended since, or cancelled since ends as it is by now" {
    already=1
    place --price "$ASK"
    [ "$(jq -r .status <<<"$output")" = filled ]
    place --price "$ASK" --wait filled
    [ "$status" -eq 0 ]
    reported filled

    ID=$ID-amended
    place
    omenctl amend --client-id "$ID" --size 0.2 --price "$((PRICE - 1))"
    place
    [ "$status" -eq 0 ]
    reported open
    [ "$(jq -r .size <<<"$output")" = 0.2 ]
    place 0.2 --price "$((PRICE - 1))"
    [ "$status" -eq 3 ]

    omenctl cancel --client-id "$ID"
    place
    [ "$status" -eq 5 ]
    reported cancelled
    jq -e '.error.code == "not_filled"' <<<"${stderr_lines[1]}"
    place --wait done
    [ "$status" -eq 0 ]
    reported cancelled
    place --wait filled
    [ "$status" -eq 5 ]
    reported cancelled
}

@test "--wait follows an order from before to its end" {
    already=1
    place
    place --wait filled --wait-for 300ms
    [ "$status" -eq 8 ]
    reported open
    omenctl order 2 buy 0.1 --price "$PRICE" --client-id "$ID" --wait done -o json --trace >"$BATS_TEST_TMPDIR/waited" 2>"$BATS_TEST_TMPDIR/trace" &
    waiting=$!
    eventually is_followed
    omenctl cancel --client-id "$ID"
    wait "$waiting"
    jq -e '.status == "cancelled"' "$BATS_TEST_TMPDIR/waited"
    [ "$(sent)" -eq 1 ]
}

# The waiting command has found its order, and has a second session open in which it listens.
is_followed() { [ "$(grep -c subscribed "$BATS_TEST_TMPDIR/trace")" -ge 2 ]; }

@test "without a journal nothing is searched, and the exchange refuses the id; so it does where another identity's journal has it" {
    place
    place --no-journal
    [ "$status" -eq 5 ]
    jq -e '.error.code == "duplicate_client_order_id"' <<<"$stderr"
    sed -i -E 's/"identity":"[^"]*"/"identity":"another"/' "$(journal_file)"
    place
    [ "$status" -eq 5 ]
    [ "$(sent)" -eq 3 ]
}

@test "yesterday's journal counts, that of the day before does not" {
    already=1
    place
    file=$(journal_file)
    today=${file%.ndjson}
    today=${today: -10}
    mv "$file" "${file/$today/$(date -u -d "$today - 1 day" +%F)}"
    place
    [ "$status" -eq 0 ]
    reported open
    rm -f "$file"
    mv "$(journal_file)" "${file/$today/$(date -u -d "$today - 2 days" +%F)}"
    place
    [ "$status" -eq 5 ]
}

@test "a journal that can't be read: 2, and nothing is sent" {
    place
    file=$(journal_file)
    rm "$file"
    mkdir "$file"
    place
    [ "$status" -eq 2 ]
    jq -e '.error.code == "journal_unreadable"' <<<"$stderr"
    [ "$(sent)" -eq 1 ]
}

@test "an order of which the exchange has no record any more is reported as the journal has it" {
    already=1
    place --price "$ASK"
    fault retention:events=1
    rest_order 3
    sed -i "s/\"order_id\":\"$(jq -r .order_id <<<"$output")\"/\"order_id\":\"forgotten\"/" "$(journal_file)"
    place --price "$ASK"
    [ "$status" -eq 0 ]
    reported filled
    [[ $stderr == *'what the journal has'* ]]
    [ "$(jq -r .order_id <<<"$output")" = forgotten ]
}

@test "an order of which nothing is known is not sent while that is so; once it was surely not executed it is" {
    fault reset-before:command=order
    place --timeout 1s
    [ "$status" -eq 9 ]
    place --timeout 1s
    [ "$status" -eq 9 ]
    [ -z "$output" ]
    jq -e '.error | .code == "outcome_unknown" and (.message | contains("nothing was sent now"))' <<<"$stderr"
    place 0.2 --timeout 1s
    [ "$status" -eq 9 ]
    fault clear
    [ "$(sent)" -eq 1 ]
    age
    place
    [ "$status" -eq 0 ]
    [ "$(sent)" -eq 2 ]
    [ "$(outcomes)" = "not_executed,done" ]
    # What was repeated is not taken for the earlier one by resolve either.
    run omenctl journal resolve
    [ "$status" -eq 0 ]
}

@test "an order of which nothing is known is reported where it is found; with other terms it is refused" {
    fault close-after:command=order retention:events=1
    already=1
    place
    sed -i '/"outcome":/d' "$(journal_file)" # it was killed before it knew
    fault clear
    place 0.2
    [ "$status" -eq 3 ]
    [ "$(outcomes)" = "done" ]
    sed -i '/"outcome":/d' "$(journal_file)"
    place
    [ "$status" -eq 0 ]
    reported open
    [ "$(outcomes)" = "done" ]
}

@test "an order that was not executed, not sent, or refused is sent" {
    fault close-before:command=order
    place
    [ "$status" -eq 10 ]
    fault clear
    place
    [ "$status" -eq 0 ]
    [ "$(outcomes)" = "not_executed,done" ]

    ID=$ID-refused
    place 0.1 --price "$ASK" --post-only
    [ "$status" -eq 5 ]
    place
    [ "$(sent)" -eq 2 ] # whether it takes the id again is the exchange's affair
}

@test "of several entries a done one counts before one of which nothing is known" {
    already=1
    place
    file=$(journal_file)
    grep -v '"outcome":' "$file" | sed -E 's/("(entry|process)":")[0-9a-f]{12}/\1000000000001/; s/"time":[0-9]{4}/&/' >"$BATS_TEST_TMPDIR/unknown"
    cat "$file" >>"$BATS_TEST_TMPDIR/unknown"
    cp "$BATS_TEST_TMPDIR/unknown" "$file"
    [ "$(outcomes)" = "unknown,done" ]
    place
    [ "$status" -eq 0 ]
    reported open
}

@test "a batch does as order does: the same terms, other terms, twice in one batch, and all of it again" {
    { line; line; line 0.2; } >"$BATS_TEST_TMPDIR/batch"
    for round in 1 2; do
        run --separate-stderr omenctl batch -o json "$BATS_TEST_TMPDIR/batch"
        echo "round $round: exit $status, $output"
        [ "$status" -eq 3 ]
        [ "$(jq -r '"\(.line) \(.result) \(.status // .code)"' <<<"$output" | paste -sd,)" = \
            "1 done open,2 done open,3 refused_locally client_order_id_used" ]
        [ "$(jq -r 'select(.order_id) | .order_id' <<<"$output" | sort -u | wc -l)" -eq 1 ]
        [ "$(sent)" -eq 1 ]
    done
    run omenctl batch -o json --no-journal "$BATS_TEST_TMPDIR/batch"
    [ "$status" -eq 5 ]
    [ "$(sent)" -eq 4 ]
}

@test "a batch of orders that were placed, that are unknown, and new ones: each has its own outcome" {
    place
    fault reset-before:command=order
    ID=$ID-lost
    place --timeout 1s
    [ "$status" -eq 9 ]
    fault clear
    lost=$ID
    { line; ID=id-$BATS_TEST_NUMBER line; ID=$lost-new line; } >"$BATS_TEST_TMPDIR/batch"
    run --separate-stderr omenctl batch -o json --timeout 2s "$BATS_TEST_TMPDIR/batch"
    echo "$output"
    [ "$status" -eq 9 ]
    [ "$(jq -r '"\(.line) \(.result)"' <<<"$output" | sort | paste -sd,)" = "1 outcome_unknown,2 done,3 done" ]
    for id in "$lost" "id-$BATS_TEST_NUMBER" "$lost-new"; do ID=$id; [ "$(sent)" -eq 1 ]; done
}

@test "an order of another wallet is sent" {
    place
    fault relink
    place
    [ "$status" -eq 0 ]
    [ "$(sent)" -eq 2 ]
    { line; line 0.2; } | run --separate-stderr omenctl batch -o json
    [ "$(sent)" -eq 2 ]
}

@test "an order of another run of the exchange is sent" {
    log=$SANDBOX_PID
    start_restartable_sandbox
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    for id in one two three; do omenctl order 2 buy 0.1 --price "$PRICE" --client-id $id; done
    restart_sandbox
    OMENCTL_TOKEN=$(omenctl sandbox token)
    export OMENCTL_TOKEN
    run --separate-stderr omenctl order 2 buy 0.3 --price "$PRICE" --client-id three -o json # of other terms
    echo "$output $stderr"
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    stop_sandbox
    SANDBOX_PID=$log
}

@test "a batch of orders of another run of the exchange is sent" {
    log=$SANDBOX_PID
    start_restartable_sandbox
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    for id in one two three; do ID=$id line; done >"$BATS_TEST_TMPDIR/batch"
    omenctl batch "$BATS_TEST_TMPDIR/batch"
    restart_sandbox
    OMENCTL_TOKEN=$(omenctl sandbox token)
    export OMENCTL_TOKEN
    run --separate-stderr omenctl batch "$BATS_TEST_TMPDIR/batch"
    echo "$output $stderr"
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [ "$(omenctl orders -o json | jq -r 'map(.client_order_id) | sort | join(" ")')" = "one three two" ]
    stop_sandbox
    SANDBOX_PID=$log
}
