#!/usr/bin/env bats
# libcurl and OpenSSL are loaded by the commands that need them, and by no other.

load helpers

setup_file() {
    start_sandbox
    mkdir "$BATS_FILE_TMPDIR/broken"
    : >"$BATS_FILE_TMPDIR/broken/libcurl.so.4"
    # Where it is linked, nothing starts without it.
    ldd "$OMENCTL" | grep -q libssl || : >"$BATS_FILE_TMPDIR/broken/libssl.so.3"
}
teardown_file() { stop_sandbox; }

# Here neither library can be loaded.
setup() { export LD_LIBRARY_PATH=$BATS_FILE_TMPDIR/broken; }

@test "what needs no library does not miss it" {
    omenctl --version
    omenctl --help
    omenctl order 2 buy 1 --price 1 --dry-run
    omenctl config show
}

@test "an order to a market by its id, without TLS, needs neither REST nor TLS" {
    omenctl order 2 buy 1 --price 1 --client-id no-libraries -o json | jq -e '.status == "open"'
    omenctl cancel --client-id no-libraries
}

@test "REST without libcurl is an error that says what to install" {
    refused 1 internal markets
    run --separate-stderr omenctl markets
    [[ $stderr == *libcurl.so.4*'Debian: libcurl4'* ]]
}

@test "TLS without OpenSSL is an error that says what to install" {
    # Where it is linked into the binary, there is nothing to miss.
    grep -qa libssl.so.3 "$OMENCTL" || skip 'OpenSSL is part of this binary'
    [ -e "$BATS_FILE_TMPDIR/broken/libssl.so.3" ] || skip 'OpenSSL is linked on this processor'
    export OMENCTL_GATEWAY_URL=${OMENCTL_GATEWAY_URL/ws:/wss:}
    refused 1 internal account
    run --separate-stderr omenctl account
    [[ $stderr == *libssl.so.3*'Debian: libssl3'* ]]
}
