#!/usr/bin/env bash
# Make sure there is a Chromium or Chrome for the browser tests, and print its path.
set -euo pipefail
find_browser() { command -v chromium || command -v google-chrome || command -v google-chrome-stable || command -v chromium-browser; }
find_browser && exit 0
sudo=""
if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || { echo "The browser tests need Chromium; type: sudo apt install chromium" >&2; exit 1; }
    sudo="sudo -n"
fi
$sudo apt-get update -qq >&2
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >&2
find_browser || { echo "Chromium could not be installed; type: sudo apt install chromium" >&2; exit 1; }
