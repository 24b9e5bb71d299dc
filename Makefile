# Wirebird: what to type. `make help` lists it; README.md tells more.

BUILD ?= build
QT ?= 6
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
DEMO_SECONDS ?= 0
FUZZ_SECONDS ?= 600
export BUILD QT JOBS DEMO_SECONDS FUZZ_SECONDS

.DEFAULT_GOAL := help
.PHONY: help demo test bench fuzz fuzz-smoke setup clean

help:
	@echo "make demo    builds the stock ticker and shows it: DEMO_SECONDS=15 ends it then, QT=5 takes Qt 5"
	@echo "make test    runs every test: Rust, C, Qt 6, Qt 5, sanitizers, examples, packaging"
	@echo "make bench   measures Wirebird against Qt WebSockets"
	@echo "make fuzz    fuzzes what peers send: FUZZ_SECONDS=1800 for each target, FUZZ_TARGETS=decoder"
	@echo "             for one of them; make fuzz-smoke does so for a minute"
	@echo "make setup   installs what all of these need; they do it by themselves, too (Debian, Ubuntu)"
	@echo "make clean   removes $(BUILD)/"

setup:
	@cmake/setup.sh demo test bench

demo:
	@cmake/setup.sh demo
	@cpp-example/demo.sh

test:
	@cmake/setup.sh test
	@tests/run.sh

bench:
	@cmake/setup.sh bench
	@. cmake/toolchain.sh && python3 benches/run.py $(BENCH_ARGS)

fuzz:
	@cmake/setup.sh fuzz
	@fuzz/run.sh $(FUZZ_TARGETS)

fuzz-smoke: FUZZ_SECONDS = 60
fuzz-smoke: fuzz

clean:
	rm -rf "$(BUILD)"
