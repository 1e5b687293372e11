# 自查 Zicha: `make run` starts the bot on the local sandbox, `make test` runs every check.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8080
WORKERS ?= 2

.PHONY: setup run test lint types fmt tests chromium bench texts lock clean

setup: .venv/installed

.venv/installed: requirements/development.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Zicha needs Python 3.11 or newer; set PYTHON=…") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/development.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: setup
	$(BIN)/zicha sandbox --port $(PORT)

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

fmt: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: setup
	$(BIN)/mypy

chromium: setup
	$(BIN)/python -m tests.browser.chromium

tests: setup chromium
	$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term

test: lint types tests

bench: setup
	$(BIN)/python -m tests.bench

# Takes new texts from the source into handlers/locale/en/LC_MESSAGES/zicha.po and compiles it.
texts: setup
	$(BIN)/python -m tests.tools.texts

# Needs uv; writes hashed requirement files without any download address.
lock:
	cd requirements && for f in runtime development; do \
	  uv pip compile -q --generate-hashes --no-header --universal --python-version 3.11 $$f.in -o $$f.txt; done

clean:
	rm -rf .venv build *.egg-info
