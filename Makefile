# The house from the outside. `make help` lists what it can do.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# An installation as production would have it, to be looked at and measured. The keys keep nothing.
SAFE = env DEBUG=0 DATA_DIR=$(VENV)/check ALLOWED_HOSTS=ccgdpr.example \
	SECRET_KEY=checks-only-J4tWq8sXvR2mZc7LpN0yBd5KgHf3TuEaQi9oVw6 \
	HMAC_KEY=checks-only-b7Nf2Xk9Qw4Ls8Vz3Hd6Rc1Tm5Py0Jg

.DEFAULT_GOAL := help
.PHONY: help run test fuzz check lint templates types floors django coverage bench messages clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

run: $(VENV)/installed ## open the house: web and worker on http://127.0.0.1:8000/ (PORT=…)
	@DEBUG=$${DEBUG:-1} exec $(BIN)/python bin/run.py

test: check ## check, then every test on SQLite and on PostgreSQL (ARGS="-k trail")
	@exec $(BIN)/python bin/test.py $(ARGS)

fuzz: $(VENV)/installed-dev ## ask the API more than ten thousand things at random, on PostgreSQL (EXAMPLES=…)
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),1200) exec $(BIN)/python bin/test.py --postgresql -rP tests/openapi/test_fuzz.py

check: lint templates types floors django ## everything that reads the code without running it

lint: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

templates: $(VENV)/installed-dev
	$(BIN)/djlint --lint templates

types: $(VENV)/installed-dev
	$(BIN)/mypy

floors: $(VENV)/installed-dev
	$(BIN)/lint-imports

django: $(VENV)/installed-dev
	@env -u DATABASE_URL $(SAFE) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@env -u DATABASE_URL $(SAFE) $(BIN)/python manage.py makemigrations --check --dry-run

coverage: $(VENV)/installed-dev ## which lines the tests reach, on SQLite
	$(BIN)/python -m pytest --numprocesses auto --cov --cov-report term:skip-covered $(ARGS)

bench: $(VENV)/installed ## measure against the limit: NAME="import", NAME="export", NAME="screen", NAME="check"; all without
	@for name in $(or $(NAME),import export screen check); do $(SAFE) $(BIN)/python manage.py bench $$name; done

messages: $(VENV)/installed-dev ## collect the texts into locale/ and compile them (needs gettext)
	$(BIN)/python manage.py makemessages --locale pl --no-location --no-wrap --ignore var
	$(BIN)/python manage.py compilemessages --locale pl --ignore .venv --ignore var

clean: ## remove what can be made again; var/ with its data stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Installed again when the list of packages changes, and only then.
$(VENV)/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("ccgdpr needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@
