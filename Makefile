.PHONY: app test lint clips examples benchmarks
SHELL := /bin/bash

# Set up what is missing and open the app on the bundled model. Options: make app ARGS="--port 8000"
app:
	@bash scripts/python_env.sh requirements.txt
	@.venv/bin/python app.py $(ARGS)

# Set up what is missing and run every test. Options: make test ARGS="-k frames"
test:
	@bash scripts/python_env.sh requirements-dev.txt
	@browser=$$(bash scripts/browser.sh) && BROWSER_PATH=$$browser .venv/bin/python -m pytest $(ARGS)

lint:
	@bash scripts/python_env.sh requirements-dev.txt
	@.venv/bin/ruff check .
