# Berth. `make help` lists the targets; each one makes present what it needs.
ENV ?= dev
SHELL := /bin/bash
.DEFAULT_GOAL := help
RUN = node --import tsx

.PHONY: help
help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile
	@echo "  ENV=dev|tst|pro chooses the stack (default dev)"

.PHONY: up
up: prepare ## Bring a stack up on the Docker engine; starts one if none answers
	@$(RUN) scripts/up.ts $(ENV)

.PHONY: preview
preview: toolchain ## Show what up would change, and every policy finding; fails where it must not be merged
	@$(RUN) scripts/preview.ts $(ENV)

.PHONY: down
down: toolchain ## Remove a stack's containers and networks; keep volumes and certificates
	@$(RUN) scripts/down.ts $(ENV)

.PHONY: purge
purge: toolchain ## Remove a stack whole: volumes, images, certificates and state too (asks, or YES=1)
	@$(RUN) scripts/purge.ts $(ENV)

.PHONY: build
build: node-modules ## Build an app's image for tst and pro: APP=shop (or all), TAG=latest
	@$(RUN) scripts/build.ts

.PHONY: promote
promote: node-modules ## Push an image and record its digest: APP=shop (a service, services, all), TO=tst|pro
	@$(RUN) scripts/promote.ts

.PHONY: rollback
rollback: node-modules ## Go back to the image that ran before: APP=shop ENV=pro (UP=no: only in the config)
	@$(RUN) scripts/rollback.ts

.PHONY: trust-registry
trust-registry: node-modules ## Let this host's engine verify the registry's certificate (root)
	@$(RUN) scripts/trust-registry.ts

.PHONY: recover
recover: toolchain ## After a killed up, down or purge: make state and engine agree again
	@$(RUN) scripts/recover.ts $(ENV)

.PHONY: workspace
workspace: prepare ## Bring a workspace up on dev's host and print its URL: NAME=mine, OWNER, FILE=workspace.yaml, KEY=…pub, DO=stop|start|destroy|delete
	@$(RUN) scripts/workspace.ts

.PHONY: soak
soak: prepare ## Kill changes of a stack at random moments and recover, RUNS=100 times; SUBJECT=sync disturbs syncs (FAULT=kind; SEED=…, REPORT=file.md)
	@$(RUN) scripts/soak.ts

.PHONY: pin
pin: node-modules ## Make a one-time PIN for a developer: DEV=01, ROLE=developer|ci|operator (scripts/berth-admin has the rest)
	@$(if $(DEV),,$(error DEV= is missing: give the developer's id, for example 'make pin DEV=01'))scripts/berth-admin pin create --dev-id $(DEV) --role $(or $(ROLE),developer)

.PHONY: outputs
outputs: ## Print a stack's outputs as JSON
	@$(RUN) scripts/outputs.ts $(ENV)

.PHONY: verify
verify: ## Check that what the outputs name runs, answers and is not expired
	@$(RUN) scripts/verify.ts $(ENV)

.PHONY: env
env: ## Print the exports for plain pulumi commands: eval "$(make -s env)"
	@$(RUN) scripts/env.ts $(ENV)

.PHONY: toolchain
toolchain: node-modules ## Make Pulumi, its language host and its plugins present
	@scripts/toolchain

.PHONY: cli
cli: node-modules ## Make the developers' command: bin/berth
	@$(RUN) cli/bundle.ts

.PHONY: prepare
prepare: toolchain
	@scripts/engine $(ENV)
	@scripts/base-image $(ENV)

.PHONY: node-modules
node-modules:
	@scripts/node-modules

.PHONY: check
check: node-modules ## Types, lint, format, unused code, links in the docs
	@$(RUN) scripts/check.ts

.PHONY: test
test: prepare ## Run every test on a real engine; ends with "N passed, N failed"
	@$(RUN) scripts/test.ts

.PHONY: bench
bench: prepare ## Measure speed beside others: ONLY=preview|up|many|gateway|onboarding|cli|run|sync|workspace, ROUNDS=10, COMPOSE=path of docker compose (some minutes)
	@$(RUN) bench/main.ts

.PHONY: format
format: node-modules ## Format all files
	@npx prettier --write --log-level warn .
