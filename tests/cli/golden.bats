#!/usr/bin/env bats
# What every command prints, whole, in every format, in a pipe and on a terminal, held against tests/cli/golden/*.txt. The market
# there (golden/market.ndjson) stands still. OMENCTL_UPDATE_GOLDEN=1 writes the files anew: read the difference before you commit it.

load helpers

golden=$BATS_TEST_DIRNAME/golden

setup() {
    unset NO_COLOR CLICOLOR_FORCE COLUMNS
    # A funding interval so long that no test sees its end.
    start_sandbox --recording "$golden/market.ndjson" --funding-interval 87600h
}
teardown() { stop_sandbox; }

# normal: the text with everything replaced that must differ from run to run, and control characters made visible.
normal() {
    sed -E -e 's/\x1b/\\e/g' -e 's/\^D\x08\x08//' \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z/0000-00-00T00:00:00.000Z/g' \
        -e 's/\b1[7-9][0-9]{11}\b/0000000000000/g' \
        -e 's/\b[0-9a-f]{12}-[0-9a-f]{20}\b/000000000000-00000000000000000000/g' \
        -e 's/localhost:[0-9]+/localhost:00000/g' -e "s#$BATS_FILE_TMPDIR#TMP#g" \
        -e 's/\b[0-9]+h [0-9]+m [0-9]+s\b/0h 0m 0s/' \
        -e 's/("round_trip_ms": ?"|ping,true,,)[0-9.]+/\10.000/' -e 's/( ping  *true ) *[0-9.]+$/\1 0.000/'
}

# typed COMMAND: the command line, what it prints on either stream, and its exit code if it is not 0.
typed() {
    local status=0
    echo "\$ omenctl $1"
    eval "omenctl $1" >"$BATS_TEST_TMPDIR/printed" 2>&1 </dev/null || status=$?
    normal <"$BATS_TEST_TMPDIR/printed"
    [ "$status" -eq 0 ] || echo "(exit $status)"
}

# on_terminal COLUMNS COMMAND: the same on a terminal of this width.
on_terminal() {
    local status=0
    echo "\$ omenctl $2   # on a terminal of $1 columns"
    script -qec "stty cols $1; '$OMENCTL' $2" /dev/null </dev/null >"$BATS_TEST_TMPDIR/printed" || status=$?
    tr -d '\r' <"$BATS_TEST_TMPDIR/printed" | normal
    [ "$status" -eq 0 ] || echo "(exit $status)"
}

# same_data COMMAND: JSON is a document, NDJSON the same records one a line, CSV the same values under a header.
same_data() {
    local json ndjson csv
    json=$(omenctl $1 -o json | values)
    ndjson=$(omenctl $1 -o ndjson | values)
    csv=$(omenctl $1 -o csv | csv_objects | values)
    jq -e 'if type == "array" then . else [.] end' <<<"$json" >"$BATS_TEST_TMPDIR/records" &&
        [ "$(jq -s . <<<"$ndjson")" = "$(jq . "$BATS_TEST_TMPDIR/records")" ] &&
        [ "$(printf %s "$ndjson" | grep -c '')" -eq "$(jq length "$BATS_TEST_TMPDIR/records")" ] &&
        # In CSV all values are texts, and an absent one is empty.
        [ "$(jq -cS 'map(map_values(select(. != "")))' <<<"$csv")" = "$(jq -cS 'map(map_values(tostring))' "$BATS_TEST_TMPDIR/records")" ]
}

# values: the text as normal makes it, with times that are numbers to JSON as well.
values() { normal | sed -E 's/\b0000000000000\b/0/g'; }

# transcript NAME: runs the lines on standard input, each a mode and a command, and holds what they print against the golden file.
#   every COMMAND          in all formats, which must hold the same data
#   rows COMMAND           in all formats; its CSV has rows of its own
#   pipe COMMAND           as it stands
#   terminal N COMMAND     on a terminal of N columns
transcript() {
    local mode command format made=$BATS_TEST_TMPDIR/$1.txt
    while read -r mode command; do
        case $mode in
        every | rows)
            for format in table json ndjson csv; do typed "$command -o $format"; done
            [ "$mode" = rows ] || same_data "$command" >&2 || { echo "not the same data in every format: $command" >&2; return 1; }
            ;;
        pipe) typed "$command" ;;
        terminal) on_terminal "${command%% *}" "${command#* }" ;;
        esac
    done >"$made"
    if [ "${OMENCTL_UPDATE_GOLDEN:-}" = 1 ]; then cp "$made" "$golden/$1.txt"; fi
    diff -u "$golden/$1.txt" "$made"
}

# trade: two orders that fill and two that rest.
trade() {
    omenctl order BTC-PERP buy 0.75 --at-market --client-id bought
    omenctl order DOGE-PERP sell 500 --at-market --client-id sold
    omenctl order BTC-PERP sell 0.5 --price 65100 --reduce-only --client-id resting-1
    omenctl order DOGE-PERP buy 1000 --price 0.12 --post-only --client-id resting-2
}

# stranger: the token of an account with a wallet and nothing in it.
stranger() {
    OMENCTL_TOKEN=$(omenctl sandbox token --account stranger)
    export OMENCTL_TOKEN
    omenctl wallet link 0x00000000000000000000000000000000000000e1
}

@test "markets" {
    transcript markets <<'EOF'
every markets
every markets doge-perp
pipe markets --no-header
pipe markets --no-header -o csv
pipe markets --raw
pipe markets --fields symbol,taker_fee
pipe markets --fields symbol,taker_fee -o json
pipe markets --color always
terminal 120 markets
terminal 40 markets
pipe markets BTC-PREP
pipe markets BTC-PREP -o json
EOF
}

@test "book" {
    transcript book <<'EOF'
rows book BTC-PERP
rows book BTC-PERP --depth 1
rows book QUIET-PERP
pipe book BTC-PERP --raw
pipe book BTC-PERP --no-header
terminal 80 book BTC-PERP
terminal 40 book BTC-PERP
terminal 80 book DOGE-PERP --no-header
terminal 80 book BTC-PERP --color never
EOF
}

@test "book: the same levels in every format" {
    json=$(omenctl book BTC-PERP -o json | jq -cS '[(.bids[] | {side: "bid"} + .), (.asks[] | {side: "ask"} + .)]')
    [ "$(omenctl book BTC-PERP -o csv | csv_objects | jq -cS 'map({side, price, size})')" = "$json" ]
    [ "$(omenctl book BTC-PERP -o ndjson | jq -cS '[(.bids[] | {side: "bid"} + .), (.asks[] | {side: "ask"} + .)]')" = "$json" ]
}

@test "ticker" {
    transcript ticker <<'EOF'
every ticker
every ticker DOGE-PERP
terminal 200 ticker
terminal 40 ticker
EOF
}

@test "trades" {
    transcript trades <<'EOF'
every trades BTC-PERP --limit 3
every trades QUIET-PERP
terminal 80 trades BTC-PERP
EOF
}

@test "candles" {
    transcript candles <<'EOF'
every candles BTC-PERP
every candles QUIET-PERP
pipe candles BTC-PERP --chart
pipe candles QUIET-PERP --chart
terminal 80 candles BTC-PERP --chart
terminal 18 candles BTC-PERP --chart
pipe candles BTC-PERP --chart -o json
EOF
}

@test "wallet" {
    transcript wallet <<'EOF'
every wallet show
pipe wallet link nowhere
pipe wallet unlink
pipe wallet unlink --yes
pipe wallet show
EOF
}

@test "positions" {
    trade
    transcript positions <<'EOF'
every positions
terminal 80 positions
EOF
}

@test "account" {
    trade
    transcript account <<'EOF'
rows account
pipe account --fields total,fees
terminal 80 account
EOF
}

@test "account: the same amounts in every format" {
    trade
    json=$(omenctl account -o json | jq -cS '[(.balance + .pnl) | map_values(tostring)]')
    [ "$(omenctl account -o csv | csv_objects | jq -cS .)" = "$json" ]
    [ "$(omenctl account | jq -cSR '[inputs, .] | map(split("  *"; "") | {(.[0]): .[1]}) | [add]' )" = "$json" ]
}

@test "orders" {
    trade
    transcript orders <<'EOF'
every orders
every orders --market BTC-PERP
every orders --client-id bought
pipe orders --client-id nobody
terminal 80 orders
EOF
}

@test "empty listings" {
    stranger
    transcript empty <<'EOF'
every positions
every orders
every close --all
every cancel --all
rows account
EOF
}

@test "order, amend, cancel and close" {
    transcript trading <<'EOF'
every order BTC-PERP buy 0.1 --price 64000 --dry-run --client-id told
pipe order BTC-PERP buy 0.1 --price 64000 --client-id rests
pipe order BTC-PERP buy 0.2 --at-market -o json
pipe order BTC-PERP sell 0.1 --at-market -o csv --client-id fills
pipe order BTC-PERP buy 9 --price 65100 --tif fok --client-id whole
pipe order BTC-PERP buy 9 --price 65100 --tif fok --client-id whole-2 -o json
pipe order BTC-PERP buy 0.1005 --price 64000
pipe order BTC-PERP buy 0.1 --price 64000.3
pipe order BTC-PERP buy 0.1
every amend --client-id rests --price 64001
pipe amend --client-id nobody --size 1
pipe cancel --client-id rests
pipe cancel --client-id rests -o json
pipe close BTC-PERP
pipe close BTC-PERP
EOF
}

@test "public streams" {
    transcript streams <<'EOF'
pipe stream book BTC-PERP DOGE-PERP --count 2
pipe stream book BTC-PERP --count 1 -o csv
pipe stream book BTC-PERP --count 1 -o json
pipe stream book BTC-PERP --count 1 -o ndjson --fields type,sequence
pipe stream spot BTC-PERP DOGE-PERP --count 2
pipe stream spot BTC-PERP --count 1 -o csv
pipe stream spot BTC-PERP --count 1 -o json
pipe stream funding BTC-PERP DOGE-PERP --count 2
pipe stream funding BTC-PERP --count 1 -o csv
pipe stream funding BTC-PERP --count 1 -o json
pipe stream trades BTC-PERP --for 100ms
pipe stream trades BTC-PERP --for 100ms -o csv
pipe stream trades BTC-PERP --for 100ms -o json
terminal 120 stream book BTC-PERP --count 1
EOF
}

@test "private streams" {
    trade
    transcript private-streams <<'EOF'
pipe stream balance --count 1
pipe stream balance --count 1 -o csv
pipe stream balance --count 1 -o json
pipe stream pnl --count 1
pipe stream pnl --count 1 -o csv
pipe stream pnl --count 1 -o json
pipe stream positions --count 1
pipe stream positions --count 1 -o csv
pipe stream positions --count 1 -o json
pipe stream orders --count 1
pipe stream orders --count 1 -o csv
pipe stream orders --count 1 -o json
pipe stream drop-copy --from-sequence 1 --count 6
pipe stream drop-copy --from-sequence 1 --count 6 -o csv
pipe stream drop-copy --from-sequence 1 --count 6 -o json
EOF
}

@test "health" {
    transcript health <<'EOF'
rows health
EOF
}

@test "risk" {
    transcript risk <<'EOF'
rows risk bad-debt
EOF
}

@test "call" {
    transcript call <<'EOF'
pipe call rest GET /api/v1/orderbook/1?depth=1
pipe call rest GET /api/v1/ticker/99
pipe call rest GET /wrong/path
pipe call gateway '{"type":"get_balance"}'
pipe call gateway '{"type":"nosuch"}'
pipe call market-data '{"type":"subscribe","channel":"orderbook:2:0"}' --count 2
EOF
}

@test "config and version" {
    transcript config <<'EOF'
every config show --fields name,origin
pipe config show -o ndjson
pipe config path
every version
pipe help exit-codes
EOF
}

@test "errors" {
    unset OMENCTL_TOKEN
    transcript errors <<'EOF'
pipe account
pipe account -o json
pipe book
pipe book BTC-PERP --depth none
pipe book BTC-PERP --fields nope
pipe markets --output yaml
EOF
}
