PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: publish test test-clients lint format vocabularies sbom bench bench-quick clean

publish: $(VENV)/.base
	$(BIN)/podwright publish

test: $(VENV)/.test
	$(BIN)/pytest -n auto --dist worksteal --durations=20 -m "not clients"

test-clients: $(VENV)/.test
	$(BIN)/python -m tests.clients
	$(BIN)/pytest -m clients

lint: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

vocabularies: $(VENV)/.base
	$(BIN)/python -m tools.vocabularies

sbom: $(VENV)/.test
	rm -rf build/installed
	$(PYTHON) -m venv --without-pip build/installed
	$(BIN)/pip --python build/installed install --quiet ".[serve,gateway,postgresql]"
	$(BIN)/cyclonedx-py environment --output-reproducible --output-file build/podwright.cdx.json build/installed

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks > docs/performance.md

bench-quick: $(VENV)/.bench
	$(BIN)/python -m benchmarks --quick

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.base: setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --editable .
	touch $@

$(VENV)/.test: setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --editable ".[test]"
	touch $@ $(VENV)/.base

$(VENV)/.bench: setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --editable ".[test,bench]"
	touch $@ $(VENV)/.base

clean:
	rm -rf $(VENV) public .podwright build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
