//! Tests in processes of their own, with other environment variables.

use std::process::Command;

/// Names the way that a process was started for.
const VARIABLE: &str = "WIREBIRD_TEST_ENVIRONMENT";

/// Runs `test`, which finds `way`, in a process with these variables.
pub fn is_in(test: &str, way: &str, variables: &[(&str, &str)]) {
    let name = format!("dial::{test}");
    let mut command = Command::new(std::env::current_exe().expect("a path"));
    command.args([&name, "--exact", "--nocapture"]).env(VARIABLE, way);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    let output = command.envs(variables.iter().copied()).output().expect("the process starts");
    let out = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{variables:?}\n{out}\n{errors}");
    assert!(out.contains("1 passed"), "{name} did not run:\n{out}");
}

/// What this process was started for, if it is one of those.
pub fn way() -> Option<String> {
    std::env::var(VARIABLE).ok()
}
