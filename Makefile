# Wirebird: what to type. `make help` lists it; README.md tells more.

BUILD ?= build
QT ?= 6
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
DEMO_SECONDS ?= 0
FUZZ_SECONDS ?= 600
export BUILD QT JOBS DEMO_SECONDS FUZZ_SECONDS

.DEFAULT_GOAL := help
.PHONY: help demo test docs package-test deb lint conformance bench compare fuzz fuzz-smoke miri \
	tsan setup clean

help:
	@echo "make demo         builds the stock ticker and shows it: DEMO_SECONDS=15 ends it then, QT=5 takes Qt 5"
	@echo "make test         runs every test: Rust, C, Qt 6, Qt 5, sanitizers, examples, packaging"
	@echo "make lint         looks for mistakes in Rust, C++, QML and shell, and at the crates' licences"
	@echo "make deb          makes Debian packages of what is installed here, in $(BUILD)/deb/packages: QT=5"
	@echo "make package-test tests those in a Debian of their own, cargo-c, and vendored crates: minutes, as root"
	@echo "make docs         makes the guide and the references of C and C++ in $(BUILD)/docs/html"
	@echo "make conformance  runs all of Autobahn|Testsuite and writes docs/conformance.md: up to an hour"
	@echo "make fuzz         fuzzes what peers send: FUZZ_SECONDS=1800 for each target, FUZZ_TARGETS=decoder"
	@echo "                  for one of them; make fuzz-smoke does so for a minute"
	@echo "make miri         runs tests of protocol and queue under Miri: wants rustup's nightly toolchain"
	@echo "make tsan         runs the tests of threads under ThreadSanitizer: wants rustup's nightly toolchain"
	@echo "make bench        measures Wirebird against Qt WebSockets and other libraries: a quarter of an hour"
	@echo "make compare      shows what polling, long polling, a streamed answer and a WebSocket cost"
	@echo "make setup        installs what all of these need; they do it by themselves, too (Debian, Ubuntu)"
	@echo "make clean        removes $(BUILD)/"

setup:
	@cmake/setup.sh demo test conformance bench

demo:
	@cmake/setup.sh demo
	@cpp-example/demo.sh

test:
	@cmake/setup.sh test
	@tests/run.sh

deb:
	@cmake/setup.sh deb
	@cmake/deb.sh

package-test:
	@cmake/setup.sh deb package-test
	@tests/packages/run.sh

lint:
	@cmake/setup.sh lint
	@cmake/lint.sh

docs:
	@cmake/setup.sh docs
	@docs/site/build.sh "$(BUILD)/docs"

conformance:
	@cmake/setup.sh conformance
	@. cmake/toolchain.sh && tests/conformance/run.py --write $(CONFORMANCE_ARGS)

compare:
	@cmake/setup.sh compare
	@benches/compare.sh $(COMPARE_ARGS)

bench:
	@cmake/setup.sh bench
	@. cmake/toolchain.sh && bench_python="$(BUILD)/venv-bench/bin/python" && \
		{ [ -x "$$bench_python" ] || bench_python=python3; } && \
		"$$bench_python" benches/run.py --qt $(QT) $(BENCH_ARGS)

fuzz:
	@cmake/setup.sh fuzz
	@fuzz/run.sh $(FUZZ_TARGETS)

fuzz-smoke: FUZZ_SECONDS = 60
fuzz-smoke: fuzz

# Miri is some thousand times slower than the processor, and has no sendmsg: those tests of the
# protocol that it can finish, and those with a queue that send nothing.
MIRI_TESTS ?= protocol::close protocol::direct protocol::fragments protocol::pieces \
	protocol::masking::client protocol::deflate_negotiation protocol::deflate::examples \
	engine::queue::a_nested engine::queue::a_queue_released engine::moving::a_queue_of_another
MIRI_SKIPS ?= codes_that_must_not codes_that_may
# The engine's threads live as long as the process.
MIRI_FLAGS = -Zmiri-disable-isolation -Zmiri-permissive-provenance -Zmiri-ignore-leaks
miri:
	@rustup component add --toolchain nightly miri rust-src
	@CARGO_TARGET_DIR="$(abspath $(BUILD))/miri" MIRIFLAGS="$(MIRI_FLAGS)" \
		cargo +nightly miri test --locked --test rust -- $(MIRI_TESTS) \
		$(addprefix --skip ,$(MIRI_SKIPS))

tsan:
	@cmake/setup.sh test
	@tests/tsan/run.sh

clean:
	rm -rf "$(BUILD)"
