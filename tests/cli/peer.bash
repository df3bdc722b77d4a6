#!/usr/bin/env bash
# peer.bash SCRIPT FOLDER: one connection to a scripted market-data feed, run by socat with the connection as standard input and output.
# It shakes hands, and then does what the script says:
#
#     hear           waits for the next command, and sets $command and $channel
#     say EVENT...   sends events, given as JSON; "5e18" is 5 in scaled units
#     confirm        hears a command and confirms it
#
# $connection is the number of the connection, from 1 on. The commands of all of them are in FOLDER/heard, one a line.

LC_ALL=C

unmask='
    [splits("\\s+") | select(. != "") | tonumber] as $bytes |
    def bits: [range(8) as $n | (. / pow(2; $n) | floor) % 2];
    def xor($a; $b): [$a, $b | bits] | transpose | to_entries | map(if .value[0] != .value[1] then pow(2; .key) else 0 end) | add;
    [range(4; $bytes | length) as $n | xor($bytes[$n]; $bytes[$n % 4])] | map(if . >= 32 and . < 127 then . else 32 end) | implode'

frames='
    def bytes($count): . as $value | [range($count - 1; -1; -1) as $n | ($value / pow(256; $n) | floor) % 256];
    def pack:
        if . == null then [192]
        elif type == "number" then [207] + bytes(8)
        elif type == "array" then [220] + (length | bytes(2)) + (map(pack) | add // [])
        else sub("e18$"; "000000000000000000") | explode | [218] + (length | bytes(2)) + . end;
    def hex: "0123456789abcdef" as $digits | (. / 16 | floor) as $high | "\\x" + $digits[$high:$high + 1] + $digits[. % 16:. % 16 + 1];
    pack | [130] + (if length < 126 then [length] else [126] + (length | bytes(2)) end) + . | map(hex) | add'

say() { printf %b "$(printf '%s\n' "$@" | jq -r "$frames" | tr -d '\n')"; }

hear() {
    local header size text
    header=$(head -c 2 | od -An -tu1)
    [ -n "$header" ] || exit 0
    read -r _ size <<<"$header"
    size=$((size & 127))
    [ "$size" -ne 126 ] || size=$((0x$(head -c 2 | od -An -tx1 | tr -d ' ')))
    text=$(head -c $((4 + size)) | od -An -v -tu1 | tr -s '\n' ' ' | jq -Rr "$unmask")
    channel=$(grep -oE '(orderbook|trades|funding|spot_price):[0-9]+(:0)?' <<<"$text")
    case $text in *unsubscribe*) command=unsubscribe ;; *subscribe*) command=subscribe ;; *) command=other ;; esac
    echo "$connection $command $channel" >>"$folder/heard"
}

confirm() {
    hear
    say "[\"${command}d\",\"$channel\"]"
}

script=$1
folder=$2
for ((connection = 1; ; ++connection)); do mkdir "$folder/connection-$connection" 2>/dev/null && break; done
while IFS=': ' read -r name value && [ "$name" != $'\r' ]; do
    [ "${name,,}" != sec-websocket-key ] || key=${value%$'\r'}
done
accept=$(printf %s "${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11" | openssl sha1 -binary | base64)
printf '%s\r\n' 'HTTP/1.1 101 Switching Protocols' 'Upgrade: websocket' 'Connection: Upgrade' "Sec-WebSocket-Accept: $accept" ''
# shellcheck disable=SC1090
. "$script"
