#!/bin/sh
# Sourced by demo.sh, run.sh, fuzz/run.sh and bench/run.sh: installs missing Debian packages, and builds. Expects $root.
# shellcheck disable=SC2034,SC2154

# What it takes to build omenctl. Debian 12's libboost-dev can't be installed beside the Boost 1.81 that it has as well.
build_packages="g++ cmake ninja-build pkg-config libcli11-dev libcurl4-openssl-dev libboost1.74-dev|libboost-dev libssl-dev
    libmsgpack-cxx-dev nlohmann-json3-dev libfmt-dev libtomlplusplus-dev libutf8proc-dev"

# What it takes beside these to build it with build_sanitized.
sanitize_packages="clang lld libclang-rt-dev catch2"

# What `cpack -G DEB` takes.
packaging_packages="dpkg-dev file"

# is_installed PACKAGE[|PACKAGE...]: one of these.
is_installed() (
    IFS='|'
    for package in $1; do
        ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || exit 0
    done
    exit 1
)

# available PACKAGE[|PACKAGE...]: the first of these that can be installed here, else the last.
available() (
    IFS='|'
    for package in $1; do
        ! LC_ALL=C apt-cache policy "$package" | grep -q 'Candidate: [^(]' || break
    done
    echo "$package"
)

# install_missing PACKAGE[|PACKAGE...]...: of packages joined by |, the first that this system knows.
install_missing() {
    missing=
    for wanted in "$@"; do
        is_installed "$wanted" || missing="$missing $wanted"
    done
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "This system has no apt-get. Install the equivalents of these Debian packages, then run this again:" >&2
        echo " $missing" >&2
        exit 2
    fi
    as_root=
    if [ "$(id -u)" != 0 ]; then
        as_root=sudo
        command -v sudo >/dev/null || { echo "Installing$missing needs root: run as root, or install sudo." >&2; exit 2; }
    fi
    $as_root apt-get update -qq
    wanted=$missing
    missing=
    for package in $wanted; do
        missing="$missing $(available "$package")"
    done
    echo "Installing:$missing"
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

# build FOLDER TARGET [cmake flags...]: several sources at a time, as most of a build is reading the same headers again.
build() {
    folder=$1
    target=$2
    shift 2
    mkdir -p "$folder"
    echo "Building $target in $folder ..."
    if ! { cmake -S "$root" -B "$folder" -G Ninja -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=20 "$@" &&
        cmake --build "$folder" --target "$target"; } >"$folder/build.log" 2>&1; then
        cat "$folder/build.log" >&2
        echo "The build failed; see $folder/build.log." >&2
        exit 1
    fi
}

# build_sanitized FOLDER TARGET: under AddressSanitizer and UndefinedBehaviorSanitizer, with clang, so that the one build serves the tests
# and the fuzzers. Without debugging information it is shorter, and a report still names the functions. Two of the checks left out double
# the code and the time of a start, at every use of a pointer; AddressSanitizer reports what is read or written through a null one. The
# third, of calls through a pointer to another type of function, costs each function a variable that every start has to register.
build_sanitized() {
    build "$1" "$2" -DOMENCTL_SANITIZE=ON -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O0 \
        -DOMENCTL_SANITIZE_WITHOUT=null,alignment,function -DCMAKE_REQUIRE_FIND_PACKAGE_Catch2=ON
}
