//! Compiles the bridge and links the C++ adapter, which CMake has built: it
//! says where in the environment.

use std::env;
use std::path::PathBuf;

/// A list as CMake writes it.
fn list(name: &str) -> Vec<String> {
    println!("cargo::rerun-if-env-changed={name}");
    let value =
        env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run this test by ctest"));
    value.split(';').filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn main() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let header = root.join("../../include/wirebird/wirebird.h");
    let mut build = cxx_build::bridge("lib.rs");
    build.file("adapter.cpp").std("c++17").flag_if_supported("-fPIC");
    build.include(root.join("../../include"));
    for folder in list("WIREBIRD_QT_INCLUDES") {
        build.flag(format!("-isystem{folder}"));
    }
    build.compile("wirebird-cxx-test");
    // The adapter calls the engine in this very program: what it may call has
    // to be there although Rust does not.
    let header = std::fs::read_to_string(header).expect("the header is committed");
    for function in header.split("WIREBIRD_API").filter_map(|rest| {
        let name = rest.split('(').next()?.split([' ', '*', '\n']).next_back()?;
        name.starts_with("wirebird_").then_some(name)
    }) {
        println!("cargo::rustc-link-arg-tests=-Wl,-u,{function}");
    }
    for library in list("WIREBIRD_QT_LIBRARIES") {
        println!("cargo::rerun-if-changed={library}");
        println!("cargo::rustc-link-arg-tests={library}");
    }
    println!("cargo::rustc-link-arg-tests=-lstdc++");
    for source in ["lib.rs", "adapter.cpp", "adapter.h"] {
        println!("cargo::rerun-if-changed={source}");
    }
}
