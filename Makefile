# The two commands of the project: `make demo` (ONCE=1: fetch and exit) and `make test`.
# Everything happens in .venv; Python 3.11 or later and make are all it takes.

PYTHON ?= python3
PORT ?= 8000
ONCE ?=
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
DEMO_FLAGS := --port $(PORT) $(if $(filter-out 0 no off,$(ONCE)),--once)

.PHONY: demo test check lock messages setup clean

demo: setup
	@$(BIN)/python manage.py demo $(DEMO_FLAGS)

test: $(VENV)/.dev
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -p tests.postgresql

# What a change must pass besides the tests.
check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	DEBUG=on $(BIN)/mypy
	DEBUG=on $(BIN)/python manage.py check
	DEBUG=on $(BIN)/python manage.py makemigrations --check --dry-run

setup: $(VENV)/.run
	@DEBUG=on $(BIN)/python manage.py check --verbosity 0 > /dev/null  # generates and keeps SECRET_KEY

$(VENV)/.run: requirements.txt constraints.txt
	@test -w . || { echo "This folder cannot be written: $$PWD. Clone into one that can." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Installing into $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	@echo "Installing what the tests need (once) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

lock: $(VENV)/.dev
	$(PIP) uv
	{ echo '# Written by `make lock`: exactly what installs, for Python 3.11 and later.'; \
	  grep -hv -e '^-[cr] ' requirements.txt requirements-celery.txt requirements-parquet.txt requirements-dev.txt \
	  | $(BIN)/uv pip compile --universal --upgrade --python-version 3.11 -q --no-header --no-annotate -; } > constraints.new
	mv constraints.new constraints.txt

# The texts: extract, then compile; translate in between what tests/test_locale.py misses. Needs GNU gettext.
messages: setup
	DEBUG=on $(BIN)/python manage.py makemessages -l ja --no-location --no-wrap --no-obsolete -i .venv -i tests -i benchmarks
	DEBUG=on $(BIN)/python manage.py compilemessages -l ja -v0 -i .venv

clean:
	rm -rf $(VENV) staticfiles .mypy_cache .pytest_cache .ruff_cache
