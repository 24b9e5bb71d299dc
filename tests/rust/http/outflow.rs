//! Bodies that the host sends piece by piece.

use std::ptr::{null, null_mut};

use wirebird::ffi::*;

use super::site::*;
use crate::engine::host::*;

fn write(request: wirebird_request_t, bytes: &[u8], unsent: *mut u64) -> wirebird_status_t {
    unsafe { wirebird_request_write(request, bytes.as_ptr().cast(), bytes.len(), unsent) }
}

fn begin(host: &Host) -> wirebird_request_t {
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    let headers = [header("Content-Type", "text/event-stream")];
    ok(unsafe { wirebird_request_begin(asked, &options(200, &headers)) });
    asked
}

#[test]
fn each_piece_leaves_when_it_is_written() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.get("/events");
    let asked = begin(&host);
    let head = client.receive_head();
    assert_eq!(head.field("content-type"), Some("text/event-stream"));
    for number in 0..20 {
        let piece = format!("data: {number}\n\n");
        ok(write(asked, piece.as_bytes(), null_mut()));
        assert_eq!(client.receive_chunk().expect("a piece"), piece.as_bytes());
    }
    ok(write(asked, b"", null_mut()));
    ok(wirebird_request_finish(asked));
    assert_eq!(client.receive_chunk(), None);
    assert_eq!(write(asked, b"x", null_mut()), WIREBIRD_ERROR_HANDLE);
    // The connection goes on.
    client.get("/next");
    ok(answer(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request, "next"));
    assert_eq!(client.receive().body, "next");
}

#[test]
fn a_client_that_reads_slowly_is_waited_for() {
    let host = Host::new();
    let server = host.listen_with(|server, connection| {
        server.http = WIREBIRD_HTTP_ASK;
        (connection.high_water, connection.max_unsent) = (100_000, 1_000_000);
    });
    let mut client = Client::new(server.port);
    client.get("/much");
    let asked = begin(&host);
    let piece = vec![b'x'; 50_000];
    let (mut sent, mut unsent) = (0usize, 0);
    loop {
        match write(asked, &piece, &mut unsent) {
            WIREBIRD_OK => sent += piece.len(),
            status => {
                assert_eq!(status, WIREBIRD_ERROR_LIMIT, "{}", last_error());
                break;
            }
        }
        assert!(unsent <= 1_000_000, "{unsent}");
    }
    assert!(last_error().contains("max_unsent (1000000)"), "{}", last_error());
    let reading = std::thread::spawn(move || {
        assert_eq!(client.receive_head().status, 200);
        let mut received = 0;
        while let Some(chunk) = client.receive_chunk() {
            received += chunk.len();
        }
        received
    });
    // There is room again. An event may still be of the time before the limit.
    loop {
        let room = host.expect(WIREBIRD_EVENT_HTTP_ROOM);
        assert_eq!(room.request, asked);
        if write(asked, &piece, &mut unsent) == WIREBIRD_OK {
            break;
        }
    }
    sent += piece.len();
    ok(wirebird_request_finish(asked));
    assert_eq!(reading.join().expect("read"), sent);
}

#[test]
fn a_body_that_is_let_go_is_cut_off() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.get("/");
    let asked = begin(&host);
    ok(write(asked, b"half", null_mut()));
    assert_eq!(client.receive_head().status, 200);
    assert_eq!(client.receive_chunk().expect("a piece"), b"half");
    ok(wirebird_request_release(asked));
    assert_eq!(client.rest(), "", "no last chunk");
    assert!(host.take().is_none());
}

#[test]
fn a_client_that_leaves_ends_the_body() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.get("/");
    let asked = begin(&host);
    assert_eq!(client.receive_head().status, 200);
    drop(client);
    let over = host.expect(WIREBIRD_EVENT_HTTP_OVER);
    assert_eq!((over.request, over.status), (asked, WIREBIRD_ERROR_CONNECTION_LOST));
    assert_eq!(write(asked, b"x", null_mut()), WIREBIRD_ERROR_HANDLE);
}

#[test]
fn a_client_that_takes_nothing_is_given_up_at_the_timeout() {
    let host = Host::new();
    let server = listen(&host, |server| server.http_body_timeout_ms = 200);
    let mut client = Client::new(server.port);
    client.get("/");
    let asked = begin(&host);
    let piece = vec![b'x'; 1_000_000];
    // More than the system holds by itself.
    while write(asked, &piece, null_mut()) == WIREBIRD_OK {}
    let over = host.until(WIREBIRD_EVENT_HTTP_OVER);
    assert_eq!(over.request, asked);
    drop(client);
}

#[test]
fn a_body_outlives_the_time_to_answer_and_the_server() {
    let host = Host::new();
    let server = listen(&host, |server| {
        server.http_answer_timeout_ms = 100;
        server.http_keep_alive_timeout_ms = 100;
    });
    let mut client = Client::new(server.port);
    client.get("/");
    let asked = begin(&host);
    assert_eq!(client.receive_head().status, 200);
    // Another request that waits in vain shows that the time has passed.
    let mut other = Client::new(server.port);
    other.get("/");
    assert_eq!(other.receive().status, 503);
    ok(write(asked, b"on", null_mut()));
    assert_eq!(client.receive_chunk().expect("a piece"), b"on");
    ok(wirebird_server_close(server.handle));
    host.until(WIREBIRD_EVENT_SERVER_CLOSED);
    ok(write(asked, b"and on", null_mut()));
    assert_eq!(client.receive_chunk().expect("a piece"), b"and on");
    ok(wirebird_request_finish(asked));
    assert_eq!(client.receive_chunk(), None);
    assert_eq!(client.rest(), "");
}

#[test]
fn pieces_come_after_the_beginning_and_before_the_end() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.get("/");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    assert_eq!(write(asked, b"x", null_mut()), WIREBIRD_ERROR_STATE);
    assert_eq!(wirebird_request_finish(asked), WIREBIRD_ERROR_STATE);
    ok(unsafe { wirebird_request_begin(asked, null()) });
    assert_eq!(unsafe { wirebird_request_begin(asked, null()) }, WIREBIRD_ERROR_STATE);
    assert_eq!(answer(asked, "x"), WIREBIRD_ERROR_STATE);
    ok(wirebird_request_finish(asked));
    assert_eq!(client.receive().body, "");
}
