#!/usr/bin/env bash
# A study over the seven sample clips, two models and seven variants: undisturbed, killed three times at random in a loop of
# one process, and the same on a Ray of two nodes on loopback, where a node is lost as well. All three tables must be equal to
# the last bit. Options go on to scripts/study_check.py, --frames 17 --size 64 say.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/python_env.sh requirements-dev.txt
exec .venv/bin/python -m scripts.study_check "$@"
