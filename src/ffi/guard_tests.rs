//! Panics injected at the boundary.

use std::ffi::CStr;

use super::*;
use crate::connection::{Connection, Settings};
use crate::protocol::{Masks, Role};
use crate::queue::Source;

fn last_error() -> String {
    // SAFETY: a terminated text of this thread's.
    unsafe { CStr::from_ptr(wirebird_last_error()) }.to_string_lossy().into_owned()
}

#[test]
fn a_panic_becomes_a_status_with_a_text() {
    assert_eq!(guard::guard(|| panic!("injected")), WIREBIRD_ERROR_PANIC);
    assert!(last_error().contains("defect"), "{}", last_error());
}

#[test]
fn a_panic_on_a_connection_closes_it_and_says_so_once() {
    let mut queue = wirebird_queue_t::default();
    // SAFETY: `queue` can be written.
    assert_eq!(unsafe { wirebird_queue_new(std::ptr::null(), &mut queue) }, WIREBIRD_OK);
    let source = Source::new(&handles::queue(queue).expect("just made").queue, 7);
    let connection = Connection::client(source, Settings::new(Role::Client), Masks::Fresh);
    let handle = handles::add_connection(&connection);

    let status = guard::with_connection(handle, |_| panic!("injected"));
    assert_eq!(status, WIREBIRD_ERROR_PANIC);
    let status = guard::with_connection(handle, |_| panic!("again"));
    assert_eq!(status, WIREBIRD_ERROR_PANIC);

    // SAFETY: an event is plain data, and can be written.
    let mut event = unsafe { std::mem::zeroed() };
    assert_eq!(unsafe { wirebird_queue_next(queue, &mut event) }, WIREBIRD_OK);
    assert_eq!((event.kind, event.status), (WIREBIRD_EVENT_CLOSED, WIREBIRD_ERROR_PANIC));
    assert_eq!((event.connection, event.user_data as usize), (handle, 7));
    assert_eq!(unsafe { wirebird_queue_next(queue, &mut event) }, WIREBIRD_EMPTY);
    // SAFETY: reads nothing.
    let sent = unsafe { wirebird_connection_send_text(handle, std::ptr::null(), 0) };
    assert_eq!(sent, WIREBIRD_ERROR_STATE);
    assert_eq!(wirebird_connection_release(handle), WIREBIRD_OK);
    assert_eq!(wirebird_queue_release(queue), WIREBIRD_OK);
}
