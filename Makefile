# Needs python3, make and a package index; everything else is installed below .venv and .venvs.
PYTHON ?= python3
JOBS ?= auto
PYTEST_ARGS ?=

BIN := .venv/bin
PIP := -m pip --disable-pip-version-check
CONFORMANCE := $(patsubst requirements/conformance/%.lock,.venvs/%/.locked,$(wildcard requirements/conformance/*.lock))

.DELETE_ON_ERROR:
.PHONY: help venv demo test laws nightly conformance bench lint fmt lock clean

help:
	@echo "make demo         a real recipe and a policy of the project down the whole road"
	@echo "make test         ruff, mypy, import-linter and the test suite"
	@echo "make laws         the laws, each on some two thousand random policies"
	@echo "make nightly      the laws, on four times as many random policies, with another seed each time"
	@echo "make conformance  what the targets emit, through the real programs"
	@echo "make bench        the benchmarks, as ratios within one run"
	@echo "make lint         ruff, mypy and import-linter alone"
	@echo "make fmt          format the Python sources"
	@echo "make lock         resolve requirements/test.lock anew"
	@echo "make clean        remove environments, caches and builds"

demo:
	@[ -e .venv/.installed ] || echo "first, what the demo runs with is installed below .venv: one to three minutes, 400 MB"
	@$(MAKE) --no-print-directory venv
	$(BIN)/python demo/demo.py

test: lint
	$(BIN)/pytest -n $(JOBS) --volume $(PYTEST_ARGS)

laws: venv
	WRPC_HYPOTHESIS_PROFILE=whole $(BIN)/pytest -n $(JOBS) --volume tests/laws tests/targets tests/decide $(PYTEST_ARGS)

nightly: venv
	WRPC_HYPOTHESIS_PROFILE=nightly $(BIN)/pytest -n $(JOBS) --volume tests/laws tests/targets $(PYTEST_ARGS)

conformance: venv $(CONFORMANCE)
	$(BIN)/pytest -rs tests/conformance $(PYTEST_ARGS)

bench: venv
	$(BIN)/python -m benchmarks.run

lint: venv
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: venv
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

venv: .venv/.installed

# Made anew, not patched, when a lock changes.
.venv/.locked: requirements/test.lock requirements/nodeps.lock
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python $(PIP) install --quiet --requirement requirements/test.lock
	$(BIN)/python $(PIP) install --quiet --no-deps --requirement requirements/nodeps.lock
	touch $@

.venv/.installed: .venv/.locked pyproject.toml
	$(BIN)/python $(PIP) install --quiet --no-build-isolation --no-deps --editable .
	touch $@

.venvs/%/.locked: requirements/conformance/%.lock
	$(PYTHON) -m venv --clear .venvs/$*
	.venvs/$*/bin/python $(PIP) install --quiet --requirement $<
	touch $@

lock:
	$(PYTHON) -m venv --clear .venvs/.lock
	.venvs/.lock/bin/python $(PIP) install --quiet --upgrade pip
	.venvs/.lock/bin/python $(PIP) install --quiet --group test --editable .
	echo "# Everything the tests run with, the project's own dependencies included. Written by \`make lock\`." > .venvs/.lock/lines
	.venvs/.lock/bin/python $(PIP) freeze --exclude-editable >> .venvs/.lock/lines
	mv .venvs/.lock/lines requirements/test.lock
	rm -rf .venvs/.lock

clean:
	rm -rf .venv .venvs build dist out benchmarks/out htmlcov .coverage
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find wrpc tests demo benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
