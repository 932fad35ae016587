# The two commands that matter: `make demo` shows a model's whole life, `make test` proves it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
SOURCES := function_app.py adapters benchmarks cli decisions docs drift examples handlers local scoring tabular tests wiring
# Tests share two cores with the emulators that they start.
WORKERS ?= 2
# Python starts hundreds of times here; uncompiled, MLflow alone costs 7 s more each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test bench check lint types tests format lock clean

demo: $(VENV)/.installed
	$(BIN)/ratchet demo

# What is quick to find comes first; types are checked while tests wait for emulators.
test: lint
	$(MAKE) --no-print-directory --jobs 2 types tests

check: lint types

lint: $(VENV)/.installed
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/lint-imports

types: $(VENV)/.installed
	$(BIN)/mypy $(filter-out examples,$(SOURCES))

tests: $(VENV)/.installed
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup

bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks

format: $(VENV)/.installed
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

# Installed once, and again whenever the locks change.
$(VENV)/.installed: requirements-dev.txt pyproject.toml local/azurite/package-lock.json
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check uv==0.13.8
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps -C editable_mode=compat -e .
	$(BIN)/python -m local.azurite install
	touch $@

lock: $(VENV)/.installed
	$(UV) pip compile -q pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url -o requirements-dev.txt
	$(UV) pip compile -q pyproject.toml --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url -c requirements-dev.txt -o requirements.txt

clean:
	rm -rf $(VENV) .ratchet build *.egg-info
