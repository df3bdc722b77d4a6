#!/bin/sh
# Measures omenctl against what it is compared with, and prints one table: tests/bench/run.sh [PART...], all parts
# by default: startup order round_trips rest stream latency memory batch engine sandbox micro. Installs what is missing
# (Debian 12 or 13), and builds Release in build-bench, with OpenSSL dynamic and static. Ratios are of medians of this
# run.
# The exit status says whether all parts could be run, not what came out.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
peers=$root/tests/bench/peers
tools=$root/build-bench
links="dynamic static"
all="startup order round_trips rest stream latency memory batch engine sandbox micro"
. "$root/tests/install.sh"
. "$root/tests/bench/measuring.sh"
. "$root/tests/bench/parts.sh"

# shellcheck disable=SC2086 # a list of words
[ $# -gt 0 ] || set -- $all
for part in "$@"; do
    case " $all " in
    *" $part "*) ;;
    *) echo "There is no part $part; there are: $all" >&2; exit 2 ;;
    esac
done

# ---- what is compared

# shellcheck disable=SC2086 # a list of words
install_missing $build_packages libbenchmark-dev openssl curl jq

# find_peer NAME COMMAND...: whether a peer is there, said when it is not.
find_peer() {
    name=$1
    shift
    "$@" >/dev/null 2>&1 && return
    echo "$name could not be installed: the table says \"missing\" there." >&2
    return 1
}

python=/usr/bin/python3
(install_missing python3 python3-websockets python3-msgpack) || true
find_peer "Python with websockets and msgpack" $python -c 'import websockets, msgpack' || python=

export NODE_PATH="$tools/peers/node_modules"
has_node() { node -e 'require("ws"); require("msgpackr")'; }
has_node 2>/dev/null || {
    # Where there is a node from elsewhere, Debian's npm would be in its way.
    command -v npm >/dev/null || (install_missing nodejs npm) || true
    mkdir -p "$tools/peers"
    timeout 120 npm install --silent --no-audit --no-fund --prefix "$tools/peers" ws msgpackr >/dev/null 2>&1 || true
}
node=
! find_peer "node with ws and msgpackr" has_node || node=$(command -v node)

# build_with ON|OFF TARGET: OpenSSL static or not. What CMake has found of the other kind is forgotten.
build_with() {
    build "$tools" "$2" -DOMENCTL_BENCH=ON -DCMAKE_BUILD_TYPE=Release -U 'OPENSSL_*' "-DOMENCTL_STATIC_OPENSSL=$1"
}
build_with OFF benchmarks
for link in $links; do
    static=OFF
    [ "$link" = dynamic ] || static=ON
    build_with $static omenctl
    cp "$tools/omenctl" "$tools/omenctl-$link"
done
omenctl=$tools/omenctl-dynamic

# ---- where it runs

work=$(mktemp -d)
trap 'kill $(cat "$work"/*.pid) 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
for variable in $(env | sed -n 's/^\(OMENCTL_[A-Z_]*\)=.*/\1/p') http_proxy https_proxy all_proxy SSL_CERT_FILE; do
    unset "$variable"
done
export XDG_STATE_HOME="$work/state" XDG_CACHE_HOME="$work/cache" XDG_CONFIG_HOME="$work/config"
export PYTHONPYCACHEPREFIX="$work/pycache"

# start NAME COMMAND...: a server that prints VARIABLE=VALUE lines once it is ready; value_of VARIABLE NAME gives one.
start() {
    server=$1
    shift
    : >"$work/$server.ready"
    "$@" >>"$work/$server.ready" 2>"$work/$server.log" &
    echo $! >"$work/$server.pid"
    for _ in $(seq 100); do
        ! grep -q = "$work/$server.ready" || { sleep 0.1; return 0; }
        sleep 0.05
    done
    echo "$server did not start:" >&2
    cat "$work/$server.log" >&2
    exit 1
}
value_of() { sed -n "s/^$1=//p" "$work/$2.ready"; }
stop() {
    kill "$(cat "$work/$1.pid")"
    wait "$(cat "$work/$1.pid")" || true
    rm "$work/$1.pid"
}

# certificate: one for localhost by an authority of our own, which joins the system's in a directory like the system's.
certificate() {
    key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    mkdir "$work/authorities"
    cp -a /etc/ssl/certs/. "$work/authorities" 2>/dev/null || true
    # shellcheck disable=SC2086 # a list of words
    openssl req -x509 $key -subj /CN=bench -keyout "$work/ca.key" -out "$work/ca.pem" -days 1 2>/dev/null
    # shellcheck disable=SC2086
    openssl req $key -subj /CN=localhost -keyout "$work/localhost.key" -out "$work/localhost.csr" 2>/dev/null
    echo "subjectAltName=DNS:localhost,IP:127.0.0.1" >"$work/names"
    openssl x509 -req -in "$work/localhost.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 1 \
        -extfile "$work/names" -out "$work/localhost.pem" 2>/dev/null
    cp "$work/ca.pem" "$work/authorities/$(openssl x509 -hash -noout -in "$work/ca.pem").0"
    export SSL_CERT_DIR="$work/authorities"
}

certificate
start exchange "$tools/bench_exchange" "$work/localhost.pem" "$work/localhost.key"
plain_port=$(value_of plain_port exchange)
tls_port=$(value_of tls_port exchange)
rest=http://localhost:$plain_port
gateway=ws://localhost:$plain_port/
market_data=$gateway
tls_gateway=wss://localhost:$tls_port/
export OMENCTL_REST_URL="$rest" OMENCTL_GATEWAY_URL="$gateway" OMENCTL_MARKET_DATA_URL="$market_data"
export OMENCTL_TOKEN=omn_bench

failed=
: >"$work/rows"
for part in "$@"; do
    echo "Measuring: $part" >&2
    # A process of its own, so that a part which can't be run ends there, and the next one begins. As a condition, it
    # would go on after a failure.
    set +e
    (set -e; "part_$part")
    status=$?
    set -e
    [ $status = 0 ] || failed="$failed $part"
done
echo
table
[ -z "$failed" ] || { echo "These parts could not be run:$failed" >&2; exit 1; }
