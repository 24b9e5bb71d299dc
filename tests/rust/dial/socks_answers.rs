//! What a SOCKS proxy should not answer.

use std::io::{Read, Write};

use wirebird::ffi::*;

use crate::engine::host::*;
use crate::engine::peers;

/// A client through a proxy that answers to each of the client's messages so,
/// and ends.
#[track_caller]
fn fails(answers: &'static [&'static [u8]], status: i32, value: u64, word: &str) {
    let (url, proxy) = peers::accept_raw(move |mut stream| {
        for answer in answers {
            let mut message = [0; 600];
            let read = stream.read(&mut message).expect("a message");
            assert!(read > 0, "the client ended");
            stream.write_all(answer).expect("taken");
        }
    });
    let host = Host::new();
    let through = url.replacen("ws://", "socks5://bird:seed@", 1);
    host.open_with("ws://far.example/", |options, _| {
        (options.proxy_mode, options.proxy_url) = (WIREBIRD_PROXY_URL, text(&through));
    });
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.value), (status, value), "{answers:?}: {closed:?}");
    assert!(closed.message.contains(word), "{answers:?}: {}", closed.message);
    assert!(!closed.message.contains("seed"), "{}", closed.message);
    proxy.join().expect("the proxy is content");
}

#[test]
fn a_proxy_that_breaks_socks_fails_the_handshake() {
    const PROTOCOL: i32 = WIREBIRD_ERROR_PROXY_PROTOCOL;
    const LOST: i32 = WIREBIRD_ERROR_PROXY_CONNECTION_LOST;
    fails(&[b"HTTP/1.1 400 What\r\n\r\n"], PROTOCOL, 0, "protocol");
    fails(&[&[4, 0]], PROTOCOL, 0, "version");
    fails(&[&[5, 1]], PROTOCOL, 0, "method");
    fails(&[&[5, 0xff]], WIREBIRD_ERROR_PROXY_AUTHENTICATION, 0, "proxy_user");
    fails(&[&[5, 2], &[1, 1]], WIREBIRD_ERROR_PROXY_AUTHENTICATION, 0, "proxy_user");
    fails(&[&[5, 2], &[5, 0]], PROTOCOL, 0, "version");
    fails(&[&[5]], LOST, 0, "far.example:80");
    fails(&[&[5, 0], &[5, 0, 0]], LOST, 0, "far.example:80");
    fails(&[&[5, 0], &[5, 0, 0, 9]], PROTOCOL, 0, "address type");
    fails(&[&[5, 0], &[5, 0, 1, 1]], PROTOCOL, 0, "reserved");
    fails(&[&[5, 0], &[5, 0, 0, 3, 200, 1]], LOST, 0, "far.example:80");
}

#[test]
fn each_reply_of_socks_is_told() {
    const REFUSED: i32 = WIREBIRD_ERROR_PROXY_REFUSED;
    fails(&[&[5, 0], &[5, 1, 0, 1, 0, 0, 0, 0, 0, 0]], REFUSED, 1, "reply 1");
    fails(&[&[5, 0], &[5, 2, 0, 1, 0, 0, 0, 0, 0, 0]], REFUSED, 2, "ruleset");
    fails(&[&[5, 0], &[5, 3, 0, 1, 0, 0, 0, 0, 0, 0]], REFUSED, 3, "unreachable");
    fails(&[&[5, 0], &[5, 4, 0, 1, 0, 0, 0, 0, 0, 0]], REFUSED, 4, "unreachable");
    fails(&[&[5, 0], &[5, 5, 0, 1, 0, 0, 0, 0, 0, 0]], REFUSED, 5, "refused");
    fails(&[&[5, 0], &[5, 6, 0, 1, 0, 0, 0, 0, 0, 0]], REFUSED, 6, "TTL");
    fails(&[&[5, 0], &[5, 7, 0, 1, 0, 0, 0, 0, 0, 0]], REFUSED, 7, "Command");
    fails(&[&[5, 0], &[5, 8, 0, 1, 0, 0, 0, 0, 0, 0]], REFUSED, 8, "Address type");
}

#[test]
fn a_proxy_that_says_nothing_ends_with_the_handshakes_time() {
    let (url, proxy) = peers::accept_raw(|mut stream| {
        // Until the client has enough.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let host = Host::new();
    let through = url.replacen("ws://", "socks5h://", 1);
    host.open_with("ws://far.example/", |options, _| {
        (options.proxy_mode, options.proxy_url) = (WIREBIRD_PROXY_URL, text(&through));
        options.handshake_timeout_ms = 100;
    });
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_PROXY_TIMEOUT, "{closed:?}");
    assert!(closed.message.contains("handshake_timeout (100 ms)"), "{}", closed.message);
    proxy.join().expect("the proxy is content");
}
