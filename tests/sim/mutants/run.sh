#!/bin/sh
# Whether the simulator would notice: each patch beside this breaks the trading engine on purpose, each in a folder what that kind of worlds
# is about, and a world in which that shows must be among the first thousand. run.sh [NAME...]: these patches only ("resend",
# "book/disconnected").
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../../.." && pwd)
. "$root/tests/install.sh"
# shellcheck disable=SC2086,SC2154 # a list of words, from install.sh
install_missing $build_packages patch
build "$root/build-mutants" sim -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# How sim is linked: the mutant's object comes first, and its functions take the place of the library's.
link=$(ninja -C "$root/build-mutants" -t commands sim | tail -n 1)

# compile FOLDER OBJECT SOURCE...: these sources, as they are in FOLDER, as one.
compile() {
    folder=$1
    object=$2
    shift 2
    for source in "$@"; do
        echo "#include \"$source\""
    done >"$folder/all.cpp"
    ${CXX:-g++} -std=c++20 -O1 -DFMT_HEADER_ONLY -I "$folder/src" -I "$root/src" -c "$folder/all.cpp" -o "$object"
}

# sources_of PATCH: what has to be compiled. The sources of the engine see each other's headers, which a patch may change.
sources_of() {
    case $1 in
        */*) sed -n 's#^--- src/\(.*\.cpp\)$#\1#p' "$root/tests/sim/mutants/$1.patch" ;;
        *) printf 'client/trading/%s.cpp\n' engine engine_session engine_look_up evidence reading ;;
    esac
}

# find_out NAME: prints the seed that shows the mutant.
find_out() {
    folder=$work/$1
    mkdir -p "$folder/src/client"
    cp -r "$root/src/core" "$folder/src"
    cp -r "$root/src/client/trading" "$root/src/client/feeds" "$folder/src/client"
    patch -s -p0 -d "$folder" <"$root/tests/sim/mutants/$1.patch"
    # shellcheck disable=SC2046 # a list of words
    compile "$folder" "$folder/mutant.o" $(sources_of "$1")
    (cd "$root/build-mutants" && sh -c "$(echo "$link" | sed "s#-o sim #-Wl,-z,muldefs $folder/mutant.o -o $folder/sim #")")
    case $1 in
        */*) kind=${1%/*} ;;
        *) kind=engine ;;
    esac
    "$folder/sim" "$kind" --count 1000 --no-shrink >"$folder/report" 2>&1 || true
    seed=$(sed -n 's/^seed \([0-9]*\): .*/\1/p' "$folder/report" | head -n 1)
    if [ -z "$seed" ]; then
        echo "$1: NOT FOUND"
        return 1
    fi
    echo "$1: $(grep "^seed $seed: " "$folder/report" | head -n 1)"
}

[ $# -gt 0 ] || set -- $(cd "$root/tests/sim/mutants" && ls ./*.patch ./*/*.patch | sed 's#^\./##; s#\.patch$##')
failed=0
for name in "$@"; do
    find_out "$name" || failed=1
done
exit $failed
