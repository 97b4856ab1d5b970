# All targets use .venv, which `make setup` builds from requirements.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := $(shell sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements.lock)
STAMP := $(VENV)/.installed
PEERS := .venv-bench/.installed
DATASETS := .venv-bench-data/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo up test test-unit test-nightly lint format reference docs screenshots bench bench-ingest bench-identity bench-marts bench-publish bench-start lock clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: $(STAMP) ## Build the virtual environment from requirements.lock

# uv installs in seconds, pip in minutes; pip is the fallback where uv has no wheel.
# The lock is complete, so pip does not resolve (it fails on extras in hash mode).
# Bytecode is compiled at installation, because many processes import large packages.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14) and "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.11 …")'
	@echo "Installing into $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); then \
		$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock && \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .; \
	else \
		$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement requirements.lock && \
		$(BIN)/python -m pip install --quiet --no-deps --editable .; \
	fi
	@touch $@

demo: $(STAMP) ## Start the embedded servers, create the sample world and run the pipeline
	@$(BIN)/affiliate demo

up: $(STAMP) ## Serve the web pages
	@$(BIN)/affiliate up

test: $(STAMP) ## Run every test, on real servers
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

test-unit: $(STAMP) ## Run the tests that need no server
	$(BIN)/pytest -n 2 tests/unit

test-nightly: $(STAMP) ## Run the long tests: every kill point, whole matrices, long property tests
	AFFILIATE_PRIVACY_FIGURES=benchmarks/results/privacy.md $(BIN)/pytest -n 2 --dist loadfile tests/nightly

lint: $(STAMP) ## Check style, types and layering
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 0 --disable-progress-bar dbt_project
	$(BIN)/sqlfluff lint --disable-progress-bar --templater raw --dialect postgres oltp/migrations
	$(BIN)/yamllint --strict .
	$(BIN)/hadolint Dockerfile
	$(BIN)/compose-lint check --quiet docker-compose.yml

format: $(STAMP) ## Format Python and SQL in place
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix dbt_project

reference: $(STAMP) ## Generate docs/reference from the models and the code
	@$(BIN)/python -m orchestration.lib.reference
	@$(BIN)/python -m affiliate.reference

docs: $(STAMP) ## Build the docs site into build/docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "$(BIN)/python -m http.server --directory build/docs serves it on port 8000"

screenshots: $(STAMP) ## Take the README's screenshots of the current release
	@$(BIN)/affiliate docs build
	@$(BIN)/python docs/screenshots.py

bench: $(STAMP) ## Measure how fast the sample world is written
	$(BIN)/python -m benchmarks.sample_world

bench-ingest: $(STAMP) $(PEERS) ## Compare ingestion with its limits and with other tools
	@$(BIN)/python -m benchmarks.ingestion

bench-identity: $(STAMP) $(PEERS) $(DATASETS) ## Compare identity resolution with other tools on labelled records
	@$(BIN)/python -m benchmarks.identity

bench-marts: $(STAMP) ## Compare the marts with a plain SQL script, 100k to 10M orders
	@$(BIN)/python -m benchmarks.marts

bench-publish: $(STAMP) ## Measure publishing with files for 0, 20 and 200 affiliates
	@$(BIN)/python -m benchmarks.publishing --write

bench-start: $(STAMP) ## Measure start-up and the overhead of a run
	@$(BIN)/python -m benchmarks.start

# Tools for comparison have an environment of their own, so that they are no dependency of the platform.
# The packages with labelled records conflict with both environments and have a third one.
$(PEERS): benchmarks/requirements.lock $(STAMP)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-bench
	@$(BIN)/uv pip sync --quiet --python .venv-bench --require-hashes benchmarks/requirements.lock
	@touch $@

$(DATASETS): benchmarks/datasets.lock $(STAMP)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-bench-data
	@$(BIN)/uv pip sync --quiet --python .venv-bench-data --require-hashes benchmarks/datasets.lock
	@touch $@

lock: $(STAMP) ## Update requirements.lock
	$(BIN)/uv pip compile --quiet pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade --output-file requirements.lock
	$(BIN)/uv pip compile --quiet benchmarks/requirements.txt --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade \
		--output-file benchmarks/requirements.lock
	$(BIN)/uv pip compile --quiet benchmarks/datasets.txt --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade \
		--output-file benchmarks/datasets.lock

clean: ## Stop the embedded servers and delete all generated files except the virtual environment
	if test -x $(BIN)/affiliate; then $(BIN)/affiliate down; fi
	rm -rf .affiliate dbt_project/target dbt_project/logs
