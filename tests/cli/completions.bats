#!/usr/bin/env bats
# Completion in real shells. That no command and no flag is forgotten is the unit tests' (docs_test.cpp).
# bats file_tags=shipped

load helpers

completions=$BATS_TEST_DIRNAME/../../completions

setup_file() {
    export XDG_CACHE_HOME=$BATS_FILE_TMPDIR/cache XDG_CONFIG_HOME=$BATS_FILE_TMPDIR/config
    mkdir -p "$XDG_CONFIG_HOME/omenctl" "$BATS_FILE_TMPDIR/bin" "$BATS_FILE_TMPDIR/files"
    cat >"$XDG_CONFIG_HOME/omenctl/config.toml" <<'END'
[profile.robot]
[env.paper]
rest = "https://api.example.org"
gateway = "wss://ws.example.org/"
market_data = "wss://stream.example.org/"
END
    touch "$BATS_FILE_TMPDIR/files/token-file"
    # The cache is filled by omenctl itself; then the exchange goes away.
    load helpers
    "$OMENCTL" sandbox "${any_ports[@]}" -- "$OMENCTL" markets >/dev/null
    # Whoever starts omenctl while completing is found out.
    printf '#!/bin/sh\ntouch "%s"\n' "$BATS_FILE_TMPDIR/started" >"$BATS_FILE_TMPDIR/bin/omenctl"
    chmod +x "$BATS_FILE_TMPDIR/bin/omenctl"
}

setup() {
    PATH=$BATS_FILE_TMPDIR/bin:$PATH
    cd "$BATS_FILE_TMPDIR/files"
}

teardown() {
    [ ! -e "$BATS_FILE_TMPDIR/started" ]
}

# bash_completes WORD...: what bash offers for the last word. "--flag=value" is three words to it.
bash_completes() {
    bash -c '. "$0"/omenctl.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _omenctl; printf "%s\n" "${COMPREPLY[@]}"' \
        "$completions" "$@"
}

zsh_completes() { zsh -f "$BATS_TEST_DIRNAME/complete.zsh" "$completions" "$1"; }

fish_completes() { fish --no-config -c 'source $argv[1]/omenctl.fish; complete -C $argv[2]' -- "$completions" "$1" | cut -f1; }

# offers LINE WORD...: every shell that is here offers exactly these words, in any order, at the end of the line.
offers() {
    local line=$1 expected
    shift
    expected=$(printf '%s\n' "$@" | sort)
    local -a words
    IFS=' ' read -ra words <<<"$line"
    [[ $line != *' ' ]] || words+=('')
    for shell in "${shells[@]}"; do
        if [ "$shell" = bash ]; then run bash_completes "${words[@]}"; else run "${shell}_completes" "$line"; fi
        echo "$shell: $line -> $output"
        [ "$(sort <<<"$output")" = "$expected" ]
    done
}

# The shells to ask; says which are not here.
find_shells() {
    shells=(bash)
    for shell in zsh fish; do
        if command -v "$shell" >/dev/null; then shells+=("$shell"); else echo "# $shell is not installed: skipped" >&3; fi
    done
}

@test "bash, zsh and fish offer commands and subcommands" {
    find_shells
    offers 'omenctl wallet ' show link unlink
    offers 'omenctl -o json stream ' book trades funding spot balance positions pnl orders drop-copy
    offers 'omenctl sandb' sandbox
    offers 'omenctl stream dr' drop-copy
}

@test "bash, zsh and fish offer market symbols from the cache, in any case, with no exchange running" {
    find_shells
    offers 'omenctl book ' BTC-PERP ETH-PERP SOL-PERP
    offers 'omenctl stream trades BTC-PERP e' ETH-PERP
    offers 'omenctl orders --market so' SOL-PERP
    offers 'omenctl --timeout 5s order B' BTC-PERP
}

@test "a symbol that is no plain word is never offered, let alone run" {
    find_shells
    export XDG_CACHE_HOME=$BATS_TEST_TMPDIR
    mkdir "$XDG_CACHE_HOME/omenctl"
    printf '{"markets":[{"symbol":"BAD-$(touch ran)"},{"symbol":"BAD;touch ran"},{"symbol":"BETTER-PERP"}]}' \
        >"$XDG_CACHE_HOME/omenctl/markets-x.json"
    offers 'omenctl book B' BETTER-PERP
    [ ! -e ran ]
}

@test "bash, zsh and fish offer what a flag may be" {
    find_shells
    offers 'omenctl -o ' table json ndjson csv
    offers 'omenctl --color ' auto always never
    offers 'omenctl --env ' local test paper
    offers 'omenctl --profile ' robot
    offers 'omenctl candles BTC-PERP --interval ' 1m 5m 15m 1h 4h 1d
    offers 'omenctl order BTC-PERP ' buy sell
    offers 'omenctl order BTC-PERP buy 1 --tif ' gtc ioc fok
    offers 'omenctl sandbox --speed ma' max
    offers 'omenctl sandbox token --permissions w' withdraw
    offers 'omenctl sandbox --fault garb' garbage-answer garbage-frame
    offers 'omenctl sandbox fault cl' clear close-before close-after
    offers 'omenctl sandbox fault clear ret' retention
    offers 'omenctl call rest GET /rea' /readyz
}

@test "bash, zsh and fish offer files where a file is wanted" {
    find_shells
    offers 'omenctl --token-file tok' token-file
    offers 'omenctl sandbox --recording tok' token-file
}

@test "bash, zsh and fish offer the flags of the command, and those of all commands" {
    find_shells
    offers 'omenctl candles BTC-PERP --ch' --chart
    offers 'omenctl stream drop-copy --from' --from-sequence
    offers 'omenctl order BTC-PERP buy 1 --no-' --no-header --no-pipeline --no-journal
}

@test "bash: --flag=value" {
    run bash_completes omenctl --output = nd
    [ "$output" = ndjson ]
    run bash_completes omenctl --output =
    [ "${#lines[@]}" -eq 4 ]
}

@test "behind sandbox --, the command's own completion takes over" {
    find_shells
    for shell in "${shells[@]}"; do
        if [ "$shell" = bash ]; then run bash_completes omenctl sandbox -- print; else run "${shell}_completes" 'omenctl sandbox -- print'; fi
        echo "$shell: $output"
        [[ $output == *printf* ]]
    done
}
