//! Counts messages, and what they cost: the report that meter.h makes, too.

/// The clocks start with the first message.
#[derive(Default)]
pub struct Meter {
    messages: u64,
    bytes: u64,
    start: Clocks,
}

#[derive(Clone, Copy, Default)]
struct Clocks {
    thread_us: i64,
    process_us: i64,
    wall_us: i64,
}

impl Meter {
    pub fn count(&mut self, bytes: usize) {
        if self.messages == 0 {
            self.start = Clocks::now();
        }
        self.messages += 1;
        self.bytes += bytes as u64;
    }

    /// Prints one line of JSON.
    pub fn report(&self, library: &str) {
        let now = if self.messages == 0 { self.start } else { Clocks::now() };
        println!(
            "{{\"library\": \"{library}\", \"messages\": {}, \"bytes\": {}, \"thread_cpu_us\": {}, \
             \"process_cpu_us\": {}, \"wall_us\": {}}}",
            self.messages,
            self.bytes,
            now.thread_us - self.start.thread_us,
            now.process_us - self.start.process_us,
            now.wall_us - self.start.wall_us,
        );
    }
}

impl Clocks {
    fn now() -> Self {
        Self {
            thread_us: clock(libc::CLOCK_THREAD_CPUTIME_ID),
            process_us: clock(libc::CLOCK_PROCESS_CPUTIME_ID),
            wall_us: clock(libc::CLOCK_MONOTONIC),
        }
    }
}

fn clock(id: libc::clockid_t) -> i64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is valid for writing.
    unsafe { libc::clock_gettime(id, &mut time) };
    time.tv_sec * 1_000_000 + time.tv_nsec / 1000
}
