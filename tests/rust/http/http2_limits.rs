//! What connections of HTTP/2 may use, and clients of them that take their time.

use std::future::poll_fn;
use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper::ext::Protocol;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use wirebird::ffi::*;

use super::site::*;
use crate::engine::host::*;

/// What a client lets arrive unasked of an answer.
const WINDOW: u32 = 1000;

/// A client's connection, and when it ends.
struct Connection {
    requests: SendRequest<Empty<Bytes>>,
    end: JoinHandle<()>,
    port: u16,
}

impl Connection {
    async fn new(port: u16) -> Self {
        let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.expect("connected");
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.initial_stream_window_size(WINDOW);
        let (requests, connection) =
            builder.handshake(TokioIo::new(stream)).await.expect("a connection");
        Self { requests, end: tokio::spawn(async { drop(connection.await) }), port }
    }

    /// Sends a request at once; gives its answer, whose body is not read yet.
    fn ask(&mut self, method: Method, path: &str) -> JoinHandle<hyper::Result<Response<Incoming>>> {
        let mut request = Request::new(Empty::new());
        *request.method_mut() = method;
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        *request.uri_mut() = url.parse().expect("a URL");
        tokio::spawn(self.requests.send_request(request))
    }

    /// Asks for a WebSocket from another page.
    async fn ask_from_elsewhere(&mut self) -> u16 {
        let begin = Instant::now();
        loop {
            let mut request = Request::connect(format!("http://127.0.0.1:{}/", self.port))
                .header("origin", "http://evil.example")
                .header("sec-websocket-version", "13")
                .body(Empty::new())
                .expect("a request");
            request.extensions_mut().insert(Protocol::from_static("websocket"));
            match self.requests.send_request(request).await {
                Ok(response) => return response.status().as_u16(),
                // The server has not said yet that it knows such requests.
                Err(error) => assert!(begin.elapsed() < Duration::from_secs(60), "{error}"),
            }
            poll_fn(|cx| self.requests.poll_ready(cx)).await.expect("a connection");
        }
    }
}

fn listen_http2(host: &Host, change: impl FnOnce(&mut wirebird_server_options_t)) -> Listening {
    listen(host, |server| {
        server.http2_prior_knowledge = 1;
        change(server);
    })
}

fn runtime() -> Runtime {
    Runtime::new().expect("a runtime")
}

/// Waits until a figure of the server is `expected`.
fn until(server: &Listening, option: u32, expected: u64) {
    let begin = Instant::now();
    loop {
        let mut value = 0;
        ok(unsafe { wirebird_server_get(server.handle, option, &mut value) });
        if value == expected {
            return;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "it is {value}, not {expected}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Lets the server's time to answer pass: a request gets 503 for it.
fn let_time_pass(host: &Host, server: &Listening) {
    let mut other = Client::new(server.port);
    other.get("/unanswered");
    host.until(WIREBIRD_EVENT_HTTP_REQUEST);
    assert_eq!(other.receive().status, 503);
}

#[test]
fn head_has_no_body() {
    let (host, runtime) = (Host::new(), runtime());
    let server = listen_http2(&host, |server| server.health_path = text("/healthz"));
    runtime.block_on(async {
        let mut connection = Connection::new(server.port).await;
        for (method, path, length) in [
            (Method::HEAD, "/", Some("4")),
            (Method::GET, "/", None),
            (Method::HEAD, "/healthz", Some("3")),
        ] {
            let response = connection.ask(method, path);
            if path == "/" {
                let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
                match length {
                    Some(_) => ok(answer(asked, "page")),
                    None => {
                        let data = b"nothing".as_ptr().cast();
                        ok(unsafe { wirebird_request_answer(asked, &options(204, &[]), data, 7) });
                    }
                }
            }
            let response = response.await.expect("a task").expect("an answer");
            let found = response.headers().get("content-length");
            assert_eq!(found.map(|length| length.as_bytes()), length.map(str::as_bytes), "{path}");
            let body = response.into_body().collect().await.expect("a valid answer").to_bytes();
            assert_eq!(body, "", "{path}");
        }
    });
}

#[test]
fn a_client_that_takes_nothing_of_an_answer_loses_that_alone() {
    let (host, runtime) = (Host::new(), runtime());
    let server = listen_http2(&host, |server| server.http_body_timeout_ms = 300);
    let much = "x".repeat(1_000_000);
    runtime.block_on(async {
        let mut connection = Connection::new(server.port).await;
        let whole = connection.ask(Method::GET, "/");
        ok(answer(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request, &much));
        let whole = whole.await.expect("a task").expect("an answer");
        let pieces = connection.ask(Method::GET, "/");
        let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
        ok(unsafe { wirebird_request_begin(asked, null()) });
        ok(unsafe { wirebird_request_write(asked, much.as_ptr().cast(), 100_000, null_mut()) });
        let pieces = pieces.await.expect("a task").expect("an answer");
        let over = host.expect(WIREBIRD_EVENT_HTTP_OVER);
        assert_eq!((over.request, over.status), (asked, WIREBIRD_ERROR_CONNECTION_LOST));
        for response in [whole, pieces] {
            response.into_body().collect().await.expect_err("it was cut off");
        }
        // One that waits for its application is not meant.
        let later = connection.ask(Method::GET, "/");
        let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
        ok(unsafe { wirebird_request_begin(asked, null()) });
        ok(unsafe { wirebird_request_write(asked, b"a".as_ptr().cast(), 1, null_mut()) });
        let later = later.await.expect("a task").expect("an answer");
        ok(wirebird_server_set(server.handle, WIREBIRD_SERVER_OPTION_HTTP_ANSWER_TIMEOUT, 700));
        let_time_pass(&host, &server);
        ok(unsafe { wirebird_request_write(asked, b"b".as_ptr().cast(), 1, null_mut()) });
        ok(wirebird_request_finish(asked));
        assert_eq!(later.into_body().collect().await.expect("whole").to_bytes(), "ab");
    });
}

#[test]
fn an_answer_that_is_taken_slowly_is_not_idleness() {
    let (host, runtime) = (Host::new(), runtime());
    let server = host.listen_with(|server, connection| {
        (server.http, server.http2_prior_knowledge) = (WIREBIRD_HTTP_ASK, 1);
        server.http_keep_alive_timeout_ms = 50;
        server.http_answer_timeout_ms = 500;
        connection.close_timeout_ms = 50;
    });
    let much = "x".repeat(1_000_000);
    runtime.block_on(async {
        let mut connection = Connection::new(server.port).await;
        let response = connection.ask(Method::GET, "/");
        ok(answer(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request, &much));
        let response = response.await.expect("a task").expect("an answer");
        let_time_pass(&host, &server);
        let body = response.into_body().collect().await.expect("all of it").to_bytes();
        assert!(body == much, "{} bytes", body.len());
    });
}

#[test]
fn each_request_takes_a_place_of_plain_http() {
    let (host, runtime) = (Host::new(), runtime());
    let server = listen_http2(&host, |server| server.http_max_connections = 2);
    let option = WIREBIRD_SERVER_OPTION_HTTP_CONNECTIONS;
    runtime.block_on(async {
        let mut connection = Connection::new(server.port).await;
        let two = [0, 1].map(|_| {
            let response = connection.ask(Method::GET, "/");
            (host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request, response)
        });
        let third = connection.ask(Method::GET, "/").await.expect("a task").expect("an answer");
        assert_eq!(third.status(), 503);
        assert_eq!(host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED).value, 503);
        for (asked, response) in two {
            ok(answer(asked, "page"));
            let response = response.await.expect("a task").expect("an answer");
            assert_eq!(response.into_body().collect().await.expect("a body").to_bytes(), "page");
        }
        until(&server, option, 1);
        drop(connection);
        until(&server, option, 0);
    });
}

#[test]
fn an_idle_connection_is_no_handshake_and_ends_without_a_place() {
    let (host, runtime) = (Host::new(), runtime());
    let server = listen_http2(&host, |server| {
        (server.http_max_connections, server.accept) = (1, WIREBIRD_ACCEPT_SAME_ORIGIN);
    });
    runtime.block_on(async {
        let mut first = Connection::new(server.port).await;
        assert_eq!(first.ask_from_elsewhere().await, 403);
        until(&server, WIREBIRD_SERVER_OPTION_HANDSHAKES, 0);
        until(&server, WIREBIRD_SERVER_OPTION_HTTP_CONNECTIONS, 1);
        let mut second = Connection::new(server.port).await;
        assert_eq!(second.ask_from_elsewhere().await, 403);
        second.end.await.expect("it ends at once");
        assert!(!first.end.is_finished());
    });
}

#[test]
fn every_idle_connection_ends() {
    let (host, runtime) = (Host::new(), runtime());
    let server = listen_http2(&host, |server| server.http_keep_alive_timeout_ms = 1);
    runtime.block_on(async {
        for number in 0..100 {
            let mut connection = Connection::new(server.port).await;
            let response = connection.ask(Method::GET, "/");
            ok(answer(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request, "page"));
            response.await.expect("a task").expect("an answer");
            let end = tokio::time::timeout(Duration::from_secs(60), connection.end).await;
            end.unwrap_or_else(|_| panic!("connection {number} goes on")).expect("ended");
        }
    });
}
