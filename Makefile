.PHONY: app test check-long gpu-check lint clips examples families weights wasm benchmarks
SHELL := /bin/bash

# Set up what is missing and open the app on the bundled model. Options: make app ARGS="--port 8000"
app:
	@bash scripts/python_env.sh requirements.txt
	@.venv/bin/python app.py $(ARGS)

# Set up what is missing and run every test, on two cores; a file's tests stay together, for they share what is kept
# open, in the order that keeps it open longest. Options: make test ARGS="-k frames", and -n 0 for one process.
test:
	@bash scripts/python_env.sh requirements-dev.txt
	@bash scripts/javascript_linter.sh
	@browser=$$(bash scripts/browser.sh) && BROWSER_PATH=$$browser .venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

# What takes too long for every change: all hostile files, a comparison with
# the system's ffmpeg, and a siege of the running app by fifty visitors at a time.
check-long:
	@bash scripts/python_env.sh requirements-dev.txt
	@bash scripts/ffmpeg.sh
	@VAE_DEMO_TEST_ALL=1 .venv/bin/python -m pytest tests/siege tests/test_app_process.py tests/test_clips_memory.py \
	    tests/test_clips_ffmpeg.py tests/test_cli_terminated.py tests/test_compiled.py tests/test_gpu_check.py
	@.venv/bin/python scripts/siege.py --visitors 50 --rounds 3

# On a machine with a GPU: its tests, two runs, the benchmark against the plain loop; a table last. About ten
# minutes by estimate, of which compiled graphs take five at most; what is missing is fetched first.
gpu-check:
	@bash scripts/gpu_check.sh

lint:
	@bash scripts/python_env.sh requirements-dev.txt
	@.venv/bin/ruff check .
	@bash scripts/javascript_linter.sh
	@.venv/bin/python -m pytest -q tests/test_javascript.py

# The sample clips and the saved results the page opens with; minutes.
clips:
	@.venv/bin/python -m vae_demo.synthetic --out assets/clips

examples:
	@.venv/bin/python -m vae_demo.examples

# The tables of frame counts in vae_demo/families/families.json, from the rules in scripts/family_tables.py.
families:
	@.venv/bin/python -m scripts.family_tables

# The bundled models from nothing: data, three stages, two editions, the model card. Hours; resumes where it stopped.
weights:
	@bash scripts/python_env.sh requirements-dev.txt
	@.venv/bin/python -m vae_demo.training all
	@.venv/bin/python -m vae_demo.training ablation
	@.venv/bin/python -m vae_demo.training evaluate

# The kernels of the VAE in the page, vae_demo/live/vae.wasm, from the C beside it; seconds, and Debian's clang-19.
wasm:
	@bash scripts/live_wasm.sh

# Figures of this machine for the README: compare, peak memory, stages, batching; minutes.
benchmarks:
	@.venv/bin/python -m benchmarks.summary
