#!/bin/sh
# Makes the reference of the Rust modules, for those who work on the engine: rust.sh CARGO-FOLDER
# [FLAGS…]. Fails on a warning.
set -eu
cd "$(dirname "$0")/../.."
. cmake/toolchain.sh
find_rust
folder=$1
shift
CARGO_TARGET_DIR=$folder RUSTDOCFLAGS="-D warnings -D missing_docs" \
    cargo doc --locked --no-deps --release --quiet "$@"
