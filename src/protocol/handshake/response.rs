//! The server's half: the answer that switches protocols (RFC 6455 section
//! 4.2.2).

use hyper::HeaderMap;
use hyper::header::{
    CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS,
    SEC_WEBSOCKET_PROTOCOL, UPGRADE,
};

use super::fields::{append, is_reserved};
use super::{RequestError, Upgrade};

/// The client's favourite among the subprotocols that the server supports.
pub fn choose_subprotocol<'a>(upgrade: &'a Upgrade, supported: &[String]) -> Option<&'a str> {
    let asked = upgrade.subprotocols.iter();
    asked.map(String::as_str).find(|name| supported.iter().any(|supported| supported == name))
}

/// The header fields of the answer 101, with `extra` ones of the caller's.
/// `extensions` is what was accepted, or empty.
///
/// # Errors
///
/// The client did not ask for the subprotocol, or a field of `extra` is set by
/// the handshake itself (see `caller_header`).
pub fn respond(
    upgrade: &Upgrade,
    subprotocol: Option<&str>,
    extensions: &str,
    extra: HeaderMap,
) -> Result<HeaderMap, RequestError> {
    let reserved = extra.keys().find(|name| is_reserved(name));
    if let Some(name) = reserved {
        let (name, problem) = (name.as_str().to_owned(), "is set by the handshake itself");
        return Err(RequestError::Header { name, problem });
    }
    let mut headers = HeaderMap::new();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Ok(accept_key) = HeaderValue::from_str(&upgrade.accept_key) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept_key);
    }
    if let Some(value) = HeaderValue::from_str(extensions).ok().filter(|value| !value.is_empty()) {
        headers.insert(SEC_WEBSOCKET_EXTENSIONS, value);
    }
    if let Some(name) = subprotocol {
        let asked = upgrade.subprotocols.iter().any(|asked| asked == name);
        let Some(value) = HeaderValue::from_str(name).ok().filter(|_| asked) else {
            let (name, problem) = (name.to_owned(), "is not one that the client asked for");
            return Err(RequestError::Subprotocol { name, problem });
        };
        headers.insert(SEC_WEBSOCKET_PROTOCOL, value);
    }
    for (name, value) in &extra {
        append(&mut headers, name, value.clone())?;
    }
    Ok(headers)
}
