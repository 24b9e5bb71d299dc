//! A server's answer at the client: only what was asked for is taken.
//!
//! `$` as the whole value of Sec-WebSocket-Accept stands for the right one,
//! which is another for each request.

#![no_main]

mod head;

use std::sync::LazyLock;

use hyper::header::{HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY};
use hyper::{HeaderMap, StatusCode};
use libfuzzer_sys::fuzz_target;
use tungstenite::handshake::derive_accept_key;
use url::Url;
use wirebird::protocol::{ClientRequest, Deflate, HandshakeError};

/// One that offers no compression, and one that offers it.
static REQUESTS: LazyLock<[ClientRequest; 2]> = LazyLock::new(|| {
    let url = Url::parse("ws://example.org/chat").expect("a URL");
    let plain = ClientRequest::new(&url, None, &["chat", "superchat"], &[]).expect("a request");
    let offer = Deflate { server_max_window_bits: 12, ..Deflate::default() };
    [plain.clone(), plain.with_deflate(offer)]
});

fuzz_target!(|input: &[u8]| {
    let mut parsed = [httparse::EMPTY_HEADER; head::FIELDS];
    let mut response = httparse::Response::new(&mut parsed);
    if !matches!(response.parse(input), Ok(httparse::Status::Complete(_))) {
        return;
    }
    let (Some(code), Some(minor)) = (response.code, response.version) else { return };
    let Ok(status) = StatusCode::from_u16(code) else { return };
    let Some(fields) = head::fields(response.headers) else { return };
    let [plain, offering] = &*REQUESTS;
    let deflate = check(plain, status, minor, fields.clone());
    assert_eq!(deflate, None, "not offered");
    if let Some(deflate) = check(offering, status, minor, fields) {
        assert!((8..=12).contains(&deflate.server_max_window_bits), "{deflate:?}");
    }
});

fn check(
    request: &ClientRequest,
    status: StatusCode,
    minor: u8,
    mut fields: HeaderMap,
) -> Option<Deflate> {
    if fields.get(SEC_WEBSOCKET_ACCEPT).is_some_and(|value| value == "$") {
        let key = derive_accept_key(request.request().headers()[SEC_WEBSOCKET_KEY].as_bytes());
        let key = HeaderValue::from_str(&key).expect("base64");
        fields.insert(SEC_WEBSOCKET_ACCEPT, key);
    }
    match request.check(status, head::version(minor), &fields) {
        Ok(agreed) => {
            assert_eq!(status, StatusCode::SWITCHING_PROTOCOLS);
            let subprotocol = agreed.subprotocol.as_deref();
            assert!(matches!(subprotocol, None | Some("chat" | "superchat")), "{agreed:?}");
            return agreed.deflate;
        }
        Err(error @ HandshakeError::Status { .. }) => assert_ne!(status, 101, "{error}"),
        Err(error) => assert_eq!(status, 101, "{error}"),
    }
    None
}
