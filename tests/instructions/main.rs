//! Fixed work of the engine on one thread, the same instructions each time. check.py runs one
//! workload at a time under callgrind, which counts what happens in `measured`.

#![forbid(unsafe_code)]

mod host;
mod workloads;

use std::process::ExitCode;

/// Callgrind collects in here only.
#[inline(never)]
fn measured(work: &mut dyn FnMut() -> usize) -> usize {
    let done = work();
    // Nothing is left for the end, and nothing of it is thrown away.
    std::hint::black_box(done)
}

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    let Some((mut work, expected)) = workloads::find(&name) else {
        for name in workloads::NAMES {
            println!("{name}");
        }
        return if name.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) };
    };
    // Once before: what is made at the first use is not part of it.
    work();
    let done = measured(&mut work);
    if done == expected {
        return ExitCode::SUCCESS;
    }
    eprintln!("{name}: {done} instead of {expected}");
    ExitCode::FAILURE
}
