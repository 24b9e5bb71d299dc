//! Connections that move between queues while messages are in flight.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use tokio_tungstenite::tungstenite::Message;
use wirebird::ffi::*;

use super::host::*;
use super::peers;

const COUNT: u32 = 30_000;

fn numbers() -> (String, std::thread::JoinHandle<()>) {
    peers::serve(|mut socket| {
        for number in 0..COUNT {
            socket.write(Message::text(number.to_string())).expect("written");
            if number % 50 == 0 {
                socket.flush().expect("sent");
            }
        }
        socket.flush().expect("sent");
        while socket.read().is_ok() {}
    })
}

#[test]
fn nothing_is_lost_or_reordered_between_two_queues_of_one_thread() {
    let (url, server) = numbers();
    let hosts = [Host::new(), Host::new()];
    let connection = hosts[0].open(&url);
    hosts[0].expect(WIREBIRD_EVENT_OPENED);
    for number in 0..COUNT {
        let place = (number / 37 % 2) as usize;
        if number % 37 == 0 {
            ok(wirebird_connection_set_queue(connection, hosts[place].queue));
        }
        assert_eq!(hosts[place].expect(WIREBIRD_EVENT_TEXT).text(), number.to_string());
    }
    ok(wirebird_connection_release(connection));
    server.join().expect("the server is content");
}

/// Each thread has its host and moves the connection on to the other one.
#[test]
fn nothing_is_lost_or_reordered_between_two_threads() {
    let (url, server) = numbers();
    let hosts = [Host::new(), Host::new()];
    let connection = hosts[0].open(&url);
    hosts[0].expect(WIREBIRD_EVENT_OPENED);
    let queues = [hosts[0].queue, hosts[1].queue];
    let expected = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for (mine, host) in hosts.iter().enumerate() {
            let expected = &expected;
            scope.spawn(move || {
                while expected.load(SeqCst) < COUNT {
                    if wirebird_queue_wait(host.queue, 10) != WIREBIRD_OK {
                        continue;
                    }
                    let event = host.expect(WIREBIRD_EVENT_TEXT);
                    let number: u32 = event.text().parse().expect("a number");
                    if expected.swap(number + 1, SeqCst) != number {
                        expected.store(COUNT, SeqCst);
                        panic!("{number} came too early or too late");
                    }
                    if number % 1000 == 999 {
                        ok(wirebird_connection_set_queue(connection, queues[1 - mine]));
                    }
                }
            });
        }
    });
    ok(wirebird_connection_release(connection));
    server.join().expect("the server is content");
}

fn one_message() -> (String, std::thread::JoinHandle<()>) {
    peers::serve(|mut socket| {
        socket.send(Message::text("kept")).expect("sent");
        while socket.read().is_ok() {}
    })
}

#[test]
fn events_without_a_queue_are_kept() {
    let (url, server) = one_message();
    let host = Host::new();
    let connection = host.open(&url);
    ok(wirebird_connection_set_queue(connection, wirebird_queue_t::default()));
    assert_eq!(wirebird_queue_wait(host.queue, 100), WIREBIRD_EMPTY);
    ok(wirebird_connection_set_queue(connection, host.queue));
    host.expect(WIREBIRD_EVENT_OPENED);
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "kept");
    ok(wirebird_connection_release(connection));
    server.join().expect("the server is content");
}

#[test]
fn a_released_queue_gives_its_events_to_the_next_one() {
    let (url, server) = one_message();
    let connection = {
        let host = Host::new();
        let connection = host.open(&url);
        assert_eq!(wirebird_queue_wait(host.queue, PATIENCE_MS), WIREBIRD_OK);
        connection
    };
    let host = Host::new();
    ok(wirebird_connection_set_queue(connection, host.queue));
    host.expect(WIREBIRD_EVENT_OPENED);
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "kept");
    ok(wirebird_connection_release(connection));
    server.join().expect("the server is content");
}

#[test]
fn a_queue_of_another_text_form_is_refused() {
    let (url, _server) = peers::serve(|mut socket| while socket.read().is_ok() {});
    let host = Host::new();
    let other = Host::with(|options| options.text = WIREBIRD_PAYLOAD_UTF8);
    let connection = host.open(&url);
    assert_eq!(wirebird_connection_set_queue(connection, other.queue), WIREBIRD_ERROR_ARGUMENT);
    assert!(last_error().contains("text form"), "{}", last_error());
}
