//! Queues: events on their way to one thread of the host.

use std::ffi::c_void;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::arguments;
use super::deliver::Delivered;
use super::event::wirebird_event_t;
use super::guard::{Fault, Outcome, guard, watch_forks};
use super::handles;
use super::host::{CHost, Functions};
use super::init::queue_defaults;
use super::options::*;
use super::settings::within;
use super::status::*;
use super::types::*;
use crate::connection::Collecting;
use crate::net::Engine;
use crate::queue::drain::{self, Budget, Busy};
use crate::queue::{Delivery, Queue, TextForm};
use crate::sync::lock;

/// No end of a wait: `timeout_ms` of `wirebird_queue_wait`.
pub const WIREBIRD_FOREVER: u32 = u32::MAX;

/// A queue with what its last event points to.
pub(super) struct HostQueue {
    pub queue: Arc<Queue>,
    /// Kept until the next event is taken by `wirebird_queue_next`.
    last: Mutex<Option<Pulled>>,
}

struct Pulled(#[allow(dead_code, reason = "kept alive, not looked at")] Delivered);

// SAFETY: the pointers in it are not followed; only its memory is freed, which
// may happen on any thread.
unsafe impl Send for Pulled {}

impl Drop for HostQueue {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// Makes a queue. `options` may be NULL for the defaults.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT, WIREBIRD_ERROR_RESOURCES if the engine
/// can't start, WIREBIRD_ERROR_SHUT_DOWN. No callback is called then.
///
/// # Safety
/// `options` is NULL or valid as its `size` says, with functions that keep the
/// promises of their documentation; `queue` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_queue_new(
    options: *const wirebird_queue_options_t,
    queue: *mut wirebird_queue_t,
) -> wirebird_status_t {
    guard(|| {
        // SAFETY: the caller's promise; the struct is plain data of C.
        let options = unsafe { arguments::options(options, queue_defaults(), "options") }?;
        arguments::check_output(queue, "queue")?;
        let text = match options.text {
            WIREBIRD_PAYLOAD_UTF8 => TextForm::Utf8,
            WIREBIRD_PAYLOAD_UTF16 => TextForm::Utf16,
            other => {
                return Err(Fault::argument(format!(
                    "options->text is {other}: use WIREBIRD_PAYLOAD_UTF8 or WIREBIRD_PAYLOAD_UTF16"
                )));
            }
        };
        let max_waiting = max_waiting("options->max_waiting", options.max_waiting)?;
        let storage = Functions::read(&options.storage)?;
        Engine::get()?;
        watch_forks();
        // Nothing fails from here on: its `drop` will be called.
        let host = CHost::new(&options, storage);
        let small = AtomicUsize::new(options.small_payload as usize);
        let delivery = Delivery { text, small, host: Box::new(host) };
        let made = Queue::new(delivery, max_waiting);
        let handle =
            handles::add_queue(Arc::new(HostQueue { queue: made, last: Mutex::default() }));
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(queue, handle, "queue") }?;
        Ok(WIREBIRD_OK)
    })
}

/// Takes one event: WIREBIRD_OK, or WIREBIRD_EMPTY if none is waiting. What the
/// event points to is valid until the next call for the same queue.
///
/// Errors: WIREBIRD_ERROR_STATE while another thread dispatches the queue.
///
/// # Safety
/// `event` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_queue_next(
    queue: wirebird_queue_t,
    event: *mut wirebird_event_t,
) -> wirebird_status_t {
    guard(|| {
        let queue = handles::queue(queue)?;
        arguments::check_output(event, "event")?;
        let mut delivered = Delivered::new();
        let fill = |source: &_, event, arena: &_| delivered.fill(source, event, arena);
        if !drain::next(&queue.queue, fill).map_err(busy)? {
            lock(&queue.last).take();
            return Ok(WIREBIRD_EMPTY);
        }
        let what = *delivered.finish(&queue.queue);
        delivered.seen();
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(event, what, "event") }?;
        *lock(&queue.last) = Some(Pulled(delivered));
        Ok(WIREBIRD_OK)
    })
}

/// Hands the events that wait now to `handler`, at most `max_events` (0: no
/// bound), and no further one after `max_us` microseconds (0: no bound). What
/// the handler sends is collected and written at the end, one write for each
/// connection. Events that arrive meanwhile are left for the next call, for
/// which `wake` is called.
///
/// Returns WIREBIRD_OK, or WIREBIRD_MORE if the bound was reached and events
/// are left; `wake` has been called for them. May be called again inside the
/// handler, for a nested event loop: it goes on with the events that are left.
///
/// Errors: WIREBIRD_ERROR_STATE while another thread dispatches the queue.
///
/// # Safety
/// `handler` may be called with `context` and does not throw.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_queue_dispatch(
    queue: wirebird_queue_t,
    max_events: u32,
    max_us: u32,
    handler: Option<unsafe extern "C" fn(context: *mut c_void, event: *const wirebird_event_t)>,
    context: *mut c_void,
) -> wirebird_status_t {
    guard(|| {
        let queue = handles::queue(queue)?.queue.clone();
        let handler = handler.ok_or_else(|| Fault::argument("handler is NULL"))?;
        let budget = Budget {
            events: if max_events == 0 { usize::MAX } else { max_events as usize },
            time: (max_us > 0).then(|| Duration::from_micros(u64::from(max_us))),
        };
        let collecting = Collecting::begin();
        let deliver = |delivered: &mut Delivered| {
            let event: *const wirebird_event_t = delivered.finish(&queue);
            // SAFETY: the caller's promise; the event lives during the call.
            unsafe { handler(context, event) };
            delivered.seen();
        };
        let mut delivered = Delivered::new();
        let more = drain::dispatch(&queue, budget, &mut delivered, Delivered::fill, deliver);
        drop(collecting);
        Ok(if more.map_err(busy)? { WIREBIRD_MORE } else { WIREBIRD_OK })
    })
}

/// Collects what this thread sends from now on, whatever the connection, until
/// the next `wirebird_queue_flush` or the end of the next dispatch: one write
/// for each connection then. For a host that returns to its event loop soon
/// and calls one of them there. What is too large to wait is written by the
/// engine meanwhile.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_queue_collect(queue: wirebird_queue_t) -> wirebird_status_t {
    guard(|| {
        handles::queue(queue)?;
        Collecting::until_flush();
        Ok(WIREBIRD_OK)
    })
}

/// Writes now what this thread has collected: what handlers of the dispatch that
/// runs on it have sent so far, for handlers that go on for long, or what was
/// sent since `wirebird_queue_collect`. Call it before a nested event
/// loop waits: if the dispatch has events left, `wake` is called for them and
/// WIREBIRD_MORE returned.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_queue_flush(queue: wirebird_queue_t) -> wirebird_status_t {
    guard(|| {
        let queue = handles::queue(queue)?;
        Collecting::flush();
        Ok(if drain::wake_for_rest(&queue.queue) { WIREBIRD_MORE } else { WIREBIRD_OK })
    })
}

/// Waits until an event is there (WIREBIRD_OK) or `timeout_ms` passed
/// (WIREBIRD_EMPTY). WIREBIRD_FOREVER waits without end. For programs that
/// have no event loop of their own. An event of a connection that is released
/// meanwhile is left out: `wirebird_queue_next` may then say WIREBIRD_EMPTY.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_queue_wait(
    queue: wirebird_queue_t,
    timeout_ms: u32,
) -> wirebird_status_t {
    guard(|| {
        let queue = handles::queue(queue)?.queue.clone();
        let finite = timeout_ms != WIREBIRD_FOREVER;
        let timeout = finite.then(|| Duration::from_millis(u64::from(timeout_ms)));
        Ok(if queue.wait(timeout) { WIREBIRD_OK } else { WIREBIRD_EMPTY })
    })
}

/// Changes one of WIREBIRD_QUEUE_OPTION_…, at once.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_queue_set(
    queue: wirebird_queue_t,
    option: u32,
    value: u64,
) -> wirebird_status_t {
    guard(|| {
        let queue = handles::queue(queue)?.queue.clone();
        match option {
            WIREBIRD_QUEUE_OPTION_SMALL_PAYLOAD => {
                let small = within("small_payload", value, 0, u64::from(u32::MAX))?;
                queue.delivery().set_small(small as usize);
            }
            WIREBIRD_QUEUE_OPTION_MAX_WAITING => {
                queue.set_max_waiting(max_waiting("max_waiting", value)?);
            }
            _ => return Err(unknown(option)),
        }
        Ok(WIREBIRD_OK)
    })
}

/// Reads one of WIREBIRD_QUEUE_OPTION_….
///
/// Errors: WIREBIRD_ERROR_ARGUMENT.
///
/// # Safety
/// `value` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_queue_get(
    queue: wirebird_queue_t,
    option: u32,
    value: *mut u64,
) -> wirebird_status_t {
    guard(|| {
        let queue = handles::queue(queue)?.queue.clone();
        let found = match option {
            WIREBIRD_QUEUE_OPTION_SMALL_PAYLOAD => queue.delivery().small(),
            WIREBIRD_QUEUE_OPTION_MAX_WAITING => queue.max_waiting(),
            _ => return Err(unknown(option)),
        };
        // SAFETY: the caller's promise.
        unsafe { arguments::output(value, found as u64, "value") }?;
        Ok(WIREBIRD_OK)
    })
}

/// Releases a queue. Its connections and servers keep their events until they
/// are given another queue or released. Whoever waits in
/// `wirebird_queue_wait` returns. May be called inside its own dispatch, which
/// ends with the event that is being handled.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_queue_release(queue: wirebird_queue_t) -> wirebird_status_t {
    guard(|| {
        let queue = handles::take_queue(queue)?;
        queue.queue.close();
        Ok(WIREBIRD_OK)
    })
}

/// The queue of a handle; none for id 0.
pub(super) fn queue_or_none(handle: wirebird_queue_t) -> Result<Option<Arc<Queue>>, Fault> {
    if handle.id == 0 {
        return Ok(None);
    }
    handles::queue(handle).map(|queue| Some(queue.queue.clone()))
}

/// Whether a source can move to a queue: the two have to prepare payloads in
/// the same way.
pub(super) fn check_fits(source: &crate::queue::Source, queue: Option<&Arc<Queue>>) -> Outcome {
    match queue {
        Some(queue) if !source.delivery().fits(queue.delivery()) => Err(Fault::argument(
            "queue has another text form or other storage functions than the one before",
        )),
        _ => Ok(WIREBIRD_OK),
    }
}

fn max_waiting(name: &str, value: u64) -> Result<usize, Fault> {
    Ok(usize::try_from(within(name, value, 1, i64::MAX as u64)?).unwrap_or(usize::MAX))
}

fn unknown(option: u32) -> Fault {
    Fault::argument(format!("{option} is no WIREBIRD_QUEUE_OPTION_…"))
}

fn busy(_: Busy) -> Fault {
    Fault::state("another thread dispatches this queue")
}
