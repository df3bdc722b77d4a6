#!/usr/bin/env bats
# The configuration file, profiles, environments of one's own, where tokens come from, and local limits.

load helpers

setup_file() {
    start_sandbox
    ETH_BID=$(best ETH-PERP bid)
    ETH_ASK=$(best ETH-PERP ask)
    # From here on the sandbox is reached by the configuration only.
    export BOX_REST=$OMENCTL_REST_URL BOX_GATEWAY=$OMENCTL_GATEWAY_URL BOX_MARKET_DATA=$OMENCTL_MARKET_DATA_URL
    export BOX_TOKEN=$OMENCTL_TOKEN ETH_BID ETH_ASK
    unset OMENCTL_REST_URL OMENCTL_GATEWAY_URL OMENCTL_MARKET_DATA_URL OMENCTL_TOKEN
}
teardown_file() { stop_sandbox; }

setup() {
    export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
    CONFIG=$XDG_CONFIG_HOME/omenctl/config.toml
}

# configure: standard input becomes the configuration file.
configure() {
    mkdir -p "${CONFIG%/*}"
    cat >"$CONFIG"
}

# box [LINE...]: an environment "box", the sandbox, with these lines more, for configure.
box() {
    printf '[env.box]\nrest = "%s"\ngateway = "%s"\nmarket_data = "%s"\n' "$BOX_REST" "$BOX_GATEWAY" "$BOX_MARKET_DATA"
    [ $# -eq 0 ] || printf '%s\n' "$@"
}

# token_file: makes one, and prints its line of the configuration.
token_file() {
    (umask 077 && printf '%s\n' "$BOX_TOKEN" >"$BATS_TEST_TMPDIR/token")
    echo "token_file = \"$BATS_TEST_TMPDIR/token\""
}

# setting NAME FIELD [omenctl flags...]: a field of one line of `config show`.
setting() {
    local name=$1 field=$2
    shift 2
    omenctl config show -o json "$@" | jq -r --arg name "$name" --arg field "$field" '.[] | select(.name == $name)[$field]'
}

@test "path: in the user's directory, or as OMENCTL_CONFIG or --config says" {
    [ "$(omenctl config path)" = "$CONFIG" ]
    [ "$(OMENCTL_CONFIG=/a omenctl config path)" = /a ]
    [ "$(OMENCTL_CONFIG=/a omenctl config path --config /b)" = /b ]
    HOME='' XDG_CONFIG_HOME='' refused 2 usage config path
}

@test "init: writes an example for its owner alone, once; --force writes it again" {
    [ "$(omenctl config init)" = "$CONFIG" ]
    [ "$(stat -c %a "$CONFIG")" = 600 ]
    omenctl config show
    echo '# mine' >"$CONFIG"
    refused 2 usage config init
    [[ $stderr == *--force* ]]
    [ "$(cat "$CONFIG")" = '# mine' ]
    omenctl config init --force
    grep -q default_profile "$CONFIG"
}

@test "init where nothing can be written: 2" {
    refused 2 usage config init --config /proc/none/config.toml
}

@test "a broken file: 2 for every command, but path and init --force still work" {
    configure <<<'[profile.default'
    refused 2 usage config show
    refused 2 usage markets
    [[ $stderr == *"config $CONFIG:1: "* ]]
    [ "$(omenctl config path)" = "$CONFIG" ]
    omenctl config init --force
    omenctl config show
}

@test "unknown key, wrong type, bad value: 2, with file, line and what is meant" {
    configure <<<$'[profile.default]\nouput = "json"'
    refused 2 usage config show
    OMENCTL_OUTPUT='' run --separate-stderr omenctl config show
    [ "$stderr" = "omenctl: config $CONFIG:2: unknown key \"ouput\"; did you mean \"output\"?" ]
    configure <<<$'[profile.default]\nconfirm = "no"'
    refused 2 usage config show
    configure <<<$'[profile.other]\n\ntimeout = "soon"'
    refused 2 usage config show
    [[ $stderr == *"$CONFIG:3: timeout"* ]]
    configure <<<$'[profile.default]\nmax_order_size = 0.5'
    refused 2 usage config show
    configure <<<$'[env.mine]\nrest = "http://localhost:1"'
    refused 2 usage config show
}

@test "a file that was named must be there" {
    omenctl config show
    refused 2 usage config show --config "$BATS_TEST_TMPDIR/none.toml"
    OMENCTL_CONFIG=$BATS_TEST_TMPDIR/none.toml refused 2 usage config show
}

@test "an unknown profile or environment: 2, with what was meant" {
    configure <<<$'[profile.paper]\nenv = "tset"'
    refused 2 usage config show --profile papr
    [[ $stderr == *"did you mean paper?"* ]]
    OMENCTL_PROFILE=papr refused 2 usage config show
    refused 2 usage config show --profile paper
    [[ $stderr == *"profile paper (config.toml:2)"* ]]
    [[ $stderr == *"did you mean test?"* ]]
}

@test "precedence: flag, variable, profile, default, each with its origin" {
    configure <<<$'[profile.default]\ntimeout = "3s"\nraw = true\nretries = 0\n'
    check() { [ "$(setting "$1" value "${@:4}") $(setting "$1" origin "${@:4}")" = "$2 $3" ]; }
    check timeout 3s 'profile default (config.toml:2)'
    OMENCTL_TIMEOUT=4s check timeout 4s OMENCTL_TIMEOUT
    OMENCTL_TIMEOUT=4s check timeout 5s --timeout --timeout 5s
    OMENCTL_CONFIG=/dev/null check timeout 10s default
    check retries 0 'profile default (config.toml:4)'
    OMENCTL_RETRIES=7 check retries 7 OMENCTL_RETRIES
    OMENCTL_RETRIES=7 check retries 3 --retries --retries 3
    OMENCTL_CONFIG=/dev/null check retries 2 default
    check raw true 'profile default (config.toml:3)'
    OMENCTL_RAW=false check raw false OMENCTL_RAW
    OMENCTL_RAW=false check raw true --raw --raw
    check confirm false --yes --yes
    check pipeline false --no-pipeline --no-pipeline
    OMENCTL_COLOR=always check color always OMENCTL_COLOR
    OMENCTL_RAW=maybe refused 2 usage config show
    OMENCTL_TIMEOUT=soon refused 2 usage config show
}

@test "the profile is the flag's, else the variable's, else default_profile, else the one called default" {
    configure <<<$'[profile.default]\n[profile.a]\n[profile.b]\n[profile.c]'
    [ "$(setting profile value)" = default ]
    sed -i '1i default_profile = "a"' "$CONFIG"
    [ "$(setting profile value)" = a ]
    [ "$(setting profile origin)" = config.toml:1 ]
    [ "$(OMENCTL_PROFILE=b setting profile value)" = b ]
    [ "$(OMENCTL_PROFILE=b setting profile value --profile c)" = c ]
}

@test "the profile's output is that of errors, too" {
    configure <<<$'[profile.default]\noutput = "json"'
    for args in 'orders' 'no-such-command' 'markets --no-such-flag'; do
        # shellcheck disable=SC2086 # a list of words
        run --separate-stderr omenctl $args
        jq -e .error.kind <<<"$stderr"
    done
    run --separate-stderr omenctl -o table orders
    [[ $stderr == "omenctl: "* ]]
}

@test "environment: --env beats all, then OMENCTL_ENV, then the profile; variables move single endpoints" {
    { echo '[profile.default]' && echo 'env = "box"' && box; } | configure
    [ "$(setting rest value)" = "$BOX_REST/" ]
    [ "$(setting rest origin)" = "env box (config.toml:4)" ]
    [ "$(OMENCTL_ENV=test setting env value)" = test ]
    [ "$(OMENCTL_ENV=test setting rest origin)" = 'built in' ]
    [ "$(OMENCTL_ENV=test setting env value --env local)" = local ]
    [ "$(OMENCTL_REST_URL=http://localhost:1 setting rest value)" = http://localhost:1/ ]
    [ "$(OMENCTL_REST_URL=http://localhost:1 setting gateway value)" = "$BOX_GATEWAY" ]
    [ "$(OMENCTL_REST_URL=http://localhost:1 setting rest value --env box)" = "$BOX_REST/" ]
}

@test "an environment with a token_file: everything works by its name" {
    { echo '[profile.default]' && echo 'env = "box"' && box "$(token_file)"; } | configure
    omenctl markets ETH-PERP
    omenctl order ETH-PERP buy 0.1 --price "$(plus "$ETH_BID" -100)" --client-id "box-$$"
    omenctl cancel --client-id "box-$$"
    omenctl positions
    chmod 644 "$BATS_TEST_TMPDIR/token"
    refused 2 usage orders
    [[ $stderr == *"chmod 600"* ]]
}

@test "an environment with a token_command: it is run once, without a shell" {
    printf '#!/bin/sh\necho run >>"%s"\ncat "%s"\n' "$BATS_TEST_TMPDIR/runs" "$BATS_TEST_TMPDIR/token" >"$BATS_TEST_TMPDIR/get"
    chmod +x "$BATS_TEST_TMPDIR/get"
    token_file
    box "token_command = [\"$BATS_TEST_TMPDIR/get\", \"\$(exit 1)\"]" | configure
    omenctl --env box positions
    [ "$(wc -l <"$BATS_TEST_TMPDIR/runs")" = 1 ]
    omenctl --env box markets
    omenctl --env box config show
    [ "$(wc -l <"$BATS_TEST_TMPDIR/runs")" = 1 ]
    omenctl --env box config show --check-token | grep token_subject
    [ "$(wc -l <"$BATS_TEST_TMPDIR/runs")" = 2 ]
}

@test "a token_command that fails, hangs, or prints too much or nothing: 4, and what it printed is not shown" {
    for script in 'echo secret; exit 1' 'echo secret; echo secret' 'true' 'echo secret; sleep 60' 'kill -9 $$' 'echo secret secret'; do
        box "token_command = [\"sh\", \"-c\", \"$script\"]" | configure
        refused 4 credentials --env box --timeout 500ms orders
        [[ $stderr != *secret* ]]
        run --separate-stderr omenctl --env box config show
        [ "$status" -eq 0 ]
        [[ $output != *secret* ]]
    done
    box 'token_command = ["/no/such/program"]' | configure
    refused 4 credentials --env box orders
}

@test "OMENCTL_TOKEN does not follow --env to another exchange; the environment's own token stays with it" {
    { echo '[profile.default]' && echo 'env = "test"' && box "$(token_file)"; } | configure
    OMENCTL_TOKEN=omn_for_test run omenctl --env box orders
    [ "$status" -eq 0 ]
    OMENCTL_TOKEN=omn_for_test refused 4 credentials --env local orders
    [[ $stderr == *"another exchange"* ]]
    [[ $stderr != *omn_for_test* ]]
    OMENCTL_ENV=box OMENCTL_GATEWAY_URL=ws://localhost:1 refused 4 credentials orders
    [[ $stderr == *"its own URLs"* ]]
}

@test "without a token for a local exchange, the hint makes one" {
    refused 4 credentials orders
    [[ $stderr == *'export OMENCTL_TOKEN=$(omenctl sandbox token)'* ]]
}

@test "show: whose the token is and how long it lasts; never the token" {
    { echo '[profile.default]' && echo 'env = "box"' && box "$(token_file)"; } | configure
    run omenctl config show
    [[ $output == *token_subject*default* ]]
    [[ $output != *"$BOX_TOKEN"* ]]
    [ "$(setting token_audience value)" = authenticated ]
    [[ $(setting token_remaining value) =~ ^[0-9]+h\ [0-9]+m\ [0-9]+s$ ]]
    [ "$(setting token origin)" = "env box (config.toml:7)" ]
    [ "$(OMENCTL_TOKEN=omn_key setting token value)" = "API key" ]
    run omenctl -o ndjson config show
    [[ $output != *"$BOX_TOKEN"* ]]
    OMENCTL_TOKEN=garbage run omenctl config show
    [ "$status" -eq 0 ]
    OMENCTL_TOKEN=garbage run --separate-stderr omenctl config show --check-token
    [ "$status" -eq 4 ]
    [[ $output$stderr != *garbage* ]]
}

@test "limits: orders and amends beyond them are refused before anything is sent: 3, with the limit and the profile" {
    {
        printf '[profile.small]\nenv = "box"\nmax_order_size = "2"\nmax_order_notional = 5000\nallowed_markets = ["eth-perp", "3"]\n'
        box "$(token_file)"
    } | configure
    export OMENCTL_PROFILE=small
    refused 3 refused_locally order ETH-PERP buy 2.01 --price 1
    [[ $stderr == *"max_order_size 2"* && $stderr == *"profile small (config.toml:3)"* ]]
    refused 3 refused_locally order 2 buy 2 --price 2501
    [[ $stderr == *"comes to 5002, over max_order_notional 5000"* ]]
    refused 3 refused_locally order BTC-PERP buy 0.001 --price 1
    [[ $stderr == *allowed_markets* ]]
    refused 3 refused_locally order 1 buy 0.001 --price 1
    refused 6 not_found order 999 buy 1 --price 1
    omenctl order SOL-PERP buy 0.1 --price 1 --client-id "small-$$"
    refused 3 refused_locally amend --client-id "small-$$" --size 3
    refused 3 refused_locally amend --client-id "small-$$" --price 100000
    omenctl amend --client-id "small-$$" --size 0.2
    omenctl cancel --client-id "small-$$"
}

@test "limits: a market order, and a sell under the book, come to what the book says" {
    {
        printf '[profile.small]\nenv = "box"\nmax_order_notional = "%s"\n' "$(plus "$ETH_ASK" 100)"
        box "$(token_file)"
    } | configure
    export OMENCTL_PROFILE=small
    refused 3 refused_locally order ETH-PERP buy 2 --at-market
    refused 3 refused_locally order ETH-PERP sell 2 --price 1
    omenctl order ETH-PERP buy 0.5 --at-market
    omenctl order ETH-PERP sell 0.5 --price 1
}

@test "an order to an exchange elsewhere is confirmed on a terminal; confirm = false, --yes and OMENCTL_CONFIRM skip that" {
    command -v script || skip "no script(1)"
    printf '[env.far]\nrest = "http://192.0.2.1"\ngateway = "ws://192.0.2.1"\nmarket_data = "ws://192.0.2.1"\n[profile.sure]\nconfirm = false\n' |
        configure
    # Not confirmed is 3; confirmed, it ends with 2: a token would leave in the clear.
    far() { on_terminal "$1" "OMENCTL_TOKEN=$BOX_TOKEN $OMENCTL --env far --timeout 1s ${*:2} order 2 buy 1 --price 1"; }
    run far n
    [ "$status" -eq 3 ]
    [[ $output == *"order on far (192.0.2.1):"*"order    buy 1 2 at 1, gtc"*"notional 1"*"market   unknown"*"Send it? [y/N]"* ]]
    run far y
    [ "$status" -eq 2 ]
    for flags in "--profile sure" --yes; do
        run far n "$flags"
        [ "$status" -eq 2 ]
        [[ $output != *"[y/N]"* ]]
    done
    OMENCTL_CONFIRM=0 run far n
    [ "$status" -eq 2 ]
}

@test "a question is asked wherever its answer can be given, and nowhere else" {
    command -v script || skip "no script(1)"
    printf '[env.far]\nrest = "http://192.0.2.1"\ngateway = "ws://192.0.2.1"\nmarket_data = "ws://192.0.2.1"\n' | configure
    printf '{"op":"order","market":2,"side":"buy","price":"10","size":"2"}\n{"op":"cancel","order_id":"x"}\nnonsense\n' >"$BATS_TEST_TMPDIR/batch"
    far="OMENCTL_TOKEN=$BOX_TOKEN $OMENCTL --env far --timeout 1s"
    asked() {
        run on_terminal n "$@"
        [ "$status" -eq 3 ]
        [[ $output == *"[y/N]"* && $output == *"not confirmed"* ]]
    }
    asked "$far order 2 buy 1 --price 1 2>$BATS_TEST_TMPDIR/err; s=\$?; cat $BATS_TEST_TMPDIR/err; exit \$s"
    asked "$far order 2 buy 1 --price 1 | cat; exit \${PIPESTATUS[0]}"
    asked "$far amend x --size 3"
    [[ $output == *"amend    unknown side unknown market: size unknown -> 3, price unknown"* ]]
    asked "$far batch $BATS_TEST_TMPDIR/batch"
    [[ $output == *"lines    1 cancel, 1 order buy, 1 unreadable"*"markets  2"*"notional 20"* ]]
    asked "bash -c '$far wallet link 0x00000000000000000000000000000000000000ab; exit'"
    not_asked() {
        run on_terminal n "$@"
        [ "$status" -eq 2 ]
        [[ $output != *"[y/N]"* ]]
    }
    not_asked "$far order 2 buy 1 --price 1 </dev/null"
    not_asked "setsid -w env $far order 2 buy 1 --price 1"
    not_asked "set -m; $far order 2 buy 1 --price 1 & wait %1"
}

@test "the market list is remembered, for its owner alone, but a local exchange is always asked" {
    box | configure
    omenctl --env box markets
    cache=$(echo "$XDG_CACHE_HOME"/omenctl/markets-*.json)
    [ "$(stat -c %a "$cache")" = 600 ]
    jq -e '.markets | map(.symbol) | index("ETH-PERP")' "$cache"
    sed -i 's/ETH-PERP/OLD-PERP/' "$cache"
    omenctl --env box book ETH-PERP
    refused 6 not_found --env box book OLD-PERP
    echo broken >"$cache"
    omenctl --env box book ETH-PERP
    jq -e . "$cache"
}

@test "a cache that can't be written is done without" {
    box | configure
    touch "$BATS_TEST_TMPDIR/file"
    XDG_CACHE_HOME=$BATS_TEST_TMPDIR/file run omenctl --env box book ETH-PERP
    [ "$status" -eq 0 ]
}
