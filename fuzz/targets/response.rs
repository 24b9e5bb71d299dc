//! A server's answer at the client: only what was asked for is taken.
//!
//! `$` as the whole value of Sec-WebSocket-Accept stands for the right one,
//! which is another for each request.

#![no_main]

mod head;

use std::sync::LazyLock;

use hyper::StatusCode;
use hyper::header::{HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY};
use libfuzzer_sys::fuzz_target;
use tungstenite::handshake::derive_accept_key;
use url::Url;
use wirebird::protocol::{ClientRequest, HandshakeError};

static REQUEST: LazyLock<ClientRequest> = LazyLock::new(|| {
    let url = Url::parse("ws://example.org/chat").expect("a URL");
    ClientRequest::new(&url, None, &["chat", "superchat"], &[]).expect("a request")
});

fuzz_target!(|input: &[u8]| {
    let mut parsed = [httparse::EMPTY_HEADER; head::FIELDS];
    let mut response = httparse::Response::new(&mut parsed);
    if !matches!(response.parse(input), Ok(httparse::Status::Complete(_))) {
        return;
    }
    let (Some(code), Some(minor)) = (response.code, response.version) else { return };
    let Ok(status) = StatusCode::from_u16(code) else { return };
    let Some(mut fields) = head::fields(response.headers) else { return };
    if fields.get(SEC_WEBSOCKET_ACCEPT).is_some_and(|value| value == "$") {
        let key = derive_accept_key(REQUEST.request().headers()[SEC_WEBSOCKET_KEY].as_bytes());
        let key = HeaderValue::from_str(&key).expect("base64");
        fields.insert(SEC_WEBSOCKET_ACCEPT, key);
    }
    match REQUEST.check(status, head::version(minor), &fields) {
        Ok(subprotocol) => {
            assert_eq!(status, StatusCode::SWITCHING_PROTOCOLS);
            assert!(matches!(subprotocol.as_deref(), None | Some("chat" | "superchat")));
        }
        Err(error @ HandshakeError::Status { .. }) => assert_ne!(code, 101, "{error}"),
        Err(error) => assert_eq!(code, 101, "{error}"),
    }
});
