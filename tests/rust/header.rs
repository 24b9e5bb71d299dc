//! The committed C header is the generated one.

use std::{env, fs};

const GENERATED: &str = include_str!(concat!(env!("OUT_DIR"), "/wirebird.h"));
const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/include/wirebird/wirebird.h");

#[test]
fn committed_header_is_the_generated_one() {
    if env::var_os("WIREBIRD_WRITE_HEADER").is_some() {
        fs::write(COMMITTED, GENERATED).expect("the header can be written");
    }
    let committed = fs::read_to_string(COMMITTED).expect("the header is committed");
    assert!(
        committed == GENERATED,
        "include/wirebird/wirebird.h is not what build.rs makes of src/ffi: run the tests once \
         with WIREBIRD_WRITE_HEADER=1 and look at the difference"
    );
}
