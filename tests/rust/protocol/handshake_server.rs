//! Section 4.2 at the server: the request, and the answer.

use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, StatusCode, Uri, Version};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use url::Url;
use wirebird::protocol::{
    ClientRequest, HandshakeError, Refusal, RequestError, Upgrade, caller_header,
    choose_subprotocol, examine, respond,
};

fn set(headers: &mut HeaderMap, name: &str, value: &str) {
    let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
    headers.append(name, HeaderValue::from_str(value).unwrap());
}

/// The request of section 1.2.
fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "server.example.com"),
        ("upgrade", "websocket"),
        ("connection", "Upgrade"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("origin", "http://example.com"),
        ("sec-websocket-protocol", "chat, superchat"),
        ("sec-websocket-version", "13"),
    ] {
        set(&mut headers, name, value);
    }
    headers
}

fn get(headers: &HeaderMap) -> Result<Upgrade, Box<Refusal>> {
    examine(&Method::GET, &Uri::from_static("/chat"), Version::HTTP_11, headers)
}

/// With one field's values replaced by `values`.
fn with(name: &'static str, values: &[&str]) -> Result<Upgrade, Box<Refusal>> {
    let mut headers = headers();
    headers.remove(name);
    for value in values {
        set(&mut headers, name, value);
    }
    get(&headers)
}

fn refused(name: &'static str, values: &[&str]) -> Refusal {
    match with(name, values) {
        Ok(upgrade) => panic!("{name}: {values:?} was accepted: {upgrade:?}"),
        Err(refusal) => *refusal,
    }
}

/// Refused with 400 and an error that names the field.
fn bad(name: &'static str, values: &[&str]) {
    let refusal = refused(name, values);
    assert_eq!(refusal.status, StatusCode::BAD_REQUEST, "{name}: {values:?}");
    assert_eq!(refusal.headers["connection"], "close");
    let text = refusal.error.to_string().to_ascii_lowercase();
    assert!(text.contains(name), "{name}: {values:?}: {text}");
}

#[test]
fn example_of_section_1_2() {
    let upgrade = get(&headers()).unwrap();
    assert_eq!(upgrade.accept_key, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_eq!(upgrade.subprotocols, ["chat", "superchat"]);
    assert_eq!(upgrade.origin.as_deref(), Some("http://example.com"));
    assert_eq!(upgrade.host, "server.example.com");
    let answer = respond(&upgrade, Some("chat"), "", HeaderMap::new()).unwrap();
    let fields: Vec<_> = answer.iter().map(|(name, value)| (name.as_str(), value)).collect();
    let expected = [
        ("upgrade", "websocket"),
        ("connection", "Upgrade"),
        ("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("sec-websocket-protocol", "chat"),
    ];
    assert_eq!(fields.len(), expected.len());
    for ((name, value), expected) in fields.into_iter().zip(expected) {
        assert_eq!((name, value.to_str().unwrap()), expected);
    }
}

#[test]
fn other_spellings_are_accepted() {
    for (name, values) in [
        ("upgrade", &["WebSocket"][..]),
        ("upgrade", &["http/2, websocket"]),
        ("connection", &["keep-alive, Upgrade"]),
        ("connection", &["keep-alive", "upgrade"]),
        ("origin", &[]),
        ("origin", &["null"]),
        ("upgrade", &["h2c", "websocket"]),
        ("connection", &[" ,Upgrade ,\tkeep-alive,"]),
        ("origin", &[""]),
        ("host", &["127.0.0.1:8080"]),
        ("host", &["[::1]"]),
        ("host", &["[2001:db8::1]:80"]),
        ("host", &["under_score.example:"]),
        ("content-length", &["0"]),
        ("sec-websocket-version", &[" 13\t"]),
        ("sec-websocket-protocol", &[]),
        ("sec-websocket-protocol", &[""]),
        ("sec-websocket-protocol", &["a", "b,,c"]),
        ("sec-websocket-extensions", &["permessage-deflate", "x; y=1"]),
    ] {
        assert!(with(name, values).is_ok(), "{name}: {values:?}");
    }
}

#[test]
fn target_with_a_host_agrees_with_the_field() {
    for target in [
        "http://Server.example.com/chat",
        "http://server.example.com",
        "http://server.example.com:80/?x",
        "https://server.example.com/",
        "ws://server.example.com/chat",
    ] {
        assert!(ask(target).is_ok(), "{target}");
    }
    for target in [
        "http://other.example.com/chat",
        "http://server.example.com:81/chat",
        "https://server.example.com:80/chat",
        "http://user@server.example.com/chat",
        "ftp://server.example.com/chat",
    ] {
        let refusal = ask(target).unwrap_err();
        assert_eq!(refusal.status, StatusCode::BAD_REQUEST, "{target}");
        assert!(refusal.error.to_string().contains("Host"), "{target}: {}", refusal.error);
    }
}

/// The request with another target.
fn ask(target: &str) -> Result<Upgrade, Box<Refusal>> {
    examine(&Method::GET, &target.parse().unwrap(), Version::HTTP_11, &headers())
}

#[test]
fn target_without_a_path_is_refused() {
    for target in ["*", "server.example.com", "server.example.com:80"] {
        let refusal = ask(target).unwrap_err();
        assert_eq!(refusal.status, StatusCode::BAD_REQUEST, "{target}");
        assert_eq!(refusal.error, HandshakeError::Target { target: target.to_owned() });
    }
}

#[test]
fn subprotocols_of_several_fields_are_one_list() {
    let upgrade = with("sec-websocket-protocol", &["b, a", "", ",d,", "c"]).unwrap();
    assert_eq!(upgrade.subprotocols, ["b", "a", "d", "c"]);
    bad("sec-websocket-protocol", &["a", "b, a"]);
}

#[test]
fn other_methods_are_refused() {
    for method in [Method::POST, Method::HEAD, Method::CONNECT, Method::OPTIONS] {
        let target = Uri::from_static("/chat");
        let refusal = examine(&method, &target, Version::HTTP_11, &headers()).unwrap_err();
        assert_eq!(refusal.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(refusal.headers["allow"], "GET");
        assert_eq!(refusal.error, HandshakeError::Method { method: method.to_string() });
    }
}

#[test]
fn http_1_0_is_refused() {
    let target = Uri::from_static("/chat");
    let refusal = examine(&Method::GET, &target, Version::HTTP_10, &headers()).unwrap_err();
    assert_eq!(refusal.status, StatusCode::BAD_REQUEST);
    assert_eq!(refusal.error, HandshakeError::Version { version: "HTTP/1.0".to_owned() });
}

#[test]
fn plain_http_request_is_told_to_upgrade() {
    for upgrade in [&[][..], &["h2c"], &["websocketx"]] {
        let refusal = refused("upgrade", upgrade);
        assert_eq!(refusal.status, StatusCode::UPGRADE_REQUIRED);
        assert_eq!(refusal.error, HandshakeError::NotAnUpgrade);
        assert_eq!(refusal.headers["upgrade"], "websocket");
        assert_eq!(refusal.headers["connection"], "close, Upgrade");
    }
}

#[test]
fn other_versions_are_told_which_one_to_use() {
    for (versions, received) in [
        (&[][..], ""),
        (&["8"], "8"),
        (&["14"], "14"),
        (&["x"], "x"),
        (&["13, 8"], "13, 8"),
        (&["013"], "013"),
    ] {
        let refusal = refused("sec-websocket-version", versions);
        assert_eq!(refusal.status, StatusCode::BAD_REQUEST);
        assert_eq!(refusal.headers["sec-websocket-version"], "13");
        let received = received.to_owned();
        assert_eq!(refusal.error, HandshakeError::WebSocketVersion { received });
    }
}

#[test]
fn wrong_fields_are_refused() {
    bad("sec-websocket-version", &["13", "13"]);
    bad("connection", &[]);
    bad("connection", &["close"]);
    bad("connection", &["upgraded"]);
    bad("host", &[]);
    bad("host", &[""]);
    bad("host", &["a", "b"]);
    bad("host", &["a", "a"]);
    for host in ["a b", "a/b", "user@a", "a:b", "a:80:80", "::1", "[::1", "a?", "a#b"] {
        bad("host", &[host]);
    }
    bad("origin", &["http://a", "http://b"]);
    bad("content-length", &["5"]);
    bad("content-length", &["0", "5"]);
    bad("content-length", &["00"]);
    bad("transfer-encoding", &["chunked"]);
    bad("sec-websocket-protocol", &["a b"]);
    bad("sec-websocket-protocol", &["chat", "x, chat"]);
}

#[test]
fn key_is_the_base64_of_16_bytes() {
    for key in [
        "",
        "x",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25jZ===",
        "dGhlIHNhbXBsZSBub25jZQA=",
        "dGhlIHNhbXBsZSBub25jZQAA",
        "dGhlIHNhbXBsZSBub25j-Q==",
        "dGhlIHNhbXBsZSBub25jZSBtb3Jl",
    ] {
        bad("sec-websocket-key", &[key]);
    }
    bad("sec-websocket-key", &[]);
    bad("sec-websocket-key", &["dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="]);
}

/// The last of the 22 characters carries two bits: encoders should clear the
/// other four, but what they mean is clear.
#[test]
fn key_need_not_be_in_its_shortest_form() {
    let upgrade = with("sec-websocket-key", &["dGhlIHNhbXBsZSBub25jZR=="]).unwrap();
    assert_eq!(upgrade.accept_key, derive_accept_key(b"dGhlIHNhbXBsZSBub25jZR=="));
    let upgrade = with("sec-websocket-key", &["  dGhlIHNhbXBsZSBub25jZQ==\t"]).unwrap();
    assert_eq!(upgrade.accept_key, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

#[test]
fn thousands_of_subprotocols_are_compared_in_linear_time() {
    let names: Vec<String> = (0..50_000).map(|n| format!("p{n}")).collect();
    let upgrade = with("sec-websocket-protocol", &[&names.join(",")]).unwrap();
    assert_eq!(upgrade.subprotocols.len(), 50_000);
}

#[test]
fn clients_favourite_is_chosen() {
    let upgrade = get(&headers()).unwrap();
    let supported =
        |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(choose_subprotocol(&upgrade, &supported(&["superchat", "chat"])), Some("chat"));
    assert_eq!(choose_subprotocol(&upgrade, &supported(&["x", "superchat"])), Some("superchat"));
    assert_eq!(choose_subprotocol(&upgrade, &supported(&["Chat"])), None);
    assert_eq!(choose_subprotocol(&upgrade, &[]), None);
}

#[test]
fn answer_with_fields_of_the_callers() {
    let upgrade = get(&headers()).unwrap();
    let mut extra = HeaderMap::new();
    for value in ["a=1", "b=2"] {
        let (name, value) = caller_header("Set-Cookie", value.as_bytes()).unwrap();
        extra.append(name, value);
    }
    let answer = respond(&upgrade, None, "", extra).unwrap();
    assert_eq!(answer.get_all("set-cookie").iter().count(), 2);
    assert!(!answer.contains_key("sec-websocket-protocol"));
}

#[test]
fn answer_with_what_must_not_be_in_it_is_refused() {
    let upgrade = get(&headers()).unwrap();
    for name in ["upgrade", "connection", "sec-websocket-accept", "content-length"] {
        assert!(caller_header(name, b"x").is_err());
        let mut extra = HeaderMap::new();
        set(&mut extra, name, "x");
        let error = respond(&upgrade, None, "", extra).unwrap_err();
        assert!(matches!(error, RequestError::Header { .. }), "{error}");
    }
    for name in ["other", "", "a\r\nb"] {
        let error = respond(&upgrade, Some(name), "", HeaderMap::new()).unwrap_err();
        assert!(matches!(error, RequestError::Subprotocol { .. }), "{error}");
    }
}

#[test]
fn foreign_origin_is_refused_with_403() {
    let refusal = Refusal::foreign_origin(&get(&headers()).unwrap());
    assert_eq!(refusal.status, StatusCode::FORBIDDEN);
    let text = refusal.error.to_string();
    assert!(text.contains("http://example.com") && text.contains("server.example.com"), "{text}");
}

#[test]
fn both_halves_agree() {
    let url = Url::parse("ws://example.com:9000/x").unwrap();
    let client = ClientRequest::new(&url, Some("http://a"), &["v2", "v1"], &[]).unwrap();
    let sent = client.request();
    let upgrade = examine(sent.method(), sent.uri(), sent.version(), sent.headers()).unwrap();
    let chosen = choose_subprotocol(&upgrade, &["v1".to_owned()]);
    let answer = respond(&upgrade, chosen, "", HeaderMap::new()).unwrap();
    let checked = client.check(StatusCode::SWITCHING_PROTOCOLS, Version::HTTP_11, &answer);
    assert_eq!(checked.map(|agreed| agreed.subprotocol), Ok(Some("v1".to_owned())));
}
