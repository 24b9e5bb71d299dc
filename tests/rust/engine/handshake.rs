//! The opening handshake in both roles: refusals, decisions, timeouts.

use std::io::{BufReader, Read, Write};
use std::net::TcpStream;

use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Message, client};
use wirebird::ffi::*;

use super::host::*;
use super::peers::{self, exchange, request};

/// A server that asks its host.
fn asking(host: &Host) -> Listening {
    host.listen_with(|options, _| options.accept = WIREBIRD_ACCEPT_ASK)
}

#[test]
fn a_foreign_origin_is_refused_by_default() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.accept = WIREBIRD_ACCEPT_SAME_ORIGIN);
    for origin in ["http://evil.example", "null", "http://example.org:81"] {
        let answer = exchange(server.port, &request(&format!("Origin: {origin}\r\n")));
        assert!(answer.starts_with("HTTP/1.1 403 "), "{origin}: {answer}");
        let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
        assert_eq!((failed.status, failed.value), (WIREBIRD_ERROR_REFUSED, 403));
        assert!(failed.message.contains(origin), "{}", failed.message);
    }
}

#[test]
fn the_own_origin_a_listed_one_and_none_are_accepted() {
    let host = Host::new();
    let origins = [text("https://app.example")];
    let server = host.listen_with(|options, _| {
        options.accept = WIREBIRD_ACCEPT_SAME_ORIGIN;
        options.origins = origins.as_ptr();
        options.origin_count = origins.len();
    });
    for origin in ["", "Origin: http://example.org\r\n", "Origin: https://app.example\r\n"] {
        let mut stream =
            TcpStream::connect(("127.0.0.1", server.port)).expect("the server listens");
        peers::be_patient(&stream);
        stream.write_all(request(origin).as_bytes()).expect("taken");
        let head = peers::read_head(&mut BufReader::new(stream));
        assert_eq!(head[0], "HTTP/1.1 101 Switching Protocols", "{origin}");
        let has = |line: &str| head.iter().any(|field| field.eq_ignore_ascii_case(line));
        assert!(has("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head:?}");
        host.until(WIREBIRD_EVENT_ACCEPTED);
    }
}

#[test]
fn what_is_no_websocket_request_is_answered_and_told() {
    let host = Host::new();
    let server = host.listen();
    let cases = [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), 426, WIREBIRD_ERROR_HANDSHAKE),
        (request("").replace("Version: 13", "Version: 8"), 400, WIREBIRD_ERROR_VERSION),
        (request("").replace("GET", "POST"), 405, WIREBIRD_ERROR_HANDSHAKE),
        (request("").replace("Host: example.org\r\n", ""), 400, WIREBIRD_ERROR_HANDSHAKE),
        (request("Content-Length: 3\r\n"), 400, WIREBIRD_ERROR_HANDSHAKE),
        (request("").replace("dGhlIHNhbXBsZSBub25jZQ==", "short"), 400, WIREBIRD_ERROR_HANDSHAKE),
        (request(&format!("X: {}\r\n", "x".repeat(20_000))), 431, WIREBIRD_ERROR_LIMIT),
        (request(&"X: y\r\n".repeat(200)), 431, WIREBIRD_ERROR_LIMIT),
        (request("").replace("/chat", "*"), 400, WIREBIRD_ERROR_HANDSHAKE),
        (request("").replace("/chat", "example.org:80"), 400, WIREBIRD_ERROR_HANDSHAKE),
        (request("").replace("GET", "HEAD"), 405, WIREBIRD_ERROR_HANDSHAKE),
        (request("").replace("HTTP/1.1", "HTTP/1.0"), 400, WIREBIRD_ERROR_HANDSHAKE),
        (request("").replace("HTTP/1.1", "HTTP/2.0"), 400, WIREBIRD_ERROR_HANDSHAKE),
        (request("").replace("\r\n", "\n"), 400, WIREBIRD_ERROR_HANDSHAKE),
        (request("X: a\r\n folded\r\n"), 400, WIREBIRD_ERROR_HANDSHAKE),
        (request("X : a\r\n"), 400, WIREBIRD_ERROR_HANDSHAKE),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 400, WIREBIRD_ERROR_HANDSHAKE),
        ("\r\x00garbage\r\n\r\n".to_owned(), 400, WIREBIRD_ERROR_HANDSHAKE),
    ];
    for (request, status, error) in cases {
        let answer = exchange(server.port, &request);
        let answered = answer.get(9..13) == Some(&format!("{status} "));
        assert!(answered, "{request:.60}: {answer:.60}");
        let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
        assert_eq!((failed.status, failed.value), (error, status), "{}", failed.message);
    }
}

#[test]
fn the_host_reads_a_request_and_accepts_with_protocol_and_headers() {
    let host = Host::new();
    let server = asking(&host);
    let url = server.url();
    let client = std::thread::spawn(move || {
        let mut request = url.into_client_request().expect("a request");
        let headers = request.headers_mut();
        headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static("chat, superchat"));
        headers.insert("Authorization", HeaderValue::from_static("Bearer x"));
        let stream = TcpStream::connect(("127.0.0.1", server.port)).expect("the server listens");
        let (mut socket, response) = client::client(request, stream).expect("an open connection");
        (response, socket.read().expect("a message"))
    });
    let asked = host.expect(WIREBIRD_EVENT_REQUEST);
    assert_eq!(asked.server, server.handle);
    let connection = asked.connection;
    let mut target = text("");
    ok(unsafe { wirebird_connection_target(connection, &mut target) });
    let view = |text: wirebird_text_t| unsafe {
        String::from_utf8_lossy(std::slice::from_raw_parts(text.data.cast(), text.length))
            .into_owned()
    };
    assert_eq!(view(target), "/chat?room=1");
    let mut header = wirebird_header_t { name: text(""), value: text("") };
    let authorization = (0..).find_map(|index| {
        match unsafe { wirebird_connection_header(connection, index, &mut header) } {
            WIREBIRD_OK if view(header.name) == "authorization" => Some(Some(view(header.value))),
            WIREBIRD_OK => None,
            _ => Some(None),
        }
    });
    assert_eq!(authorization.flatten().as_deref(), Some("Bearer x"));

    let headers = [wirebird_header_t { name: text("X-Room"), value: text("1") }];
    let mut options = initialised(wirebird_accept_options_init);
    options.subprotocol = text("other");
    let refused = unsafe { wirebird_connection_accept(connection, &options) };
    assert_eq!(refused, WIREBIRD_ERROR_ARGUMENT, "not asked for by the client");
    options.subprotocol = text("superchat");
    (options.headers, options.header_count) = (headers.as_ptr(), headers.len());
    ok(unsafe { wirebird_connection_accept(connection, &options) });
    // Leaves behind the response.
    send_text(connection, "welcome");
    let again = unsafe { wirebird_connection_accept(connection, &options) };
    assert_eq!(again, WIREBIRD_ERROR_STATE);

    let (response, message) = client.join().expect("the client is content");
    assert_eq!(response.headers()["sec-websocket-protocol"], "superchat");
    assert_eq!(response.headers()["x-room"], "1");
    assert_eq!(message, Message::text("welcome"));
    assert_eq!(host.expect(WIREBIRD_EVENT_OPENED).connection, connection);
}

#[test]
fn the_host_refuses_with_status_headers_and_body() {
    let host = Host::new();
    let server = asking(&host);
    let client = std::thread::spawn(move || exchange(server.port, &request("")));
    let connection = host.expect(WIREBIRD_EVENT_REQUEST).connection;
    let headers = [wirebird_header_t { name: text("WWW-Authenticate"), value: text("Basic") }];
    let refuse = |status| unsafe {
        wirebird_connection_refuse(connection, status, headers.as_ptr(), 1, text("who are you?"))
    };
    assert_eq!(refuse(200), WIREBIRD_ERROR_ARGUMENT);
    ok(refuse(401));
    assert_eq!(refuse(401), WIREBIRD_ERROR_HANDLE, "refusing releases");
    let answer = client.join().expect("the client is content").to_lowercase();
    assert!(answer.starts_with("http/1.1 401 "), "{answer}");
    assert!(answer.contains("\r\nwww-authenticate: basic\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nwho are you?"), "{answer}");
}

#[test]
fn a_request_that_is_let_go_gets_503() {
    let host = Host::new();
    let server = asking(&host);
    let client = std::thread::spawn(move || exchange(server.port, &request("")));
    ok(wirebird_connection_release(host.expect(WIREBIRD_EVENT_REQUEST).connection));
    assert!(client.join().expect("an answer").starts_with("HTTP/1.1 503 "));
}

#[test]
fn a_request_that_is_aborted_gets_no_answer() {
    let host = Host::new();
    let server = asking(&host);
    let client = std::thread::spawn(move || exchange(server.port, &request("")));
    let connection = host.expect(WIREBIRD_EVENT_REQUEST).connection;
    ok(wirebird_connection_abort(connection));
    assert_eq!(client.join().expect("the end of TCP"), "");
    assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_ERROR_STATE);
}

#[test]
fn a_request_is_not_open_before_it_is_accepted() {
    let host = Host::new();
    let server = asking(&host);
    let client = std::thread::spawn(move || exchange(server.port, &request("")));
    let connection = host.expect(WIREBIRD_EVENT_REQUEST).connection;
    let sent = unsafe { wirebird_connection_send_text(connection, c"x".as_ptr(), 1) };
    assert_eq!(sent, WIREBIRD_ERROR_STATE);
    close(connection, 1000, "");
    assert!(client.join().expect("an answer").starts_with("HTTP/1.1 503 "));
    assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_ERROR_REFUSED);
}

#[test]
fn a_second_accept_changes_nothing() {
    let host = Host::new();
    let server = asking(&host);
    let url = server.url();
    let client = std::thread::spawn(move || peers::connect(&url, server.port));
    let connection = host.expect(WIREBIRD_EVENT_REQUEST).connection;
    let mut options = initialised(wirebird_accept_options_init);
    let mut settings = initialised(wirebird_server_connection_options_init);
    settings.max_message_size = 10;
    options.connection = &settings;
    let accept = |options: &_| unsafe { wirebird_connection_accept(connection, options) };
    ok(accept(&options));
    settings.max_message_size = 20;
    options.connection = &settings;
    assert_eq!(accept(&options), WIREBIRD_ERROR_STATE);
    assert_eq!(get(connection, WIREBIRD_OPTION_MAX_MESSAGE_SIZE), 10);
    drop(client.join().expect("the client is content"));
}

#[test]
fn more_headers_than_a_response_can_have_are_refused_with_an_error() {
    let host = Host::new();
    let server = asking(&host);
    let url = server.url();
    let client = std::thread::spawn(move || peers::connect(&url, server.port));
    let connection = host.expect(WIREBIRD_EVENT_REQUEST).connection;
    let names: Vec<String> = (0..40_000).map(|number| format!("X-{number}")).collect();
    let headers: Vec<wirebird_header_t> =
        names.iter().map(|name| wirebird_header_t { name: text(name), value: text("") }).collect();
    let mut options = initialised(wirebird_accept_options_init);
    (options.headers, options.header_count) = (headers.as_ptr(), headers.len());
    let accept = |options: &_| unsafe { wirebird_connection_accept(connection, options) };
    assert_eq!(accept(&options), WIREBIRD_ERROR_ARGUMENT);
    assert!(last_error().contains("headers"), "{}", last_error());
    options.header_count = 1;
    ok(accept(&options));
    drop(client.join().expect("the client is content"));
}

#[test]
fn nothing_follows_the_end_of_a_server() {
    let host = Host::new();
    let server = host.listen();
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).expect("the server listens");
    peers::be_patient(&stream);
    let request = request("");
    let (first, second) = request.split_at(request.len() - 1);
    stream.write_all(first.as_bytes()).expect("taken");
    // A second client shows that the first one was accepted by TCP.
    let other = peers::connect(&server.url(), server.port);
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    ok(wirebird_server_close(server.handle));
    host.expect(WIREBIRD_EVENT_SERVER_CLOSED);
    // The server may have ended the connection already.
    let _ = stream.write_all(second.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    assert!(host.take().is_none());
    drop(other);
}

#[test]
fn a_closing_server_answers_what_waits_with_503_and_frees_its_port() {
    let host = Host::new();
    let server = asking(&host);
    let client = std::thread::spawn(move || exchange(server.port, &request("")));
    let connection = host.expect(WIREBIRD_EVENT_REQUEST).connection;
    ok(wirebird_server_close(server.handle));
    let successor = host.listen_with(|options, _| options.port = server.port);
    assert_eq!(successor.port, server.port);
    assert!(client.join().expect("an answer").starts_with("HTTP/1.1 503 "));
    let (first, second) = (host.next(), host.next());
    let mut kinds = [first.kind, second.kind];
    kinds.sort_unstable();
    assert_eq!(kinds, [WIREBIRD_EVENT_CLOSED, WIREBIRD_EVENT_SERVER_CLOSED]);
    let late = unsafe { wirebird_connection_accept(connection, std::ptr::null()) };
    assert_eq!(late, WIREBIRD_ERROR_STATE);
}

#[test]
fn a_decision_that_takes_too_long_ends_the_handshake() {
    let host = Host::new();
    let server = host.listen_with(|options, _| {
        options.accept = WIREBIRD_ACCEPT_ASK;
        options.handshake_timeout_ms = 50;
    });
    assert_eq!(exchange(server.port, &request("")), "");
    host.expect(WIREBIRD_EVENT_REQUEST);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_TIMEOUT);
    assert!(closed.message.contains("handshake_timeout"), "{}", closed.message);
}

#[test]
fn a_server_that_is_full_answers_503() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.max_connections = 1);
    let first = peers::connect(&server.url(), server.port);
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    assert!(exchange(server.port, &request("")).starts_with("HTTP/1.1 503 "));
    let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
    assert_eq!(failed.value, 503);
    assert!(failed.message.contains("max_connections"), "{}", failed.message);
    drop(first);
    host.until(WIREBIRD_EVENT_CLOSED);
    // The place is free again once the first one is gone.
    peers::connect(&server.url(), server.port);
}

/// Opens a client against a server that answers `answer`.
fn failing(answer: &'static str) -> Happened {
    let (url, server) = peers::accept_raw(move |stream| {
        let mut stream = BufReader::new(stream);
        peers::read_head(&mut stream);
        stream.get_mut().write_all(answer.as_bytes()).expect("taken");
    });
    let host = Host::new();
    host.open(&url);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    server.join().expect("the server is content");
    closed
}

#[test]
fn the_header_of_a_response_that_failed_can_be_read() {
    let answers = [
        (WIREBIRD_ERROR_ACCEPT_KEY, "Upgrade: websocket\r\nSec-WebSocket-Accept: nonsense"),
        (WIREBIRD_ERROR_HANDSHAKE, "Upgrade: h2c"),
    ];
    for (status, lines) in answers {
        let (url, server) = peers::accept_raw(move |stream| {
            let mut stream = BufReader::new(stream);
            peers::read_head(&mut stream);
            let answer = format!("HTTP/1.1 101 Ok\r\nConnection: Upgrade\r\n{lines}\r\n\r\n");
            stream.get_mut().write_all(answer.as_bytes()).expect("taken");
        });
        let host = Host::new();
        let connection = host.open(&url);
        assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).status, status);
        let read = |index| {
            let mut header = wirebird_header_t { name: text(""), value: text("") };
            let found = unsafe { wirebird_connection_header(connection, index, &mut header) };
            let copy = |text: wirebird_text_t| {
                let bytes = unsafe { std::slice::from_raw_parts(text.data.cast(), text.length) };
                String::from_utf8_lossy(bytes).into_owned()
            };
            (found == WIREBIRD_OK).then(|| format!("{}: {}", copy(header.name), copy(header.value)))
        };
        let fields: Vec<String> = (0..).map_while(read).collect();
        let expected = format!("connection: Upgrade\r\n{lines}");
        assert_eq!(fields.join("\n").to_lowercase(), expected.replace('\r', "").to_lowercase());
        server.join().expect("the server is content");
    }
}

#[test]
fn a_client_says_what_the_server_did_wrong() {
    let cases = [
        ("HTTP/1.1 404 Gone Fishing\r\nContent-Length: 0\r\n\r\n", WIREBIRD_ERROR_HTTP_STATUS, 404),
        (
            "HTTP/1.1 101 Ok\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
          Sec-WebSocket-Accept: nonsense\r\n\r\n",
            WIREBIRD_ERROR_ACCEPT_KEY,
            0,
        ),
        (
            "HTTP/1.1 101 Ok\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
            WIREBIRD_ERROR_HANDSHAKE,
            0,
        ),
        ("SSH-2.0-OpenSSH_9.2\r\n", WIREBIRD_ERROR_HANDSHAKE, 0),
        ("", WIREBIRD_ERROR_CONNECTION_LOST, 0),
    ];
    for (answer, status, value) in cases {
        let closed = failing(answer);
        assert_eq!(
            (closed.status, closed.value, closed.close_code),
            (status, value, 1006),
            "{answer:?}: {}",
            closed.message
        );
        assert!(!closed.message.is_empty());
        assert_eq!(closed.text(), if value == 404 { "Gone Fishing" } else { "" });
    }
}

#[test]
fn a_client_fails_where_nobody_listens_or_the_name_is_unknown() {
    let port = {
        let unused = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        unused.local_addr().expect("an address").port()
    };
    let host = Host::new();
    host.open(&format!("ws://127.0.0.1:{port}/"));
    assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_ERROR_CONNECTION_REFUSED);
    host.open("ws://no-such-host.invalid/");
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_HOST_NOT_FOUND);
    assert!(closed.message.contains("no-such-host.invalid"), "{}", closed.message);
}

#[test]
fn a_client_gives_up_after_the_timeout_and_when_it_is_closed() {
    let (url, _server) = peers::accept_raw(|mut stream| {
        // Says nothing until the client is gone.
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let host = Host::new();
    host.open_with(&url, |options, _| options.handshake_timeout_ms = 50);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_TIMEOUT);
    assert!(closed.message.contains("handshake_timeout"), "{}", closed.message);

    let (url, _server) = peers::accept_raw(|mut stream| {
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let connection = host.open(&url);
    close(connection, 1000, "");
    assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_ERROR_STATE);
}

#[test]
fn bad_client_options_fail_at_once_and_name_the_argument() {
    let host = Host::new();
    let newline = [wirebird_header_t { name: text("X-A"), value: text("a\r\nX-B: c") }];
    let reserved = [wirebird_header_t { name: text("Upgrade"), value: text("h2c") }];
    let protocol = [text("a b")];
    type Change<'a> = &'a dyn Fn(&mut wirebird_client_options_t);
    let cases: [(&str, i32, Change<'_>, &str); 8] = [
        ("not a url", WIREBIRD_ERROR_URL, &|_| {}, "url"),
        ("ws://a/#part", WIREBIRD_ERROR_URL, &|_| {}, "fragment"),
        ("http://a/", WIREBIRD_ERROR_SCHEME, &|_| {}, "http"),
        (
            "ws://a/",
            WIREBIRD_ERROR_ARGUMENT,
            &|o| o.handshake_timeout_ms = 0,
            "handshake_timeout_ms",
        ),
        ("ws://a/", WIREBIRD_ERROR_ARGUMENT, &|o| o.origin = text("a\nb"), "origin"),
        (
            "ws://a/",
            WIREBIRD_ERROR_ARGUMENT,
            &|o| {
                (o.headers, o.header_count) = (newline.as_ptr(), 1);
            },
            "X-A",
        ),
        (
            "ws://a/",
            WIREBIRD_ERROR_ARGUMENT,
            &|o| {
                (o.headers, o.header_count) = (reserved.as_ptr(), 1);
            },
            "Upgrade",
        ),
        (
            "ws://a/",
            WIREBIRD_ERROR_ARGUMENT,
            &|o| {
                (o.subprotocols, o.subprotocol_count) = (protocol.as_ptr(), 1);
            },
            "subprotocol",
        ),
    ];
    for (url, status, change, named) in cases {
        let mut options = initialised(wirebird_client_options_init);
        options.url = text(url);
        change(&mut options);
        let mut connection = wirebird_connection_t::default();
        let result = unsafe { wirebird_client_open(host.queue, &options, &mut connection) };
        assert_eq!((result, connection.id), (status, 0), "{url}: {}", last_error());
        assert!(last_error().contains(named), "{named}: {}", last_error());
    }
}
