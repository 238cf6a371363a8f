# make demo   runs the main job on real articles
# make test   passes the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# An exact version: an open range would pull several gigabytes of GPU libraries on some indexes.
TORCH ?= 2.13.0

export HF_HUB_OFFLINE = 1
export HF_HUB_DISABLE_TELEMETRY = 1

# The browser of `make test-browser`; on Debian it comes from the package chromium.
export CHROMIUM ?= /usr/bin/chromium

.PHONY: demo test test-browser lint wheel card reproduce bench-compare peers clean

demo: $(VENV)/.core
	$(BIN)/zsner predict data/articles --format table

test: $(VENV)/.dev lint
	$(BIN)/python -m pytest

# The pages that zsner writes, in a real browser.
test-browser: $(VENV)/.browser
	sh scripts/need_chromium.sh
	$(BIN)/python -m pytest tests_browser

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

wheel: $(VENV)/.dev
	$(BIN)/python -m build --wheel --outdir dist .

# Trains the evaluation model anew (an hour on two cores) and compares it with the published figures.
reproduce: $(VENV)/.dev
	$(BIN)/python scripts/reproduce.py runs/reproduce

# How often `zsner compare` sees a difference where there is none; seconds.
bench-compare: $(VENV)/.dev
	$(BIN)/python scripts/bench_compare.py

card: $(VENV)/.dev
	$(BIN)/zsner model card --output model_card.md
	$(BIN)/zsner data card --output data/annotations/README.md

# Reads test and seeds with other readers too, into reports/peers.md; the card shows some of it.
peers: $(VENV)/.core
	$(BIN)/python -m pip install --quiet --editable '.[peers]'
	OMP_NUM_THREADS=1 $(BIN)/python scripts/peers.py

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet torch==$(TORCH)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.core

$(VENV)/.browser: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[browser]'
	@touch $@

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
