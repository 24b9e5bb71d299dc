//! What a queue promises: order, wake-ups, bounds, and letting go.

use std::ffi::c_void;
use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use socket2::SockRef;
use tokio_tungstenite::tungstenite::Message;
use wirebird::ffi::*;

use super::host::*;
use super::peers;

/// A client that gets three messages and then stays.
fn three_messages() -> (String, std::thread::JoinHandle<()>) {
    peers::serve(|mut socket| {
        for number in 1..=3 {
            socket.write(Message::text(number.to_string())).expect("written");
        }
        socket.flush().expect("sent");
        while socket.read().is_ok() {}
    })
}

/// A connection whose three messages, written at once, lie in the queue.
fn opened_with_three(host: &Host) -> wirebird_connection_t {
    let (url, _server) = three_messages();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    assert_eq!(wirebird_queue_wait(host.queue, PATIENCE_MS), WIREBIRD_OK);
    connection
}

unsafe extern "C" fn count(context: *mut c_void) {
    unsafe { &*context.cast::<AtomicU32>() }.fetch_add(1, SeqCst);
}

#[test]
fn an_event_behind_those_of_a_released_connection_is_found() {
    let host = Host::new();
    let released = opened_with_three(&host);
    host.expect(WIREBIRD_EVENT_TEXT);
    ok(wirebird_connection_release(released));
    let (url, _server) = three_messages();
    host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "1");
}

/// What a handler does at each event, and what came of it.
struct Handler<'a> {
    queue: wirebird_queue_t,
    events: u32,
    action: &'a mut dyn FnMut(wirebird_queue_t, &wirebird_event_t),
}

unsafe extern "C" fn handle(context: *mut c_void, event: *const wirebird_event_t) {
    let handler = unsafe { &mut *context.cast::<Handler<'_>>() };
    handler.events += 1;
    (handler.action)(handler.queue, unsafe { &*event });
}

/// Dispatches; the status and how many events were handled.
fn dispatch(
    queue: wirebird_queue_t,
    max_events: u32,
    action: &mut dyn FnMut(wirebird_queue_t, &wirebird_event_t),
) -> (wirebird_status_t, u32) {
    let mut handler = Handler { queue, events: 0, action };
    let context = (&raw mut handler).cast();
    let status = unsafe { wirebird_queue_dispatch(queue, max_events, 0, Some(handle), context) };
    (status, handler.events)
}

#[test]
fn a_queue_released_in_its_own_dispatch_delivers_nothing_more() {
    let host = Host::new();
    let connection = opened_with_three(&host);
    let mut release = |queue, _: &_| ok(wirebird_queue_release(queue));
    assert_eq!(dispatch(host.queue, 0, &mut release), (WIREBIRD_OK, 1));
    // The rest goes to the next queue, in order.
    let next = Host::new();
    ok(wirebird_connection_set_queue(connection, next.queue));
    assert_eq!(next.expect(WIREBIRD_EVENT_TEXT).text(), "2");
    assert_eq!(next.expect(WIREBIRD_EVENT_TEXT).text(), "3");
}

#[test]
fn a_nested_dispatch_goes_on_and_wakes_for_what_it_leaves() {
    // An engine thread may still be calling `wake` when the queue is released.
    let wakes = Box::leak(Box::new(AtomicU32::new(0)));
    let context = (&raw const *wakes).cast_mut().cast();
    let host = Host::with(|options| {
        options.wake = Some(count);
        options.context = context;
    });
    opened_with_three(&host);
    let mut nested = Vec::new();
    let mut waited = None;
    let mut action = |queue, _: &_| {
        waited = Some(wirebird_queue_wait(queue, WIREBIRD_FOREVER));
        let before = wakes.load(SeqCst);
        nested.push(dispatch(queue, 1, &mut |_, _| {}));
        assert!(wakes.load(SeqCst) > before, "the host is woken for the third");
    };
    assert_eq!(dispatch(host.queue, 1, &mut action), (WIREBIRD_MORE, 1));
    assert_eq!(waited, Some(WIREBIRD_OK), "a wait sees what the dispatch has left");
    assert_eq!(nested, [(WIREBIRD_MORE, 1)]);
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "3");
}

#[test]
fn two_threads_do_not_dispatch_one_queue() {
    let host = Host::new();
    opened_with_three(&host);
    let mut other = 0;
    let mut action = |queue: wirebird_queue_t, _: &_| {
        let thread = std::thread::spawn(move || dispatch(queue, 0, &mut |_, _| {}));
        other = thread.join().expect("no panic").0;
    };
    dispatch(host.queue, 1, &mut action);
    assert_eq!(other, WIREBIRD_ERROR_STATE);
}

#[test]
fn a_released_queue_does_not_grow() {
    let (tell, stuck) = std::sync::mpsc::channel();
    let (url, server) = peers::serve(move |mut socket| {
        let timeout = Some(std::time::Duration::from_millis(200));
        socket.get_mut().set_write_timeout(timeout).expect("set");
        let mut sent = 0u64;
        while socket.send(Message::binary(vec![0; 4096])).is_ok() {
            sent += 4096;
            assert!(sent < 64 << 20, "nothing stops the peer");
        }
        tell.send(()).expect("the test waits");
        sent
    });
    let host = Host::new();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    drop(host);
    stuck.recv_timeout(peers::patience().expect("set")).expect("the peer is stuck");
    ok(wirebird_connection_release(connection));
    server.join().expect("the server is content");
}

#[test]
fn everything_is_let_go_after_clients_that_vanish_in_their_handshake() {
    let drops = Box::leak(Box::new(AtomicU32::new(0)));
    let context = (&raw const *drops).cast_mut().cast();
    {
        let host = Host::with(|options| {
            options.drop = Some(count);
            options.context = context;
        });
        let server = host.listen();
        for _ in 0..50 {
            let stream = TcpStream::connect(("127.0.0.1", server.port)).expect("listening");
            SockRef::from(&stream).set_linger(Some(std::time::Duration::ZERO)).expect("set");
            (&stream).write_all(peers::request("").as_bytes()).expect("taken");
        }
        ok(wirebird_server_close(server.handle));
        loop {
            let event = host.next();
            match event.kind {
                WIREBIRD_EVENT_SERVER_CLOSED => break,
                WIREBIRD_EVENT_ACCEPTED => ok(wirebird_connection_release(event.connection)),
                _ => {}
            }
        }
        ok(wirebird_server_release(server.handle));
    }
    let end = std::time::Instant::now() + peers::patience().expect("set");
    while drops.load(SeqCst) == 0 {
        assert!(std::time::Instant::now() < end, "something still holds the queue's host");
        std::thread::yield_now();
    }
    assert_eq!(drops.load(SeqCst), 1);
}
