//! What proxies should not answer, and do not.

use wirebird::ffi::*;

use super::scripted::{Answer, Scripted, answer, field};
use crate::engine::host::*;

/// A client through a proxy that answers so.
fn through(
    proxy: &Scripted,
    scheme: &str,
    change: impl FnOnce(&mut wirebird_client_options_t),
) -> Host {
    let host = Host::new();
    let url = format!("{scheme}://bird:seed@127.0.0.1:{}", proxy.port);
    host.open_with("ws://far.example/", |options, _| {
        (options.proxy_mode, options.proxy_url) = (WIREBIRD_PROXY_URL, text(&url));
        change(options);
    });
    host
}

#[track_caller]
fn fails(answers: Vec<Answer>, scheme: &str, status: i32, word: &str) {
    let shown = format!("{answers:?}");
    let proxy = Scripted::start(vec![answers]);
    let host = through(&proxy, scheme, |_| {});
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, status, "{shown:.200}: {}", closed.message);
    assert!(closed.message.contains(word), "{shown:.200}: {}", closed.message);
    assert!(closed.message.contains(&proxy.port.to_string()), "{}", closed.message);
    assert!(!closed.message.contains("seed"), "{}", closed.message);
    drop(host);
    proxy.asked();
}

fn raw(text: &str) -> Vec<Answer> {
    vec![Answer::Text(text.to_owned())]
}

#[test]
fn a_proxy_that_breaks_http_fails_the_handshake() {
    const PROTOCOL: i32 = WIREBIRD_ERROR_PROXY_PROTOCOL;
    let large = format!("HTTP/1.1 200 Ok\r\nX: {}\r\n\r\n", "x".repeat(70_000));
    let many = format!("HTTP/1.1 200 Ok\r\n{}\r\n", "A: b\r\n".repeat(101));
    for (text, status, word) in [
        ("no HTTP at all\r\n\r\n", PROTOCOL, "protocol"),
        (&large, PROTOCOL, "max_header_size"),
        (&many, PROTOCOL, "max_headers"),
        ("HTTP/1.1 200 Ok\r\n\r\nHTTP/1.1 101", PROTOCOL, "before the server was asked"),
        ("HTTP/1.1 302 Found\r\nLocation: http://a/\r\n\r\n", WIREBIRD_ERROR_PROXY_REFUSED, "302"),
        ("HTTP/1.1 502 Nobody There\r\n\r\n", WIREBIRD_ERROR_PROXY_REFUSED, "502 Nobody There"),
    ] {
        fails(raw(text), "http", status, word);
    }
    fails(raw("HTTP/1.1 200"), "http", WIREBIRD_ERROR_PROXY_CONNECTION_LOST, "");
    fails(vec![Answer::End], "http", WIREBIRD_ERROR_PROXY_CONNECTION_LOST, "");
}

#[test]
fn a_proxy_that_does_not_answer_ends_with_the_handshakes_time() {
    let proxy = Scripted::start(vec![vec![Answer::Silence]]);
    let host = through(&proxy, "http", |options| options.handshake_timeout_ms = 100);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_PROXY_TIMEOUT, "{}", closed.message);
    assert!(closed.message.contains("handshake_timeout (100 ms)"), "{}", closed.message);
    assert!(closed.message.contains("CONNECT"), "{}", closed.message);
    proxy.asked();
}

#[test]
fn a_proxy_that_never_stops_asking_gets_up_to_sixteen_answers() {
    let ask = || {
        let challenge =
            "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", stale=true";
        answer("407 Who", &[challenge], "")
    };
    let proxy = Scripted::start(vec![vec![ask(); 17]]);
    let host = through(&proxy, "http", |_| {});
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    let expected = (WIREBIRD_ERROR_PROXY_AUTHENTICATION, 407);
    assert_eq!((closed.status, closed.value), expected, "{}", closed.message);
    let asked = proxy.asked();
    assert_eq!(asked.len(), 17);
    assert!(field(&asked[0], "proxy-authorization").is_none(), "nobody has asked yet");
    assert!(asked[1..].iter().all(|head| field(head, "proxy-authorization").is_some()));
}

#[test]
fn credentials_for_a_proxy_are_told_to_the_proxy_alone() {
    let ask = answer("407 Who", &["Proxy-Authenticate: Basic realm=\"r\""], "who asks?");
    let connected = Answer::Text("HTTP/1.1 200 Connected\r\n\r\n".to_owned());
    // On the same connection, and on a new one where the proxy ends it.
    for connections in [
        vec![vec![ask.clone(), connected.clone(), Answer::Upgrade]],
        vec![vec![ask.clone()], vec![connected.clone(), Answer::Upgrade]],
    ] {
        let proxy = Scripted::start(connections);
        let host = through(&proxy, "http", |_| {});
        let opened = host.expect(WIREBIRD_EVENT_OPENED);
        ok(wirebird_connection_abort(opened.connection));
        let asked = proxy.asked();
        let told: Vec<_> = asked.iter().map(|head| field(head, "proxy-authorization")).collect();
        assert_eq!(told, [None, Some("Basic YmlyZDpzZWVk"), None]);
        assert!(asked[2][0].starts_with("GET / "), "{asked:?}");
        assert!(field(&asked[2], "authorization").is_none());
        let (mut status, mut url) = (0, text(""));
        let found =
            unsafe { wirebird_connection_response(opened.connection, 0, &mut status, &mut url) };
        assert_eq!((found, status), (WIREBIRD_OK, 407));
    }
}

#[test]
fn nothing_is_injected_by_a_proxys_url_or_credentials() {
    let host = Host::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("set");
    let port = listener.local_addr().expect("an address").port();
    for bad in ["a\r\nX: y", "a\rb", "a\nb", "a\0b", "\u{7f}"] {
        let encoded: String = bad.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for scheme in ["http", "socks5"] {
            let at = format!("127.0.0.1:{port}");
            let cases = [
                (format!("{scheme}://{bad}:seed@{at}"), "", ""),
                (format!("{scheme}://{encoded}:seed@{at}"), "", ""),
                (format!("{scheme}://bird:{encoded}@{at}"), "", ""),
                (format!("{scheme}://{at}"), bad, "seed"),
                (format!("{scheme}://{at}"), "bird", bad),
            ];
            for (url, user, password) in cases {
                let mut options = initialised(wirebird_client_options_init);
                options.url = text("ws://far.example/");
                (options.proxy_mode, options.proxy_url) = (WIREBIRD_PROXY_URL, text(&url));
                (options.proxy_user, options.proxy_password) = (text(user), text(password));
                let mut handle = wirebird_connection_t::default();
                let status = unsafe { wirebird_client_open(host.queue, &options, &mut handle) };
                assert_eq!(status, WIREBIRD_ERROR_ARGUMENT, "{url:?} {user:?} {password:?}");
                assert!(last_error().contains("proxy_url"), "{}", last_error());
                assert!(!last_error().contains("seed"), "{}", last_error());
            }
        }
    }
    assert!(listener.accept().is_err(), "nothing connects");
    assert!(host.take().is_none());
}

#[test]
fn what_names_no_proxy_is_refused() {
    let host = Host::new();
    let none = (WIREBIRD_PROXY_URL, "", "");
    for (mode, url, user) in [
        none,
        (WIREBIRD_PROXY_URL, "https://127.0.0.1", ""),
        (WIREBIRD_PROXY_URL, "127.0.0.1:1", ""),
        (WIREBIRD_PROXY_URL, "socks5://127.0.0.1", "a-user-without-a-password"),
        (WIREBIRD_PROXY_NONE, "http://127.0.0.1", ""),
        (WIREBIRD_PROXY_ENVIRONMENT, "http://127.0.0.1", ""),
        (WIREBIRD_PROXY_ENVIRONMENT, "", "bird"),
    ] {
        let mut options = initialised(wirebird_client_options_init);
        options.url = text("ws://far.example/");
        (options.proxy_mode, options.proxy_url) = (mode, text(url));
        options.proxy_user = text(user);
        let mut handle = wirebird_connection_t::default();
        let status = unsafe { wirebird_client_open(host.queue, &options, &mut handle) };
        assert_eq!(status, WIREBIRD_ERROR_ARGUMENT, "{mode} {url}");
        assert!(last_error().contains("proxy_"), "{mode} {url}: {}", last_error());
    }
}
