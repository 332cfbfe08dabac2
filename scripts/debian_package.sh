#!/usr/bin/env bash
# Install a package of Debian or Ubuntu: debian_package.sh NAME WHO_NEEDS_IT. Says what to type where it may not.
set -euo pipefail
sudo=""
if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || { echo "$2 $1; type: sudo apt install $1" >&2; exit 1; }
    sudo="sudo -n"
fi
$sudo apt-get update -qq >&2
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >&2
