//! The log: what the engine says with `tracing`, for one listener of the
//! process.
//!
//! Each connection has a number, which its span carries. Above
//! [`Level::TRACE`] a record has addresses, hosts, paths, codes and causes;
//! never payloads, credentials, cookies or queries.

use std::cell::{Cell, RefCell};
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{OnceLock, PoisonError, RwLock};

use thiserror::Error;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record as Fields};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Span, Subscriber};

/// What records of frames and their sizes begin with.
pub(crate) const FRAME: &str = "wirebird::frame";

/// What was logged.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// How urgent it is.
    pub level: Level,
    /// The part of the engine, as in `connection`.
    pub category: &'a str,
    /// The number of the connection concerned; 0 if there is none.
    pub connection: u64,
    /// A sentence and what belongs to it, as `name=value`.
    pub text: &'a str,
}

/// Whom records are given to, on whichever thread they are made, which may hold
/// locks of the engine.
pub trait Sink: Send + Sync {
    /// Takes one record.
    fn record(&self, record: &Record<'_>);
}

/// Why the log can't be listened to.
#[derive(Debug, Error)]
pub enum LogError {
    /// `tracing` has its one subscriber already.
    #[error("this process has set a subscriber of tracing, which gets the log")]
    Subscribed,
    /// A sink calls this.
    #[error("the log can't be changed by the function that takes a record")]
    Logging,
}

static SINK: RwLock<Option<Box<dyn Sink>>> = RwLock::new(None);
static LEVEL: AtomicU8 = AtomicU8::new(0);
static SUBSCRIBED: OnceLock<bool> = OnceLock::new();

thread_local! {
    static LOGGING: Cell<bool> = const { Cell::new(false) };
    /// The connections whose spans were entered, the innermost one last.
    static ENTERED: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Gives records of `level` and those more urgent to `sink`. What listened
/// before is dropped, and not called any more.
pub fn listen(sink: Option<Box<dyn Sink>>, level: LevelFilter) -> Result<(), LogError> {
    if LOGGING.get() {
        return Err(LogError::Logging);
    }
    let level = if sink.is_some() { level } else { LevelFilter::OFF };
    let subscribe = || tracing::subscriber::set_global_default(Listener).is_ok();
    if level != LevelFilter::OFF && !SUBSCRIBED.get_or_init(subscribe) {
        return Err(LogError::Subscribed);
    }
    let before = {
        let mut current = SINK.write().unwrap_or_else(PoisonError::into_inner);
        LEVEL.store(rank(level), Relaxed);
        std::mem::replace(&mut *current, sink)
    };
    drop(before);
    tracing::callsite::rebuild_interest_cache();
    Ok(())
}

/// The next connection's number, and the span that carries it.
pub(crate) fn connection_span(role: &'static str) -> (u64, Span) {
    static NUMBERS: AtomicU64 = AtomicU64::new(1);
    let number = NUMBERS.fetch_add(1, Relaxed);
    (number, tracing::error_span!("connection", number, role))
}

fn rank(level: LevelFilter) -> u8 {
    match level.into_level() {
        None => 0,
        Some(Level::ERROR) => 1,
        Some(Level::WARN) => 2,
        Some(Level::INFO) => 3,
        Some(Level::DEBUG) => 4,
        Some(Level::TRACE) => 5,
    }
}

fn level() -> LevelFilter {
    match LEVEL.load(Relaxed) {
        0 => LevelFilter::OFF,
        1 => LevelFilter::ERROR,
        2 => LevelFilter::WARN,
        3 => LevelFilter::INFO,
        4 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    }
}

/// The engine's own: libraries below it may log what it must not.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("wirebird::") && *metadata.level() <= level()
}

/// The process's subscriber. A span's id is the number of its connection.
struct Listener;

impl Subscriber for Listener {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_ours(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_ours(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(level())
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut number = Number(0);
        attributes.record(&mut number);
        Id::from_u64(number.0.max(1))
    }

    fn enter(&self, span: &Id) {
        let _ = ENTERED.try_with(|entered| entered.borrow_mut().push(span.into_u64()));
    }

    fn exit(&self, _: &Id) {
        let _ = ENTERED.try_with(|entered| entered.borrow_mut().pop());
    }

    fn event(&self, event: &Event<'_>) {
        // A sink that makes the engine log is not asked again.
        let Ok(false) = LOGGING.try_with(|logging| logging.replace(true)) else { return };
        let sink = SINK.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(sink) = &*sink {
            let mut text = Text(String::new());
            event.record(&mut text);
            let number = ENTERED.try_with(|entered| entered.borrow().last().copied());
            let metadata = event.metadata();
            sink.record(&Record {
                level: *metadata.level(),
                category: metadata.target().split("::").nth(1).unwrap_or_default(),
                connection: number.ok().flatten().unwrap_or(0),
                text: &text.0,
            });
        }
        drop(sink);
        let _ = LOGGING.try_with(|logging| logging.set(false));
    }

    fn record(&self, _: &Id, _: &Fields<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}
}

/// Looks for a span's connection.
struct Number(u64);

impl Visit for Number {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "number" {
            self.0 = value;
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

/// The message first, then the fields.
struct Text(String);

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let space = if self.0.is_empty() { "" } else { " " };
        // Writing into a string does not fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{space}{value:?}"),
            name => write!(self.0, "{space}{name}={value:?}"),
        };
    }
}
