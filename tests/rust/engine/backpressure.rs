//! Bounds in both directions: a host that does not take, a peer that does not
//! read.

use std::io::Read;

use tokio_tungstenite::tungstenite::Message;
use wirebird::ffi::*;

use super::host::*;
use super::peers;

#[test]
fn a_host_that_does_not_take_slows_the_peer_down_and_loses_nothing() {
    const SIZE: usize = 4096;
    const COUNT: usize = 16 * 1024; // 64 MiB
    let (tell, stuck) = std::sync::mpsc::channel();
    let (url, server) = peers::serve(move |mut socket| {
        socket
            .get_mut()
            .set_write_timeout(Some(std::time::Duration::from_millis(500)))
            .expect("set");
        for number in 0..COUNT {
            let mut message = vec![b'x'; SIZE];
            message[..8].copy_from_slice(&(number as u64).to_le_bytes());
            let mut result = socket.send(Message::binary(message));
            // The timeout shows that TCP is full; what tungstenite holds
            // leaves with the next flush.
            while result.is_err() {
                // The test may have heard already.
                let _ = tell.send(number);
                result = socket.flush();
            }
        }
        while socket.read().is_ok() {}
    });
    let host = Host::new();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    // What fits into the queue and into TCP's buffers leaves, and no more.
    let stuck_at = stuck.recv_timeout(peers::patience().expect("set")).expect("the peer is stuck");
    assert!(stuck_at * SIZE < 24 << 20, "{stuck_at} messages left");
    for number in 0..COUNT {
        let message = host.expect(WIREBIRD_EVENT_BINARY);
        assert_eq!(message.data.len(), SIZE);
        assert_eq!(message.data[..8], (number as u64).to_le_bytes());
    }
    ok(wirebird_connection_release(connection));
    server.join().expect("the server is content");
}

#[test]
fn a_paused_connection_is_not_read() {
    let (url, server) = peers::serve(|mut socket| {
        for _ in 0..100 {
            socket.send(Message::binary(vec![0; 1000])).expect("sent");
        }
        while socket.read().is_ok() {}
    });
    let host = Host::new();
    let connection = host.open(&url);
    ok(wirebird_connection_pause(connection));
    host.expect(WIREBIRD_EVENT_OPENED);
    // A Ping goes out, but its Pong is not read.
    ok(unsafe { wirebird_connection_ping(connection, std::ptr::null(), 0) });
    assert_eq!(wirebird_queue_wait(host.queue, 200), WIREBIRD_EMPTY);
    ok(wirebird_connection_resume(connection));
    for _ in 0..100 {
        host.expect(WIREBIRD_EVENT_BINARY);
    }
    host.expect(WIREBIRD_EVENT_PONG);
    ok(wirebird_connection_release(connection));
    server.join().expect("the server is content");
}

#[test]
fn a_pause_outlives_everything_but_its_end() {
    let (url, server) = peers::serve(|mut socket| {
        socket.send(Message::text("late")).expect("sent");
        while socket.read().is_ok() {}
    });
    let host = Host::new();
    let connection = host.open(&url);
    ok(wirebird_connection_pause(connection));
    host.expect(WIREBIRD_EVENT_OPENED);
    let other = Host::new();
    ok(wirebird_connection_set_queue(connection, other.queue));
    ok(wirebird_connection_set(connection, WIREBIRD_OPTION_HIGH_WATER, 7));
    assert_eq!(wirebird_queue_wait(other.queue, 200), WIREBIRD_EMPTY);
    ok(wirebird_connection_resume(connection));
    assert_eq!(other.expect(WIREBIRD_EVENT_TEXT).text(), "late");
    ok(wirebird_connection_release(connection));
    server.join().expect("the server is content");
}

/// Reads slowly: a little in each of many short times.
fn slow_reader(
    mut socket: tokio_tungstenite::tungstenite::WebSocket<std::net::TcpStream>,
) -> usize {
    let mut all = 0;
    let mut block = vec![0; 256 * 1024];
    loop {
        match socket.get_mut().read(&mut block) {
            Ok(0) | Err(_) => return all,
            Ok(read) => all += read,
        }
        // The peer's pace, not a synchronisation.
        std::thread::park_timeout(std::time::Duration::from_millis(20));
    }
}

#[test]
fn a_slow_peer_gets_all_that_was_sent_before_the_close() {
    // Takes longer than the timeout, and more than the system's buffers hold.
    const SIZE: usize = 64 << 20;
    let (url, server) = peers::serve(slow_reader);
    let host = Host::new();
    let connection = host.open_with(&url, |_, connection| connection.close_timeout_ms = 3000);
    host.expect(WIREBIRD_EVENT_OPENED);
    send_binary(connection, &vec![1; SIZE]);
    close(connection, 1000, "");
    host.expect(WIREBIRD_EVENT_CLOSED);
    let arrived = server.join().expect("the server is content");
    assert!(arrived > SIZE, "{arrived} of {SIZE} bytes arrived");
}

#[test]
fn a_peer_that_does_not_read_is_told_of_and_then_closed() {
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let (url, server) = peers::serve(move |mut socket| {
        // Does not read before the test says so.
        let _ = gone.recv();
        let mut all = Vec::new();
        let _ = socket.get_mut().read_to_end(&mut all);
        all.len()
    });
    let host = Host::new();
    let connection = host.open_with(&url, |_, connection| {
        connection.high_water = 1 << 20;
        connection.max_unsent = 8 << 20;
    });
    host.expect(WIREBIRD_EVENT_OPENED);
    let message = vec![1u8; 1 << 20];
    let mut accepted = 0;
    let refused = loop {
        let data = message.as_ptr().cast();
        match unsafe { wirebird_connection_send_binary(connection, data, message.len()) } {
            WIREBIRD_OK => accepted += 1,
            status => break status,
        }
        assert!(accepted < 100, "nothing bounds what is unsent");
    };
    assert_eq!(refused, WIREBIRD_ERROR_LIMIT);
    assert!(last_error().contains("max_unsent"), "{}", last_error());
    let high = host.expect(WIREBIRD_EVENT_HIGH_WATER);
    assert!(high.value > 1 << 20);
    let closing = host.until(WIREBIRD_EVENT_CLOSING);
    assert_eq!((closing.close_code, closing.status), (1013, WIREBIRD_ERROR_LIMIT));
    go.send(()).expect("the server waits");
    host.until(WIREBIRD_EVENT_CLOSED);
    // What had been accepted leaves before the Close, if the peer reads in time.
    assert!(server.join().expect("the server is content") >= accepted << 20);
}

#[test]
fn high_and_low_water_come_in_turn() {
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let (url, _server) = peers::serve(move |mut socket| {
        let _ = gone.recv();
        while socket.read().is_ok() {}
    });
    let host = Host::new();
    let connection = host.open_with(&url, |_, connection| connection.high_water = 100_000);
    host.expect(WIREBIRD_EVENT_OPENED);
    // A single message is above every mark: no reason to tell.
    send_binary(connection, &vec![0; 16 << 20]);
    assert!(host.take().is_none());
    send_binary(connection, b"one more");
    host.expect(WIREBIRD_EVENT_HIGH_WATER);
    assert!(get(connection, WIREBIRD_OPTION_UNSENT) > 100_000);
    go.send(()).expect("the server waits");
    host.expect(WIREBIRD_EVENT_LOW_WATER);
}
