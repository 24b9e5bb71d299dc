//! HTTP/2, and WebSockets over it, with clients that others wrote.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use wirebird::ffi::*;

use super::site::*;
use crate::engine::host::*;
use crate::engine::peers::{connect, exchange};
use crate::tls::certificates::Authority;
use crate::tls::fixture;

/// Plain HTTP and HTTP/2 without TLS.
fn listen_http2(host: &Host, change: impl FnOnce(&mut wirebird_server_options_t)) -> Listening {
    listen(host, |server| {
        server.http2_prior_knowledge = 1;
        change(server);
    })
}

/// A client's program, whose output is collected.
fn start(mut command: Command) -> JoinHandle<String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}: `make test`"));
    std::thread::spawn(move || {
        let output = child.wait_with_output().expect("it ends");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).expect("UTF-8")
    })
}

fn python(port: u16, arguments: &[&str]) -> Command {
    let program = std::env::var("WIREBIRD_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(program);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/http2.py"));
    command.arg(port.to_string()).args(arguments);
    command
}

/// What the program prints, while the host echoes and answers "page". Also what
/// happened.
fn serve(host: &Host, command: Command) -> (Vec<String>, Vec<Happened>) {
    let client = start(command);
    let mut all = Vec::new();
    loop {
        let is_over = client.is_finished();
        wirebird_queue_wait(host.queue, 10);
        let mut event = host.take();
        while let Some(happened) = event {
            echo(&happened);
            if happened.kind == WIREBIRD_EVENT_HTTP_REQUEST {
                let (method, body) = (
                    read(happened.request, wirebird_request_method),
                    read(happened.request, wirebird_request_body),
                );
                let (path, at) = (
                    read(happened.request, wirebird_request_path),
                    read(happened.request, wirebird_request_host),
                );
                let mut version = 0;
                let option = WIREBIRD_REQUEST_OPTION_HTTP_VERSION;
                ok(unsafe { wirebird_request_get(happened.request, option, &mut version) });
                ok(answer(happened.request, &format!("{version} {method} {path} {body} {at}")));
            }
            all.push(happened);
            event = host.take();
        }
        if is_over {
            break;
        }
    }
    let output = client.join().expect("a client that succeeds");
    (output.lines().map(str::to_owned).collect(), all)
}

fn count(events: &[Happened], kind: u32) -> usize {
    events.iter().filter(|event| event.kind == kind).count()
}

#[test]
fn many_websockets_share_a_connection() {
    let host = Host::new();
    let server = listen_http2(&host, |server| server.max_connections = 20);
    let (lines, mut events) = serve(&host, python(server.port, &["echo", "20"]));
    assert_eq!(lines[0], "connect protocol 1");
    for line in &lines[1..21] {
        assert!(line.starts_with("200 {'date': '"), "no key and no 101: {line}");
        assert!(!line.contains("accept") && !line.contains("connection"), "{line}");
    }
    for line in &lines[21..] {
        assert_eq!(line, "[(8, b'\\x03\\xe8')] None", "its Close, and the stream's end");
    }
    assert_eq!(lines.len(), 41, "{lines:?}");
    while count(&events, WIREBIRD_EVENT_CLOSED) < 20 {
        events.push(host.next());
    }
    assert_eq!(count(&events, WIREBIRD_EVENT_ACCEPTED), 20);
    for closed in events.iter().filter(|event| event.kind == WIREBIRD_EVENT_CLOSED) {
        assert_eq!((closed.status, closed.close_code), (WIREBIRD_OK, 1000), "{closed:?}");
    }
}

#[test]
fn each_websocket_counts_as_a_connection() {
    let host = Host::new();
    let server = listen_http2(&host, |server| server.max_connections = 2);
    let (lines, events) = serve(&host, python(server.port, &["echo", "2"]));
    assert!(lines[2].starts_with("200 "), "{lines:?}");
    assert_eq!(count(&events, WIREBIRD_EVENT_ACCEPTED), 2);
    let one = Host::new();
    let server = listen_http2(&one, |server| server.max_connections = 1);
    let mut held = connect(&server.url(), server.port);
    one.expect(WIREBIRD_EVENT_ACCEPTED);
    let (lines, events) = serve(&one, python(server.port, &["fields"]));
    assert!(lines[0].starts_with("503 "), "{lines:?}");
    assert_eq!(count(&events, WIREBIRD_EVENT_HANDSHAKE_FAILED), 1, "{events:?}");
    held.close(None).expect("sent");
}

#[test]
fn subprotocols_compression_and_origins_work_as_usual() {
    let host = Host::new();
    let spoken = [text("chat")];
    let mut connection = initialised(wirebird_server_connection_options_init);
    connection.compression = 1;
    let mut options = initialised(wirebird_server_options_init);
    options.http2_prior_knowledge = 1;
    (options.subprotocols, options.subprotocol_count) = (spoken.as_ptr(), 1);
    options.connection = &connection;
    let mut handle = wirebird_server_t::default();
    ok(unsafe { wirebird_server_listen(host.queue, &options, &mut handle) });
    let mut address = wirebird_address_t::default();
    ok(unsafe { wirebird_server_address(handle, &mut address) });
    let port = address.port;
    let own = format!("origin=http://127.0.0.1:{port}");
    for (fields, expected) in [
        (
            vec!["sec-websocket-protocol=x, chat", "sec-websocket-extensions=permessage-deflate"],
            "200 [('sec-websocket-extensions', 'permessage-deflate'), ('sec-websocket-protocol', \
             'chat')]",
        ),
        (vec![own.as_str()], "200 []"),
        (vec!["origin=http://evil.example"], "403 "),
        (vec!["sec-websocket-extensions=;"], "400 "),
    ] {
        let arguments: Vec<_> = ["fields"].into_iter().chain(fields).collect();
        let (lines, _) = serve(&host, python(port, &arguments));
        assert!(lines[0].starts_with(expected), "{arguments:?}: {lines:?}");
    }
    for (protocol, expected) in [("websocket", "200"), ("other", "501")] {
        let (lines, _) = serve(&host, python(port, &["protocol", protocol]));
        assert_eq!(lines, [expected]);
    }
    ok(wirebird_server_release(handle));
}

#[test]
fn plain_requests_arrive_as_others_do() {
    let host = Host::new();
    let hosts = [text("127.0.0.1"), text("example.org")];
    let server = listen_http2(&host, |server| {
        (server.hosts, server.host_count) = (hosts.as_ptr(), hosts.len());
        server.http_max_body_size = 100_000;
    });
    let at = format!("127.0.0.1:{}", server.port);
    let (lines, _) = serve(&host, python(server.port, &["request", "GET", "/a?b", ""]));
    assert_eq!(lines, ["200", &format!("20 GET /a  {at}")]);
    let body = "x".repeat(90_000);
    let (lines, _) = serve(&host, python(server.port, &["request", "POST", "/form", &body]));
    assert_eq!(lines, ["200", &format!("20 POST /form {body} {at}")]);
    let arguments = ["request", "GET", "/", "", "example.org"];
    let (lines, _) = serve(&host, python(server.port, &arguments));
    assert_eq!(lines, ["200", "20 GET /  example.org"]);
    let arguments = ["request", "GET", "/", "", "evil.example"];
    let (lines, _) = serve(&host, python(server.port, &arguments));
    assert_eq!(lines[0], "421");
    let body = "x".repeat(110_000);
    let (lines, _) = serve(&host, python(server.port, &["request", "POST", "/", &body]));
    assert_eq!(lines[0], "413");
}

#[test]
fn curl_speaks_http2() {
    let host = Host::new();
    let server = listen_http2(&host, |_| {});
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--max-time", "60", "--noproxy", "*"]);
    curl.args(["--http2-prior-knowledge", "--write-out", " %{http_version}\n", "--data", "x=1"]);
    let url = format!("http://127.0.0.1:{}/1", server.port);
    curl.arg(&url);
    let (lines, _) = serve(&host, curl);
    let at = format!("127.0.0.1:{}", server.port);
    // Version 7.88 can't use such a connection twice, of nobody's.
    assert_eq!(lines, [format!("20 POST /1 x=1 {at} 2")]);
}

#[test]
fn http_1_goes_on_where_http_2_is_spoken() {
    let host = Host::new();
    let server = listen_http2(&host, |server| server.health_path = text("/healthz"));
    let healthy = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert!(exchange(server.port, healthy).starts_with("HTTP/1.1 200 "));
    let mut client = Client::new(server.port);
    client.send("P");
    client.send("OST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    let asked = host.until(WIREBIRD_EVENT_HTTP_REQUEST).request;
    ok(answer(asked, "slowly"));
    assert_eq!(client.receive().body, "slowly");
    let _socket = connect(&server.url(), server.port);
    host.expect(WIREBIRD_EVENT_ACCEPTED);
}

#[test]
fn without_the_option_http_2_is_refused() {
    let host = Host::new();
    let server = host.listen();
    let answer = exchange(server.port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[test]
fn a_stream_that_is_cancelled_loses_its_connection_alone() {
    let host = Host::new();
    let server = listen_http2(&host, |_| {});
    let (lines, mut events) = serve(&host, python(server.port, &["cancel"]));
    assert_eq!(lines, ["200 200", "[(8, b'\\x03\\xe8')] None"]);
    while count(&events, WIREBIRD_EVENT_CLOSED) < 2 {
        events.push(host.next());
    }
    let closed: Vec<_> = events
        .iter()
        .filter(|event| event.kind == WIREBIRD_EVENT_CLOSED)
        .map(|event| (event.close_code, event.status))
        .collect();
    let lost = (1006, WIREBIRD_ERROR_CONNECTION_LOST);
    assert!(closed.contains(&lost) && closed.contains(&(1000, WIREBIRD_OK)), "{closed:?}");
}

#[test]
fn the_server_closes_and_aborts() {
    for (closes, expected) in [(true, "[(8, '0fa1627965')] None"), (false, "[] ")] {
        let host = Host::new();
        let server = listen_http2(&host, |_| {});
        let client = start(python(server.port, &["end"]));
        let accepted = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
        if closes {
            close(accepted, 4001, "bye");
        } else {
            ok(wirebird_connection_abort(accepted));
        }
        let output = client.join().expect("a client that succeeds");
        let lines: Vec<_> = output.lines().collect();
        assert_eq!(lines[0], "200");
        assert!(lines[1].starts_with(expected), "{lines:?}");
        host.until(WIREBIRD_EVENT_CLOSED);
    }
}

#[test]
fn a_request_that_is_cancelled_before_the_decision_is_over() {
    let host = Host::new();
    let server = listen_http2(&host, |server| server.accept = WIREBIRD_ACCEPT_ASK);
    let mut command = python(server.port, &["waiting"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("a client");
    let mut input = child.stdin.take().expect("piped");
    let asked = host.expect(WIREBIRD_EVENT_REQUEST).connection;
    input.write_all(b"\n").expect("sent");
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.connection, closed.status), (asked, WIREBIRD_ERROR_CONNECTION_LOST));
    assert_ne!(unsafe { wirebird_connection_accept(asked, std::ptr::null()) }, WIREBIRD_OK);
    input.write_all(b"\n").expect("sent");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn rapid_resets_end_the_connection_and_nobody_elses() {
    let host = Host::new();
    let server = listen_http2(&host, |_| {});
    let mut socket = connect(&server.url(), server.port);
    let other = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    let (lines, _) = serve(&host, python(server.port, &["rapid", "5000"]));
    assert!(lines == ["goaway"] || lines == ["ended"], "{lines:?}");
    send_text(other, "still here");
    assert_eq!(socket.read().expect("a message").to_text().expect("text"), "still here");
}

#[test]
fn an_idle_connection_of_http_2_ends() {
    use std::io::Read;
    let host = Host::new();
    let server = listen_http2(&host, |server| server.handshake_timeout_ms = 50);
    let mut client = Client::new(server.port);
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    // An empty SETTINGS frame, and silence.
    client.0.get_mut().write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).expect("sent");
    let mut rest = Vec::new();
    let _ = client.0.read_to_end(&mut rest);
    assert!(!rest.is_empty(), "its settings, and GOAWAY");
    assert!(host.take().is_none());
}

#[test]
fn node_opens_a_websocket_over_tls_and_without() {
    for is_encrypted in [false, true] {
        let host = Host::new();
        let authority = Authority::new("Test");
        let certificate = authority.server(&["localhost"]);
        let protocols = [text("h2"), text("http/1.1")];
        let tls = fixture::server_with(&certificate, |options| {
            (options.alpn, options.alpn_count) = (protocols.as_ptr(), protocols.len());
        });
        let spoken = [text("chat")];
        let server = listen_http2(&host, |server| {
            (server.subprotocols, server.subprotocol_count) = (spoken.as_ptr(), 1);
            if is_encrypted {
                server.http2_prior_knowledge = 0;
                server.tls = tls.0;
            }
        });
        let node = std::env::var("WIREBIRD_NODE").unwrap_or_else(|_| "node".to_owned());
        let mut command = Command::new(node);
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/http2.js"));
        command.arg(server.port.to_string());
        let file = std::env::temp_dir().join(format!("wirebird-ca-{}", std::process::id()));
        if is_encrypted {
            std::fs::write(&file, &authority.pem).expect("written");
            command.arg(&file);
        }
        let (lines, events) = serve(&host, command);
        let _ = std::fs::remove_file(&file);
        let alpn = if is_encrypted { "h2" } else { "h2c" };
        let expected = [
            &format!("connect protocol true {alpn}"),
            "200 chat",
            "810568656c6c6f",
            "880203e8",
            "page 200",
        ];
        assert_eq!(lines, expected);
        assert_eq!(count(&events, WIREBIRD_EVENT_TEXT), 1);
    }
}

/// A client over HTTP/2.
fn open_http2(
    host: &Host,
    url: &str,
    change: impl FnOnce(&mut wirebird_client_options_t),
) -> wirebird_connection_t {
    host.open_with(url, |options, _| {
        options.http_version = WIREBIRD_HTTP_2;
        change(options);
    })
}

#[test]
fn both_ends_speak_http_2_with_compression_over_tls_and_without() {
    for is_encrypted in [false, true] {
        let host = Host::new();
        let authority = Authority::new("Test");
        let certificate = authority.server(&["localhost", "127.0.0.1"]);
        let protocols = [text("h2"), text("http/1.1")];
        let server_tls = fixture::server_with(&certificate, |options| {
            (options.alpn, options.alpn_count) = (protocols.as_ptr(), protocols.len());
        });
        // Whatever the client's own names are.
        let client_tls = fixture::client(&authority);
        let server = host.listen_with(|server, connection| {
            connection.compression = 1;
            match is_encrypted {
                true => server.tls = server_tls.0,
                false => server.http2_prior_knowledge = 1,
            }
        });
        let scheme = if is_encrypted { "wss" } else { "ws" };
        let url = format!("{scheme}://127.0.0.1:{}/chat?room=1", server.port);
        let client = open_http2(&host, &url, |options| {
            if is_encrypted {
                options.tls = client_tls.0;
            }
        });
        let (first, second) = (host.next(), host.next());
        let events = [first, second];
        let accepted = events.iter().find(|event| event.kind == WIREBIRD_EVENT_ACCEPTED);
        let accepted = accepted.unwrap_or_else(|| panic!("{events:?}")).connection;
        assert_eq!(read_text(accepted, wirebird_connection_target), "/chat?room=1");
        let extensions = read_text(client, wirebird_connection_extensions);
        assert!(extensions.starts_with("permessage-deflate"), "{extensions}");
        assert_eq!(get(accepted, WIREBIRD_OPTION_SECURE), u64::from(is_encrypted));
        let large = "compress me ".repeat(50_000);
        send_text(client, &large);
        assert_eq!(host.until(WIREBIRD_EVENT_TEXT).text(), large);
        let bytes: Vec<u8> =
            (0..900_000u32).map(|number| (number.wrapping_mul(number) >> 7) as u8).collect();
        send_binary(accepted, &bytes);
        assert_eq!(host.until(WIREBIRD_EVENT_BINARY).data, bytes);
        close(client, 1000, "done");
        for _ in 0..2 {
            let closed = host.until(WIREBIRD_EVENT_CLOSED);
            assert_eq!((closed.status, closed.close_code), (WIREBIRD_OK, 1000), "{closed:?}");
        }
    }
}

#[test]
fn a_client_talks_to_nodes_server() {
    use std::io::{BufRead, BufReader};
    let node = std::env::var("WIREBIRD_NODE").unwrap_or_else(|_| "node".to_owned());
    let mut command = Command::new(node);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/http2server.js"));
    let mut child = command.stdout(Stdio::piped()).spawn().expect("node is installed");
    let mut output = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut line = || output.next().expect("a line").expect("UTF-8");
    let port = line().strip_prefix("port ").expect("its port").to_owned();
    let host = Host::new();
    let names = [text("chat")];
    let client = open_http2(&host, &format!("ws://127.0.0.1:{port}/a?b"), |options| {
        (options.subprotocols, options.subprotocol_count) = (names.as_ptr(), names.len());
    });
    host.expect(WIREBIRD_EVENT_OPENED);
    assert_eq!(line(), "asked /a?b 13 0");
    assert_eq!(read_text(client, wirebird_connection_subprotocol), "chat");
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "hello");
    send_text(client, "hi");
    assert_eq!(line(), "got 1 6869");
    close(client, 1000, "");
    assert_eq!(line(), "got 8 03e8");
    let closed = host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.close_code), (WIREBIRD_OK, 1000), "{closed:?}");
    let refused = open_http2(&host, &format!("ws://127.0.0.1:{port}/refused"), |_| {});
    let closed = host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_HTTP_STATUS, 403), "{closed:?}");
    assert_eq!(read_text(refused, wirebird_connection_response_body), "not you");
    child.kill().expect("it runs");
    let _ = child.wait();
}

#[test]
fn a_server_that_does_not_know_it_fails_the_client_with_a_reason() {
    let host = Host::new();
    // HTTP/1.1 alone.
    let server = host.listen();
    open_http2(&host, &server.url(), |_| {});
    let closed = host.until(WIREBIRD_EVENT_CLOSED);
    assert_ne!(closed.status, WIREBIRD_OK, "{closed:?}");
    let authority = Authority::new("Test");
    let certificate = authority.server(&["127.0.0.1"]);
    // No application protocols at all.
    let none = text("");
    let server_tls = fixture::server_with(&certificate, |options| {
        (options.alpn, options.alpn_count) = (&none, 0);
    });
    let client_tls = fixture::client(&authority);
    let server = fixture::listen(&host, &server_tls);
    open_http2(&host, &fixture::url("127.0.0.1", server.port), |options| {
        options.tls = client_tls.0;
    });
    let closed = host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_HANDSHAKE, "{closed:?}");
    assert!(closed.message.contains("HTTP/2"), "{closed:?}");
}
