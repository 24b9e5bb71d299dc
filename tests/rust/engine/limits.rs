//! The limits of a server's opening handshakes, each at its edge.

use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use wirebird::ffi::*;

use super::host::*;
use super::peers::{connect_raw, exchange, patience, read_head, read_to_end, request};

fn figure(server: &Listening, option: u32) -> u64 {
    let mut value = 0;
    ok(unsafe { wirebird_server_get(server.handle, option, &mut value) });
    value
}

fn set(server: &Listening, option: u32, value: u64) {
    ok(wirebird_server_set(server.handle, option, value));
}

/// Waits until a figure of the server has this value.
#[track_caller]
fn reaches(server: &Listening, option: u32, value: u64) {
    let begin = Instant::now();
    while figure(server, option) != value {
        let found = figure(server, option);
        let is_late = begin.elapsed() > Duration::from_millis(u64::from(PATIENCE_MS));
        assert!(!is_late, "option {option} is {found}, not {value}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A connection that has sent the beginning of a request.
fn slow(server: &Listening) -> TcpStream {
    begun(connect_raw(server.port))
}

fn begun(mut stream: TcpStream) -> TcpStream {
    stream.write_all(b"GET /").expect("taken");
    stream
}

/// A connection that has sent a valid request.
fn asking(server: &Listening) -> TcpStream {
    asked(connect_raw(server.port))
}

fn asked(mut stream: TcpStream) -> TcpStream {
    stream.write_all(request("").as_bytes()).expect("taken");
    stream
}

/// A connection from another address of this machine.
fn from(address: &str, server: &Listening) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let address: SocketAddr = format!("{address}:0").parse().expect("an address");
    socket.bind(&address.into()).expect("an address of this machine");
    let server: SocketAddr = format!("127.0.0.1:{}", server.port).parse().expect("an address");
    socket.connect(&server.into()).expect("the server listens");
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(patience()).expect("a timeout");
    stream
}

/// The status line of the answer, and the stream.
fn status_line(stream: TcpStream) -> (String, TcpStream) {
    let mut stream = BufReader::new(stream);
    let head = read_head(&mut stream);
    (head.first().cloned().unwrap_or_default(), stream.into_inner())
}

#[track_caller]
fn is_open(stream: TcpStream) -> TcpStream {
    let (line, stream) = status_line(stream);
    assert_eq!(line, "HTTP/1.1 101 Switching Protocols");
    stream
}

/// A valid request of this many bytes.
fn request_of(size: usize) -> String {
    let padding = size - request("X: \r\n").len();
    request(&format!("X: {}\r\n", "x".repeat(padding)))
}

/// Refused with 431, and both sides are told of the limit.
#[track_caller]
fn is_too_large(host: &Host, answer: &str, limit: &str) {
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    assert!(answer.contains("\r\nConnection: close\r\n"), "{answer}");
    let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
    assert!(body.contains(limit), "{limit}: {body}");
    let failed = host.until(WIREBIRD_EVENT_HANDSHAKE_FAILED);
    assert_eq!((failed.status, failed.value), (WIREBIRD_ERROR_LIMIT, 431), "{}", failed.message);
    assert!(failed.message.contains(limit), "{limit}: {}", failed.message);
}

#[test]
fn a_header_block_has_up_to_max_header_size_bytes() {
    for size in [256, 8192, 16_384, 65_536] {
        let host = Host::new();
        let server = host.listen_with(|options, _| {
            assert_eq!(options.max_header_size, 16_384);
            options.max_header_size = size;
        });
        let size = size as usize;
        let mut stream = connect_raw(server.port);
        stream.write_all(request_of(size).as_bytes()).expect("taken");
        is_open(stream);
        let limit = format!("max_header_size ({size} bytes)");
        is_too_large(&host, &exchange(server.port, &request_of(size + 1)), &limit);
        // As many bytes without an end, in two parts.
        let mut stream = connect_raw(server.port);
        let endless = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(size));
        let (first, second) = endless.as_bytes()[..size].split_at(size - 1);
        stream.write_all(first).expect("taken");
        stream.write_all(second).expect("taken");
        is_too_large(&host, &read_to_end(stream), &limit);
    }
}

#[test]
fn a_request_has_up_to_max_headers_fields() {
    let own = request("").matches("\r\n").count() - 2;
    for fields in [5, 100, 1000] {
        let host = Host::new();
        let server = host.listen_with(|options, _| {
            assert_eq!(options.max_headers, 100);
            options.max_headers = fields;
        });
        let more = fields as usize - own;
        let mut stream = connect_raw(server.port);
        stream.write_all(request(&"X: y\r\n".repeat(more)).as_bytes()).expect("taken");
        is_open(stream);
        let answer = exchange(server.port, &request(&"X: y\r\n".repeat(more + 1)));
        is_too_large(&host, &answer, &format!("max_headers ({fields})"));
    }
}

#[test]
fn what_follows_the_header_block_does_not_count() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.max_header_size = 256);
    let mut stream = connect_raw(server.port);
    let mut bytes = request_of(256).into_bytes();
    bytes.extend([0x82, 0xFE, 0x03, 0xE8, 0, 0, 0, 0]);
    bytes.extend([b'\n'; 1000]);
    stream.write_all(&bytes).expect("taken");
    is_open(stream);
    assert_eq!(host.until(WIREBIRD_EVENT_BINARY).data, [b'\n'; 1000]);
}

#[test]
fn every_limit_has_a_default_a_range_a_getter_and_a_setter() {
    let host = Host::new();
    let server = host.listen();
    for (option, default, wrong, right, name) in [
        (WIREBIRD_SERVER_OPTION_HANDSHAKE_TIMEOUT, 10_000, 1 << 31, 0, "handshake_timeout"),
        (WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES, 256, 0, 1 << 20, "max_handshakes"),
        (WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES_PER_ADDRESS, 16, 0, 64, "per_address"),
        (WIREBIRD_SERVER_OPTION_MAX_CONNECTIONS, 10_000, 1 << 32, 1, "max_connections"),
        (WIREBIRD_SERVER_OPTION_MAX_HEADER_SIZE, 16_384, 255, 1_048_576, "max_header_size"),
        (WIREBIRD_SERVER_OPTION_MAX_HEADERS, 100, 10_001, 10_000, "max_headers"),
    ] {
        assert_eq!(figure(&server, option), default, "{name}");
        let refused = wirebird_server_set(server.handle, option, wrong);
        assert_eq!(refused, WIREBIRD_ERROR_ARGUMENT, "{name}");
        assert!(last_error().contains(name), "{name}: {}", last_error());
        assert_eq!(figure(&server, option), default, "{name}");
        set(&server, option, right);
        assert_eq!(figure(&server, option), right, "{name}");
    }
    for option in [
        WIREBIRD_SERVER_OPTION_HANDSHAKES,
        WIREBIRD_SERVER_OPTION_WAITING,
        WIREBIRD_SERVER_OPTION_CONNECTIONS,
    ] {
        assert_eq!(figure(&server, option), 0);
        assert_eq!(wirebird_server_set(server.handle, option, 1), WIREBIRD_ERROR_ARGUMENT);
        assert!(last_error().contains("only be read"), "{}", last_error());
    }
    let mut value = 7;
    for option in [0, 10, u32::MAX] {
        let found = unsafe { wirebird_server_get(server.handle, option, &mut value) };
        let changed = wirebird_server_set(server.handle, option, 1);
        assert_eq!((found, changed, value), (WIREBIRD_ERROR_ARGUMENT, WIREBIRD_ERROR_ARGUMENT, 7));
    }
    let null = std::ptr::null_mut();
    let nowhere = unsafe { wirebird_server_get(server.handle, 1, null) };
    assert_eq!(nowhere, WIREBIRD_ERROR_ARGUMENT);
    ok(wirebird_server_release(server.handle));
    let stale = unsafe { wirebird_server_get(server.handle, 1, &mut value) };
    assert_eq!(stale, WIREBIRD_ERROR_HANDLE);
    assert_eq!(wirebird_server_set(server.handle, 1, 1), WIREBIRD_ERROR_HANDLE);
}

#[test]
fn a_changed_limit_holds_for_handshakes_that_begin_afterwards() {
    let host = Host::new();
    let server = host.listen();
    let mut early = slow(&server);
    reaches(&server, WIREBIRD_SERVER_OPTION_HANDSHAKES, 1);
    set(&server, WIREBIRD_SERVER_OPTION_MAX_HEADER_SIZE, 256);
    let limit = "max_header_size (256 bytes)";
    is_too_large(&host, &exchange(server.port, &request_of(257)), limit);
    early.write_all(&request_of(300).as_bytes()[5..]).expect("taken");
    is_open(early);
}

#[test]
fn more_than_max_handshakes_wait_until_there_is_room_or_the_limit_is_raised() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.max_handshakes = 1);
    let first = slow(&server);
    reaches(&server, WIREBIRD_SERVER_OPTION_HANDSHAKES, 1);
    let second = asking(&server);
    set(&server, WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES, 2);
    let second = is_open(second);
    set(&server, WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES, 1);
    let third = asking(&server);
    drop(first);
    is_open(third);
    drop(second);
}

#[test]
fn more_than_max_connections_are_refused_until_the_limit_is_raised() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.max_connections = 1);
    let full = |limit: u32| {
        let answer = exchange(server.port, &request(""));
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        let limit = format!("max_connections ({limit})");
        assert!(answer.contains(&limit), "{answer}");
        let failed = host.until(WIREBIRD_EVENT_HANDSHAKE_FAILED);
        assert_eq!((failed.status, failed.value), (WIREBIRD_ERROR_REFUSED, 503));
        assert!(failed.message.contains(&limit), "{}", failed.message);
    };
    let mut open = vec![is_open(asking(&server))];
    full(1);
    set(&server, WIREBIRD_SERVER_OPTION_MAX_CONNECTIONS, 2);
    open.push(is_open(asking(&server)));
    assert_eq!(figure(&server, WIREBIRD_SERVER_OPTION_CONNECTIONS), 2);
    full(2);
    set(&server, WIREBIRD_SERVER_OPTION_MAX_CONNECTIONS, 1);
    assert_eq!(figure(&server, WIREBIRD_SERVER_OPTION_CONNECTIONS), 2, "those open stay so");
    open.pop();
    reaches(&server, WIREBIRD_SERVER_OPTION_CONNECTIONS, 1);
    full(1);
}

#[test]
fn a_request_that_waits_for_a_decision_has_its_place() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.accept = WIREBIRD_ACCEPT_ASK);
    let stream = asking(&server);
    let connection = host.expect(WIREBIRD_EVENT_REQUEST).connection;
    assert_eq!(figure(&server, WIREBIRD_SERVER_OPTION_HANDSHAKES), 1);
    assert_eq!(figure(&server, WIREBIRD_SERVER_OPTION_CONNECTIONS), 1);
    ok(unsafe {
        wirebird_connection_refuse(connection, 403, std::ptr::null(), 0, text("not you"))
    });
    assert_eq!(status_line(stream).0, "HTTP/1.1 403 Forbidden");
    reaches(&server, WIREBIRD_SERVER_OPTION_HANDSHAKES, 0);
    reaches(&server, WIREBIRD_SERVER_OPTION_CONNECTIONS, 0);
}

#[test]
fn any_number_of_requests_of_one_address_waits_for_decisions() {
    let host = Host::new();
    let server = host.listen_with(|options, _| {
        options.accept = WIREBIRD_ACCEPT_ASK;
        options.max_handshakes_per_address = 2;
    });
    let streams: Vec<_> = (0..20).map(|_| asking(&server)).collect();
    let connections: Vec<_> =
        streams.iter().map(|_| host.expect(WIREBIRD_EVENT_REQUEST).connection).collect();
    assert_eq!(figure(&server, WIREBIRD_SERVER_OPTION_HANDSHAKES), 20);
    assert_eq!(figure(&server, WIREBIRD_SERVER_OPTION_WAITING), 0);
    for connection in connections {
        ok(unsafe { wirebird_connection_accept(connection, std::ptr::null()) });
    }
    streams.into_iter().for_each(|stream| drop(is_open(stream)));
}

#[cfg(target_os = "linux")]
#[test]
fn handshakes_of_one_address_wait_for_each_other_and_others_pass_them() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.max_handshakes_per_address = 2);
    let (first, second) = (slow(&server), slow(&server));
    reaches(&server, WIREBIRD_SERVER_OPTION_HANDSHAKES, 2);
    let (third, fourth) = (asking(&server), slow(&server));
    reaches(&server, WIREBIRD_SERVER_OPTION_WAITING, 2);
    is_open(asked(from("127.0.0.2", &server)));
    assert_eq!(figure(&server, WIREBIRD_SERVER_OPTION_WAITING), 2);
    drop(first);
    is_open(third);
    // The fourth one has its turn after the third.
    reaches(&server, WIREBIRD_SERVER_OPTION_WAITING, 0);
    drop((second, fourth));
    reaches(&server, WIREBIRD_SERVER_OPTION_HANDSHAKES, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn hundreds_of_slow_handshakes_of_one_address_do_not_keep_others_out() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.handshake_timeout_ms = 0);
    let crowd: Vec<_> = (0..300).map(|_| slow(&server)).collect();
    reaches(&server, WIREBIRD_SERVER_OPTION_WAITING, 300 - 16);
    assert_eq!(figure(&server, WIREBIRD_SERVER_OPTION_HANDSHAKES), 16);
    is_open(asked(from("127.0.0.2", &server)));
    // One of the same address comes after them.
    let last = asking(&server);
    reaches(&server, WIREBIRD_SERVER_OPTION_WAITING, 301 - 16);
    drop(crowd);
    is_open(last);
}

#[cfg(target_os = "linux")]
#[test]
fn the_last_of_the_largest_crowd_is_closed_when_more_wait_than_may() {
    let host = Host::new();
    let server = host.listen_with(|options, _| {
        options.max_handshakes_per_address = 1;
        options.backlog = 2;
    });
    let _first = slow(&server);
    reaches(&server, WIREBIRD_SERVER_OPTION_HANDSHAKES, 1);
    let _waiting = slow(&server);
    reaches(&server, WIREBIRD_SERVER_OPTION_WAITING, 1);
    let last = connect_raw(server.port);
    reaches(&server, WIREBIRD_SERVER_OPTION_WAITING, 2);
    let _other = slow_from("127.0.0.2", &server);
    reaches(&server, WIREBIRD_SERVER_OPTION_HANDSHAKES, 2);
    let _waits_too = slow_from("127.0.0.2", &server);
    assert_eq!(read_to_end(last), "");
    let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
    assert_eq!((failed.status, failed.value), (WIREBIRD_ERROR_LIMIT, 0));
    for part in ["127.0.0.1", "max_handshakes_per_address (1)", "backlog (2)"] {
        assert!(failed.message.contains(part), "{part}: {}", failed.message);
    }
    assert_eq!(figure(&server, WIREBIRD_SERVER_OPTION_WAITING), 2);
}

#[cfg(target_os = "linux")]
fn slow_from(address: &str, server: &Listening) -> TcpStream {
    begun(from(address, server))
}

#[test]
fn a_closing_server_ends_those_that_wait() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.max_handshakes_per_address = 1);
    let first = slow(&server);
    reaches(&server, WIREBIRD_SERVER_OPTION_HANDSHAKES, 1);
    let second = asking(&server);
    reaches(&server, WIREBIRD_SERVER_OPTION_WAITING, 1);
    ok(wirebird_server_close(server.handle));
    host.expect(WIREBIRD_EVENT_SERVER_CLOSED);
    assert_eq!((read_to_end(first), read_to_end(second)), (String::new(), String::new()));
}

#[test]
fn a_request_that_takes_longer_than_handshake_timeout_gets_408() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.handshake_timeout_ms = 50);
    let answer = exchange(server.port, "GET / HTTP/1.1\r\n");
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
    for part in ["\r\nConnection: close\r\n", "\r\nDate: ", "handshake_timeout (50 ms)"] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
    assert_eq!((failed.status, failed.value), (WIREBIRD_ERROR_TIMEOUT, 408));
    assert!(failed.message.contains("handshake_timeout (50 ms)"), "{}", failed.message);
}

#[test]
fn whoever_sends_nothing_within_handshake_timeout_gets_no_answer() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.handshake_timeout_ms = 50);
    let mut byte = [0];
    assert_eq!(connect_raw(server.port).read(&mut byte).expect("the end of TCP"), 0);
    let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
    assert_eq!((failed.status, failed.value), (WIREBIRD_ERROR_TIMEOUT, 0));
}

#[test]
fn those_that_wait_have_no_more_time_than_others() {
    let host = Host::new();
    let server = host.listen_with(|options, _| {
        options.max_handshakes_per_address = 1;
        options.handshake_timeout_ms = 200;
    });
    let (_first, _second) = (slow(&server), slow(&server));
    for _ in 0..2 {
        let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
        assert_eq!(failed.status, WIREBIRD_ERROR_TIMEOUT, "{}", failed.message);
    }
    is_open(asking(&server));
}
