#!/usr/bin/env bash
# What only a GPU can show, on a machine that has one. Without a network, pip's own settings say where packages lie.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/python_env.sh requirements-gpu-check.txt
exec .venv/bin/python -m benchmarks.gpu_check
