#!/usr/bin/env bats
# https and wss for real: socat ends TLS in front of the sandbox, with certificates of an authority that this test makes. And servers that
# mean harm: without end, too large, or too slow.

load helpers

setup_file() {
    export PKI=$BATS_FILE_TMPDIR/pki
    mkdir -p "$PKI"
    authority ca
    authority stranger
    certificate right ca 'DNS:localhost,IP:127.0.0.1' 1
    certificate wrong ca 'DNS:elsewhere.example' 1
    certificate expired ca 'DNS:localhost,IP:127.0.0.1' 0
    certificate unknown stranger 'DNS:localhost,IP:127.0.0.1' 1
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost \
        -keyout "$PKI/alone.key" -out "$PKI/alone.pem" -days 1 2>/dev/null
    start_sandbox
    export SSL_CERT_FILE=$PKI/ca.pem
}
teardown_file() { stop_sandbox; }

setup() { servers=(); }
teardown() { stop_servers; }

authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$PKI/$1.key" -out "$PKI/$1.pem" -days 1 2>/dev/null
}

# certificate NAME AUTHORITY ALTERNATIVE_NAMES DAYS
certificate() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$PKI/$1.key" -out "$PKI/$1.csr" 2>/dev/null
    openssl x509 -req -in "$PKI/$1.csr" -CA "$PKI/$2.pem" -CAkey "$PKI/$2.key" -CAcreateserial -days "$4" \
        -extfile <(echo "subjectAltName=$3") -out "$PKI/$1.pem" 2>/dev/null
}

# behind_tls CERTIFICATE [SOCAT OPTIONS]: the sandbox's three endpoints, each behind TLS with this certificate.
behind_tls() {
    local name variable url
    for name in REST GATEWAY MARKET_DATA; do
        variable=PLAIN_${name}_URL
        # What start_sandbox has set, before an earlier call of this changed it.
        [ -n "${!variable:-}" ] || { variable=OMENCTL_${name}_URL; declare -g "PLAIN_${name}_URL=${!variable}"; variable=PLAIN_${name}_URL; }
        url=${!variable%/}
        serve "OPENSSL-LISTEN:0,bind=127.0.0.1,reuseaddr,fork,verify=0,cert=$PKI/$1.pem,key=$PKI/$1.key${2:-}" "TCP4:127.0.0.1:${url##*:}"
        if [ "$name" = REST ]; then url=https://localhost:$port; else url=wss://localhost:$port/; fi
        export "OMENCTL_${name}_URL=$url"
    done
}

# refused_by_tls WORDS: every endpoint is 10, said to be TLS's doing, for a reason with one of these words in it.
refused_by_tls() {
    local command
    for command in markets account 'call market-data {"type":"ping","id":1}'; do
        # shellcheck disable=SC2086 # a list of words
        run --separate-stderr omenctl -o json $command
        echo "$command: status $status, stderr: $stderr"
        [ "$status" -eq 10 ]
        [ -z "$output" ]
        jq -e --arg words "$1" '.error | .kind == "unreachable" and .code == "tls_failed" and (.message | test($words; "i"))' <<<"$stderr"
    done
}

@test "an authority in SSL_CERT_FILE and the right name: REST and both WebSockets work" {
    behind_tls right
    [ "$(omenctl markets -o json | jq length)" -eq 3 ]
    [ "$(omenctl account -o json | jq -r .balance.total)" = 1000000 ]
    omenctl order SOL-PERP buy 1 --price 1 --client-id over-tls -o json | jq -e '.status == "open"'
    omenctl cancel --client-id over-tls
    [ "$(omenctl stream book ETH-PERP --count 50 --for 20s -o ndjson | wc -l)" -eq 50 ]
    omenctl health
    # An address is a name, too, where the certificate has it.
    OMENCTL_REST_URL=${OMENCTL_REST_URL/localhost/127.0.0.1} omenctl markets
    OMENCTL_GATEWAY_URL=${OMENCTL_GATEWAY_URL/localhost/127.0.0.1} omenctl account
}

@test "SSL_CERT_DIR is honoured, too" {
    behind_tls right
    mkdir -p "$BATS_TEST_TMPDIR/certs"
    cp "$PKI/ca.pem" "$BATS_TEST_TMPDIR/certs/$(openssl x509 -hash -noout -in "$PKI/ca.pem").0"
    unset SSL_CERT_FILE
    export SSL_CERT_DIR=$BATS_TEST_TMPDIR/certs
    [ "$(omenctl markets -o json | jq length)" -eq 3 ]
    omenctl account
    SSL_CERT_DIR=$BATS_TEST_TMPDIR refused_by_tls 'issuer|certificate'
}

# hashed DIRECTORY AUTHORITY: a directory as c_rehash makes it, with this authority.
hashed() {
    mkdir -p "$1"
    cp "$PKI/$2.pem" "$1/$(openssl x509 -hash -noout -in "$PKI/$2.pem").0"
}

# trusted: REST, over https, and the gateway, over wss, accept the server.
trusted() {
    [ "$(omenctl markets -o json | jq length)" -eq 3 ]
    [ "$(omenctl account -o json | jq -r .balance.total)" = 1000000 ]
}

@test "an authority in the directory is enough: the bundle is not looked at" {
    behind_tls right
    hashed "$BATS_TEST_TMPDIR/certs" ca
    SSL_CERT_DIR=$BATS_TEST_TMPDIR/certs SSL_CERT_FILE=/no/such/bundle trusted
}

@test "an authority that the directory does not have is found in the bundle" {
    behind_tls right
    hashed "$BATS_TEST_TMPDIR/certs" stranger
    cat "$PKI/stranger.pem" "$PKI/ca.pem" >"$BATS_TEST_TMPDIR/bundle"
    SSL_CERT_DIR=$BATS_TEST_TMPDIR/certs SSL_CERT_FILE=$BATS_TEST_TMPDIR/bundle trusted
    SSL_CERT_DIR=/no/such/directory SSL_CERT_FILE=$BATS_TEST_TMPDIR/bundle trusted
}

@test "what neither the directory nor the bundle has is refused" {
    behind_tls right
    hashed "$BATS_TEST_TMPDIR/certs" stranger
    SSL_CERT_DIR=$BATS_TEST_TMPDIR/certs SSL_CERT_FILE=$PKI/stranger.pem refused_by_tls 'self-signed certificate in certificate chain'
}

@test "a certificate for another name is refused" {
    behind_tls wrong
    refused_by_tls 'hostname mismatch|no alternative certificate subject name'
}

@test "an expired certificate is refused" {
    behind_tls expired
    refused_by_tls 'certificate has expired'
}

@test "a self-signed certificate is refused" {
    behind_tls alone
    refused_by_tls 'self[- ]signed certificate'
}

@test "a certificate of an authority that is not trusted is refused" {
    behind_tls unknown
    refused_by_tls 'unable to get local issuer certificate'
    behind_tls right
    unset SSL_CERT_FILE # the server still sends its authority along
    refused_by_tls 'self-signed certificate in certificate chain'
}

@test "a server that knows nothing above TLS 1.1 is refused" {
    behind_tls right ',openssl-min-proto-version=TLS1.0,openssl-max-proto-version=TLS1.1,cipher=ALL:@SECLEVEL=0'
    refused_by_tls 'protocol version|unsupported protocol|handshake failure'
}

@test "a server without TLS behind https and wss is refused" {
    OMENCTL_REST_URL=${OMENCTL_REST_URL/http/https} OMENCTL_GATEWAY_URL=${OMENCTL_GATEWAY_URL/ws/wss} \
        OMENCTL_MARKET_DATA_URL=${OMENCTL_MARKET_DATA_URL/ws/wss} refused_by_tls 'wrong version number|closed|record'
}

@test "a bundle that can't be read, or holds no certificate, is named" {
    behind_tls right
    SSL_CERT_FILE=/no/such/bundle refused_by_tls '/no/such/bundle'
    echo 'no certificate' >"$BATS_TEST_TMPDIR/text"
    SSL_CERT_FILE=$BATS_TEST_TMPDIR/text refused_by_tls "$BATS_TEST_TMPDIR/text"
}

@test "credentials never leave in the clear for another host" {
    export OMENCTL_REST_URL=http://192.0.2.1 OMENCTL_GATEWAY_URL=ws://192.0.2.1/
    refused 2 usage account
    refused 2 usage positions
    refused 2 usage wallet show
    refused 2 usage order 1 buy 1 --at-market
    refused 2 usage cancel --all
    refused 2 usage stream orders
    refused 2 usage call gateway '{"type":"get_balance"}'
}

# ---- servers that mean harm

# measured COMMAND...: runs it with at most 256 MB of address space beside what it maps, and 20 s.
measured() {
    # AddressSanitizer's own map of the memory is larger than any limit.
    local limit='ulimit -v 400000;'
    ! grep -qa __asan_init "$OMENCTL" || limit=
    run --separate-stderr timeout 20 /bin/sh -c "$limit"' exec "$@"' sh "$OMENCTL" "$@"
    echo "status $status, stdout: ${output:0:200}, stderr: ${stderr:0:400}"
}

# says SCRIPT: a server that runs this for each connection.
says() {
    echo "$1" >"$BATS_TEST_TMPDIR/server.sh"
    serve TCP4-LISTEN:0,bind=127.0.0.1,reuseaddr,fork "EXEC:/bin/sh $BATS_TEST_TMPDIR/server.sh"
}

# upgraded SCRIPT: a WebSocket server that answers the upgrade, then runs this.
upgraded() {
    cat >"$BATS_TEST_TMPDIR/upgrade.sh" <<'EOF'
key=
while IFS= read -r line; do
    line=${line%?}
    [ -n "$line" ] || break
    case $line in [Ss]ec-[Ww]eb[Ss]ocket-[Kk]ey:*) key=${line#*: } ;; esac
done
accept=$(printf '%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11' "$key" | openssl dgst -sha1 -binary | openssl base64)
printf 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n' "$accept"
EOF
    says ". $BATS_TEST_TMPDIR/upgrade.sh; $1"
}

@test "a REST body without end ends at the limit, not with the memory" {
    says "printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n'; yes '[1,2,3]'"
    OMENCTL_REST_URL=http://127.0.0.1:$port measured markets
    [ "$status" -eq 11 ]
    [[ $stderr == *"longer than"* ]]
}

@test "REST headers without end are refused" {
    says "printf 'HTTP/1.1 200 OK\r\nX: '; yes x | tr -d '\n'"
    OMENCTL_REST_URL=http://127.0.0.1:$port measured markets
    [ "$status" -eq 11 ]
}

@test "an answer to the upgrade without end is refused" {
    says "printf 'HTTP/1.1 101 Switching Protocols\r\nX: '; yes x | tr -d '\n'"
    OMENCTL_GATEWAY_URL=ws://127.0.0.1:$port/ measured account
    [ "$status" -eq 11 ]
}

@test "a WebSocket frame of 100 MB is refused at the limit, not read into memory" {
    # 0x82 0x7f, then the length in eight bytes: 100,000,000.
    upgraded "printf '\\202\\177\\0\\0\\0\\0\\005\\365\\341\\0'; head -c 100000000 /dev/zero; sleep 5"
    for command in account 'stream book ETH-PERP' 'call market-data {"type":"ping","id":1}'; do
        # shellcheck disable=SC2086 # a list of words
        OMENCTL_GATEWAY_URL=ws://127.0.0.1:$port/ OMENCTL_MARKET_DATA_URL=ws://127.0.0.1:$port/ measured $command
        [ "$status" -eq 11 ] || [ "$status" -eq 10 ]
        [[ $stderr == *"a message of more than"* ]]
    done
}

@test "an answer that trickles, one byte a second, meets the deadline" {
    says "printf 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n'; while sleep 1; do printf 1; done"
    start=$EPOCHREALTIME
    OMENCTL_REST_URL=http://127.0.0.1:$port measured markets --timeout 2s
    [ "$status" -eq 10 ]
    within 5 "$start"
}

@test "an upgrade that trickles meets the deadline" {
    says "while sleep 1; do printf H; done"
    start=$EPOCHREALTIME
    OMENCTL_GATEWAY_URL=ws://127.0.0.1:$port/ measured account --timeout 2s
    [ "$status" -eq 10 ]
    within 5 "$start"
}

@test "a WebSocket message that trickles meets the deadline" {
    # A frame of 100 bytes, one a second.
    upgraded "printf '\\202\\144'; while sleep 1; do printf 1; done"
    for command in account 'call gateway {"type":"ping"}'; do
        start=$EPOCHREALTIME
        # shellcheck disable=SC2086 # a list of words
        OMENCTL_GATEWAY_URL=ws://127.0.0.1:$port/ measured $command --timeout 2s
        [ "$status" -eq 10 ]
        within 5 "$start"
    done
}
