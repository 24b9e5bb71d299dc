//! Unix domain sockets, for clients and servers.

use std::fs;
use std::io::{BufReader, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};

use wirebird::ffi::*;

use super::programs::Folder;
use crate::engine::host::*;

fn listen(host: &Host, path: &str, mode: u32) -> Result<wirebird_server_t, i32> {
    let mut options = initialised(wirebird_server_options_init);
    options.accept = WIREBIRD_ACCEPT_ALL;
    (options.unix_path, options.unix_mode) = (text(path), mode);
    let mut server = wirebird_server_t::default();
    match unsafe { wirebird_server_listen(host.queue, &options, &mut server) } {
        WIREBIRD_OK => Ok(server),
        status => Err(status),
    }
}

/// A client is open and accepted; messages travel.
#[track_caller]
fn is_open(host: &Host, client: wirebird_connection_t) {
    let events = [host.next(), host.next()];
    let accepted = events.iter().find(|event| event.kind == WIREBIRD_EVENT_ACCEPTED);
    let server = accepted.unwrap_or_else(|| panic!("{events:?}")).connection;
    assert!(events.iter().any(|event| event.kind == WIREBIRD_EVENT_OPENED), "{events:?}");
    let large = "x".repeat(1_000_000);
    send_text(client, &large);
    assert!(host.expect(WIREBIRD_EVENT_TEXT).text() == large);
    send_text(server, &large);
    assert!(host.expect(WIREBIRD_EVENT_TEXT).text() == large);
    for connection in [client, server] {
        let (mut local, mut peer) = Default::default();
        ok(unsafe { wirebird_connection_addresses(connection, &mut local, &mut peer) });
        assert_eq!((local.family, peer.family), (0, 0));
    }
    close(client, 1000, "done");
    let closed = host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.close_code), (WIREBIRD_OK, 1000), "{closed:?}");
    host.until(WIREBIRD_EVENT_CLOSED);
    for connection in [client, server] {
        ok(wirebird_connection_release(connection));
    }
}

#[test]
fn a_client_connects_by_the_url_or_the_option() {
    let folder = Folder::new();
    let path = folder.path("so cket");
    let host = Host::new();
    let server = listen(&host, &path, 0).expect("listening");
    let mut address = wirebird_address_t::default();
    ok(unsafe { wirebird_server_address(server, &mut address) });
    assert_eq!(address.family, 0);
    let encoded = path.replace(' ', "%20");
    let client = host.open(&format!("ws+unix://{encoded}:/chat?room=1"));
    is_open(&host, client);
    let client = host.open(&format!("WS+UNIX:{encoded}"));
    is_open(&host, client);
    let client = host.open_with("ws://birds.example/chat", |options, _| {
        options.unix_path = text(&path);
    });
    is_open(&host, client);
    ok(wirebird_server_close(server));
    assert!(!fs::exists(&path).expect("known"), "the file goes with the server");
    host.expect(WIREBIRD_EVENT_SERVER_CLOSED);
    host.open(&format!("ws+unix://{encoded}:/"));
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_CONNECTION_REFUSED, "{closed:?}");
    assert!(closed.message.contains(&path), "{}", closed.message);
}

#[test]
fn the_request_names_the_urls_host_and_path() {
    let folder = Folder::new();
    let path = folder.path("socket");
    let listener = UnixListener::bind(&path).expect("bound");
    let host = Host::new();
    for (url, expected) in [
        (
            format!("ws+unix://{path}:/chat?room=1"),
            ["GET /chat?room=1 HTTP/1.1", "Host: localhost"],
        ),
        (format!("ws+unix://{path}"), ["GET / HTTP/1.1", "Host: localhost"]),
        ("ws://birds.example:81/a".to_owned(), ["GET /a HTTP/1.1", "Host: birds.example:81"]),
    ] {
        host.open_with(&url, |options, _| {
            if url.starts_with("ws:") {
                options.unix_path = text(&path);
            }
        });
        let (stream, _) = listener.accept().expect("a client");
        let mut stream = BufReader::new(stream);
        let head = head(&mut stream);
        assert_eq!(head[..2], expected);
        stream.get_mut().write_all(b"HTTP/1.1 404 No\r\n\r\n").expect("taken");
        drop(stream);
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_HTTP_STATUS, 404));
    }
}

fn head(stream: &mut BufReader<UnixStream>) -> Vec<String> {
    use std::io::BufRead;
    stream.lines().map(|line| line.expect("a line")).take_while(|line| !line.is_empty()).collect()
}

#[test]
fn a_live_server_keeps_its_socket_and_a_dead_one_leaves_it() {
    let folder = Folder::new();
    let path = folder.path("socket");
    let host = Host::new();
    // Whoever bound it is gone.
    drop(UnixListener::bind(&path).expect("bound"));
    assert!(fs::exists(&path).expect("known"));
    let server = listen(&host, &path, 0).expect("the file is replaced");
    for _ in 0..2 {
        assert_eq!(listen(&host, &path, 0), Err(WIREBIRD_ERROR_ADDRESS_IN_USE));
        assert!(last_error().contains(&path), "{}", last_error());
        assert!(last_error().contains("listens there already"), "{}", last_error());
    }
    let client = host.open(&format!("ws+unix://{path}"));
    is_open(&host, client);
    ok(wirebird_server_release(server));
    let again = listen(&host, &path, 0).expect("free");
    // Somebody else's file stays.
    fs::remove_file(&path).expect("removed");
    let _other = UnixListener::bind(&path).expect("bound");
    ok(wirebird_server_release(again));
    assert!(fs::exists(&path).expect("known"), "it is another server's");
}

#[test]
fn a_file_that_is_no_socket_is_not_touched() {
    let folder = Folder::new();
    let path = folder.write("file", "precious");
    let host = Host::new();
    assert_eq!(listen(&host, &path, 0), Err(WIREBIRD_ERROR_ADDRESS_IN_USE));
    assert!(last_error().contains("no socket"), "{}", last_error());
    assert_eq!(fs::read_to_string(&path).expect("read"), "precious");
    for (path, status) in [
        (folder.path("no/such/folder"), WIREBIRD_ERROR_NETWORK),
        (folder.path(&"x".repeat(200)), WIREBIRD_ERROR_NETWORK),
        ("a\0b".to_owned(), WIREBIRD_ERROR_ARGUMENT),
    ] {
        let refused = listen(&host, &path, 0).expect_err("refused");
        let expected = [status, WIREBIRD_ERROR_ARGUMENT];
        assert!(expected.contains(&refused), "{path:.60}: {refused}: {}", last_error());
    }
}

#[test]
fn the_file_has_the_permissions_that_were_asked_for() {
    let folder = Folder::new();
    let host = Host::new();
    for mode in [0o600, 0o660, 0o777] {
        let path = folder.path(&format!("{mode:o}"));
        let server = listen(&host, &path, mode).expect("listening");
        let found = fs::metadata(&path).expect("there");
        assert!(found.file_type().is_socket());
        assert_eq!(found.permissions().mode() & 0o777, mode, "{mode:o}");
        ok(wirebird_server_release(server));
    }
    assert_eq!(listen(&host, &folder.path("more"), 0o1777), Err(WIREBIRD_ERROR_ARGUMENT));
    assert!(last_error().contains("unix_mode"), "{}", last_error());
}

#[test]
fn a_server_has_one_place_to_listen_at() {
    let folder = Folder::new();
    let path = folder.path("socket");
    let host = Host::new();
    type Change = fn(&mut wirebird_server_options_t);
    let changes: [Change; 3] = [
        |options| options.port = 1,
        |options| options.host = text("127.0.0.1"),
        |options| (options.unix_path, options.unix_mode) = (text(""), 0o600),
    ];
    for change in changes {
        let mut options = initialised(wirebird_server_options_init);
        options.unix_path = text(&path);
        change(&mut options);
        let mut server = wirebird_server_t::default();
        let status = unsafe { wirebird_server_listen(host.queue, &options, &mut server) };
        assert_eq!(status, WIREBIRD_ERROR_ARGUMENT, "{}", last_error());
        assert!(last_error().contains("unix_"), "{}", last_error());
    }
}

#[test]
fn a_server_takes_a_socket_that_is_bound_already() {
    use std::os::fd::IntoRawFd;
    let folder = Folder::new();
    let path = folder.path("socket");
    let listener = UnixListener::bind(&path).expect("bound");
    let host = Host::new();
    let server = host.listen_with(|options, _| {
        options.descriptor = listener.into_raw_fd().into();
    });
    assert_eq!(server.port, 0);
    let client = host.open(&format!("ws+unix://{path}"));
    is_open(&host, client);
    ok(wirebird_server_release(server.handle));
    assert!(fs::exists(&path).expect("known"), "whoever bound it removes the file");
}

#[test]
fn a_url_names_one_socket() {
    let host = Host::new();
    for (url, path) in [
        ("ws+unix://relative/path:/", ""),
        ("ws+unix://:/", ""),
        ("ws+unix:///a?b:/", ""),
        ("ws+unix:///a:/#b", ""),
        ("ws+unix:///a:/", "/b"),
        ("ws+unix:///a%00b:/", ""),
    ] {
        let mut options = initialised(wirebird_client_options_init);
        (options.url, options.unix_path) = (text(url), text(path));
        let mut handle = wirebird_connection_t::default();
        let status = unsafe { wirebird_client_open(host.queue, &options, &mut handle) };
        let expected = [WIREBIRD_ERROR_URL, WIREBIRD_ERROR_ARGUMENT];
        assert!(expected.contains(&status), "{url}: {status}: {}", last_error());
    }
}
