//! Tests in processes of their own, where memory, descriptors and processor
//! time are theirs alone.

use std::process::Command;
use std::time::Duration;

/// Names the test that a process was started for.
const VARIABLE: &str = "WIREBIRD_TEST_ALONE";

/// Runs `body`, which is that of `test`, in a process of its own.
pub fn alone<Test: Fn()>(_test: Test, body: impl FnOnce()) {
    let path = std::any::type_name::<Test>();
    let (_, name) = path.split_once("::").expect("a test in a module");
    if std::env::var(VARIABLE).is_ok_and(|started_for| started_for == name) {
        return body();
    }
    let program = std::env::current_exe().expect("a path");
    let output = Command::new(program)
        .args([name, "--exact", "--nocapture"])
        .env(VARIABLE, name)
        .output()
        .expect("the process starts");
    let out = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{out}\n{errors}", output.status);
    assert!(out.contains("1 passed"), "{name} did not run:\n{out}");
}

/// Resident memory of this process in bytes.
pub fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    pages.expect("a number") * usize::try_from(page).expect("a size")
}

/// Open descriptors of this process.
pub fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("Linux").count()
}

/// Nothing in this process works any more while nothing happens. What still
/// had to be done when it was called may take its time.
pub fn rests() {
    const A_WHILE: Duration = Duration::from_millis(300);
    let mut used = Duration::MAX;
    for _ in 0..100 {
        let before = processor_time();
        // What is measured, and nothing that is waited for.
        std::thread::sleep(A_WHILE);
        used = processor_time() - before;
        if used < A_WHILE / 10 {
            return;
        }
    }
    panic!("{used:?} of processor time in {A_WHILE:?} in which nothing happens");
}

/// Processor time that this process has used.
fn processor_time() -> Duration {
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    assert_eq!(unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) }, 0);
    let time = |time: libc::timeval| {
        Duration::from_secs(time.tv_sec as u64) + Duration::from_micros(time.tv_usec as u64)
    };
    time(usage.ru_utime) + time(usage.ru_stime)
}
