#!/usr/bin/env bats
# The manual pages, and where installing puts everything. That no flag is forgotten is the unit tests' (docs_test.cpp).
# bats file_tags=shipped

load helpers

root=$BATS_TEST_DIRNAME/../..
build=$(dirname "$OMENCTL")

@test "the manual pages are clean mdoc" {
    command -v mandoc >/dev/null || skip "mandoc is not installed"
    run mandoc -T lint -W warning "$root"/man/*
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "every page of section 1 belongs to a command, and every command has one" {
    pages=$(cd "$root/man" && ls omenctl-*.1 | sed 's/omenctl-\(.*\)\.1/\1/')
    commands=$(omenctl --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' | sort)
    [ "$pages" = "$commands" ]
}

@test "a page refers to pages that are there" {
    for name in $(sed -n 's/^\.Xr \(omenctl[a-z-]* [157]\).*/\1/p' "$root"/man/* | tr ' ' . | sort -u); do
        echo "$name"
        [ -e "$root/man/$name" ]
    done
}

@test "cmake --install puts program, pages and completions where the system looks" {
    [ -e "$build/cmake_install.cmake" ] || skip "$OMENCTL is in no build folder"
    for prefix in "$BATS_TEST_TMPDIR/usr" "$BATS_TEST_TMPDIR/local"; do
        cmake --install "$build" --prefix "$prefix" >/dev/null
        "$prefix/bin/omenctl" --version
        [ "$(ls "$prefix"/share/man/man?/ | grep -c ^omenctl)" -eq "$(ls "$root/man" | wc -l)" ]
        [ -e "$prefix/share/man/man7/omenctl-protocol.7" ]
        [ -e "$prefix/share/bash-completion/completions/omenctl" ]
        [ -e "$prefix/share/fish/vendor_completions.d/omenctl.fish" ]
    done
    [ -e "$BATS_TEST_TMPDIR/usr/share/zsh/vendor-completions/_omenctl" ]
    [ -e "$BATS_TEST_TMPDIR/local/share/zsh/site-functions/_omenctl" ]
}

@test "cpack makes a Debian package that names the libraries it needs" {
    [ -e "$build/CPackConfig.cmake" ] || skip "$OMENCTL is in no build folder"
    command -v dpkg-shlibdeps >/dev/null || skip "dpkg-dev is not installed"
    grep -q 'OMENCTL_SANITIZE:BOOL=ON' "$build/CMakeCache.txt" && skip "no package of a sanitized build"
    cd "$BATS_TEST_TMPDIR"
    cpack -G DEB --config "$build/CPackConfig.cmake" >/dev/null
    package=$(ls omenctl_*.deb)
    [[ $(dpkg-deb -f "$package" Depends) == *libc6* ]]
    [ "$(dpkg-deb -f "$package" Section)" = utils ]
    contents=$(dpkg-deb -c "$package")
    [[ $contents == *./usr/bin/omenctl* && $contents == *./usr/share/zsh/vendor-completions/_omenctl* ]]
    [[ $contents == *./usr/share/man/man1/omenctl-order.1* ]]
}
