#!/bin/bash
# soak.sh [DURATION]: the sandbox's fastest flow with random faults for so long (default 1h), under streams that must
# neither lose anything nor grow. Prints memory and descriptors of each process every minute, and in the end whether
# every book and every execution is right. By hand: it is no part of run.sh.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
omenctl=${OMENCTL:-$root/build/omenctl}
duration=${1:-1h}
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT

"$omenctl" sandbox --rest-port 0 --gateway-port 0 --market-data-port 0 --speed 1000 --seed "${SEED:-1}" --log "$work/log" \
    >"$work/ready" 2>"$work/sandbox.log" &
pids+=($!)
for _ in $(seq 100); do [ "$(grep -c = "$work/ready")" -ge 4 ] && break; sleep 0.1; done
set -a
# shellcheck disable=SC1091
. "$work/ready"
set +a

case $duration in
*h) seconds=$((${duration%h} * 3600)) ;;
*m) seconds=$((${duration%m} * 60)) ;;
*) seconds=${duration%s} ;;
esac

"$omenctl" stream book BTC-PERP ETH-PERP SOL-PERP -o ndjson >>"$work/books" 2>>"$work/errors" &
pids+=($!)
"$omenctl" stream book BTC-PERP --top --interval 100 -o ndjson >/dev/null 2>>"$work/errors" &
pids+=($!)
"$omenctl" stream drop-copy --cursor "$work/cursor" --from-sequence 1 -o ndjson >"$work/executions" 2>>"$work/errors" &
pids+=($!)
mkfifo "$work/orders"
"$omenctl" batch -o ndjson <"$work/orders" >"$work/results" 2>>"$work/errors" &
pids+=($!)
exec 7>"$work/orders"

faults=(gap drop-delta duplicate-delta reorder-delta disconnect:endpoint=market-data disconnect:endpoint=gateway
    cut-frame:endpoint=market-data close-after close-before swallow-answer restart:ms=200)
# The file of lines must not fill the disk: only its newest part is kept.
trim() { [ "$(stat -c %s "$work/books")" -lt 200000000 ] || : >"$work/books"; }

name() { tr '\0' ' ' <"/proc/$1/cmdline" | cut -d' ' -f2-4; }
report() {
    local pid
    for pid in "${pids[@]}"; do
        [ -d "/proc/$pid" ] || { echo "GONE: $pid"; continue; }
        printf '%5ds  %-30s rss %6s kB  descriptors %s\n' "$SECONDS" "$(name "$pid")" \
            "$(awk '/VmRSS/ {print $2}' "/proc/$pid/status")" "$(find "/proc/$pid/fd" -mindepth 1 | wc -l)"
    done
}

SECONDS=0
count=0
next_report=10
while [ "$SECONDS" -lt "$seconds" ]; do
    for _ in 1 2 3 4 5; do
        count=$((count + 1))
        side=$([ $((count % 2)) = 0 ] && echo buy || echo sell)
        echo "{\"op\":\"order\",\"market_id\":$((count % 3 + 1)),\"side\":\"$side\",\"size\":\"0.1\",\"order_type\":\"market\",\"client_order_id\":\"s-$count\"}" >&7
    done
    [ $((RANDOM % 4)) = 0 ] && { "$omenctl" sandbox fault "${faults[RANDOM % ${#faults[@]}]}" >/dev/null 2>&1 || true; }
    trim
    if [ "$SECONDS" -ge "$next_report" ]; then
        report
        next_report=$((SECONDS + 60))
    fi
    sleep 0.5
done
"$omenctl" sandbox fault clear >/dev/null 2>&1
report
exec 7>&-
sleep 12

status=0
for market in BTC-PERP ETH-PERP SOL-PERP; do
    "$omenctl" book "$market" --verify --depth 1 -o json >/dev/null || { echo "WRONG: book of $market"; status=1; }
done
kill -TERM "${pids[1]}" "${pids[3]}"
sleep 1
echo "orders: $count, results: $(wc -l <"$work/results"), of them unknown: $(grep -c outcome_unknown "$work/results" || true)"
[ "$count" = "$(wc -l <"$work/results")" ] || { echo "WRONG: not one result for each order"; status=1; }
sent_twice=$(jq -r 'select(.executed) | .command.client_order_id // empty' "$work/log" | sort | uniq -d | wc -l)
[ "$sent_twice" = 0 ] || { echo "WRONG: $sent_twice orders were executed twice"; status=1; }
jq -rs '[.[] | select(.sequence and .event) | .sequence] | "executions: \(length), different: \(unique | length), last: \(max)"' "$work/executions"
jq -es '[.[] | select(.sequence and .event) | .sequence] | length == (unique | length) and length == max' "$work/executions" >/dev/null ||
    { echo "WRONG: executions are missing or doubled"; status=1; }
jq -r .type "$work/books" | sort | uniq -c
[ "$status" = 0 ] && echo "All is right."
exit "$status"
