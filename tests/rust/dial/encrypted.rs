//! `wss` on all of these ways.

use std::net::TcpListener;

use wirebird::ffi::*;

use super::programs::Proxy;
use crate::engine::host::*;
use crate::engine::peers;
use crate::tls::certificates::Authority;
use crate::tls::fixture::{self, Tls, both_open};

/// A server at `wss://localhost`, and a client's side that trusts it.
struct Encrypted {
    host: Host,
    server: Listening,
    _tls: Tls,
    client: Tls,
}

impl Encrypted {
    /// Whose requests are asked about.
    fn asking() -> Self {
        Self::new(WIREBIRD_ACCEPT_ASK)
    }

    fn new(accept: u16) -> Self {
        let authority = Authority::new("Root");
        let tls = fixture::server(&authority.server(&["localhost"]));
        let host = Host::new();
        let server = host.listen_with(|options, _| {
            (options.tls, options.accept) = (tls.0, accept);
        });
        Self { host, server, _tls: tls, client: fixture::client(&authority) }
    }

    fn url(&self) -> String {
        fixture::url("localhost", self.server.port)
    }

    fn open_with(
        &self,
        url: &str,
        change: impl FnOnce(&mut wirebird_client_options_t),
    ) -> wirebird_connection_t {
        self.host.open_with(url, |options, _| {
            (options.tls, options.max_redirects) = (self.client.0, 5);
            change(options);
        })
    }

    /// Answers the next request with a status and a field.
    fn refuse(&self, status: u16, name: &str, value: &str) -> Vec<(String, String)> {
        let request = self.host.expect(WIREBIRD_EVENT_REQUEST);
        let asked = headers(request.connection);
        let header = wirebird_header_t { name: text(name), value: text(value) };
        let body = text("no");
        ok(unsafe { wirebird_connection_refuse(request.connection, status, &header, 1, body) });
        asked
    }
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}

#[test]
fn nothing_leads_from_wss_to_ws() {
    let encrypted = Encrypted::asking();
    let plain = TcpListener::bind("127.0.0.1:0").expect("a free port");
    plain.set_nonblocking(true).expect("set");
    let port = plain.local_addr().expect("an address").port();
    for scheme in ["ws", "http"] {
        encrypted.open_with(&encrypted.url(), |_| {});
        encrypted.refuse(302, "Location", &format!("{scheme}://127.0.0.1:{port}/?token=secret"));
        let closed = encrypted.host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_REDIRECT, 302), "{closed:?}");
        assert!(closed.message.contains("not encrypted"), "{}", closed.message);
        assert!(!closed.message.contains("secret"), "{}", closed.message);
    }
    assert!(plain.accept().is_err(), "nothing connects");
}

#[test]
fn a_redirect_leads_from_ws_to_wss_and_secrets_stay_behind() {
    let encrypted = Encrypted::asking();
    let location = encrypted.url().replacen("wss://", "https://", 1);
    let (url, plain) = peers::accept_raw(move |stream| {
        let mut stream = std::io::BufReader::new(stream);
        peers::read_head(&mut stream);
        let answer = format!("HTTP/1.1 307 There\r\nLocation: {location}\r\n\r\n");
        std::io::Write::write_all(stream.get_mut(), answer.as_bytes()).expect("taken");
    });
    let secrets = [("Authorization", "Bearer token"), ("Cookie", "a=b")]
        .map(|(name, value)| wirebird_header_t { name: text(name), value: text(value) });
    let connection = encrypted.open_with(&url, |options| {
        (options.headers, options.header_count) = (secrets.as_ptr(), secrets.len());
    });
    let request = encrypted.host.expect(WIREBIRD_EVENT_REQUEST);
    let asked = headers(request.connection);
    assert_eq!((value(&asked, "authorization"), value(&asked, "cookie")), (None, None));
    ok(unsafe { wirebird_connection_accept(request.connection, std::ptr::null()) });
    // Both ends say so.
    (0..2).for_each(|_| drop(encrypted.host.expect(WIREBIRD_EVENT_OPENED)));
    assert_eq!(read_text(connection, wirebird_connection_url), encrypted.url());
    plain.join().expect("the server is content");
}

#[test]
fn credentials_and_secure_cookies_go_to_a_server_of_wss() {
    let encrypted = Encrypted::asking();
    let mut jar = wirebird_cookie_jar_t::default();
    ok(unsafe { wirebird_cookie_jar_new(&mut jar) });
    let url = encrypted.url();
    let secure = text("secret=1; Secure; Path=/");
    ok(unsafe { wirebird_cookie_jar_set(jar, text(&url), secure) });
    encrypted.open_with(&url.replacen("wss://", "wss://bird:seed@", 1), |options| {
        options.cookies = jar;
    });
    let first = encrypted.refuse(401, "WWW-Authenticate", "Basic realm=\"nest\"");
    assert_eq!(value(&first, "authorization"), None);
    let request = encrypted.host.expect(WIREBIRD_EVENT_REQUEST);
    let asked = headers(request.connection);
    assert_eq!(value(&asked, "authorization"), Some("Basic YmlyZDpzZWVk"));
    assert_eq!(value(&asked, "cookie"), Some("secret=1"));
    assert_ne!(value(&asked, "sec-websocket-key"), value(&first, "sec-websocket-key"));
    ok(unsafe { wirebird_connection_accept(request.connection, std::ptr::null()) });
    encrypted.host.expect(WIREBIRD_EVENT_OPENED);
    ok(wirebird_cookie_jar_release(jar));
}

#[test]
fn proxies_lead_to_a_server_of_wss() {
    let encrypted = Encrypted::new(WIREBIRD_ACCEPT_ALL);
    for (proxy, scheme) in [
        (Proxy::tinyproxy("BasicAuth bird seed"), "http"),
        (Proxy::microsocks(&["-u", "bird", "-P", "seed"]), "socks5"),
    ] {
        let through = proxy.url(scheme, "bird:seed@");
        let client = encrypted.open_with(&encrypted.url(), |options| {
            (options.proxy_mode, options.proxy_url) = (WIREBIRD_PROXY_URL, text(&through));
        });
        let server = both_open(&encrypted.host);
        assert_eq!(fixture::info(client).server_name, "localhost");
        send_text(client, "encrypted");
        assert_eq!(encrypted.host.expect(WIREBIRD_EVENT_TEXT).text(), "encrypted");
        for connection in [client, server] {
            ok(wirebird_connection_release(connection));
        }
    }
}

#[test]
fn a_server_that_does_not_speak_tls_ends_with_the_handshakes_time() {
    let (url, server) = peers::accept_raw(|mut stream| {
        // Until the client has enough.
        let _ = std::io::Read::read_to_end(&mut stream, &mut Vec::new());
    });
    let host = Host::new();
    host.open_with(&url.replacen("ws://", "wss://", 1), |options, _| {
        options.handshake_timeout_ms = 300;
    });
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_TIMEOUT, "{closed:?}");
    assert!(closed.message.contains("TLS handshake"), "{}", closed.message);
    assert!(closed.message.contains("handshake_timeout (300 ms)"), "{}", closed.message);
    server.join().expect("the server is content");
}
