# make demo: train on the embedded images and look.   make test: the tests.   make check: what CI checks.
# make bench: how fast everything is, under twenty minutes.   make bench-quick: a look at it, under three.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# Bytecode is written, even where the environment forbids it: the tests start hundreds of processes, and each would
# compile torch and ganzoo anew. It is written as modules are first imported, which pip need not do for all of them.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test coverage check types style imports site bench bench-quick docs clean

# pip 25.1 and newer know dependency groups; a new environment's own pip may be older.
$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --no-compile --editable . --group dev
	touch $@

demo: $(VENV)/installed
	$(BIN)/ganzoo run dcgan --balance d-skip --out runs/demo

# One process a core, one thread each: two threaded ones on the same cores spin against each other.
test: $(VENV)/installed
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto

# The same with what they reach, which takes half as long again.
coverage: $(VENV)/installed
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --cov --cov-report=term:skip-covered

check: types style imports site

types: $(VENV)/installed
	$(BIN)/mypy

style: $(VENV)/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check

imports: $(VENV)/installed
	$(BIN)/lint-imports

site: $(VENV)/installed
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# By turns in one process, so that nothing else may run meanwhile.
bench: $(VENV)/installed
	$(BIN)/python tests/benchmarks/speed

bench-quick: $(VENV)/installed
	$(BIN)/python tests/benchmarks/speed --quick

docs: $(VENV)/installed
	$(BIN)/python docs/generating

clean:
	rm -rf $(VENV) site .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
