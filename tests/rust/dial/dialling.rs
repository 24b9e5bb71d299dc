//! Name look-up and connecting: what fails says at which step and where, and
//! nothing hangs.

use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Socket, Type};
use wirebird::ffi::*;

use super::scripted::{Answer, Scripted, field};
use crate::engine::host::*;
use crate::engine::peers;

/// An address whose packets are lost: its queue of connections is full.
struct BlackHole {
    listener: Socket,
    _queue: Vec<Socket>,
}

impl BlackHole {
    fn new() -> Self {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
        listener.bind(&any.into()).expect("a free port");
        listener.listen(0).expect("listening");
        let address = listener.local_addr().expect("an address");
        let queue = (0..8).map(|_| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
            socket.set_nonblocking(true).expect("set");
            // Under way, or in the queue.
            let _ = socket.connect(&address);
            socket
        });
        let queue = queue.collect();
        Self { listener, _queue: queue }
    }

    fn authority(&self) -> String {
        let address = self.listener.local_addr().expect("an address");
        address.as_socket().expect("an IP address").to_string()
    }
}

fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

#[test]
fn a_refused_connection_names_the_address() {
    let host = Host::new();
    let port = closed_port();
    host.open(&format!("ws://127.0.0.1:{port}/"));
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_CONNECTION_REFUSED, "{}", closed.message);
    assert!(closed.message.contains(&format!("connecting to 127.0.0.1:{port}")), "{closed:?}");
}

#[test]
fn a_name_without_address_is_named() {
    let host = Host::new();
    // RFC 6761 section 6.4.
    host.open("ws://nowhere.invalid/");
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_HOST_NOT_FOUND, "{}", closed.message);
    assert!(closed.message.contains("nowhere.invalid"), "{}", closed.message);
}

#[test]
fn a_timeout_names_the_address_and_the_setting_that_ended_it() {
    let hole = BlackHole::new();
    for (connect, handshake, setting) in
        [(50, 60_000, "connect_timeout (50 ms)"), (60_000, 70, "handshake_timeout (70 ms)")]
    {
        let host = Host::new();
        host.open_with(&format!("ws://{}/", hole.authority()), |options, _| {
            options.connect_timeout_ms = connect;
            options.handshake_timeout_ms = handshake;
        });
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!(closed.status, WIREBIRD_ERROR_TIMEOUT, "{}", closed.message);
        assert!(closed.message.contains(setting), "{}", closed.message);
        let step = format!("connecting to {}", hole.authority());
        assert!(closed.message.contains(&step), "{}", closed.message);
    }
}

#[test]
fn a_client_that_connects_to_nobody_can_be_closed() {
    let hole = BlackHole::new();
    let host = Host::new();
    let connection = host.open(&format!("ws://{}/", hole.authority()));
    close(connection, 1000, "");
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_STATE, "{}", closed.message);
}

#[test]
fn a_client_connects_from_the_address_that_it_was_told() {
    let (url, peer) = peers::accept_raw(|stream| {
        let from = stream.peer_addr().expect("connected").ip().to_string();
        drop(peers::upgraded(stream));
        from
    });
    let host = Host::new();
    host.open_with(&url, |options, _| {
        options.local.family = 4;
        options.local.bytes[..4].copy_from_slice(&[127, 0, 0, 1]);
    });
    host.expect(WIREBIRD_EVENT_OPENED);
    assert_eq!(peer.join().expect("the peer is content"), "127.0.0.1");
    // Of another family than the server.
    host.open_with("ws://127.0.0.1:9/", |options, _| options.local.family = 6);
    let closed = host.until(WIREBIRD_EVENT_CLOSED);
    let closed = match closed.status {
        WIREBIRD_ERROR_ADDRESS_UNAVAILABLE => closed,
        _ => host.until(WIREBIRD_EVENT_CLOSED),
    };
    assert!(closed.message.contains("local_address"), "{}", closed.message);
}

#[test]
fn an_address_of_ipv6_may_have_a_zone_which_the_server_is_not_told() {
    let host = Host::new();
    let server = host.listen_with(|options, _| {
        options.host = text("::1");
        options.accept = WIREBIRD_ACCEPT_ASK;
    });
    // Of this loopback address only the number of a zone is known.
    let connection = host.open(&format!("ws://[::1%251]:{}/a%25b", server.port));
    let request = host.expect(WIREBIRD_EVENT_REQUEST);
    assert_eq!(read_text(request.connection, wirebird_connection_target), "/a%25b");
    let authority = format!("[::1]:{}", server.port);
    let fields = headers(request.connection);
    assert!(fields.contains(&("host".to_owned(), authority)), "{fields:?}");
    ok(unsafe { wirebird_connection_accept(request.connection, std::ptr::null()) });
    let opened = host.expect(WIREBIRD_EVENT_OPENED);
    assert!([connection, request.connection].contains(&opened.connection));
}

#[test]
fn international_names_are_asked_for_in_punycode() {
    let proxy = Scripted::start(vec![vec![
        Answer::Text("HTTP/1.1 200 Connected\r\n\r\n".to_owned()),
        Answer::Upgrade,
    ]]);
    let host = Host::new();
    let through = format!("http://127.0.0.1:{}", proxy.port);
    let connection = host.open_with("ws://Bücher.example:8080/ä?ö", |options, _| {
        options.proxy_mode = WIREBIRD_PROXY_URL;
        options.proxy_url = text(&through);
    });
    host.expect(WIREBIRD_EVENT_OPENED);
    let url = read_text(connection, wirebird_connection_url);
    assert_eq!(url, "ws://xn--bcher-kva.example:8080/%C3%A4?%C3%B6");
    ok(wirebird_connection_abort(connection));
    let asked = proxy.asked();
    assert_eq!(asked[0][0], "CONNECT xn--bcher-kva.example:8080 HTTP/1.1");
    assert_eq!(field(&asked[0], "host"), Some("xn--bcher-kva.example:8080"));
    assert_eq!(asked[1][0], "GET /%C3%A4?%C3%B6 HTTP/1.1");
    assert_eq!(field(&asked[1], "host"), Some("xn--bcher-kva.example:8080"));
}

#[test]
fn figures_out_of_their_range_name_themselves() {
    let host = Host::new();
    type Change = fn(&mut wirebird_client_options_t);
    let cases: [(Change, &str); 9] = [
        (|o| o.connect_timeout_ms = u32::MAX, "connect_timeout_ms"),
        (|o| o.no_delay = 2, "no_delay"),
        (|o| o.keep_alive_idle_s = 32_768, "keep_alive_idle_s"),
        (|o| (o.keep_alive_idle_s, o.keep_alive_interval_s) = (1, 32_768), "keep_alive_interval_s"),
        (|o| (o.keep_alive_idle_s, o.keep_alive_count) = (1, 128), "keep_alive_count"),
        (|o| o.keep_alive_count = 1, "keep_alive_idle_s"),
        (|o| o.local.family = 5, "local.family"),
        (|o| o.proxy_mode = 3, "proxy_mode"),
        (|o| o.max_redirects = 51, "max_redirects"),
    ];
    for (change, name) in cases {
        let mut options = initialised(wirebird_client_options_init);
        options.url = text("ws://127.0.0.1:9/");
        change(&mut options);
        let mut handle = wirebird_connection_t::default();
        let status = unsafe { wirebird_client_open(host.queue, &options, &mut handle) };
        assert_eq!(status, WIREBIRD_ERROR_ARGUMENT, "{name}");
        assert!(last_error().contains(name), "{name}: {}", last_error());
    }
}
