#!/bin/sh
# Sourced by demo.sh, run.sh, fuzz/run.sh and bench/run.sh: installs missing Debian packages, and builds. Expects $root.
# shellcheck disable=SC2034,SC2154

# What it takes to build omenctl.
build_packages="g++ cmake ninja-build pkg-config libcli11-dev libcurl4-openssl-dev libboost1.74-dev libssl-dev
    libmsgpack-cxx-dev nlohmann-json3-dev libfmt-dev libtomlplusplus-dev"

# What it takes beside these to build it with build_sanitized.
sanitize_packages="clang lld libclang-rt-14-dev catch2"

# install_missing PACKAGE...
install_missing() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
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
    echo "Installing:$missing"
    $as_root apt-get update -qq
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
        -DOMENCTL_SANITIZE_WITHOUT=null,alignment,function
}
