# shellcheck shell=sh disable=SC2154
# Sourced by run.sh: what is measured, one function a part. Expects what run.sh has set up, and measuring.sh.

any_ports="--rest-port 0 --gateway-port 0 --market-data-port 0"

# ---- single commands

part_startup() {
    set -- -- hello "$tools/bench_hello" -- curl curl --version
    for link in $links; do
        # The longest way that ends without a connection: configuration and arguments are read, and there is no token.
        set -- "$@" -- "version $link" "$tools/omenctl-$link" --version \
            -- "order $link" exit=4 OMENCTL_TOKEN= "$tools/omenctl-$link" order 1 buy 0.5 --price 3499.95
    done
    measure 101 "$@"
    for link in $links; do
        target="floor<=3.5 curl<=0.5"
        [ "$link" = dynamic ] || target="floor<=2 curl<=0.35"
        for what in version order; do
            name="--version"
            [ "$what" = version ] || name="order, refused locally"
            time=$(ns "$what $link")
            row "$name, $link OpenSSL" "$(time_text "$time")" "curl=$(ratio "$time" "$(ns curl)")" \
                "$(ratio "$time" "$(ns hello)")" "$target"
        done
    done
}

part_order() {
    set -- -- hello "$tools/bench_hello" -- handshake "$tools/bench_tls" "$tls_port"
    for link in $links; do
        set -- "$@" -- "ws $link" "$tools/omenctl-$link" order 1 buy 0.5 --price 3499.95 \
            -- "wss $link" "OMENCTL_GATEWAY_URL=$tls_gateway" "$tools/omenctl-$link" order 1 buy 0.5 --price 3499.95
    done
    [ -z "$python" ] || set -- "$@" -- "ws python" "$python" "$peers/order.py" \
        -- "wss python" "OMENCTL_GATEWAY_URL=$tls_gateway" "$python" "$peers/order.py"
    measure 41 "$@"
    for endpoint in ws wss; do
        target="floor<=3 python<=0.025"
        [ "$endpoint" = ws ] || target="floor<=7 python<=0.0667"
        for link in $links; do
            time=$(ns "$endpoint $link")
            compared="python=$(ratio "$time" "$(ns "$endpoint python")")"
            [ "$endpoint" = ws ] || compared="$compared handshake=$(ratio "$time" "$(ns handshake)")"
            row "order over $endpoint, $link OpenSSL" "$(time_text "$time")" "$compared" \
                "$(ratio "$time" "$(ns hello)")" "$target"
        done
    done
}

part_round_trips() {
    start ws_proxy "$tools/bench_delay_proxy" "$plain_port" 25
    start wss_proxy "$tools/bench_delay_proxy" "$tls_port" 25
    far_ws=ws://localhost:$(value_of port ws_proxy)/
    far_wss=wss://localhost:$(value_of port wss_proxy)/
    set --
    for name in omenctl python; do
        [ "$name" = omenctl ] || [ -n "$python" ] || continue
        for endpoint in "ws $gateway" "wss $tls_gateway" "far-ws $far_ws" "far-wss $far_wss"; do
            set -- "$@" -- "$name ${endpoint%% *}" "OMENCTL_GATEWAY_URL=${endpoint#* }"
            if [ "$name" = python ]; then
                set -- "$@" "$python" "$peers/order.py"
            else
                set -- "$@" "$omenctl" order 1 buy 0.5 --price 3499.95
            fi
        done
    done
    measure 7 "$@"
    for limit in "ws 3" "wss 4"; do
        endpoint=${limit% *}
        trips=$(round_trips omenctl "$endpoint")
        # A tenth of one is noise.
        row "round trips of an order over $endpoint" "$(printf %.2f "$trips")" \
            "python=$(ratio "$trips" "$(round_trips python "$endpoint")")" - "value<=${limit#* }.1" "$trips"
    done
}

# What the distance adds, in round trips of 50 ms.
round_trips() {
    near=$(ns "$1 $2")
    [ -z "$near" ] || calc "($(ns "$1 far-$2") - $near) / 50e6"
}

part_rest() {
    # The shell that joins curl and jq is counted, as it is when a user does the same.
    measure 101 -- omenctl "$omenctl" markets -o json -- curl sh -c "curl -s '$rest/api/v1/markets' | jq ."
    time=$(ns omenctl)
    row "markets -o json, 20 KB" "$(time_text "$time")" "curl|jq=$(ratio "$time" "$(ns curl)")" - "curl|jq<=0.35"
}

# ---- streams

# A market's id is the number of messages that its feed has. The peers are slow, so theirs are shorter, and rates are
# compared.
part_stream() {
    set -- -- "trades floor" "$tools/bench_receive" "$market_data" trades:1000000 \
        -- "trades omenctl" "$omenctl" stream trades 1000000 --count 1000000 -o ndjson \
        -- "book floor" "$tools/bench_receive" "$market_data" orderbook:1000000:0 \
        -- "book omenctl" "$omenctl" stream book 1000000 --count 1000001 -o ndjson \
        -- "book unverified" "$tools/bench_unverified" "$market_data" 1000000 \
        -- "top omenctl" exit=10 "$omenctl" stream book 1000000 --top --no-reconnect -o ndjson
    [ -z "$python" ] || set -- "$@" -- "trades python" "$python" "$peers/stream.py" trades:100000 \
        -- "book python" "$python" "$peers/stream.py" orderbook:100000:0
    [ -z "$node" ] || set -- "$@" -- "trades node" "$node" "$peers/stream.js" trades:200000 \
        -- "book node" "$node" "$peers/stream.js" orderbook:200000:0
    measure 7 "$@"
    for what in trades book; do
        rate=$(per_second 1000000 "$(ns "$what omenctl")")
        python_rate=$(per_second 100000 "$(ns "$what python")")
        node_rate=$(per_second 200000 "$(ns "$what node")")
        row "stream $what, 345-byte frames" "$(rate_text "$rate")" \
            "python=$(ratio "$rate" "$python_rate") node=$(ratio "$rate" "$node_rate")" \
            "$(ratio "$(ns "$what floor")" "$(ns "$what omenctl")")" "floor>=0.5 python>=20 node>=8"
    done
    row "stream book, verified against unverified" "$(rate_text "$rate")" \
        "unverified=$(ratio "$(ns "book unverified")" "$(ns "book omenctl")")" - "unverified>=0.8"
    top=$(ns "top omenctl")
    row "stream book --top, 1000 levels a side" "$(rate_text "$(per_second 1000000 "$top")")" \
        "raw=$(ratio "$(ns "book omenctl")" "$top")" "$(ratio "$(ns "book floor")" "$top")" "raw>=0.6"
}

part_latency() {
    for _ in 1 2 3 4 5; do
        timeout 30 "$tools/bench_bare" "$plain_port" 10000 | "$tools/bench_latency" >>"$work/latency-bare"
        timeout 30 "$omenctl" stream spot 10000 --count 10000 -o ndjson |
            "$tools/bench_latency" >>"$work/latency-omenctl"
    done
    for name in bare omenctl; do
        cut -d ' ' -f 1 "$work/latency-$name" | median >"$work/p50-$name"
        cut -d ' ' -f 2 "$work/latency-$name" | median >"$work/p99-$name"
    done
    for p in p50 p99; do
        target=
        [ $p = p99 ] || target="floor<=1.5"
        time=$(cat "$work/$p-omenctl")
        row "latency at 5,000/s, $p" "$(time_text "$time")" "" "$(ratio "$time" "$(cat "$work/$p-bare")")" "$target"
    done
}

# Of an exchange on this machine the market list is asked anew each time, which takes libcurl and its libraries. Any other's is
# remembered: for the second row this machine goes by another of its addresses.
part_memory() {
    memory "asking for the market list"
    address=$(hostname -I | cut -d' ' -f1)
    [ -n "$address" ] || return 0
    export OMENCTL_REST_URL="http://$address:$plain_port" OMENCTL_MARKET_DATA_URL="ws://$address:$plain_port/"
    "$omenctl" markets >/dev/null
    memory "market list remembered"
}

# memory HOW
memory() {
    measure 1 -- short "$omenctl" stream book 1000000 --count 1000001 -o ndjson \
        -- long "$omenctl" stream book 10000000 --count 10000001 -o ndjson
    megabytes=$(calc "$(kb long) / 1024")
    row "RSS at most, 10 M messages, $1" "$(printf '%.1f MB' "$megabytes")" \
        "1M=$(ratio "$(kb long)" "$(kb short)")" - "value<=8 1M<=1.05" "$megabytes"
}

# ---- trading

# orders COUNT FILE: for `omenctl batch` and its peer.
orders() {
    awk -v count="$1" 'BEGIN {
        for (i = 1; i <= count; ++i) {
            printf "{\"op\":\"order\",\"client_order_id\":\"b-%d\",\"market_id\":1,", i
            printf "\"side\":\"%s\",\"size\":\"0.5\",\"price\":\"%.2f\"}\n", i % 2 ? "buy" : "sell",
                   i % 2 ? 3400 - i % 100 : 3600 + i % 100
        }
    }' >"$2"
}

part_batch() {
    orders 100000 "$work/many"
    orders 20000 "$work/some"
    set -- -- omenctl "$omenctl" batch --no-pacing -o ndjson "$work/many" \
        -- forgetful "$omenctl" batch --no-pacing --no-journal -o ndjson "$work/many"
    [ -z "$python" ] || set -- "$@" -- python "$python" "$peers/batch.py" "$work/some"
    measure 3 "$@"
    peer=$(per_second 20000 "$(ns python)")
    rate=$(per_second 100000 "$(ns omenctl)")
    row "batch, limits off, journal on" "$(rate_text "$rate")" "python=$(ratio "$rate" "$peer")" - "python>=20"
    rate=$(per_second 100000 "$(ns forgetful)")
    row "batch, limits off, journal off" "$(rate_text "$rate")" "python=$(ratio "$rate" "$peer")" - ""

    # 50 orders at once and 100 a second after that, enforced: one that comes too early is refused, and fails this.
    # shellcheck disable=SC2086 # a list of words
    start sandbox "$omenctl" sandbox $any_ports
    orders 1050 "$work/limited"
    measure 1 -- paced "OMENCTL_GATEWAY_URL=$(value_of OMENCTL_GATEWAY_URL sandbox)" \
        "OMENCTL_TOKEN=$(value_of OMENCTL_TOKEN sandbox)" "$omenctl" batch -o ndjson "$work/limited"
    stop sandbox
    row "batch, under the documented limits" "$(per_second 1050 "$(ns paced)") /s" \
        "limit=$(ratio 10e9 "$(ns paced)")" - "limit>=0.99"
}

# ---- the sandbox

part_engine() {
    micro '^matching_engine$' 5 >"$work/engine"
    rate=$(cut -d ' ' -f 3 "$work/engine")
    row "matching engine, mixed flow" "$(rate_text "$rate")" "" - "value>=1000000" "$rate"
}

# one_level RECORDING: its deltas with one level each, as most of real markets are, in sequence.
one_level() {
    jq -cn 'foreach (inputs |
            if .event[0] != "orderbook_delta" then .
            else . as $line |
                (.event[4][] | [[.], []]), (.event[5][] | [[], [.]]) | $line + {event: ($line.event[:4] + .)}
            end) as $line (null;
        if $line.event[0] == "orderbook_snapshot" then $line.event[2]
        elif $line.event[0] == "orderbook_delta" then . + 1
        else . end;
        . as $sequence | $line | if .event[0] == "orderbook_delta" then .event[2] = $sequence else . end)' "$1"
}

part_sandbox() {
    # Deltas of seven or eight levels on a book of 1000 levels a side.
    "$omenctl" stream book 20000 --count 20001 --record "$work/wide" >/dev/null
    one_level "$work/wide" >"$work/narrow"
    for deltas in narrow wide; do
        # shellcheck disable=SC2086 # a list of words
        start sandbox "$omenctl" sandbox --recording "$work/$deltas" --speed max --loop $any_ports
        url=$(value_of OMENCTL_MARKET_DATA_URL sandbox)
        measure 3 -- receive "$tools/bench_receive" "$url" orderbook:20000:0 300000
        stop sandbox
        rate=$(per_second 300000 "$(ns receive)")
        if [ $deltas = narrow ]; then
            row "sandbox to one subscriber, deltas of one level" "$(rate_text "$rate")" "" - "value>=300000" "$rate"
        else
            row "sandbox to one subscriber, 345-byte deltas" "$(rate_text "$rate")" "" - ""
        fi
    done
}

# ---- single functions

# micro FILTER REPETITIONS: a line for each benchmark: name, median CPU time in ns, items per second.
micro() {
    "$tools/bench_micro" --benchmark_filter="$1" --benchmark_repetitions="$2" --benchmark_min_time=0.1 \
        --benchmark_report_aggregates_only=true --benchmark_format=json 2>"$work/micro.log" >"$work/micro.json" ||
        { cat "$work/micro.log" >&2; return 1; }
    jq -r '.benchmarks[] | select(.aggregate_name == "median") |
        "\(.run_name) \(.cpu_time) \(.items_per_second)"' "$work/micro.json"
}

part_micro() {
    micro . 3 >"$work/micro"
    while read -r name time _; do row "micro: $name" "$(time_text "$time")" "" - ""; done <"$work/micro"
}
