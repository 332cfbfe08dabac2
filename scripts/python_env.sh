#!/usr/bin/env bash
# Make .venv hold what the given requirements file asks for. Does nothing when it already does.
set -euo pipefail
requirements=$1
stamp=.venv/.installed-$(basename "$requirements" .txt)-$(cat requirements*.txt | sha256sum | cut -c1-16)
[ -e "$stamp" ] && exit 0

python=""
for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$name
        break
    fi
done
[ -n "$python" ] || { echo "Python 3.11 or newer is needed; on Debian or Ubuntu: apt install python3 python3-venv" >&2; exit 1; }

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$python" -c 'import sys; print(f"python3.{sys.version_info.minor}-venv")')
    if [ "$(id -u)" = 0 ]; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
    else
        echo "The venv module is missing; type: sudo apt install $package" >&2
        exit 1
    fi
fi
[ -x .venv/bin/pip ] || "$python" -m venv --clear .venv
echo "Installing $requirements into .venv (a few minutes the first time)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$requirements"
touch "$stamp"
