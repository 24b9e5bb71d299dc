//! Through proxies that others wrote: tinyproxy, squid, microsocks.

use wirebird::ffi::*;

use super::programs::Proxy;
use crate::engine::host::*;

/// A host with a server, and a client through the proxy at `url`.
struct Way {
    host: Host,
    server: Listening,
}

impl Way {
    fn new() -> Self {
        let host = Host::new();
        let server = host.listen();
        Self { host, server }
    }

    fn open(&self, url: &str) -> wirebird_connection_t {
        self.open_with(url, |_, _| {})
    }

    fn open_with(
        &self,
        url: &str,
        change: impl FnOnce(&mut wirebird_client_options_t, &mut wirebird_connection_options_t),
    ) -> wirebird_connection_t {
        self.host.open_with(&self.server.url(), |options, connection| {
            options.proxy_mode = WIREBIRD_PROXY_URL;
            options.proxy_url = text(url);
            change(options, connection);
        })
    }

    /// The connection is open, and messages travel.
    #[track_caller]
    fn is_open(&self, client: wirebird_connection_t) {
        let events = [self.host.next(), self.host.next()];
        let accepted = events.iter().find(|event| event.kind == WIREBIRD_EVENT_ACCEPTED);
        let server = accepted.unwrap_or_else(|| panic!("{events:?}")).connection;
        assert!(events.iter().any(|event| event.kind == WIREBIRD_EVENT_OPENED), "{events:?}");
        send_text(client, "to the server");
        assert_eq!(self.host.expect(WIREBIRD_EVENT_TEXT).text(), "to the server");
        send_text(server, "to the client");
        assert_eq!(self.host.expect(WIREBIRD_EVENT_TEXT).text(), "to the client");
        for connection in [client, server] {
            ok(wirebird_connection_release(connection));
        }
    }

    /// The handshake fails, and the message names the proxy without credentials.
    #[track_caller]
    fn fails(&self, proxy: &Proxy, status: i32, value: u64) -> Happened {
        let closed = self.host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!((closed.status, closed.value), (status, value), "{}", closed.message);
        assert!(closed.message.contains(&format!("127.0.0.1:{}", proxy.port)), "{closed:?}");
        for secret in ["bird", "seed", "worm"] {
            assert!(!closed.message.contains(secret), "{}", closed.message);
        }
        closed
    }
}

/// Without credentials, with wrong ones, with the right ones: in the URL and
/// beside it, and asked for.
#[track_caller]
fn knows_who_asks(proxy: &Proxy, scheme: u32, realm: &str, refusal: u64) {
    let (url, code) = match scheme {
        WIREBIRD_SCHEME_SOCKS => ("socks5", 0),
        _ => ("http", 407),
    };
    let way = Way::new();
    const WANTED: i32 = WIREBIRD_ERROR_PROXY_AUTHENTICATION;
    way.open(&proxy.url(url, ""));
    way.fails(proxy, WANTED, code);
    way.open(&proxy.url(url, "bird:worm@"));
    let refused = way.fails(proxy, WANTED, refusal);
    assert!(refused.message.contains("proxy_user"), "{}", refused.message);
    way.is_open(way.open(&proxy.url(url, "bird:seed@")));
    way.is_open(way.open_with(&proxy.url(url, ""), |options, _| {
        (options.proxy_user, options.proxy_password) = (text("bird"), text("seed"));
    }));

    // The host is asked, after what it gave was refused, until it is right.
    let ask = |_: &mut wirebird_client_options_t,
               connection: &mut wirebird_connection_options_t| {
        connection.want = WIREBIRD_WANT_AUTHENTICATION;
    };
    let client = way.open_with(&proxy.url(url, "bird:worm@"), ask);
    for (told, password) in [(WANTED, "crumb"), (WANTED, "seed")] {
        let asked = way.host.expect(WIREBIRD_EVENT_AUTHENTICATE);
        assert_eq!((asked.value, asked.detail), (WIREBIRD_HOP_PROXY, scheme), "{asked:?}");
        assert_eq!(asked.status, told, "{asked:?}");
        match scheme {
            WIREBIRD_SCHEME_SOCKS => assert_eq!(asked.text(), ""),
            _ => assert!(asked.text().contains(realm), "{asked:?}"),
        }
        let (user, password) = (text("bird"), text(password));
        ok(unsafe { wirebird_connection_authenticate(client, user, password) });
    }
    way.is_open(client);

    // The host has nothing to say, or nothing new.
    let client = way.open_with(&proxy.url(url, ""), ask);
    let asked = way.host.expect(WIREBIRD_EVENT_AUTHENTICATE);
    assert_eq!(asked.status, WIREBIRD_OK, "{asked:?}");
    ok(wirebird_connection_decline_authentication(client));
    way.fails(proxy, WANTED, code);
    let late = wirebird_connection_decline_authentication(client);
    assert_eq!(late, WIREBIRD_ERROR_STATE, "{}", last_error());
    let client = way.open_with(&proxy.url(url, "bird:worm@"), ask);
    way.host.expect(WIREBIRD_EVENT_AUTHENTICATE);
    ok(unsafe { wirebird_connection_authenticate(client, text("bird"), text("worm")) });
    way.fails(proxy, WANTED, refusal);
}

#[test]
fn tinyproxy_leads_to_a_server() {
    let proxy = Proxy::tinyproxy("");
    let way = Way::new();
    way.is_open(way.open(&proxy.url("http", "")));
    // What nobody asks for is not told.
    way.is_open(way.open(&proxy.url("http", "bird:seed@")));
}

#[test]
fn tinyproxy_says_what_it_does_not_let_through() {
    let proxy = Proxy::tinyproxy("ConnectPort 1");
    let way = Way::new();
    way.open(&proxy.url("http", ""));
    let refused = way.fails(&proxy, WIREBIRD_ERROR_PROXY_REFUSED, 403);
    let target = format!("127.0.0.1:{}", way.server.port);
    assert!(refused.message.contains(&target), "{}", refused.message);
    assert!(refused.message.contains("403"), "{}", refused.message);
    let mut body = text("");
    ok(unsafe { wirebird_connection_response_body(refused.connection, &mut body) });
    assert!(body.length > 0, "the proxy's words can be read");
    assert!(!headers(refused.connection).is_empty(), "and its fields");
}

#[test]
fn tinyproxy_wants_to_know_who_asks() {
    let proxy = Proxy::tinyproxy("BasicAuth bird seed");
    knows_who_asks(&proxy, WIREBIRD_SCHEME_BASIC, "inyproxy", 401);
}

#[test]
fn squid_wants_a_password() {
    let proxy = Proxy::squid("basic");
    knows_who_asks(&proxy, WIREBIRD_SCHEME_BASIC, "seeds and worms", 407);
}

#[test]
fn squid_wants_a_digest() {
    let proxy = Proxy::squid("digest");
    knows_who_asks(&proxy, WIREBIRD_SCHEME_DIGEST, "seeds and worms", 407);
}

#[test]
fn microsocks_leads_to_a_server() {
    let proxy = Proxy::microsocks(&[]);
    let way = Way::new();
    for scheme in ["socks5", "socks5h"] {
        way.is_open(way.open(&proxy.url(scheme, "")));
    }
    way.is_open(way.open(&proxy.url("socks5", "bird:seed@")));
    // The name is looked up by the proxy.
    let url = format!("ws://localhost:{}/", way.server.port);
    let through = proxy.url("socks5h", "");
    way.is_open(way.host.open_with(&url, |options, _| {
        (options.proxy_mode, options.proxy_url) = (WIREBIRD_PROXY_URL, text(&through));
    }));
}

#[test]
fn microsocks_wants_to_know_who_asks() {
    let proxy = Proxy::microsocks(&["-u", "bird", "-P", "seed"]);
    knows_who_asks(&proxy, WIREBIRD_SCHEME_SOCKS, "", 0);
}

#[test]
fn microsocks_says_that_nobody_listens_there() {
    let proxy = Proxy::microsocks(&[]);
    let way = Way::new();
    ok(wirebird_server_close(way.server.handle));
    way.host.expect(WIREBIRD_EVENT_SERVER_CLOSED);
    way.open(&proxy.url("socks5", ""));
    let refused = way.fails(&proxy, WIREBIRD_ERROR_PROXY_REFUSED, 5);
    assert!(refused.message.contains("refused"), "{}", refused.message);
}

#[test]
fn a_proxy_that_is_not_there_is_told_from_a_server_that_is_not() {
    let way = Way::new();
    let gone = Proxy::microsocks(&[]);
    let urls = ["http", "socks5"].map(|scheme| gone.url(scheme, "bird:seed@"));
    let port = gone.port;
    drop(gone);
    for url in urls {
        way.open(&url);
        let closed = way.host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!(closed.status, WIREBIRD_ERROR_PROXY_CONNECTION_REFUSED, "{closed:?}");
        assert!(closed.message.contains(&port.to_string()), "{}", closed.message);
        assert!(!closed.message.contains("seed"), "{}", closed.message);
    }
    way.open("http://nowhere.invalid:1");
    let closed = way.host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_PROXY_NOT_FOUND, "{closed:?}");
}
