# shellcheck shell=sh
# Sourced by the scripts, in the top folder: finds a Rust toolchain that is new enough for
# Cargo.toml and puts it on the PATH.

WIREBIRD_RUST=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)

# version_at_least HAVE WANTED
version_at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

# rust_is_new_enough CARGO: cargo and the rustc beside it run and are new enough.
rust_is_new_enough() {
    found=$("$1" --version 2>/dev/null | awk '{ print $2 }')
    [ -n "$found" ] && version_at_least "$found" "$WIREBIRD_RUST"
}

find_rust() {
    for bin in "" "${CARGO_HOME:-${HOME:-/root}/.cargo}/bin" /usr/lib/rust-*/bin; do
        cargo=${bin:+$bin/}cargo
        if command -v "$cargo" >/dev/null 2>&1 && rust_is_new_enough "$cargo"; then
            [ -z "$bin" ] || PATH="$bin:$PATH"
            export PATH
            return 0
        fi
    done
    return 1
}

find_rust || true
