#!/usr/bin/env bash
# What only a GPU can show, on a machine that has one, Python, and no network: wheels lie in wheels/ beside this project.
# Fill that folder elsewhere: pip download -r requirements-dev.txt -d wheels, with torch from the CUDA index.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/python_env.sh requirements-dev.txt
exec .venv/bin/python -m benchmarks.gpu_check
