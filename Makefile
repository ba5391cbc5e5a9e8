# What a developer does here: `make demo`, `make test`, `make quick`, `make bench`, `make soak`, `make lint`, `make model`.
# Everything is installed by `make .venv`; nothing needs to be prepared but git, make and Python 3.11+.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo soak test quick bench fuzz lint format model screenshots servers clean

demo: $(STAMP)        ## the main job on embedded servers; ARGS=--once ends after the sample mails
	$(BIN)/inboxbot demo $(ARGS)

test: $(STAMP) servers lint   ## everything: lint, types, layers, unit, real servers (they wait for servers much: four workers on two cores)
	$(BIN)/pytest -n 4 --no-loadscope-reorder --durations 25 -p no:cacheprovider $(ARGS)

quick: $(STAMP)       ## no servers and nothing slow: about a minute
	$(BIN)/pytest -n 2 --no-loadscope-reorder -m "not server and not slow" $(ARGS)

bench: $(STAMP) servers   ## the benchmark table
	$(BIN)/python -m benchmarks $(ARGS)

soak: $(STAMP) servers   ## the fault table and the fuzz run at length; ARGS="--rows 6-9 --mails 200 --seeds 3" for a part of the table
	FUZZ=$${FUZZ:-20000} $(BIN)/pytest -q -n 2 -p no:cacheprovider --timeout 3600 tests/security/test_fuzz.py
	cd tests && ../$(BIN)/python -m chaos $(ARGS)

fuzz: $(STAMP)        ## mutated attack mails through the parse step at length; FUZZ=100000 for longer
	FUZZ=$${FUZZ:-20000} $(BIN)/pytest -q -n 2 -p no:cacheprovider --timeout 3600 tests/security/test_fuzz.py $(ARGS)

lint: $(STAMP)        ## ruff with its security rules (S), mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

model: $(STAMP)       ## train the shipped artefact anew from models/corpus
	$(BIN)/python -m inboxbot.line_training
	$(BIN)/inboxbot train

screenshots: $(STAMP) servers   ## the pictures of docs/inbox.md, by headless Chromium
	$(BIN)/python scripts/screenshots.py

servers:              ## Dovecot, Postfix, PostgreSQL and Chromium for the tests, where they can be had
	@$(PYTHON) tests/servers/install.py

$(STAMP): pyproject.toml scripts/make_venv.sh
	@PYTHON=$(PYTHON) bash scripts/make_venv.sh $(VENV)
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache dist
