#!/bin/sh
# Passes demo.sh and run.sh on Debian 13 as it is when new: tests/trixie.sh [FOLDER], as root on a Debian of any age. The system in
# FOLDER (/var/tmp/omenctl-trixie unless told) is made by debootstrap from where this one has its packages. It stays, with what was
# installed and built in it, for the next time; `rm -r` removes it. OMENCTL_QUICK=1 is as for run.sh.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/tests/install.sh"
system=${1:-/var/tmp/omenctl-trixie}
system=${system%/}
[ "$(id -u)" = 0 ] || { echo "Only root can make a system and enter it." >&2; exit 2; }
install_missing debootstrap

if [ ! -e "$system/etc/debian_version" ] || [ -e "$system/debootstrap" ]; then
    apt-get update -qq
    # shellcheck disable=SC2016 # apt's own variable
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
    eval "$(apt-config shell proxy Acquire::http::Proxy)"
    echo "Making Debian 13 in $system"
    http_proxy=${proxy:-${http_proxy:-}} debootstrap --variant=minbase trixie "$system" "$mirror" >"$system.log" || {
        tail -n 20 "$system.log" >&2
        exit 1
    }
fi

# It reaches the network as this system does.
apt-config dump | grep -E '^Acquire::(https?|Check)' >"$system/etc/apt/apt.conf.d/90omenctl" || true
cp -L /etc/resolv.conf /etc/hosts "$system/etc"

# What was built is built on; what is no longer in the tree is in no build.
tree=$system/root/omenctl
mkdir -p "$tree"
find "$tree" -mindepth 1 -maxdepth 1 ! -name 'build*' -exec rm -r {} +
tar -C "$root" --exclude=./.git --exclude='./build*' -c . | tar -C "$tree" -x

# In namespaces of its own, where neither a mount nor a process outlives it.
# shellcheck disable=SC2016 # its own arguments
exec unshare --mount --pid --fork --kill-child sh -euc '
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    exec env -u OMENCTL_RECORDINGS HOME=/root chroot "$1" sh -euc "cd /root/omenctl; sh tests/demo.sh; sh tests/run.sh"
' sh "$system"
