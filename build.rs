//! Generates the C header into OUT_DIR; a test compares it with the committed
//! include/wirebird/wirebird.h.

use std::path::PathBuf;

/// Where what C sees is defined, in the order of the header.
const SOURCES: [&str; 23] = [
    "status",
    "types",
    "options",
    "client_options",
    "server_options",
    "tls",
    "tls_errors",
    "tls_info",
    "event",
    "init",
    "engine",
    "log",
    "queue",
    "client",
    "authentication",
    "cookies",
    "server",
    "limits",
    "http",
    "stream",
    "connection",
    "send",
    "properties",
];

fn main() {
    println!("cargo::rerun-if-changed=src/ffi");
    println!("cargo::rerun-if-changed=cbindgen.toml");
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("set by cargo"));
    let config =
        cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml is valid");
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(root.join(format!("src/ffi/{source}.rs")));
    }
    let mut header = Vec::new();
    builder.generate().expect("src/ffi can be read by cbindgen").write(&mut header);
    let header = String::from_utf8(header).expect("cbindgen writes UTF-8");
    // A heading that Rust's documentation wants and a C reader does not.
    let header = header.replace(" * # Safety\n", "");
    std::fs::write(out.join("wirebird.h"), header).expect("OUT_DIR can be written");
}
