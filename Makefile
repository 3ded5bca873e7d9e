# Zhike. `make` alone lists the targets.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
export PORT
export OMP_NUM_THREADS := 1

.DEFAULT_GOAL := help
.PHONY: help run test history lint gate check model index evaluate bench bench-console bench-impact bench-widget export lock clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/run.stamp: pyproject.toml constraints.txt
	@echo "Making the environment in .venv (once; about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Zhike needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "  1/2 torch (first, so that a CPU build at hand is taken)" && $(PIP) torch==2.13.0
	@echo "  2/2 the product and its libraries" && $(PIP) -e .
	@touch $@

.venv/dev.stamp: .venv/run.stamp
	@echo "Adding the development tools ..."
	@$(PIP) -e '.[dev]'
	@touch $@

run: .venv/run.stamp ## start the service on http://127.0.0.1:8000 (PORT= changes it)
	@exec $(BIN)/zhike serve --import content

test: .venv/dev.stamp ## run the tests
	@$(BIN)/python -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder

history: .venv/dev.stamp ## 16 writers x 2,000 operations at once; checks that no update is lost (long)
	@ZHIKE_HISTORY_OPERATIONS=2000 $(BIN)/python -m pytest tests/kb/test_many_writers.py

lint: .venv/dev.stamp ## style, types and the one-way import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

gate: .venv/dev.stamp ## fail when search is significantly worse than the committed baseline
	@$(BIN)/zhike evaluate gate

check: lint test gate ## everything that must pass before a commit

model: .venv/dev.stamp ## train the encoder from public data (needs DATA=folder; resumable)
	@OMP_NUM_THREADS=2 $(BIN)/python -m indexer.training --data $(or $(DATA),$(error say where the training data is: make model DATA=folder)) \
	  --work $${ZHIKE_DATA:-var}/training --out indexer/models/zhike-static-zh-en

index: .venv/run.stamp ## import content/ and build the search index
	@$(BIN)/zhike import content
	@$(BIN)/zhike index

evaluate: .venv/dev.stamp ## measure retrieval on the judged queries; writes var/report.html
	@$(BIN)/zhike evaluate judged
	@mkdir -p var && $(BIN)/zhike evaluate report --out var/report.html

bench: .venv/dev.stamp ## latency of search under 20 concurrent clients
	@$(BIN)/zhike bench

bench-console: .venv/dev.stamp ## 200 open consoles, a message every 5 s each, for ten minutes
	@$(BIN)/zhike bench console

bench-impact: .venv/dev.stamp ## impact previews: 500 questions, 1,000 entries, median and stages
	@$(BIN)/zhike bench impact

bench-widget: .venv/dev.stamp ## 300 open widgets, 50 messages a second, then three times as many
	@$(BIN)/zhike bench widget

export: .venv/run.stamp ## write all entries back to content/ as Markdown
	@$(BIN)/zhike export content

lock: .venv/dev.stamp ## pin what is installed now
	@$(BIN)/python -m pip list --format freeze --exclude-editable --disable-pip-version-check \
	  | grep -v -i -E '^(pip|setuptools|wheel|zhike)==' | sed -E 's/\+cpu$$//' > constraints.txt

clean: ## remove the environment and the data folder
	rm -rf .venv var
