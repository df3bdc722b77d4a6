#!/usr/bin/env bats
# Both ends against peers on bare sockets: the rules of HTTP, WebSocket and MessagePack, kept in unusual ways and broken, and peers that never
# stop sending. Each file says what does not hold; given words, it tries only the cases that have one of them in their names.

load helpers

check() {
    OMENCTL=$OMENCTL run python3 "$BATS_TEST_DIRNAME/conformance/$1.py" "${@:2}"
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "the client keeps to the rules, and refuses what does not" { check client; }

@test "so do the sandbox's servers" { check server; }

# What sanitizers add to memory is not what these two ask about.
# bats test_tags=shipped
@test "one client can't take all of the sandbox's connections or memory" { check server --cap; }

# bats test_tags=shipped
@test "a deadline holds against peers that never stop sending, and memory is bounded" { check floods; }

@test "an exchange's words do nothing to a terminal, and repeat no secret" { check words; }
