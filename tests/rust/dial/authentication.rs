//! Servers that want to know who asks: Basic and Digest, from the URL, from the
//! options, and from the host when it is asked.

use wirebird::ffi::*;

use super::http_peer::HttpPeer;
use super::scripted::{Answer, Scripted, answer, field};
use crate::engine::carrying;
use crate::engine::host::*;

const REALM: &str = "seeds and worms";

fn with_credentials(url: &str, credentials: &str) -> String {
    url.replacen("ws://", &format!("ws://{credentials}@"), 1)
}

fn ask(_: &mut wirebird_client_options_t, connection: &mut wirebird_connection_options_t) {
    connection.want = WIREBIRD_WANT_AUTHENTICATION;
}

/// What a server is told of `user` and `password`.
fn tell(connection: wirebird_connection_t, user: &str, password: &str) {
    ok(unsafe { wirebird_connection_authenticate(connection, text(user), text(password)) });
}

#[track_caller]
fn is_open(host: &Host, connection: wirebird_connection_t) {
    host.expect(WIREBIRD_EVENT_OPENED);
    send_text(connection, "here I am");
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "here I am");
}

#[track_caller]
fn is_refused(host: &Host) -> Happened {
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_HTTP_STATUS, 401), "{closed:?}");
    let mut body = text("");
    ok(unsafe { wirebird_connection_response_body(closed.connection, &mut body) });
    assert!(body.length > 0, "the server's words can be read");
    let fields = headers(closed.connection);
    assert!(fields.iter().any(|(name, _)| name == "www-authenticate"), "{fields:?}");
    closed
}

#[test]
fn a_server_is_told_the_credentials_of_the_url_once_it_asks() {
    for (path, scheme) in
        [("/basic", "Basic "), ("/digest/MD5?a=b", "Digest "), ("/digest/SHA-256", "Digest ")]
    {
        let mut peer = HttpPeer::start();
        let host = Host::new();
        let url = with_credentials(&format!("{}{path}", peer.url), "bird:s%65ed");
        let connection = host.open(&url);
        is_open(&host, connection);
        let (first, second) = (peer.asked(), peer.asked());
        for asked in [&first, &second] {
            asked.is_for(path);
            assert_eq!(asked.field("host"), Some(peer.authority()), "{asked:?}");
        }
        assert_eq!(first.field("authorization"), None, "nobody has asked yet");
        let told = second.field("authorization").expect("it asked");
        assert!(told.starts_with(scheme), "{told}");
        assert_ne!(first.field("sec-websocket-key"), second.field("sec-websocket-key"));
        let asked_last = read_text(connection, wirebird_connection_url);
        assert_eq!(asked_last, format!("{}{path}", peer.url));
    }
}

#[test]
fn a_digest_has_no_password_in_it_and_stale_nonces_are_renewed() {
    let mut peer = HttpPeer::start();
    let host = Host::new();
    let connection = host.open_with(&format!("{}/stale", peer.url), |options, _| {
        (options.user, options.password) = (text("bird"), text("seed"));
    });
    is_open(&host, connection);
    let told: Vec<_> =
        (0..4).map(|_| peer.asked().field("authorization").map(str::to_owned)).collect();
    assert_eq!(told[0], None);
    let nonces: Vec<_> = told[1..]
        .iter()
        .map(|told| {
            let told = told.as_deref().expect("told");
            // Or the second use: the server may have ended the connection.
            assert!(told.contains("nc=0000000") && !told.contains("seed\\\""), "{told}");
            told.split_once("nonce=").expect("a nonce").1.split_once(',').expect("more").0
        })
        .collect();
    assert!(nonces[0] != nonces[1] && nonces[1] != nonces[2], "{nonces:?}");
}

#[test]
fn wrong_credentials_are_told_once() {
    for path in ["/basic", "/digest/MD5", "/digest/SHA-256"] {
        let mut peer = HttpPeer::start();
        let host = Host::new();
        host.open(&with_credentials(&format!("{}{path}", peer.url), "bird:worm"));
        let closed = is_refused(&host);
        assert!(!closed.message.contains("worm"), "{}", closed.message);
        assert!(peer.asked().field("authorization").is_none());
        assert!(peer.asked().field("authorization").is_some());
        // The next request is another one's.
        host.open(&format!("{}/next", peer.url));
        host.expect(WIREBIRD_EVENT_OPENED);
        peer.asked().is_for("/next");
    }
}

#[test]
fn the_host_is_asked_and_the_handshake_waits() {
    for (path, scheme) in
        [("/basic", WIREBIRD_SCHEME_BASIC), ("/digest/SHA-256", WIREBIRD_SCHEME_DIGEST)]
    {
        let peer = HttpPeer::start();
        let host = Host::new();
        let connection = host.open_with(&format!("{}{path}", peer.url), ask);
        let answers = [(WIREBIRD_OK, "worm"), (WIREBIRD_ERROR_HTTP_STATUS, "seed")];
        for (number, (status, password)) in answers.into_iter().enumerate() {
            let asked = host.expect(WIREBIRD_EVENT_AUTHENTICATE);
            assert_eq!((asked.value, asked.detail), (WIREBIRD_HOP_SERVER, scheme), "{asked:?}");
            assert_eq!((asked.status, asked.text()), (status, REALM), "{asked:?}");
            assert!(asked.message.contains(peer.authority()), "{}", asked.message);
            // What it answered can be read meanwhile.
            let (mut code, mut url) = (0, text(""));
            let read = |number, code: &mut u16, url: &mut _| unsafe {
                wirebird_connection_response(connection, number, code, url)
            };
            assert_eq!(read(number, &mut code, &mut url), WIREBIRD_OK);
            assert_eq!(read(number + 1, &mut 0, &mut url), WIREBIRD_EMPTY);
            let fields = header_fields(|index, header| unsafe {
                wirebird_connection_response_header(connection, number, index, header)
            });
            assert!(fields.iter().any(|(name, _)| name == "www-authenticate"), "{fields:?}");
            assert_eq!(code, 401);
            tell(connection, "bird", password);
        }
        is_open(&host, connection);
        let late = unsafe { wirebird_connection_authenticate(connection, text("a"), text("b")) };
        assert_eq!(late, WIREBIRD_ERROR_STATE, "{}", last_error());
    }
}

#[test]
fn the_host_is_asked_after_the_urls_credentials_were_refused() {
    let mut peer = HttpPeer::start();
    let host = Host::new();
    let url = with_credentials(&format!("{}/basic", peer.url), "bird:worm");
    let connection = host.open_with(&url, ask);
    let asked = host.expect(WIREBIRD_EVENT_AUTHENTICATE);
    assert_eq!(asked.status, WIREBIRD_ERROR_HTTP_STATUS, "{asked:?}");
    // The same again is no answer.
    tell(connection, "bird", "worm");
    is_refused(&host);
    assert!(peer.asked().field("authorization").is_none());
    assert!(peer.asked().field("authorization").is_some());
}

#[test]
fn a_host_that_declines_closes_or_lets_go_ends_the_handshake() {
    let peer = HttpPeer::start();
    let host = Host::new();
    let url = format!("{}/basic", peer.url);
    let connection = host.open_with(&url, ask);
    host.expect(WIREBIRD_EVENT_AUTHENTICATE);
    ok(wirebird_connection_decline_authentication(connection));
    is_refused(&host);

    let connection = host.open_with(&url, ask);
    host.expect(WIREBIRD_EVENT_AUTHENTICATE);
    close(connection, 1000, "");
    assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_ERROR_STATE);

    let connection = host.open_with(&url, ask);
    host.expect(WIREBIRD_EVENT_AUTHENTICATE);
    ok(wirebird_connection_release(connection));
}

#[test]
fn a_challenge_that_nobody_can_answer_is_a_refusal() {
    for challenge in [
        "WWW-Authenticate: Negotiate",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-1",
        "X-Nothing: here",
    ] {
        let server = Scripted::start(vec![vec![answer("401 Who", &[challenge], "you?")]]);
        let host = Host::new();
        let url = format!("ws://bird:seed@127.0.0.1:{}/", server.port);
        host.open_with(&url, ask);
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_HTTP_STATUS, 401), "{closed:?}");
        server.asked();
    }
}

#[test]
fn the_request_goes_again_on_the_same_connection_or_on_a_new_one() {
    let ask = |lines: &[&str]| {
        let lines = [&["WWW-Authenticate: Basic realm=\"r\""], lines].concat();
        answer("401 Who", &lines, "who asks?")
    };
    let endless = Answer::Text(
        "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=\"r\"\r\n\r\nuntil the end".to_owned(),
    );
    for connections in [
        vec![vec![ask(&[]), Answer::Upgrade]],
        vec![vec![ask(&["Connection: close"])], vec![Answer::Upgrade]],
        // It says nothing and ends; the first bytes of the request may be lost.
        vec![vec![ask(&[])], vec![Answer::Upgrade]],
        vec![vec![endless], vec![Answer::Upgrade]],
    ] {
        let shown = format!("{connections:?}");
        let server = Scripted::start(connections);
        let host = Host::new();
        let url = format!("ws://bird:seed@127.0.0.1:{}/", server.port);
        let connection = host.open(&url);
        let event = host.next();
        assert_eq!(event.kind, WIREBIRD_EVENT_OPENED, "{shown}: {event:?}");
        ok(wirebird_connection_abort(connection));
        let asked = server.asked();
        let told: Vec<_> = asked.iter().map(|head| field(head, "authorization")).collect();
        assert_eq!(told.first(), Some(&None), "{shown}");
        assert_eq!(told.last(), Some(&Some("Basic YmlyZDpzZWVk")), "{shown}");
    }
}

#[test]
fn the_answer_to_each_request_is_limited() {
    let ask = answer("401 Who", &["WWW-Authenticate: Basic realm=\"r\""], "");
    let large = answer("403 No", &[&format!("X: {}", "x".repeat(1000))], "");
    let server = Scripted::start(vec![vec![ask, large]]);
    let host = Host::new();
    let url = format!("ws://bird:seed@127.0.0.1:{}/", server.port);
    host.open_with(&url, |options, _| options.max_header_size = 512);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_LIMIT, "{}", closed.message);
    assert!(closed.message.contains("max_header_size"), "{}", closed.message);
}

#[test]
fn a_stream_of_the_hosts_is_asked_on_again() {
    let ask = answer("401 Who", &["WWW-Authenticate: Basic realm=\"r\""], "");
    let server = Scripted::start(vec![vec![ask, Answer::Upgrade]]);
    let host = Host::new();
    let url = format!("ws://127.0.0.1:{}/", server.port);
    let connection = carrying::open_with(&host, &url, |options, _| {
        (options.user, options.password) = (text("bird"), text("seed"));
    });
    host.expect(WIREBIRD_EVENT_OPENED);
    ok(wirebird_connection_abort(connection));
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn credentials_that_cannot_be_sent_are_refused_before_anything_is() {
    let host = Host::new();
    for url in
        ["ws://a%0D%0A:b@127.0.0.1:9/", "ws://a:b%00@127.0.0.1:9/", "ws://a%FF:b@127.0.0.1:9/"]
    {
        let mut options = initialised(wirebird_client_options_init);
        options.url = text(url);
        let mut handle = wirebird_connection_t::default();
        let status = unsafe { wirebird_client_open(host.queue, &options, &mut handle) };
        assert!([WIREBIRD_ERROR_ARGUMENT, WIREBIRD_ERROR_URL].contains(&status), "{url}: {status}");
    }
    let peer = HttpPeer::start();
    let connection = host.open_with(&format!("{}/basic", peer.url), ask);
    host.expect(WIREBIRD_EVENT_AUTHENTICATE);
    for (user, password) in [("a\r\n", "b"), ("a", "b\0")] {
        let status =
            unsafe { wirebird_connection_authenticate(connection, text(user), text(password)) };
        assert_eq!(status, WIREBIRD_ERROR_ARGUMENT, "{}", last_error());
    }
    // It still waits.
    tell(connection, "bird", "seed");
    is_open(&host, connection);
}
