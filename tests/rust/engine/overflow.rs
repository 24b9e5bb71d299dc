//! What happens past max_unsent, and messages of which only the newest matters:
//! with a peer that does not read, plain and compressed.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use wirebird::ffi::*;

use super::host::*;

/// More than the system takes for a peer that does not read.
const FILLER: usize = 16 << 20;

/// What may wait behind the filler.
const ROOM: u64 = 50_000;

/// A server's connection to a client that reads when the test says so.
struct Stuck {
    host: Host,
    server: wirebird_connection_t,
    peer: Host,
    client: wirebird_connection_t,
}

impl Stuck {
    /// A filler waits, and there is `ROOM` behind it.
    fn new(compression: u32, overflow: u32) -> Self {
        let (host, peer) = (Host::new(), Host::new());
        let listening = host.listen_with(|_, connection| {
            connection.compression = compression;
            connection.max_unsent = 1 << 40;
            connection.high_water = 1 << 40;
            connection.compression_threshold = 1 << 40;
        });
        let client = peer.open_with(&listening.url(), |_, connection| {
            connection.max_message_size = 1 << 40;
        });
        let server = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
        peer.expect(WIREBIRD_EVENT_OPENED);
        assert_eq!(get(server, WIREBIRD_OPTION_COMPRESSION), u64::from(compression));
        ok(wirebird_connection_pause(client));
        send_binary(server, &vec![0; FILLER]);
        set(server, WIREBIRD_OPTION_COMPRESSION_THRESHOLD, 0);
        set(server, WIREBIRD_OPTION_MAX_UNSENT, full(server) + ROOM);
        set(server, WIREBIRD_OPTION_OVERFLOW, u64::from(overflow));
        Self { host, server, peer, client }
    }

    /// Lets the peer read; what it gets behind the filler until the message
    /// `last`.
    fn read_until(&self, last: &str) -> Vec<String> {
        ok(wirebird_connection_resume(self.client));
        assert_eq!(self.peer.expect(WIREBIRD_EVENT_BINARY).data.len(), FILLER);
        self.go_on_until(last)
    }

    fn go_on_until(&self, last: &str) -> Vec<String> {
        let mut messages = Vec::new();
        loop {
            let event = self.peer.next();
            assert_eq!(event.kind, WIREBIRD_EVENT_TEXT, "{event:?} after {}", messages.len());
            messages.push(event.text().to_owned());
            if event.text() == last {
                return messages;
            }
        }
    }

    fn send(&self, message: &str) -> wirebird_status_t {
        let data = message.as_ptr().cast();
        unsafe { wirebird_connection_send_text(self.server, data, message.len()) }
    }

    fn send_latest(&self, topic: u64, message: &str) -> wirebird_status_t {
        latest(self.server, topic, message)
    }

    fn dropped(&self) -> u64 {
        get(self.server, WIREBIRD_OPTION_DROPPED)
    }

    /// Sends `message` past the limit, whatever is there.
    fn send_last(&self, message: &str) {
        set(self.server, WIREBIRD_OPTION_MAX_UNSENT, 1 << 40);
        ok(self.send(message));
    }

    /// Closes; the peer is told of nothing else.
    fn close(self) {
        close(self.server, 4000, "done");
        let closing = self.peer.expect(WIREBIRD_EVENT_CLOSING);
        assert_eq!((closing.close_code, closing.value), (4000, 1));
        assert_eq!(self.host.until(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_OK);
    }
}

/// Waits until the system takes no more; what is unsent then.
fn full(connection: wirebird_connection_t) -> u64 {
    let (mut before, mut alike) = (u64::MAX, 0);
    while alike < 100 {
        let unsent = get(connection, WIREBIRD_OPTION_UNSENT);
        alike = if unsent == before && unsent < FILLER as u64 { alike + 1 } else { 0 };
        before = unsent;
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    before
}

fn latest(connection: wirebird_connection_t, topic: u64, message: &str) -> wirebird_status_t {
    let (data, length) = (message.as_ptr().cast(), message.len());
    let payload = WIREBIRD_PAYLOAD_UTF8;
    unsafe { wirebird_connection_send_latest(connection, topic, payload, data, length, null_mut()) }
}

static PATTERN: LazyLock<String> =
    LazyLock::new(|| (0..10_000u32).map(|at| char::from(b'a' + (at * at % 26) as u8)).collect());

/// Message number `number`, of a length between 10 and 9000 bytes.
fn numbered(number: usize) -> String {
    let mut message = format!("{number:09} ");
    let length = [0, 90, 900, 8990][number % 4];
    message.push_str(&PATTERN[number % 26..][..length]);
    message
}

fn number(message: &str) -> usize {
    let number = message[..9].parse().expect("a number");
    assert!(message == numbered(number), "message {number} was changed");
    number
}

#[test]
fn as_a_default_the_connection_closes() {
    let stuck = Stuck::new(0, WIREBIRD_OVERFLOW_CLOSE);
    assert_eq!(stuck.send(&"x".repeat(FILLER)), WIREBIRD_ERROR_LIMIT);
    assert_eq!(stuck.host.until(WIREBIRD_EVENT_CLOSING).close_code, 1013);
    assert_eq!((stuck.send("x"), stuck.dropped()), (WIREBIRD_ERROR_STATE, 1));
}

#[test]
fn the_newest_are_refused_and_the_connection_lives() {
    for compression in [0, 1] {
        let stuck = Stuck::new(compression, WIREBIRD_OVERFLOW_DROP_NEWEST);
        let (mut accepted, mut refused) = (Vec::new(), 0);
        for number in 0.. {
            match stuck.send(&numbered(number)) {
                WIREBIRD_OK => accepted.push(number),
                status => {
                    assert_eq!(status, WIREBIRD_ERROR_LIMIT, "{}", last_error());
                    refused += 1;
                }
            }
            if refused == 50 {
                break;
            }
        }
        assert!(last_error().contains("max_unsent"), "{}", last_error());
        assert_eq!(stuck.dropped(), refused);
        assert_eq!(get(stuck.server, WIREBIRD_OPTION_MESSAGES_SENT), accepted.len() as u64 + 1);
        stuck.send_last("last");
        let got = stuck.read_until("last");
        let got: Vec<_> = got[..got.len() - 1].iter().map(|message| number(message)).collect();
        assert_eq!(got, accepted);
        ok(stuck.send("after it"));
        stuck.go_on_until("after it");
        stuck.close();
    }
}

#[test]
fn the_oldest_make_room() {
    for (compression, frame_size) in [(0, i64::MAX as u64), (0, 1000), (1, 1000)] {
        let stuck = Stuck::new(compression, WIREBIRD_OVERFLOW_DROP_OLDEST);
        set(stuck.server, WIREBIRD_OPTION_OUTGOING_FRAME_SIZE, frame_size);
        let mut sent = 0;
        while stuck.dropped() < 500 {
            ok(stuck.send(&numbered(sent)));
            sent += 1;
            if sent % 100 == 0 {
                let payload = sent.to_le_bytes();
                ok(unsafe {
                    wirebird_connection_ping(stuck.server, payload.as_ptr().cast(), payload.len())
                });
            }
        }
        let unsent = get(stuck.server, WIREBIRD_OPTION_UNSENT);
        let limit = get(stuck.server, WIREBIRD_OPTION_MAX_UNSENT);
        // A Ping is not refused.
        assert!(unsent <= limit + 1000, "{unsent} bytes wait, {limit} may");
        let left = sent as u64 - stuck.dropped();
        assert_eq!(get(stuck.server, WIREBIRD_OPTION_MESSAGES_SENT), left + 1);
        let got = stuck.read_until(&numbered(sent - 1));
        let got: Vec<_> = got.iter().map(|message| number(message)).collect();
        let newest: Vec<_> = (sent - left as usize..sent).collect();
        assert_eq!(got, newest, "compression {compression}");
        for ping in 1..=sent / 100 {
            let pong = stuck.host.expect(WIREBIRD_EVENT_PONG);
            assert_eq!(pong.data, (ping * 100).to_le_bytes(), "every Ping is answered");
        }
        stuck.close();
    }
}

#[test]
fn nothing_is_dropped_for_a_message_that_does_not_fit_anyway() {
    let stuck = Stuck::new(0, WIREBIRD_OVERFLOW_DROP_OLDEST);
    ok(stuck.send("first"));
    assert_eq!(stuck.send(&"x".repeat(2 * FILLER)), WIREBIRD_ERROR_LIMIT);
    assert!(last_error().contains("dropped"), "{}", last_error());
    assert_eq!(stuck.dropped(), 1);
    stuck.send_last("last");
    assert_eq!(stuck.read_until("last"), ["first", "last"]);
    stuck.close();
}

#[test]
fn a_message_in_fragments_is_neither_dropped_nor_torn() {
    for compression in [0, 1] {
        let stuck = Stuck::new(compression, WIREBIRD_OVERFLOW_DROP_OLDEST);
        let fragment = |text: &str, frame| unsafe {
            let (data, length) = (text.as_ptr().cast(), text.len());
            let payload = WIREBIRD_PAYLOAD_UTF8;
            let server = stuck.server;
            wirebird_connection_send_fragment(server, payload, data, length, frame, null_mut())
        };
        ok(stuck.send(&numbered(1)));
        ok(fragment("begun, ", 0));
        // The limit is reached with the whole message, and makes it go.
        set(stuck.server, WIREBIRD_OPTION_MAX_UNSENT, get(stuck.server, WIREBIRD_OPTION_UNSENT));
        ok(fragment("gone on with, ", 0));
        assert_eq!(stuck.dropped(), 1);
        assert_eq!(fragment(&"x".repeat(FILLER), 0), WIREBIRD_ERROR_LIMIT);
        assert_eq!(stuck.send("whole"), WIREBIRD_ERROR_STATE, "{}", last_error());
        ok(fragment("and ended", WIREBIRD_FRAME_LAST));
        assert_eq!(stuck.dropped(), 1);
        stuck.send_last("last");
        assert_eq!(stuck.read_until("last"), ["begun, gone on with, and ended", "last"]);
        stuck.close();
    }
}

#[test]
fn what_is_dropped_is_given_back_once() {
    static RELEASED: AtomicUsize = AtomicUsize::new(0);
    unsafe extern "C" fn released(_: *mut c_void) {
        RELEASED.fetch_add(1, SeqCst);
    }
    static UNITS: [u16; 5000] = [0x20AC; 5000];
    let stuck = Stuck::new(0, WIREBIRD_OVERFLOW_DROP_OLDEST);
    let mut sent = 0;
    while stuck.dropped() < 10 {
        let (data, payload) = (UNITS.as_ptr().cast(), WIREBIRD_PAYLOAD_UTF16);
        let (server, length, context) = (stuck.server, UNITS.len(), null_mut());
        let mut bytes = 0;
        ok(unsafe {
            let release = Some(released as _);
            wirebird_connection_send_shared(
                server, payload, data, length, release, context, &mut bytes,
            )
        });
        assert_eq!(bytes, 15_000);
        sent += 1;
    }
    assert_eq!(RELEASED.load(SeqCst) as u64, stuck.dropped());
    stuck.send_last("last");
    let got = stuck.read_until("last");
    assert_eq!(got.len(), sent - stuck.dropped() as usize + 1);
    assert!(got[..got.len() - 1].iter().all(|message| *message == "€".repeat(5000)));
    stuck.close();
    assert_eq!(RELEASED.load(SeqCst), sent);
}

#[test]
fn the_newest_of_a_topic_takes_the_place_of_the_one_before() {
    for compression in [0, 1] {
        for overflow in [WIREBIRD_OVERFLOW_CLOSE, WIREBIRD_OVERFLOW_DROP_OLDEST] {
            let stuck = Stuck::new(compression, overflow);
            ok(stuck.send_latest(7, "seven"));
            ok(stuck.send("between"));
            ok(stuck.send_latest(0, "zero"));
            for number in 0..10_000 {
                ok(stuck.send_latest(7, &numbered(number)));
                ok(stuck.send_latest(u64::MAX, &numbered(number)));
            }
            assert_eq!(stuck.dropped(), 10_000 + 9_999);
            assert_eq!(get(stuck.server, WIREBIRD_OPTION_MESSAGES_SENT), 1 + 4);
            ok(stuck.send("last"));
            let newest = numbered(9_999);
            assert_eq!(stuck.read_until("last"), [&newest, "between", "zero", &newest, "last"]);
            // What has left is not replaced.
            for text in ["one", "two"] {
                ok(stuck.send_latest(7, text));
                assert_eq!(stuck.go_on_until(text), [text]);
            }
            stuck.close();
        }
    }
}

#[test]
fn there_may_be_many_topics() {
    const TOPICS: usize = 1000;
    let stuck = Stuck::new(0, WIREBIRD_OVERFLOW_CLOSE);
    for round in 0..3 {
        for topic in 0..TOPICS {
            ok(stuck.send_latest(topic as u64, &format!("{topic} {round}")));
        }
    }
    assert_eq!(stuck.dropped(), 2 * TOPICS as u64);
    ok(stuck.send("last"));
    let got = stuck.read_until("last");
    assert!(got[..TOPICS].iter().enumerate().all(|(topic, got)| *got == format!("{topic} 2")));
    assert_eq!(got.len(), TOPICS + 1);
    // Those that have left are forgotten by and by, and may come again.
    for topic in 0..2 * TOPICS {
        let text = format!("{topic} again");
        ok(stuck.send_latest(topic as u64, &text));
        assert_eq!(stuck.go_on_until(&text).len(), 1);
    }
    stuck.close();
}

#[test]
fn a_longer_message_of_a_topic_makes_room_like_any_other() {
    let long = "x".repeat(ROOM as usize - 1000);
    let stuck = Stuck::new(0, WIREBIRD_OVERFLOW_DROP_OLDEST);
    // No room beyond what is left of the filler and this.
    ok(stuck.send_latest(1, "short"));
    ok(stuck.send("in its way, for now"));
    let unsent = get(stuck.server, WIREBIRD_OPTION_UNSENT);
    set(stuck.server, WIREBIRD_OPTION_MAX_UNSENT, unsent);
    ok(stuck.send_latest(1, "shorter than both"));
    assert_eq!(stuck.dropped(), 2);
    assert_eq!(stuck.send_latest(1, &"x".repeat(2 * FILLER)), WIREBIRD_ERROR_LIMIT);
    set(stuck.server, WIREBIRD_OPTION_OVERFLOW, u64::from(WIREBIRD_OVERFLOW_DROP_NEWEST));
    assert_eq!(stuck.send_latest(1, &"x".repeat(2 * FILLER)), WIREBIRD_ERROR_LIMIT);
    assert_eq!(stuck.dropped(), 4);
    set(stuck.server, WIREBIRD_OPTION_MAX_UNSENT, 1 << 40);
    ok(stuck.send_latest(2, &long));
    ok(stuck.send("last"));
    assert_eq!(stuck.read_until("last"), ["shorter than both", &long, "last"]);
    stuck.close();
}

/// The peer reads all the time, and the sender is faster.
#[test]
fn a_topic_never_goes_back_and_its_last_message_comes() {
    const TOPICS: usize = 10;
    for (compression, overflow) in [
        (0, WIREBIRD_OVERFLOW_CLOSE),
        (0, WIREBIRD_OVERFLOW_DROP_OLDEST),
        (1, WIREBIRD_OVERFLOW_DROP_OLDEST),
    ] {
        let stuck = Stuck::new(compression, overflow);
        let server = stuck.server;
        set(server, WIREBIRD_OPTION_MAX_UNSENT, 1 << 20);
        ok(wirebird_connection_resume(stuck.client));
        stuck.peer.expect(WIREBIRD_EVENT_BINARY);
        let count = 10_000;
        let sender = std::thread::spawn(move || {
            for number in 0..count {
                ok(latest(server, (number % TOPICS) as u64, &numbered(number)));
            }
        });
        let (mut got, mut last) = (1, [None; TOPICS]);
        while last.iter().flatten().filter(|&&number| number + TOPICS >= count).count() < TOPICS {
            let event = stuck.peer.expect(WIREBIRD_EVENT_TEXT);
            let number = number(event.text());
            let before = last[number % TOPICS].replace(number);
            assert!(before < Some(number), "{number} after {before:?}");
            got += 1;
        }
        sender.join().expect("everything was taken");
        assert_eq!(got, get(server, WIREBIRD_OPTION_MESSAGES_SENT));
        assert_eq!(got + stuck.dropped(), count as u64 + 1);
        stuck.close();
    }
}

#[test]
fn others_get_everything_while_one_does_not_read() {
    let stuck = Stuck::new(0, WIREBIRD_OVERFLOW_DROP_OLDEST);
    let (other, reader) = (Host::new(), Host::new());
    let listening = other.listen_with(|_, connection| connection.compression = 1);
    reader.open(&listening.url());
    let reading = other.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    reader.expect(WIREBIRD_EVENT_OPENED);
    let (both, mut sent) = ([stuck.server, reading], 0);
    while stuck.dropped() < 100 {
        let (message, payload, mut taken) = (numbered(sent), WIREBIRD_PAYLOAD_UTF8, 0);
        let (data, length) = (message.as_ptr().cast(), message.len());
        ok(unsafe { wirebird_broadcast(both.as_ptr(), 2, payload, data, length, &mut taken) });
        assert_eq!(taken, 2);
        assert!(reader.until(WIREBIRD_EVENT_TEXT).text() == message);
        sent += 1;
    }
    let before = stuck.dropped();
    for number in 0..100 {
        let (message, payload, mut taken) = (format!("{number}"), WIREBIRD_PAYLOAD_UTF8, 0);
        let (data, length) = (message.as_ptr().cast(), message.len());
        ok(unsafe {
            wirebird_broadcast_latest(both.as_ptr(), 2, 5, payload, data, length, &mut taken)
        });
        assert_eq!(taken, 2);
        assert_eq!(reader.until(WIREBIRD_EVENT_TEXT).text(), message);
    }
    assert!(stuck.dropped() >= before + 99, "{} after {before}", stuck.dropped());
    let got = stuck.read_until("99");
    let (last, numbers) = got.split_last().expect("some");
    assert_eq!(last, "99");
    let first = number(&numbers[0]);
    assert!(numbers.iter().map(|message| number(message)).eq(first..sent), "from {first}");
    assert_eq!(get(reading, WIREBIRD_OPTION_DROPPED), 0);
    stuck.close();
}

#[test]
fn topics_that_are_sent_before_the_handshake_is_complete() {
    for (offered, answered) in [(0, 0), (1, 1), (1, 0)] {
        let host = Host::new();
        let listening = host.listen_with(|options, connection| {
            options.accept = WIREBIRD_ACCEPT_ASK;
            connection.compression = 1;
            connection.compression_threshold = 0;
        });
        host.open_with(&listening.url(), |_, connection| connection.compression = offered);
        let server = host.expect(WIREBIRD_EVENT_REQUEST).connection;
        let mut options = initialised(wirebird_accept_options_init);
        let mut connection = initialised(wirebird_server_connection_options_init);
        connection.compression = answered;
        connection.compression_threshold = 0;
        options.connection = &connection;
        ok(unsafe { wirebird_connection_accept(server, &options) });
        // The handshake may be complete by now: then the first one leaves.
        for number in 0..1000 {
            ok(latest(server, 1, &numbered(number)));
        }
        let dropped = get(server, WIREBIRD_OPTION_DROPPED);
        let mut got = 0;
        loop {
            let event = host.next();
            if event.kind == WIREBIRD_EVENT_TEXT {
                got += 1;
                if number(event.text()) == 999 {
                    break assert!(got + dropped <= 1000, "{got} came, {dropped} were dropped");
                }
            }
        }
    }
}

#[test]
fn the_policy_can_be_read_and_has_three_values() {
    let host = Host::new();
    let (client, server) =
        host.pair(|_| {}, |options| options.overflow = WIREBIRD_OVERFLOW_DROP_NEWEST);
    assert_eq!(get(client, WIREBIRD_OPTION_OVERFLOW), 0);
    assert_eq!(get(server, WIREBIRD_OPTION_OVERFLOW), 1);
    let refused = wirebird_connection_set(client, WIREBIRD_OPTION_OVERFLOW, 3);
    assert_eq!(refused, WIREBIRD_ERROR_ARGUMENT);
    assert!(last_error().contains("WIREBIRD_OVERFLOW_"), "{}", last_error());
}
