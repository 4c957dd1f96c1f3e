# Lapak. `make run` and `make test` are all a newcomer needs; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export LAPAK_DATA_DIR ?= $(CURDIR)/var
export PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help run test test-full test-crash test-faults bench bench-full check format pins messages clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

run: $(VENV)/app.stamp ## serve the demo market on PORT (8000) with 2 workers and a job worker; Ctrl-C stops all
	@$(BIN)/python -m compileall -q lapak wsgi.py
	@LAPAK_DEMO=1 $(BIN)/lapak demo
	@echo "Lapak: http://127.0.0.1:$(PORT)  (Ctrl-C to stop; sign-in codes: /kotak-demo)"
	@LAPAK_DEMO=1 exec $(BIN)/lapak serve

test: $(VENV)/dev.stamp ## run all tests, the browser's and PostgreSQL's too
	@$(BIN)/python tests/chromium.py
	@$(BIN)/python -m tests.postgres
	$(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)

test-full: $(VENV)/dev.stamp ## run the long suites too, and all of it once more on PostgreSQL
	@$(BIN)/python tests/chromium.py
	@$(BIN)/python -m tests.postgres
	LAPAK_TEST_FULL=1 $(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)
	LAPAK_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)

test-crash: $(VENV)/dev.stamp ## kill a server under a rush of orders 20 times, on SQLite and a few on PostgreSQL
	@$(BIN)/python -m tests.postgres
	LAPAK_CRASH_ROUNDS=20 $(BIN)/python -m pytest -n 0 tests/crash $(PYTEST_ARGS)

test-faults: $(VENV)/dev.stamp ## the same 100 times
	@$(BIN)/python -m tests.postgres
	LAPAK_CRASH_ROUNDS=100 $(BIN)/python -m pytest -n 0 tests/crash $(PYTEST_ARGS)

bench: $(VENV)/dev.stamp ## measure every bound on 100,000 generated listings, print a table, write var/bench.json
	@$(BIN)/python -m tests.postgres
	@$(BIN)/python -m compileall -q lapak
	$(BIN)/python -m tests.bench

bench-full: $(VENV)/dev.stamp ## the same with 1,000,000 listings
	@$(BIN)/python -m tests.postgres
	@$(BIN)/python -m compileall -q lapak
	$(BIN)/python -m tests.bench 1000000

check: $(VENV)/dev.stamp ## linters, types, import contracts, templates, unused code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/djlint --check --lint --quiet lapak/templates
	$(BIN)/deptry lapak
	$(BIN)/vulture

format: $(VENV)/dev.stamp ## let the formatter and the linter tidy up
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	-$(BIN)/djlint --reformat --quiet lapak/templates

messages: $(VENV)/dev.stamp ## collect the texts of pages and refusals for translators
	$(BIN)/pybabel extract -F babel.cfg -k _ -k lazy_gettext -k say -k Conflict -k NotFound -k NotAllowed -k TooMany -o var/messages.pot .

pins: $(VENV)/build.stamp ## resolve the pins anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml $(PIN) -o requirements/app.txt
	$(BIN)/uv pip compile pyproject.toml --group test --group lint $(PIN) -c requirements/app.txt -o requirements/dev.txt
	$(BIN)/uv pip compile --group build $(PIN) -o requirements/build.txt
PIN := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make pins"

clean: ## remove the environment and the data folder
	rm -rf $(VENV) var

# Each stamp stands for an installed set of pins. uv installs them in seconds; where it cannot reach the registry that pip
# is configured for, pip does.
$(VENV)/build.stamp: requirements/build.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	@touch $@

$(VENV)/app.stamp: $(VENV)/build.stamp requirements/app.txt pyproject.toml
	@$(call install,requirements/app.txt)
	@touch $@

$(VENV)/dev.stamp: $(VENV)/build.stamp $(VENV)/app.stamp requirements/dev.txt
	@$(call install,requirements/dev.txt)
	@touch $@

define install
echo "Installing $(1) ..." && \
( $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r $(1) \
  || $(BIN)/python -m pip install --quiet --require-hashes -r $(1) ) && \
$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
endef
