//! Requests reach the host, and what it says reaches the client.

use std::ffi::c_void;
use std::ptr::null;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use wirebird::ffi::*;

use super::site::*;
use crate::engine::host::*;
use crate::engine::peers::{connect, exchange, request};

#[test]
fn a_request_tells_its_method_target_headers_body_and_addresses() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.send(
        "POST /log%20in?user=a&x=%C3%A4 HTTP/1.1\r\nHost: example.org:8080\r\nX-One: 1\r\n\
         X-Two: \r\nContent-Length: 11\r\n\r\nhello world",
    );
    let event = host.expect(WIREBIRD_EVENT_HTTP_REQUEST);
    assert_eq!((event.value, event.server, event.connection.id), (11, server.handle, 0));
    let asked = event.request;
    assert_eq!(read(asked, wirebird_request_method), "POST");
    assert_eq!(read(asked, wirebird_request_target), "/log%20in?user=a&x=%C3%A4");
    assert_eq!(read(asked, wirebird_request_path), "/log%20in");
    assert_eq!(read(asked, wirebird_request_query), "user=a&x=%C3%A4");
    assert_eq!(read(asked, wirebird_request_host), "example.org:8080");
    assert_eq!(read(asked, wirebird_request_body), "hello world");
    let found = fields_of(asked);
    assert_eq!(found, ["host: example.org:8080", "x-one: 1", "x-two: ", "content-length: 11"]);
    let (mut local, mut peer) = Default::default();
    ok(unsafe { wirebird_request_addresses(asked, &mut local, &mut peer) });
    assert_eq!((local.port, local.bytes[0]), (server.port, 127));
    let from = client.0.get_ref().local_addr().expect("an address").port();
    assert_eq!((peer.family, peer.port), (4, from));
    let mut version = 0;
    let option = WIREBIRD_REQUEST_OPTION_HTTP_VERSION;
    ok(unsafe { wirebird_request_get(asked, option, &mut version) });
    assert_eq!(version, 11);
    ok(answer(asked, "hi"));
    let response = client.receive();
    assert_eq!((response.status, response.body.as_str()), (200, "hi"));
    assert!(response.field("date").is_some(), "{response:?}");
    assert_eq!(response.field("content-type"), None);
    assert_eq!(response.field("connection"), None, "the connection is kept");
}

#[test]
fn an_answer_has_the_status_reason_headers_and_body_that_the_host_gives() {
    let host = Host::new();
    let server = listen(&host, |server| server.name = text("Nest"));
    let mut client = Client::new(server.port);
    client.get("/");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    let headers = [
        header("Content-Type", "application/json"),
        header("Set-Cookie", "a=1"),
        header("Set-Cookie", "b=2; HttpOnly"),
    ];
    let mut options = options(418, &headers);
    options.reason = text("Short And Stout");
    let body = br#"{"tea": true}"#;
    ok(unsafe { wirebird_request_answer(asked, &options, body.as_ptr().cast(), body.len()) });
    let all = {
        let response = client.receive();
        assert_eq!((response.status, response.body.as_bytes()), (418, &body[..]));
        response.head
    };
    for line in ["content-type: application/json", "set-cookie: a=1", "set-cookie: b=2; HttpOnly"] {
        assert!(all.iter().any(|found| found.eq_ignore_ascii_case(line)), "{line}: {all:?}");
    }
    assert!(all.iter().any(|found| found.eq_ignore_ascii_case("server: Nest")), "{all:?}");
    // The phrase itself.
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    ok(unsafe { wirebird_request_answer(asked, &options, null(), 0) });
    assert!(client.rest().starts_with("HTTP/1.1 418 Short And Stout\r\n"));
}

#[test]
fn an_answer_may_come_later_and_from_another_thread() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut clients: Vec<_> = (0..5).map(|_| Client::new(server.port)).collect();
    let mut waiting = Vec::new();
    for (number, client) in clients.iter_mut().enumerate() {
        client.get(&format!("/{number}"));
        waiting.push(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request);
    }
    let answering = std::thread::spawn(move || {
        for asked in waiting.into_iter().rev() {
            let path = read(asked, wirebird_request_path);
            ok(answer(asked, &path));
        }
    });
    for (number, client) in clients.iter_mut().enumerate() {
        assert_eq!(client.receive().body, format!("/{number}"));
    }
    answering.join().expect("answered");
}

#[test]
fn a_lent_body_is_given_back_once() {
    static GIVEN_BACK: AtomicUsize = AtomicUsize::new(0);
    static BODY: [u8; 300_000] = [b'x'; 300_000];
    unsafe extern "C" fn give_back(_: *mut c_void) {
        GIVEN_BACK.fetch_add(1, SeqCst);
    }
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.get("/");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    let (data, release) = (BODY.as_ptr().cast::<c_void>(), Some(give_back as _));
    let lend = |request, status| {
        let options = options(status, &[]);
        let context = std::ptr::null_mut();
        unsafe {
            wirebird_request_answer_shared(request, &options, data, BODY.len(), release, context)
        }
    };
    assert_eq!(lend(wirebird_request_t::default(), 200), WIREBIRD_ERROR_HANDLE);
    assert_eq!(lend(asked, 100), WIREBIRD_ERROR_ARGUMENT);
    assert_eq!(GIVEN_BACK.load(SeqCst), 2);
    ok(lend(asked, 200));
    assert_eq!(client.receive().body.len(), BODY.len());
    client.get("/");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    assert_eq!(GIVEN_BACK.load(SeqCst), 3);
    ok(answer(asked, ""));
}

#[test]
fn a_handle_is_stale_once_its_request_was_answered() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.get("/");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    ok(answer(asked, "one"));
    assert_eq!(client.receive().body, "one");
    assert_eq!(answer(asked, "two"), WIREBIRD_ERROR_HANDLE);
    assert_eq!(wirebird_request_release(asked), WIREBIRD_ERROR_HANDLE);
    assert_eq!(wirebird_request_finish(asked), WIREBIRD_ERROR_HANDLE);
    let mut found = text("");
    let status = unsafe { wirebird_request_path(asked, &mut found) };
    assert_eq!(status, WIREBIRD_ERROR_HANDLE);
    // As a connection it means nothing either.
    let other = wirebird_connection_t { id: asked.id };
    assert_eq!(wirebird_connection_release(other), WIREBIRD_ERROR_HANDLE);
}

#[test]
fn what_can_not_be_sent_is_refused_and_the_request_still_waits() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.get("/");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    let try_with = |options: &wirebird_response_options_t| unsafe {
        wirebird_request_answer(asked, options, null(), 0)
    };
    for status in [0, 99, 100, 101, 199, 600, 999] {
        assert_eq!(try_with(&options(status, &[])), WIREBIRD_ERROR_ARGUMENT, "{status}");
    }
    for name in ["Content-Length", "transfer-encoding", "Connection", "Upgrade", "a b", "", "x\r\n"]
    {
        let headers = [header(name, "1")];
        assert_eq!(try_with(&options(200, &headers)), WIREBIRD_ERROR_ARGUMENT, "{name:?}");
    }
    for value in ["a\r\nb: c", "a\nb", "\0"] {
        let headers = [header("X", value)];
        assert_eq!(try_with(&options(200, &headers)), WIREBIRD_ERROR_ARGUMENT, "{value:?}");
    }
    let mut phrase = options(200, &[]);
    phrase.reason = text("a\r\nb");
    assert_eq!(try_with(&phrase), WIREBIRD_ERROR_ARGUMENT);
    ok(answer(asked, "still"));
    assert_eq!(client.receive().body, "still");
}

#[test]
fn a_request_that_the_host_lets_go_gets_500() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.get("/");
    ok(wirebird_request_release(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request));
    let response = client.receive();
    assert_eq!(response.status, 500, "{response:?}");
    assert_eq!(host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED).value, 500);
    assert!(host.take().is_none());
}

#[test]
fn a_request_that_nobody_answers_gets_503_at_the_timeout() {
    let host = Host::new();
    let server = listen(&host, |server| server.http_answer_timeout_ms = 50);
    let mut client = Client::new(server.port);
    client.get("/slow");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    let response = client.receive();
    assert_eq!(response.status, 503, "{response:?}");
    assert!(response.body.contains("http_answer_timeout"), "{response:?}");
    // Whatever was read can be read until the host knows.
    assert_eq!(read(asked, wirebird_request_path), "/slow");
    let over = host.until(WIREBIRD_EVENT_HTTP_OVER);
    assert_eq!((over.status, over.request), (WIREBIRD_ERROR_TIMEOUT, asked));
    assert_eq!(answer(asked, "too late"), WIREBIRD_ERROR_HANDLE);
}

#[test]
fn the_host_is_told_when_the_client_leaves() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.get("/");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    let mut mark = 0u8;
    ok(wirebird_request_set_user_data(asked, (&raw mut mark).cast()));
    drop(client);
    let over = host.expect(WIREBIRD_EVENT_HTTP_OVER);
    assert_eq!((over.status, over.request), (WIREBIRD_ERROR_CONNECTION_LOST, asked));
    assert_eq!(answer(asked, "nobody"), WIREBIRD_ERROR_HANDLE);
}

#[test]
fn a_request_of_a_queue_that_is_released_gets_an_answer() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.get("/");
    assert_eq!(wirebird_queue_wait(host.queue, PATIENCE_MS), WIREBIRD_OK);
    // The event was never taken; the server lets it go with itself.
    drop(host);
    ok(wirebird_server_release(server.handle));
    assert!([500, 503].contains(&client.receive().status));
}

#[test]
fn a_server_that_closes_answers_what_waits_with_503() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.get("/");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    let mut idle = Client::new(server.port);
    idle.get("/idle");
    ok(answer(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request, "kept"));
    assert_eq!(idle.receive().body, "kept");
    ok(wirebird_server_close(server.handle));
    let response = client.receive();
    assert_eq!(response.status, 503, "{response:?}");
    assert_eq!(idle.rest(), "", "an idle connection ends");
    assert_eq!(client.rest(), "");
    assert_ne!(answer(asked, "too late"), WIREBIRD_OK);
    host.until(WIREBIRD_EVENT_SERVER_CLOSED);
}

#[test]
fn without_a_handler_http_is_answered_with_426() {
    let host = Host::new();
    let server = host.listen();
    let answer = exchange(server.port, "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 426 "), "{answer}");
    let lower = answer.to_lowercase();
    assert!(lower.contains("\r\nupgrade: websocket\r\n"), "{answer}");
    assert!(lower.contains("\r\nconnection: close"), "{answer}");
    assert!(answer.ends_with("send Upgrade: websocket"), "{answer}");
    assert_eq!(host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED).value, 426);
}

#[test]
fn the_health_path_is_answered_without_the_host() {
    for http in [WIREBIRD_HTTP_REFUSE, WIREBIRD_HTTP_ASK] {
        let host = Host::new();
        let server = host.listen_with(|server, _| {
            server.http = http;
            server.health_path = text("/healthz");
        });
        let mut client = Client::new(server.port);
        // The host takes no event.
        for _ in 0..3 {
            client.get("/healthz?from=here");
            let response = client.receive();
            assert_eq!((response.status, response.body.as_str()), (200, "ok\n"));
            assert_eq!(response.field("cache-control"), Some("no-store"));
        }
        client.send("HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(client.receive_head().status, 200);
        assert!(host.take().is_none());
    }
}

#[test]
fn websockets_and_http_share_the_port_and_the_connection() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    // A WebSocket behind a request on the same TCP connection.
    let mut client = Client::new(server.port);
    client.send(&format!("GET /first HTTP/1.1\r\nHost: a\r\n\r\n{}", request("")));
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    assert!(host.take().is_none(), "one after the other");
    ok(answer(asked, "page"));
    assert_eq!(client.receive().body, "page");
    let accepted = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    assert_eq!(client.receive_head().status, 101);
    // A masked text frame, sent at once.
    client.send("\u{1}");
    drop(client);
    host.until(WIREBIRD_EVENT_CLOSED);
    ok(wirebird_connection_release(accepted));
    let mut socket = connect(&server.url(), server.port);
    let accepted = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    send_text(accepted, "hello");
    assert_eq!(socket.read().expect("a message").to_text().expect("text"), "hello");
}

#[test]
fn frames_behind_the_upgrade_of_a_kept_connection_arrive() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.get("/");
    ok(answer(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request, ""));
    assert_eq!(client.receive().status, 200);
    let frames = "\u{1}";
    assert_eq!(frames.len(), 1);
    let mut bytes = request("").into_bytes();
    bytes.extend(*b"\x81\x82\0\0\0\0hi");
    use std::io::Write;
    client.0.get_mut().write_all(&bytes).expect("sent");
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "hi");
}
