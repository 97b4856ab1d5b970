# Everything goes through .venv, which `make setup` builds from requirements.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := $(shell sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements.lock)
STAMP := $(VENV)/.installed
PEERS := .venv-bench/.installed
DATASETS := .venv-bench-data/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo up test test-unit test-privacy lint format reference docs screenshots bench bench-ingest bench-identity bench-marts bench-publish bench-start lock clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: $(STAMP) ## Build the virtual environment from requirements.lock

# uv installs in seconds what pip installs in minutes; pip does it where uv has no wheel.
# The lock is complete, so pip need not resolve (it trips over extras in hash mode).
# Bytecode is compiled now because every Dagster step is a process that imports much.
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

demo: $(STAMP) ## Start the embedded servers, fill the sample world and run everything
	@$(BIN)/affiliate demo

up: $(STAMP) ## Serve all pages behind one login
	@$(BIN)/affiliate up

test: $(STAMP) ## Run every test, on real servers
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

test-unit: $(STAMP) ## Run the tests that need no server
	$(BIN)/pytest -n 2 tests/unit

test-privacy: $(STAMP) ## Kill erasures at any point, replay everything, search every file
	AFFILIATE_PRIVACY_FIGURES=benchmarks/results/privacy.md $(BIN)/pytest -n 2 --dist loadfile tests/privacy

lint: $(STAMP) ## Check style, types and layering
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
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

reference: $(STAMP) ## Write docs/reference: tables from the models, commands and settings from the code
	@$(BIN)/python -m orchestration.lib.reference
	@$(BIN)/python -m affiliate.reference

docs: $(STAMP) ## Build the docs site into build/docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "$(BIN)/python -m http.server --directory build/docs serves it on port 8000"

screenshots: $(STAMP) ## Take the README's pictures anew, of the current release
	@$(BIN)/affiliate docs build
	@$(BIN)/python docs/screenshots.py

bench: $(STAMP) ## Measure against the floor; results go to benchmarks/results
	$(BIN)/python -m benchmarks.sample_world

bench-ingest: $(STAMP) $(PEERS) ## Measure ingestion against its limits and against others
	@$(BIN)/python -m benchmarks.ingestion

bench-identity: $(STAMP) $(PEERS) $(DATASETS) ## Measure identity on labelled records, beside others
	@$(BIN)/python -m benchmarks.identity

bench-marts: $(STAMP) ## Measure the marts against one bare SQL script, 100k to 10M orders
	@$(BIN)/python -m benchmarks.marts

bench-publish: $(STAMP) ## Measure what files of 20 and 200 affiliates cost beside the internal one
	@$(BIN)/python -m benchmarks.publishing --write

bench-start: $(STAMP) ## Measure start-up and what a run costs beyond its work
	@$(BIN)/python -m benchmarks.start

# What the product is compared with has an environment of its own and no part in it; labelled
# records come in packages that get along with neither.
$(PEERS): benchmarks/requirements.lock $(STAMP)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-bench
	@$(BIN)/uv pip sync --quiet --python .venv-bench --require-hashes benchmarks/requirements.lock
	@touch $@

$(DATASETS): benchmarks/datasets.lock $(STAMP)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-bench-data
	@$(BIN)/uv pip sync --quiet --python .venv-bench-data --require-hashes benchmarks/datasets.lock
	@touch $@

lock: $(STAMP) ## Resolve requirements.lock anew
	$(BIN)/uv pip compile --quiet pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade --output-file requirements.lock
	$(BIN)/uv pip compile --quiet benchmarks/requirements.txt --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade \
		--output-file benchmarks/requirements.lock
	$(BIN)/uv pip compile --quiet benchmarks/datasets.txt --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --upgrade \
		--output-file benchmarks/datasets.lock

clean: ## Stop the embedded servers and remove all that was built; the virtual environment stays
	if test -x $(BIN)/affiliate; then $(BIN)/affiliate down; fi
	rm -rf .affiliate dbt_project/target dbt_project/logs
