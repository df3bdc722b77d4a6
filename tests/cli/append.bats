#!/usr/bin/env bats
# What a drop-copy has written and what its cursor says: the cursor is never ahead, and --append has each execution once.

load helpers

setup_file() { start_sandbox --no-limits; }
teardown_file() { stop_sandbox; }

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    omenctl cancel --all >/dev/null
    BEGIN=$(($(last_sequence) + 1))
}

# The last sequence that the exchange has issued.
last_sequence() {
    rest_order
    omenctl stream drop-copy --from-sequence 1 --until-caught-up -o ndjson | tail -1 | jq .sequence
}

copy() { "$OMENCTL" stream drop-copy --from-sequence "$BEGIN" --until-caught-up "$@"; }
append() { copy --append fills "$@"; }
sequences() { jq -sc 'map(select(.type == "execution") | .sequence)' "$1"; }
expected() { jq -nc --argjson n "$1" --argjson begin "$BEGIN" '[range($begin; $begin + $n)]'; }
cursor_is() { [ "$(jq .sequence cursor)" -eq $((BEGIN - 1 + $1)) ]; }

# ---- a cursor and what could not be written

@test "what could not be written moves no cursor: a full disk, a file at its limit, a closed reader" {
    copy --cursor cursor -o ndjson >/dev/null
    cp cursor before
    rest_order 3
    status=0
    copy --cursor cursor -o ndjson >/dev/full 2>err || status=$?
    [ "$status" -eq 1 ]
    grep -q 'stdout: No space left on device' err
    cmp cursor before
    status=0
    (ulimit -f 0 && copy --cursor cursor -o csv >limited 2>err) || status=$?
    [ "$status" -eq 1 ]
    cmp cursor before
    status=0
    copy --cursor cursor -o ndjson >&- 2>err || status=$?
    [ "$status" -eq 1 ]
    cmp cursor before
    mkfifo pipe
    : <pipe &
    copy --cursor cursor -o ndjson >pipe
    copy --cursor cursor -o ndjson >out
    [ "$(sequences out)" = "$(expected 3)" ]
    cursor_is 3
}

@test "a cursor through symbolic links: the file itself is locked and replaced" {
    mkdir -p real
    ln -s real/cursor near
    ln -s "$PWD/near" cursor
    copy --cursor cursor -o ndjson
    [ -L cursor ] && [ -L near ] && [ -f real/cursor ]
    rest_order
    copy --cursor cursor -o ndjson | jq -e .sequence
    cursor_is 1
    "$OMENCTL" stream drop-copy -o ndjson --cursor real/cursor >out 3>&- &
    other=$!
    rest_order
    wait_for out 1
    refused 2 usage stream drop-copy --cursor cursor --until-caught-up
    [[ $stderr == *"another process is using it"* ]]
    kill -TERM $other
    wait $other || true
}

@test "a cursor must be a regular file with one name" {
    copy --cursor cursor -o ndjson
    ln cursor second
    refused 2 usage stream drop-copy --cursor second --until-caught-up
    refused 2 usage stream drop-copy --cursor cursor --until-caught-up
    rm second
    mkfifo pipe
    ln -s loop loop
    ln -s pipe to-pipe
    for cursor in pipe to-pipe loop /dev/null /dev/full ''; do
        refused 2 usage stream drop-copy --cursor "$cursor" --until-caught-up
    done
    copy --cursor cursor -o ndjson
}

# ---- --append

@test "--append writes each execution once, run by run, whatever the output format is otherwise" {
    rest_order 2
    append --cursor cursor
    cursor_is 2
    rest_order 2
    OMENCTL_OUTPUT=csv run append --cursor cursor
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    rest_order
    append # without a cursor the file alone says how far it goes
    [ "$(sequences fills)" = "$(expected 5)" ]
    append --cursor cursor --sync
    [ "$(sequences fills)" = "$(expected 5)" ]
    cursor_is 5
    [ "$(stat -c %a fills)" = 600 ]
}

@test "--append: a torn tail is cut off, and the cursor is brought up to the file" {
    append --cursor cursor
    rest_order 3
    cp cursor old
    append --cursor cursor
    whole=$(<fills)
    for torn in '{"type":"execution","seq' '{' '{"type":"execution","sequence":99999}'; do
        cp old cursor
        printf '%s\n%s' "$whole" "$torn" >fills
        append --cursor cursor
        [ "$(<fills)" = "$whole" ]
        cursor_is 3
    done
    # Nothing but a torn line.
    printf '{"type":"exec' >fills
    rm cursor
    append --cursor cursor
    [ "$(sequences fills)" = "$(expected 3)" ]
    # A long line is no reason to miss its end.
    jq -nc '{type: "state", orders: [range(20000)]}' >>fills
    rest_order
    append
    [ "$(sequences fills)" = "$(expected 4)" ]
}

@test "--append on a disk that fills up writes no execution twice or too few" {
    rest_order 40
    status=0
    (ulimit -f 8 && append --cursor cursor 2>err) || status=$?
    cat err
    [ "$status" -eq 1 ]
    grep -q '^omenctl: fills: File too large' err
    cursor_is 0
    append --cursor cursor
    [ "$(sequences fills)" = "$(expected 40)" ]
}

@test "--append killed again and again has every execution once" {
    append --cursor cursor
    rest_order 40 3>&- &
    orders=$!
    for _ in 1 2 3 4 5 6 7 8; do
        "$OMENCTL" stream drop-copy --cursor cursor --append fills --from-sequence "$BEGIN" 2>/dev/null 3>&- &
        copy=$!
        sleep 0.0$((RANDOM % 90 + 10))
        kill -KILL $copy
        wait $copy || true
    done
    wait $orders
    append --cursor cursor
    [ "$(sequences fills)" = "$(expected 40)" ]
    cursor_is 40
}

@test "--event leaves out the others, with --append and without; the cursor goes over them" {
    omenctl order ETH-PERP buy 0.1 --at-market
    rest_order
    omenctl cancel --all
    append --cursor cursor --event filled --event cancelled
    jq -se 'map(.event) == ["filled", "cancelled", "cancelled"]' fills
    copy -o ndjson >all
    cursor_is "$(wc -l <all)"
    rest_order
    append --cursor cursor --event filled
    cursor_is "$(($(wc -l <all) + 1))"
    [ "$(wc -l <fills)" -eq 3 ]
    copy --event accepted -o csv >accepted
    [ "$(tail -n +2 accepted | cut -d, -f4 | sort -u)" = accepted ]
    refused 2 usage stream drop-copy --event fill
}

@test "what is appended to is a regular file of the drop-copy's own, in one process's hands" {
    mkfifo pipe
    printf 'int main() {}\n' >source.c
    printf 'no line' >text
    printf '{"some":"thing"}\n' >other
    mkdir dir
    for file in pipe dir /dev/full /dev/null source.c text other no/such/file ''; do
        refused 2 usage stream drop-copy --append "$file" --until-caught-up
    done
    [ "$(<source.c)" = 'int main() {}' ]
    [ "$(<text)" = 'no line' ]
    rest_order
    append
    cp fills mine
    jq -c '.wallet = "0x0"' mine >fills
    refused 2 usage stream drop-copy --append fills --until-caught-up
    cp mine fills
    "$OMENCTL" stream drop-copy --append fills --cursor second 3>&- &
    other=$!
    eventually test -e second
    refused 2 usage stream drop-copy --append fills --until-caught-up
    [[ $stderr == *"another process is appending to it"* ]]
    kill -KILL $other
    wait $other || true
    append
}

@test "--append and what does not go with it" {
    for flags in '--sync' '--append fills -o csv' '--append fills --fields sequence' '--append fills --fields type,event' \
        '--append fills --cursor fills' '--append fills --cursor ./fills'; do
        # shellcheck disable=SC2086 # a list of words
        run --separate-stderr omenctl stream drop-copy --until-caught-up $flags
        echo "$flags: $status $output $stderr"
        [ "$status" -eq 2 ]
        [ ! -e fills ]
    done
    rest_order
    append --fields type,sequence,event
    [ "$(jq -c . fills)" = "{\"type\":\"execution\",\"sequence\":$BEGIN,\"event\":\"accepted\"}" ]
}

@test "--append goes on without a reader of stdout, and dies of a signal with everything written" {
    n=0
    for signal in TERM HUP QUIT; do
        "$OMENCTL" stream drop-copy --cursor cursor --append fills --from-sequence "$BEGIN" >&- 3>&- &
        copy=$!
        rest_order
        n=$((n + 1))
        wait_for fills $n
        kill "-$signal" $copy
        status=0
        wait $copy || status=$?
        [ "$status" -eq $((128 + $(kill -l "$signal"))) ]
        cursor_is "$n"
    done
    [ "$(sequences fills)" = "$(expected 3)" ]
}
