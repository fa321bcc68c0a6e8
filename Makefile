# The one menu. `make help` lists it; CI runs `make test` and nothing else.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

HEGUI := target/debug/hegui
AS_OF := 2026-06-30
FUZZ_SECONDS ?= 60

.PHONY: help demo demo-documents test tools fmt lint deny unit build catalog examples walk-through check-api bench-check fuzz bench docs schemas pdf clean

help: ## 本菜单 · this menu
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{ printf "  make %-15s %s\n", $$1, $$2 }'

demo: ## 构建、评估示例、写出可打开的报告 · build, assess an example, write a report to open
	@scripts/demo $(AS_OF)

demo-documents: ## 三个示例的全部文书与各页图像（首次数分钟） · all documents of the examples, and pictures of their pages
	@scripts/demo-documents $(AS_OF)

test: tools fmt lint unit catalog examples bench-check deny fuzz pdf ## 安装所需并运行全部检查 · install what tests need and run them all
	@echo "all checks passed"

tools:
	@scripts/install-tools

fmt: ## 格式检查 · formatting
	cargo fmt --all --check

lint: ## clippy，警告即错误 · clippy, warnings are errors
	cargo clippy --all-targets --quiet -- -D warnings

unit: ## 全部测试 · all tests
	cargo nextest run --no-fail-fast
	cargo test --doc --quiet

# The default members at once: with `-p` cargo would choose other features and build much again.
build:
	cargo build --quiet --locked

catalog: build ## 检查法律条款目录 · lint the catalog
	$(HEGUI) --lang en --catalog catalog catalog lint
	$(HEGUI) --lang en --catalog catalog catalog prove

examples: build ## 检查三个示例登记册 · check the three examples
	@for example in examples/*/; do $(HEGUI) --lang en check $$example; done

walk-through: build ## 逐字运行 README 的平台演示 · run the README's walk-through of the platform as printed
	@scripts/walk-through

check-api: build ## schemathesis 检查接口（需 PyPI） · send a running server what schemathesis makes up
	@scripts/check-api

bench-check: ## 只检查 bench/ 能否编译 · only check that bench/ compiles
	cargo check --quiet --manifest-path bench/Cargo.toml --target-dir target/bench

# Clippy within a build: a check of typst beside its build would take minutes.
LINTING := CLIPPY_ARGS="-Dwarnings__CLIPPY_HACKERY__" RUSTC_WORKSPACE_WRAPPER=clippy-driver
# Last: it leaves a target/debug/hegui that can write PDF.
PDF := --package hegui-pdf --package hegui --features hegui/pdf
pdf: ## 带 PDF 的构建与测试（首次数分钟） · build and test with PDF (minutes, the first time)
	@scripts/fonts
	$(LINTING) cargo build $(PDF) --lib --bins --examples --test pdf --quiet --locked
	cargo nextest run $(PDF) --no-fail-fast -E 'package(hegui-pdf) + test(pdf)'

deny: ## 许可证、重复依赖、来源 · licences, bans, sources
	cargo deny --log-level error check licenses bans sources

fuzz: ## 模糊测试每个目标一分钟 · fuzz every target for a minute
	@scripts/fuzz $(FUZZ_SECONDS)

bench: ## 性能测量（独立工作区），写入 docs/performance.md · measure, into docs/performance.md
	@scripts/bench

docs: build ## 条款手册，写入 out/docs · the handbook of clauses, into out/docs
	$(HEGUI) catalog docs out/docs

schemas: build ## 供编辑器使用的 JSON Schema · JSON Schemas for editors, into out/schemas
	$(HEGUI) catalog schemas out/schemas

clean: ## 删除构建产物 · delete what was built
	rm -rf target out bench/target fuzz/target
