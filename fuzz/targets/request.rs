//! A client's request at the server: an upgrade that can be answered, or a
//! refusal that says why.

#![no_main]

mod head;

use std::collections::HashSet;

use hyper::header::{HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use hyper::{HeaderMap, Method, Uri};
use libfuzzer_sys::fuzz_target;
use wirebird::protocol::{
    Refusal, Transport, Upgrade, caller_header, choose_subprotocol, examine, respond, same_origin,
};

fuzz_target!(|input: &[u8]| {
    let mut parsed = [httparse::EMPTY_HEADER; head::FIELDS];
    let mut request = httparse::Request::new(&mut parsed);
    if !matches!(request.parse(input), Ok(httparse::Status::Complete(_))) {
        return;
    }
    let (Some(method), Some(path), Some(minor)) = (request.method, request.path, request.version)
    else {
        return;
    };
    let (Ok(method), Ok(target)) = (Method::from_bytes(method.as_bytes()), path.parse::<Uri>())
    else {
        return;
    };
    let Some(fields) = head::fields(request.headers) else { return };
    match examine(&method, &target, head::version(minor), &fields) {
        Ok(upgrade) => check_upgrade(&upgrade, &fields),
        Err(refusal) => check_refusal(&refusal),
    }
});

fn check_upgrade(upgrade: &Upgrade, fields: &HeaderMap) {
    assert_eq!(upgrade.accept_key.len(), 28, "{upgrade:?}");
    assert!(!upgrade.host.is_empty(), "{upgrade:?}");
    let distinct: HashSet<_> = upgrade.subprotocols.iter().collect();
    assert_eq!(distinct.len(), upgrade.subprotocols.len(), "{upgrade:?}");
    let origin = upgrade.origin.as_deref().unwrap_or_default();
    if !same_origin(origin, &upgrade.host, Transport::Unknown) {
        assert_eq!(Refusal::foreign_origin(upgrade).status, 403);
    }
    let supported = ["chat".to_owned()];
    let chosen = choose_subprotocol(upgrade, &supported);
    // What a peer sent may go back as fields of the caller's.
    let extra: HeaderMap = fields
        .iter()
        .filter_map(|(name, value)| caller_header(name.as_str(), value.as_bytes()).ok())
        .collect();
    let count = extra.len();
    let answer = respond(upgrade, chosen, "", extra).expect("an upgrade can be answered");
    assert_eq!(answer.len(), count + 3 + usize::from(chosen.is_some()), "{answer:?}");
    let named = answer.get(SEC_WEBSOCKET_PROTOCOL).map(HeaderValue::as_bytes);
    assert_eq!(named, chosen.map(str::as_bytes));
    if !upgrade.subprotocols.iter().any(|asked| asked == "other") {
        respond(upgrade, Some("other"), "", HeaderMap::new()).expect_err("not asked for");
    }
}

fn check_refusal(refusal: &Refusal) {
    assert!(matches!(refusal.status.as_u16(), 400 | 405 | 426), "{refusal:?}");
    assert!(!refusal.error.to_string().is_empty());
}
