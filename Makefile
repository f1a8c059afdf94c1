# The development loop. Nothing but Python 3.11+ is needed; everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo run test test-slow check format clean

demo: .venv/ready
	$(BIN)/tocsin demo

run: .venv/ready
	$(BIN)/tocsin run

test: .venv/ready
	$(BIN)/pytest -n auto -m "not slow"

test-slow: .venv/ready
	$(BIN)/pytest -n auto

check: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	$(BIN)/tocsin check rules

format: .venv/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable . --group dev
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
