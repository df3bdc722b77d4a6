# bash completion for omenctl(1).
# Market symbols come from the cache that omenctl keeps, names of environments and profiles from its configuration: omenctl is not
# started, and no exchange is asked. tests/unit/docs_test.cpp holds the tables against omenctl's own command tree.
# shellcheck shell=bash

# The commands under each command.
declare -gA _omenctl_commands=(
    ['omenctl']='markets book ticker trades candles wallet positions account orders fills order cancel amend close batch journal stream health risk call config sandbox version help'
    ['omenctl wallet']='show link unlink'
    ['omenctl stream']='book trades funding spot balance positions pnl orders drop-copy'
    ['omenctl risk']='bad-debt'
    ['omenctl call']='rest gateway market-data'
    ['omenctl config']='path show init'
    ['omenctl journal']='list resolve'
    ['omenctl sandbox']='token fault audit'
    ['omenctl sandbox fault']='list clear'
    ['omenctl help']='exit-codes'
)

# The flags of each command; the first go with all of them.
declare -gA _omenctl_flags=(
    ['omenctl']='-h --help --version -o --output --raw --fields --no-header --color --env --profile --config --timeout --retries -y --yes --token-file --token-stdin --no-pipeline -v --verbose --trace --record --force --csv-safe'
    ['omenctl book']='--depth --watch --verify'
    ['omenctl ticker']='--watch'
    ['omenctl trades']='--limit'
    ['omenctl candles']='--interval --from --to --limit --chart'
    ['omenctl wallet link']='--message --signature'
    ['omenctl positions']='--watch'
    ['omenctl orders']='--market --client-id'
    ['omenctl order']='--price --at-market --tif --post-only --reduce-only --client-id --wait --wait-for --no-journal --journal-sync --dry-run'
    ['omenctl fills']='--since --market --funding'
    ['omenctl cancel']='--client-id --all --market --no-journal --journal-sync'
    ['omenctl amend']='--client-id --price --size --no-journal --journal-sync'
    ['omenctl close']='--all --no-journal --journal-sync'
    ['omenctl batch']='--fail-fast --cancel-on-exit --wait --wait-for --no-pacing --no-journal --journal-sync'
    ['omenctl journal list']='--unresolved'
    ['omenctl stream book']='--count --until --for --idle --no-reconnect --full --top --depth --interval --on-gap --snapshot'
    ['omenctl stream trades']='--count --until --for --idle --no-reconnect'
    ['omenctl stream funding']='--count --until --for --idle --no-reconnect'
    ['omenctl stream spot']='--count --until --for --idle --no-reconnect'
    ['omenctl stream balance']='--count --until --for --idle --no-reconnect'
    ['omenctl stream positions']='--count --until --for --idle --no-reconnect'
    ['omenctl stream pnl']='--count --until --for --idle --no-reconnect'
    ['omenctl stream orders']='--count --until --for --idle --no-reconnect'
    ['omenctl stream drop-copy']='--count --until --for --idle --no-reconnect --cursor --from-sequence --until-caught-up --on-gap --append --sync --event'
    ['omenctl call rest']='--data'
    ['omenctl call market-data']='--count'
    ['omenctl config show']='--check-token'
    ['omenctl config init']='--force'
    ['omenctl sandbox']='--rest-port --gateway-port --market-data-port --listen --host --seed --volatility --funding-interval --recording --speed --loop --start-after --no-limits --exit-with-stdin --fault --log'
    ['omenctl sandbox token']='--account --permissions --ttl'
)

# What can be made to go wrong in the sandbox.
_omenctl_faults='close-before close-after swallow-answer duplicate-answer delay-answers garbage-answer cut-answer stall-before stall-after reset-before reset-after internal-before internal-after half-frame-stall late-after-close fin-before fin replay-hole replay-reorder replay-double'
_omenctl_faults+=' gap drop-delta duplicate-delta reorder-delta gap-storm refuse-subscription end-subscription cut-frame garbage-frame stall disconnect text-frame refuse-connections http expire-token retention restart sequence-reset relink'

# What stands behind a flag: some of these words, or what the word with the @ means. A flag that is not here takes no value.
declare -gA _omenctl_values=(
    ['-o']='table json ndjson csv'
    ['--output']='table json ndjson csv'
    ['--color']='auto always never'
    ['--env']='@environments'
    ['--profile']='@profiles'
    ['--config']='@files'
    ['--token-file']='@files'
    ['--record']='@files'
    ['--wait']='filled done'
    ['--wait-for']='10s 30s 1m'
    ['--since']='@any'
    ['--timeout']='1s 10s 1m'
    ['--retries']='0 2 5'
    ['--fields']='@any'
    ['--depth']='all'
    ['--limit']='@any'
    ['--interval']='1m 5m 15m 1h 4h 1d'
    ['--from']='@any'
    ['--to']='@any'
    ['--message']='@any'
    ['--signature']='@any'
    ['--market']='@markets'
    ['--client-id']='@any'
    ['--price']='@any'
    ['--size']='@any'
    ['--tif']='gtc ioc fok'
    ['--count']='@any'
    ['--until']='@any'
    ['--on-gap']='resync fail'
    ['--snapshot']='stream rest'
    ['--cursor']='@files'
    ['--append']='@files'
    ['--event']='accepted filled amended cancelled rejected expired funding write_off'
    ['--for']='10s 1m 1h'
    ['--idle']='10s 1m 1h'
    ['--from-sequence']='1'
    ['--data']='@any'
    ['--rest-port']='0'
    ['--gateway-port']='0'
    ['--market-data-port']='0'
    ['--listen']='127.0.0.1 ::1 0.0.0.0'
    ['--host']='@any'
    ['--seed']='@any'
    ['--volatility']='@any'
    ['--funding-interval']='10s 1m 1h'
    ['--recording']='@files'
    ['--speed']='1 10 100 max'
    ['--start-after']='@any'
    ['--fault']=$_omenctl_faults
    ['--log']='@files'
    ['--account']='default'
    ['--permissions']='@permissions'
    ['--ttl']='5m 1h 24h'
)

# The arguments of each command, one line each; the last is for all that follow where it ends in "...".
declare -gA _omenctl_arguments=(
    ['omenctl markets']='@markets'
    ['omenctl book']='@markets'
    ['omenctl ticker']='@markets...'
    ['omenctl trades']='@markets'
    ['omenctl candles']='@markets'
    ['omenctl order']=$'@markets\nbuy sell'
    ['omenctl close']='@markets'
    ['omenctl batch']='@files'
    ['omenctl stream book']='@markets...'
    ['omenctl stream trades']='@markets...'
    ['omenctl stream funding']='@markets...'
    ['omenctl stream spot']='@markets...'
    ['omenctl sandbox fault']=${_omenctl_faults}...
    ['omenctl sandbox fault clear']=$_omenctl_faults
    ['omenctl call rest']=$'GET POST DELETE\n/health /readyz /api/v1/markets /api/v1/trades/ /api/v1/candles/ /api/v1/ticker/ /api/v1/orderbook/ /api/v1/wallet /api/v1/wallet/link /api/v1/risk/bad-debt /api/v1/positions/'
)

_omenctl_markets() {
    grep -ohsE '"symbol":"[A-Za-z0-9._:/][A-Za-z0-9._:/-]*"' "${XDG_CACHE_HOME:-$HOME/.cache}"/omenctl/markets-*.json | cut -d'"' -f4 | sort -u
}

# _omenctl_tables KIND: the names of the configuration's tables [KIND.NAME].
_omenctl_tables() {
    local file=${OMENCTL_CONFIG:-${XDG_CONFIG_HOME:-$HOME/.config}/omenctl/config.toml}
    sed -nE "s/^[[:space:]]*\[$1\.([A-Za-z0-9_-]+)\].*/\1/p" "$file" 2>/dev/null
}

# _omenctl_offer CURRENT WHAT: fills COMPREPLY. Symbols are an exchange's words: they never reach compgen -W, which would expand them.
_omenctl_offer() {
    local current=$1 symbol
    case $2 in
    @markets)
        while read -r symbol; do
            [[ ${symbol^^} == "${current^^}"* ]] && COMPREPLY+=("$symbol")
        done < <(_omenctl_markets)
        ;;
    @environments) mapfile -t COMPREPLY < <(compgen -W "local test $(_omenctl_tables env)" -- "$current") ;;
    @profiles) mapfile -t COMPREPLY < <(compgen -W "$(_omenctl_tables profile)" -- "$current") ;;
    @permissions)
        local before=${current%"${current##*,}"} permission
        for permission in read trade withdraw; do
            [[ ,$before == *,$permission,* || $permission != "${current##*,}"* ]] || COMPREPLY+=("$before$permission")
        done
        ;;
    @files)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        ;;
    @any) ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$2" -- "$current") ;;
    esac
}

_omenctl() {
    local path=omenctl awaited='' count=0 at word
    COMPREPLY=()
    for ((at = 1; at < COMP_CWORD; ++at)); do
        word=${COMP_WORDS[at]}
        if [[ $word == = ]]; then
            continue # "--flag=value" comes as three words
        elif [[ $awaited ]]; then
            awaited=''
        elif [[ $word == -- && $path == 'omenctl sandbox' ]]; then
            if declare -F _command_offset >/dev/null; then
                _command_offset $((at + 1))
            else
                mapfile -t COMPREPLY < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}")
            fi
            return
        elif [[ $word == -* ]]; then
            awaited=${_omenctl_values[$word]-}
        elif [[ $count -eq 0 && " ${_omenctl_commands[$path]-} " == *" $word "* ]]; then
            path+=" $word"
        else
            count=$((count + 1))
        fi
    done

    local current=${COMP_WORDS[COMP_CWORD]}
    [[ $current == = ]] && current=''
    if [[ $awaited ]]; then
        _omenctl_offer "$current" "$awaited"
    elif [[ $current == -* ]]; then
        _omenctl_offer "$current" "${_omenctl_flags[omenctl]} ${_omenctl_flags[$path]-}"
    else
        local commands=''
        [[ $count -gt 0 ]] || commands=${_omenctl_commands[$path]-}
        local -a arguments
        mapfile -t arguments <<<"${_omenctl_arguments[$path]-}"
        local what=${arguments[count]-}
        [[ -z $what && ${arguments[-1]} == *... ]] && what=${arguments[-1]}
        _omenctl_offer "$current" "${commands:+$commands }${what%...}"
    fi
}

complete -F _omenctl omenctl
