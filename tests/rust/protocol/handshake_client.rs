//! Sections 4.1 and 4.2.2 at the client: its request and the answer.

use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, StatusCode, Version};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use url::Url;
use wirebird::protocol::{ClientRequest, ExtensionError, HandshakeError, RequestError};

fn request(url: &str) -> Result<ClientRequest, RequestError> {
    ClientRequest::new(&Url::parse(url).unwrap(), None, &[], &[])
}

fn with_header(name: &str, value: &[u8]) -> Result<ClientRequest, RequestError> {
    ClientRequest::new(&Url::parse("ws://example.com").unwrap(), None, &[], &[(name, value)])
}

fn with_subprotocols(names: &[&str]) -> Result<ClientRequest, RequestError> {
    ClientRequest::new(&Url::parse("ws://example.com").unwrap(), None, names, &[])
}

/// Header fields as they would be sent, the key left out.
fn fields(request: &ClientRequest) -> Vec<(String, String)> {
    let request = request.request();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let fields = request.headers().iter();
    fields
        .map(|(name, value)| match name.as_str() {
            "sec-websocket-key" => (name.to_string(), "KEY".to_owned()),
            _ => (name.to_string(), text(value)),
        })
        .collect()
}

fn headers(fields: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.append(name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

/// A right answer to the request.
fn answer(request: &ClientRequest) -> HeaderMap {
    let key = request.request().headers()["sec-websocket-key"].clone();
    let accept = derive_accept_key(key.as_bytes());
    headers(&[
        ("upgrade", "websocket"),
        ("connection", "Upgrade"),
        ("sec-websocket-accept", &accept),
    ])
}

fn check(request: &ClientRequest, headers: &HeaderMap) -> Result<Option<String>, HandshakeError> {
    let agreed = request.check(StatusCode::SWITCHING_PROTOCOLS, Version::HTTP_11, headers);
    agreed.map(|agreed| agreed.subprotocol)
}

/// What is said to a right answer with one field changed; `""` removes it.
fn check_changed(name: &'static str, value: &str) -> Result<Option<String>, HandshakeError> {
    let request = with_subprotocols(&["chat", "superchat"]).unwrap();
    let mut headers = answer(&request);
    headers.remove(name);
    if !value.is_empty() {
        headers.insert(name, HeaderValue::from_str(value).unwrap());
    }
    check(&request, &headers)
}

#[test]
fn request_has_its_fields_in_order() {
    let url = Url::parse("ws://example.com:8080/chat?room=1").unwrap();
    let more: [(&str, &[u8]); 2] = [("Authorization", b"Basic eA=="), ("X-More", b"\xFC")];
    let request =
        ClientRequest::new(&url, Some("http://example.com"), &["chat", "superchat"], &more)
            .unwrap();
    assert_eq!((request.host(), request.port()), ("example.com", 8080));
    let sent = request.request();
    assert_eq!((sent.method(), sent.version()), (&Method::GET, Version::HTTP_11));
    assert_eq!(sent.uri().to_string(), "/chat?room=1");
    let expected = [
        ("host", "example.com:8080"),
        ("upgrade", "websocket"),
        ("connection", "Upgrade"),
        ("sec-websocket-key", "KEY"),
        ("origin", "http://example.com"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-protocol", "chat, superchat"),
        ("authorization", "Basic eA=="),
        ("x-more", "\u{FFFD}"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(fields(&request), expected);
}

#[test]
fn host_port_and_target_follow_from_the_url() {
    for (url, host, port, field, target) in [
        ("ws://example.com", "example.com", 80, "example.com", "/"),
        ("ws://example.com:80/", "example.com", 80, "example.com", "/"),
        ("ws://EXAMPLE.com?q", "example.com", 80, "example.com", "/?q"),
        ("ws://127.0.0.1:1/a%20b", "127.0.0.1", 1, "127.0.0.1:1", "/a%20b"),
        ("ws://[::1]:9000/x?y=%C3%BC", "::1", 9000, "[::1]:9000", "/x?y=%C3%BC"),
        ("ws://user:secret@example.com//a", "example.com", 80, "example.com", "//a"),
    ] {
        let request = request(url).unwrap();
        assert_eq!((request.host(), request.port()), (host, port), "{url}");
        assert_eq!(request.request().headers()["host"], field, "{url}");
        assert_eq!(request.request().uri().to_string(), target, "{url}");
        assert!(!fields(&request).iter().any(|(_, value)| value.contains("secret")));
    }
}

#[test]
fn keys_are_fresh() {
    let key =
        || request("ws://example.com").unwrap().request().headers()["sec-websocket-key"].clone();
    assert_eq!(key().len(), 24);
    assert_ne!(key(), key());
}

#[test]
fn url_that_is_not_a_websockets_is_refused() {
    for scheme in ["http", "https", "wsss", "file"] {
        let error = request(&format!("{scheme}://example.com/")).unwrap_err();
        assert_eq!(error, RequestError::Scheme { scheme: scheme.to_owned() });
        assert!(error.to_string().contains(scheme), "{error}");
    }
    for url in ["ws://example.com/#part", "ws://example.com/#"] {
        let error = request(url).unwrap_err();
        assert!(error.to_string().contains("fragment"), "{error}");
    }
}

#[test]
fn host_of_the_callers_replaces_the_urls() {
    let request = with_header("Host", b"virtual.example").unwrap();
    assert_eq!(fields(&request)[0], ("host".to_owned(), "virtual.example".to_owned()));
    assert_eq!(request.host(), "example.com");
    let url = Url::parse("ws://example.com").unwrap();
    let twice = ClientRequest::new(&url, None, &[], &[("host", b"a"), ("Host", b"b")]);
    assert!(matches!(twice, Err(RequestError::Header { .. })));
}

#[test]
fn fields_of_the_handshake_are_refused() {
    for name in [
        "Connection",
        "upgrade",
        "Content-Length",
        "Transfer-Encoding",
        "Sec-WebSocket-Key",
        "sec-websocket-accept",
        "Sec-WebSocket-Version",
        "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Extensions",
    ] {
        let error = with_header(name, b"x").unwrap_err();
        assert!(matches!(&error, RequestError::Header { name: named, .. } if named == name));
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn nothing_can_be_injected() {
    for bad in ["\r\nX: y", "a\rb", "a\nb", "a\0b"] {
        let url = Url::parse("ws://example.com").unwrap();
        assert!(with_header("X", bad.as_bytes()).is_err());
        assert!(with_header(bad, b"value").is_err());
        assert!(with_header("Host", bad.as_bytes()).is_err());
        assert!(with_subprotocols(&[bad]).is_err());
        let origin = ClientRequest::new(&url, Some(bad), &[], &[]);
        assert_eq!(origin.unwrap_err(), RequestError::Origin);
    }
    for name in ["", " ", "a b", "a:b", "ü"] {
        assert!(with_header(name, b"value").is_err(), "{name:?}");
    }
}

#[test]
fn origin_is_sent_once() {
    let url = Url::parse("ws://example.com").unwrap();
    let both = ClientRequest::new(&url, Some("http://a"), &[], &[("Origin", b"http://b")]);
    assert!(matches!(both, Err(RequestError::Header { .. })));
    let field = ClientRequest::new(&url, Some(""), &[], &[("Origin", b"http://b")]).unwrap();
    assert_eq!(field.request().headers()["origin"], "http://b");
}

#[test]
fn subprotocols_are_tokens_and_unique() {
    for names in [&["a b"][..], &[""], &["a,b"], &["ü"], &["a/b"], &["chat", "x", "chat"]] {
        let error = with_subprotocols(names).unwrap_err();
        assert!(matches!(error, RequestError::Subprotocol { .. }), "{error}");
    }
    assert!(with_subprotocols(&["chat", "Chat", "v1.x~!#$%&'*+-.^_`|"]).is_ok());
}

#[test]
fn very_many_fields_are_refused_without_a_panic() {
    let url = Url::parse("ws://example.com").unwrap();
    let names: Vec<String> = (0..40_000).map(|n| format!("x-{n}")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), b"1".as_slice())).collect();
    assert!(matches!(ClientRequest::new(&url, None, &[], &many), Err(RequestError::Header { .. })));
}

#[test]
fn right_answer_is_accepted() {
    let request = request("ws://example.com").unwrap();
    assert_eq!(check(&request, &answer(&request)), Ok(None));
    for (name, value) in [("upgrade", "WebSocket"), ("connection", "keep-alive, UPGRADE")] {
        assert_eq!(check_changed(name, value), Ok(None), "{name}: {value}");
    }
}

#[test]
fn other_status_than_101_is_told() {
    let request = request("ws://example.com").unwrap();
    for (status, reason) in [(200, "OK"), (403, "Forbidden"), (302, "Found"), (299, "")] {
        let code = StatusCode::from_u16(status).unwrap();
        let error = request.check(code, Version::HTTP_11, &answer(&request)).unwrap_err();
        assert_eq!(error, HandshakeError::Status { status, reason: reason.to_owned() });
    }
}

#[test]
fn http_1_0_is_refused() {
    let request = request("ws://example.com").unwrap();
    let status = StatusCode::SWITCHING_PROTOCOLS;
    let error = request.check(status, Version::HTTP_10, &answer(&request)).unwrap_err();
    assert_eq!(error, HandshakeError::Version { version: "HTTP/1.0".to_owned() });
}

#[test]
fn missing_or_wrong_fields_are_refused() {
    for (name, values) in [
        ("upgrade", &["", "http/2", "websocket, http/2"][..]),
        ("connection", &["", "close", "upgraded"]),
    ] {
        for value in values {
            let error = check_changed(name, value).unwrap_err();
            let HandshakeError::Header { name: named, .. } = &error else { panic!("{error}") };
            assert!(named.eq_ignore_ascii_case(name), "{error}");
        }
    }
    let missing = check_changed("sec-websocket-accept", "").unwrap_err();
    assert!(matches!(missing, HandshakeError::Header { name: "Sec-WebSocket-Accept", .. }));
}

/// What is said to a right answer with further fields.
fn check_with(more: &[(&str, &str)]) -> Result<Option<String>, HandshakeError> {
    let request = with_subprotocols(&["chat", "superchat"]).unwrap();
    let mut fields = answer(&request);
    for (name, value) in headers(more).iter() {
        fields.append(name, value.clone());
    }
    check(&request, &fields)
}

#[test]
fn fields_that_come_twice_are_refused() {
    for (name, value) in [
        ("upgrade", "websocket"),
        ("upgrade", "h2c"),
        ("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    ] {
        let error = check_with(&[(name, value)]).unwrap_err();
        let HandshakeError::Header { name: named, .. } = &error else { panic!("{error}") };
        assert!(named.eq_ignore_ascii_case(name), "{error}");
    }
    let protocol = ("sec-websocket-protocol", "chat");
    let error = check_with(&[protocol, protocol]).unwrap_err();
    assert!(error.to_string().contains("Sec-WebSocket-Protocol"), "{error}");
}

#[test]
fn fields_that_do_not_matter_are_left_alone() {
    for more in [
        [("connection", "keep-alive"), ("content-length", "0")],
        [("sec-websocket-version", "8"), ("sec-websocket-extensions", "")],
        [("sec-websocket-key", "x"), ("origin", "http://elsewhere")],
    ] {
        assert_eq!(check_with(&more), Ok(None), "{more:?}");
    }
}

#[test]
fn accept_key_must_follow_from_the_key() {
    let long = "x".repeat(5000);
    for wrong in ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "x", &long] {
        let error = check_changed("sec-websocket-accept", wrong).unwrap_err();
        let said = error.to_string();
        let HandshakeError::AcceptKey { received, expected } = error else { panic!("{error}") };
        assert!(said.contains(&received) && said.contains(&expected), "{said}");
        assert!(wrong.starts_with(&received) && received.len() <= 100);
        assert_eq!(expected.len(), 28);
    }
    let request = request("ws://example.com").unwrap();
    let mut twice = answer(&request);
    let accept = twice["sec-websocket-accept"].clone();
    twice.append("sec-websocket-accept", accept);
    assert!(matches!(check(&request, &twice), Err(HandshakeError::Header { .. })));
}

#[test]
fn subprotocol_is_one_of_those_asked_for() {
    let chosen = |name| check_changed("sec-websocket-protocol", name);
    assert_eq!(chosen("chat"), Ok(Some("chat".to_owned())));
    assert_eq!(chosen("superchat"), Ok(Some("superchat".to_owned())));
    for name in ["other", "Chat", "chat, superchat"] {
        assert_eq!(chosen(name), Err(HandshakeError::Subprotocol { name: name.to_owned() }));
    }
    let request = request("ws://example.com").unwrap();
    let mut headers = answer(&request);
    headers.insert("sec-websocket-protocol", HeaderValue::from_static("chat"));
    assert!(matches!(check(&request, &headers), Err(HandshakeError::Subprotocol { .. })));
}

#[test]
fn extensions_that_were_not_offered_are_refused() {
    let error = check_changed("sec-websocket-extensions", "permessage-deflate; x=1").unwrap_err();
    let name = "permessage-deflate".to_owned();
    assert_eq!(error, HandshakeError::Extension(ExtensionError::Name(name)));
}
