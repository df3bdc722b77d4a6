#!/bin/sh
# Installs what is missing, builds omenctl, starts a local exchange and trades on it.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

if [ "${1:-}" != inside ]; then
    . "$root/tests/install.sh"
    # shellcheck disable=SC2086 # a list of words
    install_missing $build_packages jq
    build "$root/build" omenctl
    PATH="$root/build:$PATH"
    export PATH
    echo '$ omenctl sandbox -- ...'
    # The sandbox sets the endpoints and the token, runs the rest of this script, and ends with it.
    exec omenctl sandbox --rest-port 0 --gateway-port 0 --market-data-port 0 -- sh "$0" inside
fi

run() {
    printf '\n$ %s\n' "$*"
    "$@"
}

run omenctl markets
run omenctl book ETH-PERP --depth 5
run omenctl ticker ETH-PERP

below=$(omenctl ticker ETH-PERP -o ndjson | jq -r '.best_bid | tonumber | floor - 5')
run omenctl order ETH-PERP buy 0.5 --price "$below" --client-id demo-1
run omenctl orders
run omenctl amend --client-id demo-1 --price "$((below - 1))" --size 0.4
run omenctl cancel --client-id demo-1
run omenctl orders --client-id demo-1

run omenctl order ETH-PERP buy 2 --at-market
run omenctl positions
run omenctl account
run omenctl stream book ETH-PERP --count 20 -o ndjson
printf '\nThe sandbox stops with this script. Start your own with: omenctl sandbox\n'
