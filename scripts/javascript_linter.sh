#!/usr/bin/env bash
# Where there is a node that it works with, put the linter of the page's scripts into build/javascript. The app needs
# neither of them.
set -euo pipefail
from=tests/javascript into=build/javascript
linter=$into/node_modules/.bin/oxlint
without() { rm -rf $into; echo "$1 The page's scripts are tested, but not linted." >&2; exit 0; }
command -v npm >/dev/null || without "There is no npm."
cmp -s $from/package-lock.json $into/package-lock.json && [ -x $linter ] && exit 0
mkdir -p $into
cp $from/package.json $from/package-lock.json $into/
npm ci --prefix $into --silent --no-audit --no-fund >&2 || without "The linter could not be fetched."
$linter --version >/dev/null 2>&1 || without "The linter needs a newer node."
