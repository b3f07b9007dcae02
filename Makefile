# Two commands do everything on a fresh machine: `make app` and `make test`.
PYTHON ?= python3
BIN = .venv/bin

.PHONY: app test lint pictures environment

app: .venv/app
	$(BIN)/streamlit run app.py

test: .venv/dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: .venv/dev node_modules/.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	npm run --silent lint

pictures: .venv/dev
	$(BIN)/python -m tests.browser.pictures

# Without a pip that answers, an environment was never finished, or its Python is gone or another one now.
ENVIRONMENT := $(if $(shell $(BIN)/python -m pip --version 2>&1 | grep '^pip '),,environment)

environment:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v[:2] <= (3, 13) else "cnnlab needs Python 3.11, 3.12 or 3.13, and this is %d.%d: choose another one with make PYTHON=python3.12 app" % v[:2])'
	$(PYTHON) -m venv --clear .venv

.venv/app: requirements.txt $(ENVIRONMENT)
	$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

node_modules/.stamp: package.json package-lock.json
	npm ci --silent
	@touch $@

.venv/dev: requirements.txt requirements-dev.txt $(ENVIRONMENT)
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@
