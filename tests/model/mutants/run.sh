#!/bin/sh
# Whether the model would notice: each patch beside this makes the exchange compute something else than omenctl-sandbox(7) says, and one of
# a few seeds must show it. run.sh [NAME...]: these patches only. It takes minutes, and so stands by hand: after changes to what the patches
# are about, to the model, or to what it draws. A patch that does not apply any more is to be drawn anew.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../../.." && pwd)
build=${BUILD:-$root/build}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME="$work/state"
# How omenctl is linked: the mutant's object comes first, and its functions take the place of the library's.
ninja -C "$build" -t commands omenctl | tail -n 1 | sed 's#-o omenctl #-Wl,-z,muldefs MUTANT/mutant.o -o MUTANT/omenctl #' >"$work/link"

# make_mutant NAME FOLDER: an omenctl with this fault.
make_mutant() {
    mkdir -p "$2/src"
    cp -r "$root/src/core" "$root/src/protocol" "$root/src/sandbox" "$2/src"
    patch -s -p0 -d "$2" <"$root/tests/model/mutants/$1.patch" || return
    (cd "$2/src" && ls sandbox/money/*.cpp sandbox/matching/*.cpp sandbox/exchange/*.cpp) | sed 's/.*/#include "&"/' >"$2/mutant.cpp"
    ${CXX:-g++} -std=c++20 -O0 -DFMT_HEADER_ONLY -I "$2/src" -c "$2/mutant.cpp" -o "$2/mutant.o" || return
    (cd "$build" && sed "s#MUTANT#$2#g" "$work/link" | sh)
}

# shellcheck disable=SC2046 # names of patches
[ $# -gt 0 ] || set -- $(cd "$root/tests/model/mutants" && ls ./*.patch | sed 's#^\./##; s#\.patch$##')
failed=0
for name in "$@"; do
    found='NOT FOUND'
    if ! make_mutant "$name" "$work/$name"; then
        found='can not be made'
        failed=1
    elif OMENCTL="$work/$name/omenctl" python3 "$root/tests/model/compare.py" 1 2 3 >"$work/$name/report" 2>&1; then
        failed=1
    else
        found=$(tail -n 1 "$work/$name/report")
    fi
    printf '%-18s %s\n' "$name" "$found"
    rm -r "${work:?}/$name"
done
exit "$failed"
