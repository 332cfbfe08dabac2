#!/usr/bin/env bash
# Make sure there is a Chromium or Chrome for the browser tests, and print its path.
set -euo pipefail
find_browser() { command -v chromium || command -v google-chrome || command -v google-chrome-stable || command -v chromium-browser; }
find_browser && exit 0
bash "$(dirname "$0")/debian_package.sh" chromium "The browser tests need"
find_browser || { echo "Chromium could not be installed; type: sudo apt install chromium" >&2; exit 1; }
