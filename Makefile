# Everything below works on a fresh machine: each target sets up what it needs.
# `make help` lists the targets. PYTHON=... chooses the Python of .venv.

SHELL := /bin/sh
VENV := .venv
STAMP := $(VENV)/.spicegen-setup

# The programs in .venv name its absolute path: a checkout that has moved needs a new one,
# and so does a system that has dropped the Python behind it.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
OUTDATED := outdated
else ifeq ($(wildcard $(VENV)/bin/python),)
OUTDATED := outdated
endif

.DEFAULT_GOAL := help
.PHONY: help setup browser ngspice demo test lint docs bench clean distclean outdated

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: setup ## set up, then run the main job on the packaged example into runs/demo
	@$(VENV)/bin/spicegen demo -o runs/demo --force

test: setup browser ## set up, then lint, type-check and run the tests (PYTEST_ARGS=... to choose)
	@$(LINT); \
	if [ $$status -ne 0 ]; then \
	    echo "make test: a check above failed and so will this target; the tests run all the same"; \
	fi; \
	$(VENV)/bin/pytest -n auto --maxprocesses 4 --dist loadfile $(PYTEST_ARGS) || status=$$?; \
	exit $$status

lint: setup ## set up, then run ruff, mypy and import-linter
	@$(LINT); exit $$status

# All of them run, so that one report shows every complaint; status tells whether any failed.
define LINT
status=0; \
for check in 'ruff check .' 'ruff format --check .' mypy lint-imports; do \
    echo "== $$check"; \
    $(VENV)/bin/$$check || status=1; \
done
endef

setup: $(STAMP) ## make .venv, install the package into it and ngspice with apt; once
	@$(VENV)/bin/python scripts/install_ngspice.py

$(STAMP): pyproject.toml $(OUTDATED)
	@scripts/setup.sh

outdated:

browser: $(STAMP) ## install Chromium with apt, for the tests that open reports; once
	@$(VENV)/bin/python scripts/install_chromium.py

ngspice: $(STAMP) ## try again to install ngspice, after a failed attempt
	@$(VENV)/bin/python scripts/install_ngspice.py --retry

docs: setup ## set up, then build the documentation into build/docs (a warning is an error)
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/python -m mkdocs build --strict
	@echo "built: build/docs/index.html"

bench: setup ## set up, then measure the figures of README and docs (25 minutes)
	@$(VENV)/bin/python -m pip install -qq --disable-pip-version-check --editable '.[bench]'
	@$(VENV)/bin/python -m benchmarks --record

clean: ## remove build products and caches, keep .venv and runs
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## clean, and remove .venv
	rm -rf $(VENV)
