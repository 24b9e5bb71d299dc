//! Pings: answered, sent, on a schedule, and unanswered.

use tokio_tungstenite::tungstenite::Message;
use wirebird::ffi::*;

use super::host::*;
use super::peers;

#[test]
fn a_ping_is_answered_and_told_where_it_is_wanted() {
    let (url, server) = peers::serve(|mut socket| {
        socket.send(Message::Ping("are you there?".into())).expect("sent");
        socket.read().expect("an answer")
    });
    let host = Host::new();
    host.open_with(&url, |_, connection| connection.want = WIREBIRD_WANT_PING);
    host.expect(WIREBIRD_EVENT_OPENED);
    assert_eq!(host.expect(WIREBIRD_EVENT_PING).text(), "are you there?");
    assert_eq!(server.join().expect("content"), Message::Pong("are you there?".into()));
}

#[test]
fn a_pong_tells_the_round_trip() {
    let (url, _server) = peers::serve(|mut socket| while socket.read().is_ok() {});
    let host = Host::new();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    assert_eq!(get(connection, WIREBIRD_OPTION_ROUND_TRIP), 0);
    ok(unsafe { wirebird_connection_ping(connection, b"x".as_ptr().cast(), 1) });
    let pong = host.expect(WIREBIRD_EVENT_PONG);
    assert_eq!(pong.text(), "x");
    assert!(pong.value > 0 && pong.value < u64::from(PATIENCE_MS) * 1000, "{}", pong.value);
    assert_eq!(get(connection, WIREBIRD_OPTION_ROUND_TRIP), pong.value);
    let long = [0u8; 126];
    let refused = unsafe { wirebird_connection_ping(connection, long.as_ptr().cast(), long.len()) };
    assert_eq!(refused, WIREBIRD_ERROR_ARGUMENT);
    assert!(last_error().contains("125"), "{}", last_error());
}

#[test]
fn a_round_trip_is_told_of_pings_of_host_and_schedule() {
    let (url, _server) = peers::serve(|mut socket| while socket.read().is_ok() {});
    let host = Host::new();
    let connection = host.open_with(&url, |_, connection| {
        connection.want = WIREBIRD_WANT_ROUND_TRIP;
    });
    host.expect(WIREBIRD_EVENT_OPENED);
    assert_eq!(get(connection, WIREBIRD_OPTION_WANT), u64::from(WIREBIRD_WANT_ROUND_TRIP));
    ok(unsafe { wirebird_connection_ping(connection, b"x".as_ptr().cast(), 1) });
    let told = host.expect(WIREBIRD_EVENT_ROUND_TRIP);
    assert_eq!((told.connection.id, told.data.len()), (connection.id, 0));
    assert_eq!(host.expect(WIREBIRD_EVENT_PONG).value, told.value);
    set(connection, WIREBIRD_OPTION_PING_INTERVAL, 5);
    for _ in 0..3 {
        let told = host.expect(WIREBIRD_EVENT_ROUND_TRIP);
        assert!(told.value < u64::from(PATIENCE_MS) * 1000, "{}", told.value);
    }
    set(connection, WIREBIRD_OPTION_PING_INTERVAL, 0);
    assert!(get(connection, WIREBIRD_OPTION_ROUND_TRIP) > 0);
}

#[test]
fn a_silent_peer_that_answers_pings_stays() {
    let (url, server) = peers::serve(|mut socket| {
        let mut pings = 0;
        while let Ok(message) = socket.read() {
            pings += usize::from(message.is_ping());
            if pings == 3 {
                socket.send(Message::text("three")).expect("sent");
                pings += 1;
            }
        }
    });
    let host = Host::new();
    let connection = host.open_with(&url, |_, connection| {
        connection.ping_interval_ms = 20;
        connection.pong_timeout_ms = 20_000;
    });
    host.expect(WIREBIRD_EVENT_OPENED);
    // No event tells of scheduled Pings and their answers.
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "three");
    ok(wirebird_connection_release(connection));
    server.join().expect("content");
}

#[test]
fn a_peer_that_answers_nothing_is_lost() {
    let (url, server) = peers::serve(|mut socket| {
        // Reads below tungstenite, so that nothing is answered.
        let _ = std::io::copy(socket.get_mut(), &mut std::io::sink());
    });
    let host = Host::new();
    host.open_with(&url, |_, connection| {
        connection.ping_interval_ms = 20;
        connection.pong_timeout_ms = 50;
    });
    host.expect(WIREBIRD_EVENT_OPENED);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.close_code), (WIREBIRD_ERROR_TIMEOUT, 1006));
    assert!(closed.message.contains("pong_timeout"), "{}", closed.message);
    server.join().expect("the stream ended");
}
