#!/usr/bin/env bash
# Make sure there is an ffmpeg to compare with, for `make check-long`.
set -euo pipefail
command -v ffmpeg >/dev/null && exit 0
sudo=""
if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || { echo "This check needs ffmpeg; type: sudo apt install ffmpeg" >&2; exit 1; }
    sudo="sudo -n"
fi
$sudo apt-get update -qq >&2
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ffmpeg >&2
