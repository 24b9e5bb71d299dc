//! permessage-deflate between two of our own: what is negotiated, and what
//! travels.

use wirebird::ffi::*;

use super::host::*;

/// A client and a server's connection on one host.
struct Pair {
    host: Host,
    client: wirebird_connection_t,
    server: wirebird_connection_t,
}

type Options = wirebird_connection_options_t;

impl Pair {
    fn new(of_client: impl FnOnce(&mut Options), of_server: impl FnOnce(&mut Options)) -> Self {
        let host = Host::new();
        let (client, server) = host.pair(
            |connection| {
                connection.want = WIREBIRD_WANT_WRITTEN;
                of_client(connection);
            },
            |connection| {
                connection.compression = 1;
                connection.max_message_size = 64 << 20;
                connection.want = WIREBIRD_WANT_WRITTEN;
                of_server(connection);
            },
        );
        Self { host, client, server }
    }

    /// Sends from one end; what arrived at the other, and the bytes written.
    fn travel(&self, from: wirebird_connection_t, message: &str) -> u64 {
        send_text(from, message);
        let (mut written, mut arrived) = (0, false);
        while !arrived || get(from, WIREBIRD_OPTION_UNSENT) > 0 || written == 0 {
            let event = self.host.next();
            match event.kind {
                WIREBIRD_EVENT_WRITTEN => written += event.value,
                WIREBIRD_EVENT_TEXT => {
                    assert!(event.text() == message, "{} bytes changed", message.len());
                    arrived = true;
                }
                kind => panic!("{kind} while a message travels"),
            }
        }
        written
    }
}

fn extensions(connection: wirebird_connection_t) -> String {
    let mut extensions = text("");
    ok(unsafe { wirebird_connection_extensions(connection, &mut extensions) });
    if extensions.length == 0 {
        return String::new();
    }
    let bytes =
        unsafe { std::slice::from_raw_parts(extensions.data.cast::<u8>(), extensions.length) };
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn messages_shrink_in_both_directions() {
    let pair = Pair::new(|_| {}, |_| {});
    let message = r#"{"symbol":"WIRE","price":101.25,"change":-0.5}"#.repeat(20);
    for from in [pair.client, pair.server] {
        assert_eq!(extensions(from), "permessage-deflate");
        let (first, second) = (pair.travel(from, &message), pair.travel(from, &message));
        assert!(first < 100, "{first} for {}", message.len());
        assert!(second < 30, "{second} with the context taken over");
    }
}

#[test]
fn both_sides_can_switch_it_off() {
    let message = "a".repeat(1000);
    let off = |options: &mut Options| options.compression = 0;
    for pair in [Pair::new(off, |_| {}), Pair::new(|_| {}, off)] {
        for from in [pair.client, pair.server] {
            assert_eq!(extensions(from), "");
            assert!(pair.travel(from, &message) >= 1000);
        }
    }
}

#[test]
fn the_parameters_are_negotiated() {
    let pair = Pair::new(
        |client| {
            client.server_max_window_bits = 10;
            client.client_no_context_takeover = 1;
        },
        |server| {
            server.client_max_window_bits = 9;
            server.server_no_context_takeover = 1;
        },
    );
    let wanted = "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
                  server_max_window_bits=10; client_max_window_bits=9";
    let message = "no context is taken over, so that nothing shrinks further".repeat(9);
    for from in [pair.client, pair.server] {
        assert_eq!(extensions(from), wanted);
        let (first, second) = (pair.travel(from, &message), pair.travel(from, &message));
        assert!(first < 100 && second == first, "{first}, then {second}");
    }
}

#[test]
fn short_messages_travel_plain() {
    let pair = Pair::new(|_| {}, |options| options.compression_threshold = 100);
    assert_eq!(get(pair.server, WIREBIRD_OPTION_COMPRESSION_THRESHOLD), 100);
    assert_eq!(pair.travel(pair.server, &"a".repeat(99)), 99 + 2);
    assert!(pair.travel(pair.server, &"a".repeat(100)) < 20);
    ok(wirebird_connection_set(pair.server, WIREBIRD_OPTION_COMPRESSION_THRESHOLD, 1000));
    assert_eq!(pair.travel(pair.server, &"a".repeat(100)), 100 + 2);
}

#[test]
fn large_messages_and_small_frames() {
    let pair = Pair::new(|options| options.outgoing_frame_size = 1000, |_| {});
    let mut state = 1u32;
    let message: String = (0..5_000_000)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + (state >> 28) as u8)
        })
        .collect();
    for from in [pair.client, pair.server] {
        let written = pair.travel(from, &message);
        assert!(written < 3_500_000, "{written}");
        assert!(pair.travel(from, "€ and 😀".repeat(1000).as_str()) < 1000);
    }
}

#[test]
fn what_is_sent_before_the_handshake_is_complete_is_compressed_or_not() {
    for (offered, most) in [(1, 50), (0, 1010)] {
        let host = Host::new();
        let listening = host.listen_with(|options, connection| {
            options.accept = WIREBIRD_ACCEPT_ASK;
            connection.compression = 1;
            connection.want = WIREBIRD_WANT_WRITTEN;
        });
        let client = host.open_with(&listening.url(), |_, connection| {
            connection.compression = offered;
        });
        let request = host.expect(WIREBIRD_EVENT_REQUEST);
        ok(unsafe { wirebird_connection_accept(request.connection, std::ptr::null()) });
        send_text(request.connection, &"a".repeat(1000));
        send_text(request.connection, "short");
        let (mut written, mut texts) = (0, Vec::new());
        while texts.len() < 2 || get(request.connection, WIREBIRD_OPTION_UNSENT) > 0 || written == 0
        {
            let event = host.next();
            match event.kind {
                WIREBIRD_EVENT_WRITTEN => written += event.value,
                WIREBIRD_EVENT_TEXT => texts.push(event.text().to_owned()),
                _ => {}
            }
        }
        assert_eq!(texts, ["a".repeat(1000), "short".to_owned()]);
        assert!(written <= most + 7, "{written} bytes, compression offered: {offered}");
        ok(wirebird_connection_release(client));
    }
}

#[test]
fn figures_outside_their_ranges_are_refused() {
    let changes: [fn(&mut Options); 6] = [
        |options| options.compression = 2,
        |options| options.compression_level = 0,
        |options| options.compression_level = 10,
        |options| options.server_max_window_bits = 7,
        |options| options.client_max_window_bits = 16,
        |options| options.client_no_context_takeover = 2,
    ];
    let host = Host::new();
    for change in changes {
        let mut options = initialised(wirebird_client_options_init);
        let mut connection = initialised(wirebird_client_connection_options_init);
        options.url = text("ws://127.0.0.1:9/");
        change(&mut connection);
        options.connection = &connection;
        let mut handle = wirebird_connection_t::default();
        let status = unsafe { wirebird_client_open(host.queue, &options, &mut handle) };
        assert_eq!(status, WIREBIRD_ERROR_ARGUMENT, "{}", last_error());
    }
}
