# Linghang: install, run and test. `make` alone prints what there is.
PYTHON ?= python3
VENV ?= .venv
export PYTHON VENV

BIN := $(VENV)/bin
SERVERS := $(BIN)/python -m tests.servers run --
SERVICES := enrollment courses certificates finance portal
PYTEST_OPTIONS ?=
SOAK_OPTIONS ?=

.DEFAULT_GOAL := help
.PHONY: help start demo test lint format migrate lock bench soak docs faults variants services-environment tests-environment

help: ## Print this list.
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | while IFS="$$(printf '\t')" read -r name sentence; do printf '  make %-8s %s\n' "$$name" "$$sentence"; done

start: services-environment ## Run all services at one address on this machine; the first start fills in the model city.
	@exec $(BIN)/python -m services

demo: services-environment ## Play the model city's history through the real doors and print the totals that finance counted.
	@exec $(BIN)/python -m services demo

test: lint ## Check style, types and walls, then run all tests with a PostgreSQL and a RabbitMQ of their own.
	@exec $(SERVERS) $(BIN)/python -m pytest -n 2 -q $(PYTEST_OPTIONS)

lint: tests-environment ## Check style, format, types and the walls between the services.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: tests-environment ## Lay the code out and mend what can be mended by itself.
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

migrate: services-environment ## Bring the databases in the data folder to today's tables.
	@exec $(BIN)/python -c 'from pathlib import Path; from services.embedded import House; House(Path("data")).stop()'  # opening migrates

lock: tests-environment ## Write the locked package lists anew from pyproject.toml (UPGRADE=1 takes the newest versions).
	@exec deploy/lock.sh

bench: tests-environment ## Measure how fast the house is, and print a table.
	@exec $(SERVERS) $(BIN)/python -m bench

soak: tests-environment ## Push 200,000 events through the backbone while everything around it breaks, and give account of each.
	@exec $(BIN)/python -m bench.soak $(SOAK_OPTIONS)

docs: tests-environment ## Write the API and event references, the index of rules and the contract snapshots anew.
	@$(BIN)/python -m shared.contracts catalog > docs/events/asyncapi.json
	@$(BIN)/python -m shared.contracts readme > docs/events/README.md
	@$(BIN)/python docs/rules.py > docs/rules.md
	@$(BIN)/python docs/openapi.py
	@exec $(BIN)/python -m tests.house_rules.contracts

faults: tests-environment ## Test the event backbone under every fault, the long form: real servers killed, cut off, filled up, fed rubbish.
	@exec $(SERVERS) env LINGHANG_FAULT_ROUNDS=$${LINGHANG_FAULT_ROUNDS:-3} $(BIN)/python -m pytest -n 2 -q tests/shared/messaging tests/faults $(PYTEST_OPTIONS)

variants: tests-environment ## Show that the fault tests catch every variant of the backbone that lacks one protection.
	@exec $(BIN)/python -m tests.faults

services-environment:
	@deploy/environment.sh services

tests-environment:
	@deploy/environment.sh tests
