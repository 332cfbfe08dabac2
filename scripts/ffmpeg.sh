#!/usr/bin/env bash
# Make sure there is an ffmpeg to compare with, for `make check-long`.
set -euo pipefail
command -v ffmpeg >/dev/null || bash "$(dirname "$0")/debian_package.sh" ffmpeg "This check needs"
