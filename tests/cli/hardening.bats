#!/usr/bin/env bats
# bats file_tags=shipped
# The binary as it is shipped: what a compiler and linker can do against a fault that would otherwise be an attacker's.

load helpers

setup() {
    local cache=${OMENCTL%/*}/CMakeCache.txt
    [ -e "$cache" ] || skip 'it is not known how this binary was built'
    ! grep -qE '^CMAKE_BUILD_TYPE:[A-Z]*=(Debug|None)$' "$cache" || skip 'this binary is not to be shipped'
}

# has WORDS COMMAND...: its output has a line with these words.
has() { "${@:2}" "$OMENCTL" | grep -qE -- "$1"; }

@test "its code is at an address that differs from run to run, and no data is code" {
    has 'Type:.*DYN' readelf -hW
    has 'GNU_STACK.* RW ' readelf -lW
    ! has ' RWE ' readelf -lW
}

@test "addresses of functions are bound at the start and can't be written afterwards" {
    has GNU_RELRO readelf -lW
    has 'BIND_NOW|FLAGS_1.*NOW' readelf -dW
}

@test "a stack or a buffer that is overrun ends it" {
    has __stack_chk_fail readelf --dyn-syms -W
    has '__(mem|str|read|pread|recv|poll|snprintf|vsnprintf|printf)[a-z]*_chk' readelf --dyn-syms -W
    has __glibcxx_assert_fail readelf -sW || grep -qa '__n < this->size()' "$OMENCTL"
}
