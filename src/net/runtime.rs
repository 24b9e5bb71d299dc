//! The engine: one tokio runtime for the process, started at first use.

use std::sync::Mutex;
use std::time::Duration;

use once_cell::sync::OnceCell;
use thiserror::Error;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::sync::lock;

static ENGINE: OnceCell<Engine> = OnceCell::new();

/// Most engine threads.
pub const MAX_THREADS: usize = 1024;

/// Why there is no engine.
#[derive(Debug, Error)]
pub enum EngineError {
    /// Threads or descriptors are exhausted.
    #[error("the engine could not start its threads: {0}")]
    Start(#[from] std::io::Error),
    /// The engine was shut down.
    #[error("the engine was shut down")]
    ShutDown,
    /// The engine was started with other options before.
    #[error("the engine is running already; start it before the first queue is made")]
    Running,
}

/// The runtime and its threads.
pub struct Engine {
    handle: Handle,
    runtime: Mutex<Option<Runtime>>,
}

impl Engine {
    /// The engine, started with default options if need be.
    pub fn get() -> Result<&'static Self, EngineError> {
        let engine = ENGINE.get_or_try_init(|| Self::build(0))?;
        if engine.is_running() { Ok(engine) } else { Err(EngineError::ShutDown) }
    }

    /// Starts the engine with a number of threads; 0 is the default.
    pub fn start(threads: usize) -> Result<(), EngineError> {
        let mut fresh = false;
        let engine = ENGINE.get_or_try_init(|| {
            fresh = true;
            Self::build(threads)
        })?;
        match (fresh, engine.is_running()) {
            (true, _) => Ok(()),
            (false, true) => Err(EngineError::Running),
            (false, false) => Err(EngineError::ShutDown),
        }
    }

    /// Ends every task and waits for the threads up to `timeout`.
    pub fn shut_down(timeout: Duration) {
        let Some(engine) = ENGINE.get() else { return };
        let runtime = lock(&engine.runtime).take();
        if let Some(runtime) = runtime {
            runtime.shutdown_timeout(timeout);
        }
    }

    /// To spawn tasks and make sockets.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    fn is_running(&self) -> bool {
        lock(&self.runtime).is_some()
    }

    fn build(threads: usize) -> Result<Self, EngineError> {
        let threads = match (environment_threads(), threads) {
            (Some(threads), _) => threads,
            (None, 0) => default_threads(),
            (None, threads) => threads,
        };
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads.clamp(1, MAX_THREADS))
            .thread_name("wirebird")
            .enable_io()
            .enable_time()
            .build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Mutex::new(Some(runtime)) })
    }
}

/// One engine thread for each two cores: the host's threads need cores too.
fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2))
}

fn environment_threads() -> Option<usize> {
    let value = std::env::var("WIREBIRD_THREADS").ok()?;
    match value.parse() {
        Ok(threads @ 1..=MAX_THREADS) => Some(threads),
        _ => {
            tracing::warn!(value, "WIREBIRD_THREADS is ignored: it has to be 1 to {MAX_THREADS}");
            None
        }
    }
}
