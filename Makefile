# Everything runs from .venv, which the first target that needs it creates: git, make and Python 3.11 or newer are enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
IMAGE ?= sagemaker-operator:dev
EMULATOR_IMAGE ?= sagemaker-local:dev
ANALYZER_IMAGE ?= sagemaker-analyzer:dev

.DEFAULT_GOAL := help
.PHONY: help demo demo-drift test check bench generate up down image

help: ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1 /p' $(MAKEFILE_LIST) | while read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

demo: $(READY) ## Train, deploy and monitor a model against an emulated SageMaker
	@$(BIN)/sagemaker-local demo

# Hundreds of processes import what is here; compiled once and kept, that takes them a third of the time.
demo-drift: $(READY) ## Let the inputs of a model drift, and see it noticed, trained anew and replaced
	@$(BIN)/sagemaker-local drift

test: $(READY) ## Run all tests
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2 --dist worksteal

check: $(READY) ## Lint, types, import contracts, generated files, manifests, Dockerfile
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m sagemaker_operator.generate --check
	$(BIN)/yamllint --strict crds manifests examples
	$(BIN)/hadolint Dockerfile

bench: $(READY) ## Measure a burst of 1,000 jobs, the emulator, and endpoints that really serve; fails if a figure misses its bound
	@status=0; for each in run emulator_speed emulator_events invoke rolling; do \
		$(BIN)/python benchmarks/$$each.py || status=1; echo; done; exit $$status

generate: $(READY) ## Write CRDs, permissions and reference pages from the kinds table
	$(BIN)/python -m sagemaker_operator.generate

up: $(READY) ## Start a Kubernetes API server and an emulated SageMaker in the background
	@$(BIN)/sagemaker-local up

down: $(READY) ## Stop them and remove their data
	@$(BIN)/sagemaker-local down

image: ## Build the container images of the operator, the emulated SageMaker and the analyzer
	docker build --tag $(IMAGE) .
	docker build --tag $(EMULATOR_IMAGE) --target emulator .
	docker build --tag $(ANALYZER_IMAGE) --target analyzer .

$(READY): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/it")'
	@echo 'Installing into $(VENV), which takes a minute the first time' >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip --disable-pip-version-check install --quiet --require-hashes -r constraints.txt
	@$(BIN)/pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation -e .
	@touch $@
