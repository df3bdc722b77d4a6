#!/usr/bin/env bats
# Whatever happens to an answer: the exit code, the report and the journal say what the exchange's own record says. Its record is the
# sandbox's log.

load helpers

setup_file() { start_logged_sandbox; }
teardown_file() { stop_sandbox; }

setup() { fault clear; }

# send KIND ID [flags...]: that command about the order ID; sets $status, $output and $stderr.
send() {
    local kind=$1 id=$2
    shift 2
    case $kind in
    order) set -- order 2 buy 0.1 --price "$PRICE" --client-id "$id" "$@" ;;
    cancel) set -- cancel --client-id "$id" "$@" ;;
    amend) set -- amend --client-id "$id" --size 0.2 "$@" ;;
    esac
    run --separate-stderr timeout --foreground 30 "$OMENCTL" "$@" -o json
    echo "$kind $id: exit $status, stdout: $output, stderr: $stderr"
}

# prepare KIND ID: the order that a cancel or amend is about.
prepare() { [ "$1" = order ] || omenctl order 2 buy 0.1 --price "$PRICE" --client-id "$2" --no-journal >/dev/null; }

# truth KIND ID: what the log says of the one such command: executed or not. A second one is a failure.
truth() {
    local found
    found=$(jq -c --arg kind "$1" --arg id "$2" 'select(.command.type == $kind and .command.client_order_id == $id) |
        .executed and (.answer.type | endswith("_accepted"))' "$TRUTH")
    [ "$(wc -l <<<"$found")" -eq 1 ] || {
        echo "sent more than once: $found" >&2
        return 1
    }
    echo "${found:-false}"
}

journal_of() { omenctl journal list -o json | jq -r --arg id "$1" '.[] | select(.client_order_id == $id) | .outcome'; }

# expect KIND ID EXIT EXECUTED: what was reported, what is true, and what the journal says.
expect() {
    [ "$status" -eq "$3" ]
    [ "$(truth "$1" "$2")" = "$4" ]
    case $3 in
    0)
        [ "$(jq -r '[.] | flatten | .[0].client_order_id' <<<"$output")" = "$2" ]
        [ "$(journal_of "$2")" = "done" ]
        ;;
    9)
        [ -z "$output" ]
        jq -e --arg id "$2" '.error | .kind == "outcome_unknown" and (.retryable | not) and (.hint | contains("orders --client-id " + $id))' <<<"$stderr"
        [ "$(journal_of "$2")" = unknown ]
        ;;
    10)
        [ -z "$output" ]
        jq -e '.error | .code == "not_executed" and .retryable' <<<"$stderr"
        [ "$(journal_of "$2")" = not_executed ]
        ;;
    esac
}

# table KIND: every fault of that command, what it is to end with, and whether it is executed.
table() {
    local kind=$1 fault exit executed id
    while read -r fault exit executed; do
        id=$kind-${fault%%:*}
        prepare "$kind" "$id"
        fault "$fault"
        send "$kind" "$id" --timeout 4s
        fault clear
        expect "$kind" "$id" "$exit" "$executed"
    done <<END
close-before:command=$kind 10 false
close-after:command=$kind 0 true
reset-before:command=$kind 9 false
reset-after:command=$kind 0 true
stall-before:command=$kind 9 false
stall-after:command=$kind 0 true
internal-before:command=$kind 9 false
internal-after:command=$kind 0 true
swallow-answer:command=$kind 0 true
delay-answers:ms=3000,command=$kind 0 true
garbage-answer:command=$kind 0 true
cut-answer:command=$kind 0 true
duplicate-answer:command=$kind 0 true
END
}

@test "an order whose answer is lost: every fault's outcome is the exchange's" { table order; }
@test "a cancel whose answer is lost: every fault's outcome is the exchange's" { table cancel; }
@test "an amend whose answer is lost: every fault's outcome is the exchange's" { table amend; }

@test "how it was learnt is told on stderr, and the report is as it would have been" {
    fault close-after:command=order
    send order told
    [ "$status" -eq 0 ]
    jq -e '.status == "open" and .size == "0.1" and .symbol' <<<"$output"
    jq -e '.note | contains("looked up: it was executed (open, filled 0 of 0.1)")' <<<"$stderr"
}

@test "an order that filled while its answer was lost is reported as filled" {
    fault swallow-answer:command=order
    run --separate-stderr omenctl order 2 buy 0.1 --at-market --client-id filled-1 --timeout 2s -o json
    [ "$status" -eq 0 ]
    jq -e '.status == "filled" and .filled_size == "0.1" and (.average_price | tonumber > 0)' <<<"$output"
}

@test "an amend back to an earlier price is not taken for the earlier one; a further one does not hide it" {
    omenctl order 2 buy 0.1 --price "$PRICE" --client-id back --no-journal
    omenctl amend --client-id back --size 0.2 --no-journal
    omenctl amend --client-id back --size 0.1 --no-journal
    fault close-before:command=amend
    send amend back
    [ "$status" -eq 10 ]
    jq -e '.error.message | contains("the order is as it was")' <<<"$stderr"
}

@test "an older order of the same client order id is a duplicate, not the one that was sent" {
    omenctl order 2 buy 0.2 --price "$PRICE" --client-id again --no-journal
    fault close-before:command=order
    send order again
    [ "$status" -eq 5 ]
    jq -e '.error.code == "duplicate_client_order_id"' <<<"$stderr"
}

@test "where executions are no longer kept, an absent order's outcome is unknown" {
    fault retention:events=1 close-before:command=order
    send order gone --timeout 4s >"$BATS_TEST_TMPDIR/sent" &
    # What happens after it left pushes out what might have been its own.
    eventually grep -q '"gone"' "$TRUTH"
    omenctl order 2 buy 0.1 --price "$PRICE" --no-journal
    omenctl order 2 buy 0.1 --price "$PRICE" --no-journal
    wait $! || true
    grep -q "^order gone: exit 9, stdout: , .*no longer kept" "$BATS_TEST_TMPDIR/sent"
}

@test "several cancels whose session is closed: each has its own true outcome" {
    for id in m-1 m-2 m-3; do prepare cancel "$id"; done
    fault close-after:command=cancel,nth=2
    run --separate-stderr omenctl cancel --client-id m-1 --client-id m-2 --client-id m-3 -o json
    echo "$output $stderr"
    [ "$status" -eq 10 ]
    [ "$(jq -r '.[].client_order_id' <<<"$output" | paste -sd,)" = m-1,m-2 ]
    [ "$(truth cancel m-2)" = true ]
    [ "$(truth cancel m-3)" = false ]
    [ "$(journal_of m-3)" = not_executed ]
}

@test "cancel --all and close: looked up, too; orders that are open after a cancel --all prove nothing" {
    prepare cancel all-1
    fault close-after:command=cancel_all
    run --separate-stderr omenctl cancel --all -o json
    [ "$status" -eq 0 ]
    [ "$(omenctl orders -o json)" = "[]" ]
    prepare cancel all-2
    # The order may have come since, for all that the records tell.
    fault close-before:command=cancel_all
    run --separate-stderr omenctl cancel --all
    [ "$status" -eq 9 ]
    [[ $stderr == *"may have been there before it or come since"*"omenctl orders"* ]]
    omenctl order 2 buy 0.1 --at-market
    fault close-after:command=order
    run --separate-stderr omenctl close ETH-PERP -o json
    [ "$status" -eq 0 ]
    [ "$(omenctl positions -o json)" = "[]" ]
}

# interrupted SIGNAL ID FAULT: an order under the fault, with a signal while its answer is outstanding; sets $status, $seconds, $output, $stderr.
interrupted() {
    local began pid
    fault "$3"
    timeout --foreground 30 "$OMENCTL" order 2 buy 0.1 --price "$PRICE" --client-id "$2" -o json \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
    pid=$!
    eventually grep -qrsF "\"$2\"" "$XDG_STATE_HOME/omenctl/journal"
    sleep 0.3 # what is in the journal is on its way
    began=$EPOCHREALTIME
    kill "-$1" "$pid"
    status=0
    wait "$pid" || status=$?
    seconds=$(jq -n "$EPOCHREALTIME - $began")
    fault clear
    output=$(<"$BATS_TEST_TMPDIR/out") stderr=$(<"$BATS_TEST_TMPDIR/err")
    echo "exit $status after $seconds s: $output, $stderr"
    jq -n -e "$seconds < 4 * ${TEST_PATIENCE:-1}"
}

@test "SIGINT or SIGTERM while an answer is outstanding: within three seconds, 130 or 143, with the state named" {
    interrupted INT int-1 delay-answers:command=order,ms=5000
    [ "$status" -eq 130 ]
    jq -e '.client_order_id == "int-1" and .status == "open"' <<<"$output"
    [[ $stderr == *"interrupted; order int-1: open, filled 0 of 0.1"* ]]
    [ "$(truth order int-1)" = true ]
    [ "$(journal_of int-1)" = "done" ]
    interrupted TERM term-1 stall-after:command=order
    [ "$status" -eq 143 ]
    [ "$(truth order term-1)" = true ]
}

@test "SIGINT while an answer is outstanding and the outcome can't be known: 130, and stderr says so" {
    interrupted INT int-2 stall-before:command=order
    [ "$status" -eq 130 ]
    [ -z "$output" ]
    jq -e '.error.kind == "outcome_unknown" and (.error.hint | contains("orders --client-id int-2"))' <<<"$stderr"
    [ "$(journal_of int-2)" = unknown ]
}

@test "a seeded loop of random faults, commands, timings and signals: no untruth" {
    run "$BATS_TEST_DIRNAME/runs/outcome" "${TEST_SEED:-1}" "${TEST_RUNS:-50}"
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "kill -9 at any moment: the journal then finds out what became of every order" {
    export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
    run "$BATS_TEST_DIRNAME/runs/killed" "${TEST_SEED:-1}" "${TEST_RUNS:-50}"
    echo "$output"
    [ "$status" -eq 0 ]
}
