# All targets use .venv. `make demo` installs the package and its extra `embedded`, `make docs` adds the
# extra `docs`, and the targets for developers add everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := $(shell sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements.lock)
DEMO := $(VENV)/.demo
DOCS := $(VENV)/.docs
DEV := $(VENV)/.dev
PEERS := .venv-bench/.installed
DATASETS := .venv-bench-data/.installed
# Two workers; tests that share something expensive stay on one, and the longest start first.
PYTEST := $(BIN)/pytest -n 2 --dist loadgroup --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup demo up test test-unit test-nightly lint secrets format reference docs screenshots bench bench-ingest bench-identity bench-marts bench-publish bench-start lock clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: $(DEV) ## Install everything from requirements.lock into .venv

# requirements.lock is the only lock. As constraints with --require-hashes it admits its own versions
# and files only, so a part of it can be installed without a second lock.
PART = --constraints requirements.lock --requirements pyproject.toml
$(DEMO): PACKAGES = $(PART) --extra embedded
$(DOCS): PACKAGES = $(PART) --extra docs
$(DEV): PACKAGES = --exact --requirements requirements.lock

# uv installs in seconds, pip in minutes. Where uv has no wheel, pip installs the whole lock, and does
# not resolve, because it fails on extras in hash mode.
# Bytecode is compiled at installation, because many processes import large packages.
$(DEMO) $(DOCS) $(DEV): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14) and "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.11 …")'
	@echo "Installing into $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); then \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode $(PACKAGES) && \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .; \
	else \
		$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement requirements.lock && \
		$(BIN)/python -m pip install --quiet --no-deps --editable .; \
	fi
	@touch $@

demo: $(DEMO) ## Start the embedded servers, create the sample world and run the pipeline
	@$(BIN)/affiliate demo

up: $(DEMO) ## Serve the web pages
	@$(BIN)/affiliate up

test: $(DEV) ## Run every kind of test on real servers, one case of each
	$(PYTEST)

test-unit: $(DEV) ## Run the tests that need no server
	$(PYTEST) tests/unit

test-nightly: $(DEV) ## Run the long tests: every kill point, whole matrices, long property tests
	AFFILIATE_PRIVACY_FIGURES=benchmarks/results/privacy.md $(PYTEST) --nightly

lint: $(DEV) ## Check style, types and layering
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 0 --disable-progress-bar dbt_project
	$(BIN)/sqlfluff lint --disable-progress-bar --templater raw --dialect postgres oltp/migrations
	$(BIN)/sqlfluff lint --disable-progress-bar --templater placeholder $(wildcard */sql */*/sql)
	$(BIN)/yamllint --strict .
	$(BIN)/hadolint Dockerfile
	$(BIN)/compose-lint check --quiet docker-compose.yml

# `hunter2` is the password of examples. Any other false positive is marked where it stands, with
# `# pragma: allowlist nextline secret`. --no-verify: findings are not sent anywhere.
SECRETS := $(BIN)/detect-secrets-hook --no-verify --exclude-secrets '^hunter2$$'
secrets: $(DEV) ## Search the tracked files for secrets
	@git ls-files -z -- ':!*.lock' ':!*.svg' ':!*.png' | xargs -0 $(SECRETS) --cores 2

format: $(DEV) ## Format Python and SQL in place
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix dbt_project

reference: $(DEV) ## Generate the dbt sources and docs/reference from contracts, models and code
	@$(BIN)/python -m warehouse.dbt_sources
	@$(BIN)/python -m orchestration.lib.reference
	@$(BIN)/python -m affiliate.reference

docs: $(DOCS) ## Build the docs site into build/docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "$(BIN)/python -m http.server --directory build/docs serves it on port 8000"

screenshots: $(DEV) ## Take the README's screenshots of the current release
	@$(BIN)/affiliate docs build
	@$(BIN)/python docs/screenshots.py

bench: $(DEV) ## Measure how fast the sample world is written
	$(BIN)/python -m benchmarks.sample_world

bench-ingest: $(DEV) $(PEERS) ## Compare ingestion with its limits and with other tools
	@$(BIN)/python -m benchmarks.ingestion

bench-identity: $(DEV) $(PEERS) $(DATASETS) ## Compare identity resolution with other tools on labelled records
	@$(BIN)/python -m benchmarks.identity

bench-marts: $(DEV) ## Compare the marts with a plain SQL script, 100k to 10M orders
	@$(BIN)/python -m benchmarks.marts

bench-publish: $(DEV) ## Measure publishing with files for 0, 20 and 200 affiliates
	@$(BIN)/python -m benchmarks.publishing --write

bench-start: $(DEV) ## Measure start-up and the overhead of a run
	@$(BIN)/python -m benchmarks.start

# Tools for comparison have an environment of their own, so that they are no dependency of the platform.
# The packages with labelled records conflict with both environments and have a third one.
$(PEERS): benchmarks/requirements.lock $(DEV)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-bench
	@$(BIN)/uv pip sync --quiet --python .venv-bench --require-hashes benchmarks/requirements.lock
	@touch $@

$(DATASETS): benchmarks/datasets.lock $(DEV)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-bench-data
	@$(BIN)/uv pip sync --quiet --python .venv-bench-data --require-hashes benchmarks/datasets.lock
	@touch $@

lock: $(DEV) ## Update requirements.lock
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
