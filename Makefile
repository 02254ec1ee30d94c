# One menu. Everything runs in .venv, which the first command makes; only Python 3.11 or newer is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
DEV := $(VENV)/ready-dev
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url

.PHONY: help demo test lint fix bench operating-characteristics docs lock

help:           ## show this menu
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 28

$(READY): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(PIP) --requirement requirements.lock
	$(PIP) --no-deps --editable .
	@touch $(READY)

$(DEV): $(READY) requirements-dev.lock
	$(PIP) --requirement requirements-dev.lock
	@touch $(DEV)

demo: $(READY)  ## load a made-up company, print its report and write the page
	$(BIN)/customer-factory demo --folder demo

test: $(DEV)  ## every test, doctests and documentation included
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(DEV)  ## style and types
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

fix: $(DEV)   ## mend what can be mended by machine
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

bench: $(DEV) ## speed and memory at 2 M and 20 M events, beside other ways to get the same numbers
	$(BIN)/python benchmarks/speed.py

operating-characteristics: $(DEV)  ## how often each judgement is right; goes on where it was stopped
	PYTHONPATH=benchmarks $(BIN)/python -m judgement --seed 1000000 --write

docs: $(DEV)  ## regenerate what the documentation shows
	$(BIN)/python docs/make.py

lock: $(DEV)  ## resolve the versions anew
	$(PIP) uv
	$(LOCK) --output-file requirements.lock pyproject.toml
	$(LOCK) --all-extras --output-file requirements-dev.lock pyproject.toml
