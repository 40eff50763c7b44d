# One command for each thing a person wants; `make help` tells them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
LOCKED := .venv/.locked
READY := .venv/.ready
# Folders come with their issues; mypy is given those that are there.
TYPED := $(wildcard src tests benchmarks examples scripts/contract)
PYTEST := $(BIN)/python -m pytest
# Whoever forbids bytecode in their environment would have each process of the tests compile all modules again.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test check static unit bench faults docs contract lock clean
.DELETE_ON_ERROR:

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: $(READY) ## Run a mission on an example folder, by command line and over HTTP, and make a film
	@$(BIN)/python examples/demo.py

test: static ## All checks and all tests, with coverage of lines and branches
	$(PYTEST) --cov --cov-report=term -n 3 --dist loadfile --no-loadscope-reorder --durations=25

check: static unit ## The fast checks: lint, format, types, contracts, unit tests

static: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry src
	$(BIN)/mypy $(TYPED)
	$(BIN)/python -m scripts.contract

unit: $(READY)
	$(PYTEST) -q tests/unit

bench: $(READY) ## Measure against peers and write docs/benchmarks.md (ONLY=steps takes one, ROUNDS=5 more rounds)
	@env ONLY="$(ONLY)" PAGE="$(PAGE)" ROUNDS="$(ROUNDS)" DATE="$(or $(DATE),$(shell date -u +%F))" $(BIN)/python -m benchmarks.run

faults: $(READY) ## Kill real processes for a long time
	FAULTS=long $(PYTEST) -m durability

docs: $(READY) ## Write the references again from the code
	$(BIN)/python scripts/docs.py

contract: $(READY) ## Compare the API with its last release (RELEASE=1 makes it the release)
	$(BIN)/python -m scripts.contract $(if $(RELEASE),--release)

lock: $(LOCKED) ## Compile requirements.lock again from pyproject.toml (UPGRADE=1 takes the newest)
	env -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL $(BIN)/uv --no-config pip compile pyproject.toml --extra dev \
		--universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --quiet $(if $(UPGRADE),--upgrade) --output-file requirements.lock

clean: ## Remove what these commands made, the environment too
	rm -rf .venv .bench-venv .services .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis htmlcov dist
	rm -f .coverage .coverage.*
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(LOCKED): requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found on PATH." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

# Built by the locked hatchling, so nothing is fetched that the lock does not name.
$(READY): $(LOCKED) pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
