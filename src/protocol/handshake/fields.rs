//! Header fields: lists of tokens, single values, and which fields belong to
//! the handshake alone.

use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue, SEC_WEBSOCKET_EXTENSIONS};

use super::{HandshakeError, RequestError};

/// Most characters of a peer's value that an error repeats.
const SHOWN: usize = 100;

/// A header field of the caller's, for a request or a response.
///
/// # Errors
///
/// The name or the value has characters that must not be sent, or the field
/// belongs to the handshake: Connection, Upgrade, Content-Length,
/// Transfer-Encoding, and those that begin with Sec-WebSocket-.
pub fn caller_header(name: &str, value: &[u8]) -> Result<(HeaderName, HeaderValue), RequestError> {
    let wrong = |problem| RequestError::Header { name: name.to_owned(), problem };
    let Ok(checked) = HeaderName::from_bytes(name.as_bytes()) else {
        return Err(wrong("is not a valid name"));
    };
    if is_reserved(&checked) {
        return Err(wrong("is set by the handshake itself"));
    }
    match HeaderValue::from_bytes(value) {
        Ok(value) => Ok((checked, value)),
        Err(_) => Err(wrong("has a value with CR, LF, NUL or another control character")),
    }
}

pub(super) fn is_reserved(name: &HeaderName) -> bool {
    matches!(name.as_str(), "connection" | "upgrade" | "content-length" | "transfer-encoding")
        || name.as_str().starts_with("sec-websocket-")
}

/// Adds a caller's field; there may be tens of thousands, but not more.
pub(super) fn append(
    headers: &mut HeaderMap,
    name: &HeaderName,
    value: HeaderValue,
) -> Result<(), RequestError> {
    match headers.try_append(name, value) {
        Ok(_) => Ok(()),
        Err(_) => Err(RequestError::Header { name: name.to_string(), problem: "is one too many" }),
    }
}

/// A token of RFC 9110 section 5.6.2.
pub(in super::super) fn is_token(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}

/// The elements of a list that may be spread over several fields.
pub(super) fn list<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    headers
        .get_all(name)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|element| !element.is_empty())
}

/// Whether the list has the token, in whatever case.
pub(super) fn list_has(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    list(headers, name).any(|element| element.eq_ignore_ascii_case(token.as_bytes()))
}

/// All of Sec-WebSocket-Extensions as one list; `None` if it is not ASCII.
pub(super) fn extensions(headers: &HeaderMap) -> Option<String> {
    let fields = headers.get_all(SEC_WEBSOCKET_EXTENSIONS);
    let fields: Option<Vec<_>> = fields.iter().map(|field| field.to_str().ok()).collect();
    Some(fields?.join(", "))
}

/// The field's value; `None` if there is no such field. Errors say `shown`.
pub(super) fn at_most_one<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    shown: &'static str,
) -> Result<Option<&'a HeaderValue>, HandshakeError> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        (_, Some(_)) => {
            Err(HandshakeError::Header { name: shown, problem: "was sent more than once" })
        }
    }
}

/// The field's value. Errors say `shown`.
pub(super) fn exactly_one<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    shown: &'static str,
) -> Result<&'a HeaderValue, HandshakeError> {
    at_most_one(headers, name, shown)?
        .ok_or(HandshakeError::Header { name: shown, problem: "is missing" })
}

/// A peer's value for an error text: printable and not too long.
pub(super) fn shown(value: &[u8]) -> String {
    String::from_utf8_lossy(value.get(..SHOWN).unwrap_or(value)).into_owned()
}
