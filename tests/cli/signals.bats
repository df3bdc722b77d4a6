#!/usr/bin/env bats
# Signals: the command does what it promises, and then dies of the signal, so that loops and scripts around it stop, too.

load helpers

setup_file() { start_logged_sandbox --no-limits; }
teardown_file() { stop_sandbox; }

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    fault clear
    omenctl cancel --all >/dev/null
}

# start COMMAND...: in the background, its process id in $pid. Not through a function, whose process would be a shell's.
start() {
    rm -f pid end
    perl -e 'my $pid = fork // die; exec @ARGV or die if !$pid;
        $SIG{$_} = "IGNORE" for qw(INT QUIT HUP TERM);
        open(my $file, ">", "pid.new"); print $file "$pid\n"; close $file; rename "pid.new", "pid";
        waitpid $pid, 0;
        open($file, ">", "end.new"); print $file "$?\n"; close $file; rename "end.new", "end"' "$@" <&0 3>&- &
    eventually test -e pid
    pid=$(<pid)
}

# died_of SIGNAL: it did, without a core. exited CODE: it exited, as one that no signal ended.
died_of() { ended_with "$(kill -l "$1")"; }
exited() { ended_with $((256 * $1)); }
ended_with() {
    eventually test -e end
    echo "wait status $(<end), expected $1"
    [ "$(<end)" -eq "$1" ]
}

open_orders() { omenctl orders -o ndjson | jq -r .client_order_id | sort | paste -sd,; }
are_open() { [ "$(open_orders)" = "$1" ]; }
order_line() { printf '{"op":"order","market":"ETH-PERP","side":"buy","size":"0.1","price":"%s","client_order_id":"%s"}\n' "$PRICE" "$1"; }

# filled_pipe FILE: a pipe that nobody reads and that takes nothing more; open while the test runs.
filled_pipe() {
    mkfifo "$1"
    exec {stuck}<>"$1"
    dd if=/dev/zero bs=4096 count=16 status=none >&"$stuck"
}

# on_terminal SCRIPT: runs it in bash on a terminal whose keys are what is written to descriptor $keys; what it shows comes into `screen`.
on_terminal() {
    rm -f keyboard ended
    mkfifo keyboard
    printf '%s\n' "$1" >script
    (
        status=0
        SHELL=/bin/bash script -qec "bash $PWD/script" /dev/null <keyboard >screen || status=$?
        echo $status >ended
    ) 3>&- &
    terminal=$!
    exec {keys}>keyboard
}
press() { printf "$1" >&"$keys"; }
terminal_ended() {
    eventually test -s ended
    exec {keys}>&-
    cat screen
    [ "$(<ended)" -eq "$1" ]
}

# ---- dying of it

@test "every kind of command dies of every signal, and leaves no core" {
    ulimit -c unlimited
    mkfifo in
    exec {in}<>in
    for signal in HUP INT QUIT TERM; do
        start "$OMENCTL" stream trades ETH-PERP -o ndjson >out
        wait_for out 1
        kill "-$signal" "$pid"
        died_of "$signal"

        start "$OMENCTL" ticker BTC-PERP --watch -o ndjson >out
        wait_for out 1
        kill "-$signal" "$pid"
        died_of "$signal"

        start "$OMENCTL" order 2 buy 0.1 --price "$PRICE" --client-id "wait-$signal" --wait done -o json >out
        eventually are_open "wait-$signal"
        kill "-$signal" "$pid"
        died_of "$signal"
        jq -e --arg id "wait-$signal" '.client_order_id == $id and .status == "open"' out
        omenctl cancel --all

        start "$OMENCTL" call market-data '{"type":"subscribe","channel":"trades:1"}' --count 100000 >out
        wait_for out 1
        kill "-$signal" "$pid"
        died_of "$signal"

        start "$OMENCTL" batch -o ndjson <in >out
        order_line "batch-$signal" >&"$in"
        wait_for out 1
        kill "-$signal" "$pid"
        died_of "$signal"
        omenctl cancel --all
    done
    [ -z "$(ls core* 2>/dev/null)" ]
}

@test "whoever reads from what does not come is interrupted: a token on standard input, one in a pipe, a batch in a pipe" {
    mkfifo in
    exec {in}<>in
    for command in 'account --token-stdin' 'orders --token-file in' 'batch in' 'cancel --all --token-file in' 'batch'; do
        # shellcheck disable=SC2086 # a list of words
        start "$OMENCTL" $command <in
        eventually grep -q omenctl "/proc/$pid/comm"
        sleep 0.2
        kill -TERM "$pid"
        died_of TERM
    done
}

@test "a pipe without a writer is not waited for after a signal" {
    mkfifo in
    for signal in HUP INT; do
        start "$OMENCTL" batch in
        eventually grep -q omenctl "/proc/$pid/comm"
        sleep 0.2
        kill "-$signal" "$pid"
        died_of "$signal"
    done
}

@test "an ignored SIGHUP stays ignored (nohup), any other signal does not" {
    trap '' HUP INT QUIT TERM
    start "$OMENCTL" stream trades ETH-PERP -o ndjson >out
    wait_for out 1
    kill -HUP "$pid"
    wait_for out $(($(wc -l <out) + 2))
    kill -INT "$pid"
    died_of INT
    for signal in QUIT TERM; do
        start "$OMENCTL" stream funding ETH-PERP >/dev/null
        eventually grep -q omenctl "/proc/$pid/comm"
        kill "-$signal" "$pid"
        died_of "$signal"
    done
}

@test "a loop and a script stop where a Ctrl-C or a Ctrl-\\ on their terminal ended the command" {
    for key in 003 034; do
        on_terminal "'$OMENCTL' order 2 buy 0.1 --price $PRICE --client-id first$key --wait filled
                     '$OMENCTL' order 2 buy 0.1 --price $PRICE --client-id second$key"
        eventually are_open "first$key"
        press "\\$key"
        # bash itself goes on after a SIGQUIT; what it tells shows that the command died of it.
        if [ "$key" = 003 ]; then terminal_ended 130; else terminal_ended 0; fi
        if [ "$key" = 003 ]; then are_open "first$key"; else grep -q Quit screen; fi
        omenctl cancel --all
    done
    on_terminal "while true; do echo round; '$OMENCTL' stream trades ETH-PERP; done"
    eventually grep -q ETH-PERP screen
    press '\003'
    terminal_ended 130
    [ "$(grep -c round screen)" -eq 1 ]
    on_terminal "for i in 1 2 3; do echo round; '$OMENCTL' batch; done"
    eventually grep -q round screen
    sleep 0.5
    press '\003'
    terminal_ended 130
    [ "$(grep -c round screen)" -eq 1 ]
}

@test "a terminal that goes away cancels what --cancel-on-exit has placed" {
    mkfifo lines
    on_terminal "'$OMENCTL' batch --cancel-on-exit lines"
    exec {lines}>lines
    order_line gone-1 >&"$lines"
    order_line gone-2 >&"$lines"
    eventually are_open gone-1,gone-2
    kill -KILL "$(pgrep -P "$terminal" -x script)"
    eventually are_open ""
    exec {keys}>&- {lines}>&-
}

@test "Ctrl-C at a question is a signal and no answer: nothing behind it is run" {
    for command in 'order 2 buy 1 --price 1' 'wallet link 0x0123456789012345678901234567890123456789'; do
        on_terminal "export OMENCTL_REST_URL=http://192.0.2.1 OMENCTL_GATEWAY_URL=ws://192.0.2.1 OMENCTL_MARKET_DATA_URL=ws://192.0.2.1
                     '$OMENCTL' $command
                     echo went on"
        eventually grep -qF '[y/N]' screen
        press '\003'
        terminal_ended 130
        run ! grep -q 'went on' screen
    done
}

@test "Ctrl-Z gives the terminal its screen back, fg takes the other one again" {
    on_terminal "set -m
                 '$OMENCTL' book ETH-PERP --watch
                 echo; echo stopped
                 fg"
    eventually grep -q SIDE screen
    press '\032'
    eventually grep -q stopped screen
    [[ $(<screen) == *$'\e[?1049h'*SIDE*$'\e[?1049l'*stopped* ]]
    again() { [[ $(<screen) == *stopped*$'\e[?1049h'*SIDE* ]]; }
    eventually again
    press '\003'
    terminal_ended 130
    [[ $(<screen) == *stopped*$'\e[?1049l'* ]]
}

@test "process 1 of a container survives its signal: it exits with 128 and its number" {
    unshare --user --map-root-user --pid --fork true || skip "no pid namespaces here"
    for signal in HUP INT QUIT TERM; do
        start unshare --user --map-root-user --pid --fork "$OMENCTL" stream trades ETH-PERP -o ndjson >out
        wait_for out 1
        kill "-$signal" "$(pgrep -P "$pid")"
        exited $((128 + $(kill -l "$signal")))
    done
    start unshare --user --map-root-user --pid --fork "$OMENCTL" order 2 buy 0.1 --price "$PRICE" --client-id one --wait done -o json >out
    eventually are_open one
    kill -TERM "$(pgrep -P "$pid")"
    exited 143
    jq -e '.client_order_id == "one"' out
}

# ---- what it still does

@test "an outcome is found out after SIGHUP and SIGQUIT, too, and told" {
    for signal in HUP QUIT; do
        fault delay-answers:command=order,ms=5000
        start "$OMENCTL" order 2 buy 0.1 --price "$PRICE" --client-id "late-$signal" -o json >out 2>err
        eventually are_open "late-$signal"
        kill "-$signal" "$pid"
        died_of "$signal"
        jq -e --arg id "late-$signal" '.client_order_id == $id and .status == "open"' out
        grep -qF "interrupted; order late-$signal: open" err
        omenctl cancel --all
    done
}

@test "a second signal ends it at once, whatever the first was, and what is outstanding is unknown" {
    for signals in 'INT INT' 'TERM QUIT' 'HUP TERM'; do
        read -r first second <<<"$signals"
        fault clear
        fault stall-before:command=order
        start "$OMENCTL" order 2 buy 0.1 --price "$PRICE" --client-id "twice-$first" -o json >out 2>err
        eventually grep -qrsF "\"twice-$first\"" "$XDG_STATE_HOME/omenctl/journal"
        kill "-$first" "$pid"
        sleep 0.2
        [ ! -e end ]
        kill "-$second" "$pid"
        died_of "$first"
        [ ! -s out ]
        jq -se 'any(.[]; .error.kind == "outcome_unknown" and (.error.message | contains("interrupted twice")))' err
    done
}

@test "one that comes twice, to the process and to its group, is one: the outcome is still found out" {
    fault delay-answers:command=order,ms=5000
    for signal in HUP INT TERM; do
        start "$OMENCTL" order 2 buy 0.1 --price "$PRICE" --client-id "echo-$signal" -o json >out
        eventually are_open "echo-$signal"
        kill "-$signal" "$pid" "$pid" "$pid"
        died_of "$signal"
        jq -e '.status == "open"' out
        omenctl cancel --client-id "echo-$signal"
    done
}

@test "--cancel-on-exit: a second signal while it cancels ends that, too" {
    fault stall-before:command=cancel
    mkfifo in
    exec {in}<>in
    start "$OMENCTL" batch -o ndjson --cancel-on-exit <in >out 2>err
    order_line stays >&"$in"
    wait_for out 1
    kill -HUP "$pid"
    eventually grep -qrsF '"cancel"' "$XDG_STATE_HOME/omenctl/journal"
    sleep 0.2
    [ ! -e end ]
    kill -TERM "$pid"
    died_of HUP
    grep -q 'interrupted twice; some of the orders may still be open' err
}

@test "a signal while a batch looks something up loses none of its commands" {
    mkdir -p conf
    printf '[profile.small]\nenv = "local"\nmax_order_notional = "1000000"\n' >conf/config.toml
    mkfifo in
    exec {in}<>in
    start env OMENCTL_CONFIG="$PWD/conf/config.toml" OMENCTL_PROFILE=small "$OMENCTL" batch -o ndjson --cancel-on-exit <in >out 2>err
    order_line limited >&"$in"
    wait_for out 1
    fault http:slow=20000
    echo '{"op":"order","market":"ETH-PERP","side":"buy","size":"0.1","order_type":"market","client_order_id":"looked"}' >&"$in"
    sleep 0.5
    kill -TERM "$pid"
    died_of TERM
    are_open ""
    jq -se 'any(.[]; .line == 2 and .code == "not_sent") and any(.[]; .line == 0 and .op == "cancel")' out
}

# ---- output

@test "a reader that is stuck keeps no signal waiting" {
    filled_pipe full
    for command in "stream trades ETH-PERP" "trades ETH-PERP -o json" "help exit-codes" "candles ETH-PERP -o csv"; do
        # shellcheck disable=SC2086 # a list of words
        start "$OMENCTL" $command >full
        eventually grep -q omenctl "/proc/$pid/comm"
        sleep 0.5
        [ ! -e end ]
        began=$EPOCHREALTIME
        kill -TERM "$pid"
        died_of TERM
        within 4 "$began"
    done
    start "$OMENCTL" stream book ETH-PERP --trace >/dev/null 2>full
    sleep 0.5
    kill -INT "$pid"
    died_of INT
}

@test "a batch whose reader is stuck still finds out, cancels and ends" {
    filled_pipe full
    order_line stuck-1 >lines
    start "$OMENCTL" batch --cancel-on-exit -o ndjson <lines >full 2>err
    eventually grep -q stuck-1 "$TRUTH"
    sleep 0.3
    kill -TERM "$pid"
    died_of TERM
    are_open ""
    grep -q output_failed err
}

@test "a stuck cursor does not move beyond what was written" {
    rest_order 2
    filled_pipe full
    start "$OMENCTL" stream drop-copy -o ndjson --cursor cursor --from-sequence 1 >full
    eventually test -e cursor
    sleep 0.5
    kill -TERM "$pid"
    died_of TERM
    [ "$(jq .sequence cursor)" -eq 0 ]
}

@test "standard output that does not block gets everything, and its flags stay as they are" {
    for command in '--help' 'trades ETH-PERP --limit 200 -o json' 'candles ETH-PERP -o json' 'book ETH-PERP --depth all -o json'; do
        # A pipe of 4096 bytes, read only when the command has filled it.
        # shellcheck disable=SC2086 # a list of words
        perl -MFcntl -e '
            pipe(my $out, my $in);
            fcntl($in, 1031, 4096);
            fcntl($in, F_SETFL, O_WRONLY | O_NONBLOCK);
            if (!fork) { close $out; open(STDOUT, ">&", $in); exec @ARGV }
            select(undef, undef, undef, 0.3);
            (fcntl($in, F_GETFL, 0) & O_NONBLOCK) or die "no longer non-blocking";
            close $in;
            print while <$out>;
            wait;
            exit($? >> 8)' "$OMENCTL" $command >through
        [ "$(wc -c <through)" -gt 1000 ]
        if [ "$command" = --help ]; then omenctl --help | cmp - through; fi
        if [[ $command == *json ]]; then jq -e . through >/dev/null; fi
    done
}

@test "without standard descriptors nothing lands in a wrong file, and nothing is sent that can't be told" {
    for command in "order 2 buy 0.1 --price $PRICE --client-id closed" 'cancel --all' 'close --all' 'wallet link 0x0123456789012345678901234567890123456789' \
        "amend --client-id closed --size 1"; do
        status=0
        # shellcheck disable=SC2086 # a list of words
        "$OMENCTL" $command >&- 2>err || status=$?
        cat err
        [ "$status" -eq 1 ]
        grep -q '^omenctl: stdout: ' err
    done
    run ! grep -q '"closed"' "$TRUTH"
    for command in markets 'help exit-codes' --version 'stream trades ETH-PERP'; do
        status=0
        # shellcheck disable=SC2086 # a list of words
        "$OMENCTL" $command >&- 2>err || status=$?
        [ "$status" -eq 1 ]
    done
    "$OMENCTL" markets -o json 2>&- | jq -e 'length > 0'
    "$OMENCTL" markets -o json <&- 2>&- | jq -e 'length > 0'
    "$OMENCTL" order 2 buy 0.1 --price "$PRICE" --client-id nothing -o json <&- 2>&- --record record | jq -e '.status == "open"'
    jq -e . record >/dev/null
    timeout 20 "$OMENCTL" batch <&-
    status=0
    timeout 20 "$OMENCTL" account --token-stdin <&- 2>err || status=$?
    [ "$status" -eq 4 ]
    status=0
    "$OMENCTL" order 2 buy 0.1 --price "$PRICE" --client-id none <&- >&- 2>&- || status=$?
    [ "$status" -eq 1 ]
}

# ---- the sandbox

@test "sandbox: SIGINT and SIGTERM end it with 0; of SIGHUP and SIGQUIT it dies, but under nohup" {
    for signal in INT TERM HUP QUIT; do
        start "$OMENCTL" sandbox "${any_ports[@]}" >out
        wait_for out 4
        kill "-$signal" "$pid"
        if [[ $signal == INT || $signal == TERM ]]; then exited 0; else died_of "$signal"; fi
    done
    trap '' HUP
    start "$OMENCTL" sandbox "${any_ports[@]}" >out
    wait_for out 4
    kill -HUP "$pid"
    sleep 0.3
    kill -TERM "$pid"
    exited 0
}

@test "sandbox -- COMMAND exits with 128 and the command's signal, but dies of SIGINT itself where the command did" {
    start "$OMENCTL" sandbox "${any_ports[@]}" -- sh -c 'kill -INT $$'
    died_of INT
    for signal in QUIT TERM KILL USR1; do
        start "$OMENCTL" sandbox "${any_ports[@]}" -- sh -c "kill -$signal \$\$"
        exited $((128 + $(kill -l "$signal")))
    done
    start "$OMENCTL" sandbox "${any_ports[@]}" -- sh -c 'exit 130'
    exited 130
    for signal in TERM HUP; do # they are passed on
        start "$OMENCTL" sandbox "${any_ports[@]}" -- sh -c "echo up; trap 'exit 3' $signal; sleep 60 & wait" >out
        wait_for out 1
        kill "-$signal" "$pid"
        exited 3
    done
}
