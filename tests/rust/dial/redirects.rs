//! Redirects: followed when asked for, never to where less is safe, and nothing
//! secret goes along.

use wirebird::ffi::*;

use super::http_peer::HttpPeer;
use super::scripted::{Answer, Scripted, answer, field};
use crate::engine::host::*;

fn open(host: &Host, url: &str, most: u32) -> wirebird_connection_t {
    host.open_with(url, |options, _| options.max_redirects = most)
}

fn responses(connection: wirebird_connection_t) -> Vec<(u16, String)> {
    let (mut status, mut url) = (0, text(""));
    (0..)
        .map_while(|number| {
            let found =
                unsafe { wirebird_connection_response(connection, number, &mut status, &mut url) };
            (found == WIREBIRD_OK).then(|| {
                let bytes =
                    unsafe { std::slice::from_raw_parts(url.data.cast::<u8>(), url.length) };
                (status, String::from_utf8_lossy(bytes).into_owned())
            })
        })
        .collect()
}

/// The fields of a response that did not switch protocols.
fn fields_of(connection: wirebird_connection_t, number: usize) -> Vec<(String, String)> {
    header_fields(|index, header| unsafe {
        wirebird_connection_response_header(connection, number, index, header)
    })
}

#[test]
fn redirects_are_followed_as_many_as_may_be() {
    for status in [301, 302, 303, 307, 308] {
        let mut peer = HttpPeer::start();
        let host = Host::new();
        let first = format!("{}/redirect/{status}/2/end?a=b", peer.url);
        let connection = open(&host, &first, 3);
        host.expect(WIREBIRD_EVENT_OPENED);
        send_text(connection, "here I am");
        assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "here I am");
        let last = format!("{}/end", peer.url);
        assert_eq!(read_text(connection, wirebird_connection_url), last);
        let led = |left| format!("{}/redirect/{status}/{left}/end", peer.url);
        let expected = [(status, first), (status, led(1)), (status, led(0))];
        assert_eq!(responses(connection), expected);
        for number in 0..3 {
            let cookie = format!("hop{}=1; Path=/", 2 - number);
            let fields = fields_of(connection, number);
            assert!(fields.contains(&("set-cookie".to_owned(), cookie)), "{fields:?}");
        }
        let keys: Vec<_> =
            (0..4).map(|_| peer.asked().field("sec-websocket-key").map(str::to_owned)).collect();
        assert!(keys[1..].iter().all(|key| *key != keys[0]), "{keys:?}");
    }
}

#[test]
fn one_redirect_more_names_the_limit() {
    let peer = HttpPeer::start();
    let host = Host::new();
    open(&host, &format!("{}/redirect/302/2/end", peer.url), 2);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_REDIRECT, 302), "{closed:?}");
    assert!(closed.message.contains("max_redirects (2)"), "{}", closed.message);
    assert_eq!(responses(closed.connection).len(), 3);
    assert!(headers(closed.connection).iter().any(|(name, _)| name == "location"));
    // A loop is no different.
    let to = format!("{}/to?/to", peer.url);
    open(&host, &to, 20);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_REDIRECT, "{}", closed.message);
}

#[test]
fn without_the_option_a_redirect_is_a_refusal() {
    let peer = HttpPeer::start();
    let host = Host::new();
    let url = format!("{}/redirect/308/0/end", peer.url);
    host.open(&url);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_HTTP_STATUS, 308), "{closed:?}");
    assert_eq!(read_text(closed.connection, wirebird_connection_url), url);
}

#[test]
fn they_may_have_to_stay_with_the_same_server() {
    let (mut peer, other) = (HttpPeer::start(), HttpPeer::start());
    let host = Host::new();
    let same_origin = |options: &mut wirebird_client_options_t, _: &mut _| {
        options.max_redirects = 5;
        options.redirect_policy = WIREBIRD_REDIRECT_SAME_ORIGIN;
    };
    host.open_with(&format!("{}/redirect/302/1/end", peer.url), same_origin);
    host.expect(WIREBIRD_EVENT_OPENED);
    for _ in 0..3 {
        peer.asked();
    }
    host.open_with(&format!("{}/to?{}/", peer.url, other.url), same_origin);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_REDIRECT, 302), "{closed:?}");
    assert!(closed.message.contains("redirect_policy"), "{}", closed.message);
    assert_eq!(responses(closed.connection).len(), 1);
}

#[test]
fn they_may_have_to_stay_with_the_same_scheme() {
    let (peer, mut other) = (HttpPeer::start(), HttpPeer::start());
    let host = Host::new();
    let same_scheme = |options: &mut wirebird_client_options_t, _: &mut _| {
        options.max_redirects = 5;
        options.redirect_policy = WIREBIRD_REDIRECT_SAME_SCHEME;
    };
    host.open_with(&format!("{}/to?{}/", peer.url, other.url), same_scheme);
    host.expect(WIREBIRD_EVENT_OPENED);
    other.asked();
    host.open_with(&format!("{}/to?wss://127.0.0.1/", peer.url), same_scheme);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_REDIRECT, 302), "{closed:?}");
    assert!(closed.message.contains("another scheme"), "{}", closed.message);
}

#[test]
fn a_redirect_that_leads_nowhere_fails() {
    let peer = HttpPeer::start();
    let host = Host::new();
    for (location, word) in [
        ("ftp://127.0.0.1/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("http://[broken/", "valid URL"),
        ("ftp://127.0.0.1/a?token=secret", "scheme"),
    ] {
        open(&host, &format!("{}/to?{location}", peer.url), 5);
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_REDIRECT, 302), "{closed:?}");
        assert!(closed.message.contains(word), "{location}: {}", closed.message);
        assert!(!closed.message.contains("secret"), "{}", closed.message);
    }
    let server = Scripted::start(vec![vec![answer("302 Found", &[], "where?")]]);
    open(&host, &format!("ws://127.0.0.1:{}/", server.port), 5);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_HTTP_STATUS, 302), "{closed:?}");
    server.asked();
}

/// What a server is told that another one has led the client to; `secret` is
/// what the first one was told.
fn led_to(
    location: impl Fn(u16) -> String,
    port_of_second: Option<u16>,
) -> (Vec<String>, Vec<String>) {
    let ask = answer("401 Who", &["WWW-Authenticate: Basic realm=\"r\""], "");
    let second = port_of_second.is_none().then(|| Scripted::start(vec![vec![Answer::Upgrade]]));
    let port = second.as_ref().map_or(0, |second| second.port);
    let found = |to: &str| answer("302 Found", &[&format!("Location: {to}")], "");
    let first = match &second {
        Some(_) => Scripted::start(vec![vec![ask, found(&location(port))]]),
        None => Scripted::start(vec![vec![ask, found("/elsewhere")], vec![Answer::Upgrade]]),
    };
    let host = Host::new();
    let secrets = [("Authorization", "Bearer token"), ("Cookie", "a=b"), ("X-Other", "c")];
    let secrets =
        secrets.map(|(name, value)| wirebird_header_t { name: text(name), value: text(value) });
    let url = format!("ws://127.0.0.1:{}/", first.port);
    let connection = host.open_with(&url, |options, _| {
        options.max_redirects = 1;
        (options.headers, options.header_count) = (secrets.as_ptr(), secrets.len());
        (options.user, options.password) = (text("bird"), text("seed"));
    });
    host.expect(WIREBIRD_EVENT_OPENED);
    ok(wirebird_connection_abort(connection));
    let mut told = first.asked();
    let before = told[1].clone();
    let after = match second {
        Some(second) => second.asked().remove(0),
        None => told.remove(2),
    };
    (before, after)
}

#[test]
fn secrets_stay_behind_when_host_or_port_change() {
    // Another port, and another name for the same one.
    for location in [
        (|port| format!("ws://127.0.0.1:{port}/")) as fn(u16) -> String,
        |port| format!("http://localhost:{port}/"),
        |port| format!("//bird:seed@127.0.0.1:{port}/"),
    ] {
        let (before, after) = led_to(location, None);
        assert_eq!(field(&before, "authorization"), Some("Basic YmlyZDpzZWVk"));
        assert_eq!(field(&before, "cookie"), Some("a=b"));
        for name in ["authorization", "cookie", "proxy-authorization"] {
            assert_eq!(field(&after, name), None, "{after:?}");
        }
        assert_eq!(field(&after, "x-other"), Some("c"), "{after:?}");
    }
}

#[test]
fn secrets_go_along_on_the_same_server() {
    let (before, after) = led_to(|_| String::new(), Some(0));
    assert!(after[0].starts_with("GET /elsewhere "), "{after:?}");
    for name in ["authorization", "cookie", "x-other", "host"] {
        assert_eq!(field(&after, name), field(&before, name), "{after:?}");
    }
}
