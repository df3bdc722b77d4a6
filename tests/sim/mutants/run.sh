#!/bin/sh
# Whether the simulator would notice: each patch beside this breaks the trading engine on purpose, each in a folder what that kind of worlds
# is about, and a world in which that shows must be among the first thousand. run.sh [NAME...]: these patches only ("resend",
# "killed/at-once"). It prints how many of a thousand worlds fail, and the first. It takes minutes, and so stands by hand: after changes to
# what the patches are about, or to the worlds. A patch that does not apply any more is to be drawn anew.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../../.." && pwd)
. "$root/tests/install.sh"
# shellcheck disable=SC2086,SC2154 # a list of words, from install.sh
install_missing $build_packages patch
build "$root/build" sim

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# How sim is linked: the mutant's object comes first, and its functions take the place of the library's.
ninja -C "$root/build" -t commands sim | tail -n 1 | sed 's#-o sim #-Wl,-z,muldefs MUTANT/mutant.o -o MUTANT/sim #' >"$work/link"

# sources_of PATCH: what has to be compiled, in one piece. Those of the engine see each other's headers, which a patch may change.
sources_of() {
    case $1 in
        */*) sed -n 's#^--- src/\(.*\.cpp\)$#\1#p' "$root/tests/sim/mutants/$1.patch" ;;
        *) cd "$root/src" && ls client/trading/engine*.cpp client/trading/evidence.cpp client/trading/reading.cpp ;;
    esac
}

# make_mutant NAME FOLDER: a simulator with this fault; unoptimized, as that is soonest done.
make_mutant() {
    mkdir -p "$2/src"
    cp -r "$root/src/core" "$root/src/client" "$2/src"
    patch -s -p0 -d "$2" <"$root/tests/sim/mutants/$1.patch" || return
    sources_of "$1" | sed 's/.*/#include "&"/' >"$2/mutant.cpp"
    ${CXX:-g++} -std=c++20 -O0 -DFMT_HEADER_ONLY -I "$2/src" -I "$root/src" -c "$2/mutant.cpp" -o "$2/mutant.o" || return
    (cd "$root/build" && sed "s#MUTANT#$2#g" "$work/link" | sh)
}

# try_mutant NAME: prints its line of the table; fails where nothing shows it.
try_mutant() {
    folder=$work/$1
    case $1 in
        */*) kind=${1%/*} ;;
        *) kind=engine ;;
    esac
    if ! make_mutant "$1" "$folder"; then
        printf '%-30s can not be made\n' "$1"
        return 1
    fi
    "$folder/sim" "$kind" --count 1000 --keep-going >"$folder/report" 2>&1 || :
    first=$(grep -m 1 '^seed ' "$folder/report") || first='NOT FOUND'
    printf '%-30s %4d  %s\n' "$1" "$(grep -c '^seed ' "$folder/report")" "$first"
    rm -r "$folder"
    [ "$first" != 'NOT FOUND' ]
}

# shellcheck disable=SC2046 # names of patches
[ $# -gt 0 ] || set -- $(cd "$root/tests/sim/mutants" && ls ./*.patch ./*/*.patch | sed 's#^\./##; s#\.patch$##')
failed=0
printf '%-30s %4s  %s\n' mutant of1k 'first world'
for name in "$@"; do
    try_mutant "$name" || failed=1
done
exit $failed
