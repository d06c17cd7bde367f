# Twinlight: `make run` and `make test` do all the set-up themselves. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

export CARGO_TARGET_DIR := $(CURDIR)/target
export CARGO_TERM_COLOR ?= auto

SITE := target/site
PKG := $(SITE)/pkg
NPM := end2end/node_modules/.bin
WASM_CARGO := target/wasm32-unknown-unknown/wasm-release/app.wasm
# The toolchain that .ci/setup chose or installed.
ENV = . target/toolchain.env;
# Names server functions alike on both sides, wherever they were built.
export SERVER_FN_OVERRIDE_KEY := twinlight
# What the about page says; empty outside of a repository.
export TWINLIGHT_COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null)

export DESTDIR PREFIX SHARED

.PHONY: help run dev install test bench score chaos demo-reset setup-build setup-test setup-bench site wasm check fmt fuzz sabotage clean FORCE

help: ## Lists what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: setup-build site ## Builds what changed and starts server and demo on http://127.0.0.1:3000
	@$(ENV) cargo build --quiet --release -p server --bin twinlight
	@exec target/release/twinlight serve --demo

dev: setup-build site ## The same, built for debugging
	@$(ENV) cargo build -p server --bin twinlight
	@exec target/debug/twinlight serve --demo

test: setup-test ## Everything: format, lints, tests, the browser's journeys
	@.ci/test

bench: setup-bench site ## Prints the figures: name, ours, unit, reference, its name, ratio
	@$(ENV) cargo build --quiet --release -p server --bin twinlight
	@.ci/bench

score: setup-build ## Judges what twins say of recordings that others made: set, figure, reached, wanted, seconds (SHARED=../shared)
	@.ci/score

chaos: setup-test ## Stages kills, power cuts and failing disks by the hundred; needs root
	@.ci/chaos

# Configuration that is there stays; the rest is replaced.
install: setup-build site ## Puts program, pages, models and service in place (DESTDIR, PREFIX)
	@$(ENV) cargo build --quiet --release -p server --bin twinlight
	@.ci/install

sabotage: setup-test ## Breaks one promise at a time and shows that a test catches it
	@.ci/sabotage

fuzz: ## Fuzzes every decoder for a short time; needs a nightly compiler and cargo-fuzz
	@.ci/fuzz

demo-reset: ## Lets the demo start over: removes the data folder
	rm -rf data

setup-build:
	@.ci/setup build

setup-test:
	@.ci/setup test

setup-bench:
	@.ci/setup bench

site: $(SITE)/compressed.stamp ## Builds what the browser gets

wasm: $(PKG)/twinlight_bg.wasm

# cargo knows best whether the sources changed; what follows runs only where its output is newer.
$(WASM_CARGO): FORCE
	@$(ENV) cargo build --quiet -p app --lib --no-default-features --features hydrate \
	  --target wasm32-unknown-unknown --profile wasm-release

$(PKG)/twinlight_bg.wasm: $(WASM_CARGO) .ci/trim.mjs .ci/alike.mjs
	@echo "==> wasm-split, wasm-bindgen"
	@rm -rf target/split target/bindgen $(PKG)/*-*.wasm*
	@mkdir -p $(PKG) target/split target/bindgen
	@$(ENV) wasm-split-cli $< target/split --out-name twinlight
	@$(ENV) wasm-bindgen --target web --no-typescript --remove-producers-section --keep-lld-exports \
	  --out-name twinlight --out-dir target/bindgen target/split/twinlight.wasm
	@node .ci/trim.mjs target/bindgen/twinlight_bg.wasm target/split/program.wasm target/bindgen/twinlight.js
	@cp target/split/__wasm_split.js target/bindgen/
# A part fits its own program alone, and is named after it.
	@own=$$(sha256sum target/split/program.wasm | cut -c1-12); cd target/split; for part in $$(ls | grep -E '^(split|chunk)_'); do \
	  name=$${part#split_}; name=$${name%.wasm}-$$own.wasm; node ../../.ci/trim.mjs $$part ../../$(PKG)/$$name; \
	  sed -i "s/$$part/$$name/" ../bindgen/__wasm_split.js; done
	@$(NPM)/esbuild target/bindgen/twinlight.js --bundle --minify --format=esm --log-level=warning \
	  --log-override:duplicate-object-key=silent --outfile=$(PKG)/twinlight.js
	@mv target/split/program.wasm $@

$(PKG)/twinlight.css: $(shell find style -type f 2>/dev/null)
	@mkdir -p $(PKG)
	@$(NPM)/esbuild style/main.css --bundle --minify --log-level=warning --outfile=$@

# Pages of mere words have a sheet of their own: the others need not wait for it.
$(PKG)/words.css: $(shell find style -type f 2>/dev/null)
	@mkdir -p $(PKG)
	@$(NPM)/esbuild style/words.css --bundle --minify --log-level=warning --outfile=$@

$(SITE)/public.stamp: $(shell find public -type f 2>/dev/null)
	@mkdir -p $(SITE)
	@cp -R public/. $(SITE)/
	@touch $@

# Once and at the best level, not at every request.
$(SITE)/compressed.stamp: $(PKG)/twinlight_bg.wasm $(PKG)/twinlight.css $(PKG)/words.css $(SITE)/public.stamp
	@node -e 'const fs = require("fs"), zlib = require("zlib"); for (const file of process.argv.slice(1)) fs.writeFileSync(file + ".br", zlib.brotliCompressSync(fs.readFileSync(file)))' \
	  $$(find $(SITE) -name '*.wasm' -o -name '*.js' -o -name '*.css' -o -name '*.svg' -o -name '*.webmanifest')
	@touch $@

clean: ## Removes all that was built; the demo's data stay
	rm -rf target

FORCE:
