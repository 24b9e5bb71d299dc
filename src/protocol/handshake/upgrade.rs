//! The server's half: the check of a request (RFC 6455 section 4.2.1).

use std::collections::HashSet;

use hyper::header::{
    ALLOW, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue, ORIGIN,
    SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, TRANSFER_ENCODING, UPGRADE,
};
use hyper::http::uri::Authority;
use hyper::{HeaderMap, Method, StatusCode, Uri, Version};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::super::deflate::is_extension_list;
use super::fields::{at_most_one, exactly_one, extensions, is_token, list, list_has, shown};
use super::{HandshakeError, Transport, same_origin};

/// A valid request to switch to WebSocket.
#[derive(Clone, Debug)]
pub struct Upgrade {
    /// The value for Sec-WebSocket-Accept.
    pub accept_key: String,
    /// What the client speaks, its favourite first.
    pub subprotocols: Vec<String>,
    /// The page that asks, if a browser does.
    pub origin: Option<String>,
    /// The Host field's value.
    pub host: String,
    /// What the client offers: Sec-WebSocket-Extensions, or empty.
    pub extensions: String,
}

/// The answer to a request that is not accepted. Its body is the error's text,
/// and the connection ends with it.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// Fields of the answer, Connection: close and Content-Type among them.
    pub headers: HeaderMap,
    /// Why.
    pub error: HandshakeError,
}

/// Checks a request at a server. Whether to accept it, its Origin above all, is
/// then for the caller to decide.
///
/// # Errors
///
/// What to answer instead: 400, with the version that is spoken if another was
/// asked for, 405 for a method other than GET, 426 for a plain HTTP request.
pub fn examine(
    method: &Method,
    target: &Uri,
    version: Version,
    headers: &HeaderMap,
) -> Result<Upgrade, Box<Refusal>> {
    if *method != Method::GET {
        let error = HandshakeError::Method { method: shown(method.as_str().as_bytes()) };
        return Err(error.into());
    }
    if !list_has(headers, &UPGRADE, "websocket") {
        return Err(HandshakeError::NotAnUpgrade.into());
    }
    if version < Version::HTTP_11 {
        return Err(HandshakeError::Version { version: format!("{version:?}") }.into());
    }
    if !list_has(headers, &CONNECTION, "upgrade") {
        return Err(header("Connection", "is missing or does not say Upgrade").into());
    }
    check_target(target)?;
    let host = host(target, headers)?;
    check_body(headers)?;
    check_version(headers)?;
    let accept_key = accept_key(headers)?;
    let subprotocols = subprotocols(headers)?;
    let extensions = checked_extensions(headers)?;
    Ok(Upgrade { accept_key, subprotocols, origin: origin(headers)?, host, extensions })
}

/// Checks an extended CONNECT for a WebSocket (RFC 8441 section 5), which has no
/// key. The caller has seen its method and its protocol.
///
/// # Errors
///
/// As for `examine`.
pub fn examine_extended(target: &Uri, headers: &HeaderMap) -> Result<Upgrade, Box<Refusal>> {
    check_target(target)?;
    let host = host(target, headers)?;
    check_body(headers)?;
    check_version(headers)?;
    let (subprotocols, extensions) = (subprotocols(headers)?, checked_extensions(headers)?);
    let origin = origin(headers)?;
    Ok(Upgrade { accept_key: String::new(), subprotocols, origin, host, extensions })
}

/// Whether a request wants a WebSocket, be it valid or not. Others are plain
/// HTTP.
pub fn asks_for_websocket(headers: &HeaderMap) -> bool {
    list_has(headers, &UPGRADE, "websocket")
}

/// Checks what every request at a server has to have: a target that is a path
/// or a URL, and one Host, which agrees with it (an HTTP/1.0 request may have
/// none). Gives the host, perhaps with a port, or an empty text.
///
/// # Errors
///
/// What is wrong: 400.
pub fn examine_plain(
    target: &Uri,
    version: Version,
    headers: &HeaderMap,
) -> Result<String, HandshakeError> {
    check_target(target)?;
    if version < Version::HTTP_11 && !headers.contains_key(HOST) {
        return Ok(String::new());
    }
    host(target, headers)
}

impl Refusal {
    /// An answer with `status`, and the fields that belong to it.
    pub fn new(status: StatusCode, error: HandshakeError) -> Self {
        let mut headers = HeaderMap::with_capacity(4);
        let mut set =
            |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
        set(CONTENT_TYPE, "text/plain; charset=utf-8");
        if status == StatusCode::UPGRADE_REQUIRED {
            set(CONNECTION, "close, Upgrade");
            set(UPGRADE, "websocket");
        } else {
            set(CONNECTION, "close");
        }
        let is_version = matches!(error, HandshakeError::WebSocketVersion { .. });
        if is_version || status == StatusCode::UPGRADE_REQUIRED {
            set(SEC_WEBSOCKET_VERSION, "13");
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            set(ALLOW, "GET");
        }
        Self { status, headers, error }
    }

    /// 421 for a host that the server is not.
    pub fn unknown_host(host: &str) -> Self {
        let host = shown(host.as_bytes());
        Self::new(StatusCode::MISDIRECTED_REQUEST, HandshakeError::UnknownHost { host })
    }

    /// 403 for a request that has to say where it comes from.
    pub fn without_origin() -> Self {
        Self::new(StatusCode::FORBIDDEN, HandshakeError::MissingOrigin)
    }

    /// 403 for a page from elsewhere.
    pub fn foreign_origin(upgrade: &Upgrade) -> Self {
        let origin = shown(upgrade.origin.as_deref().unwrap_or_default().as_bytes());
        let host = shown(upgrade.host.as_bytes());
        Self::new(StatusCode::FORBIDDEN, HandshakeError::Origin { origin, host })
    }
}

impl From<HandshakeError> for Box<Refusal> {
    fn from(error: HandshakeError) -> Self {
        let status = match error {
            HandshakeError::NotAnUpgrade => StatusCode::UPGRADE_REQUIRED,
            HandshakeError::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(Refusal::new(status, error))
    }
}

fn header(name: &'static str, problem: &'static str) -> HandshakeError {
    HandshakeError::Header { name, problem }
}

fn text(value: &HeaderValue, name: &'static str) -> Result<String, HandshakeError> {
    match value.to_str() {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(_) => Err(header(name, "has characters other than visible ASCII ones")),
    }
}

/// RFC 9112 section 3.2: a path, or a URL, neither `*` nor a mere host.
fn check_target(target: &Uri) -> Result<(), HandshakeError> {
    if target.path().starts_with('/') {
        return Ok(());
    }
    Err(HandshakeError::Target { target: shown(target.to_string().as_bytes()) })
}

/// RFC 9112 section 3.2: there is one, and a target that has a host agrees.
fn host(target: &Uri, headers: &HeaderMap) -> Result<String, HandshakeError> {
    let host = text(exactly_one(headers, &HOST, "Host")?, "Host")?;
    if !is_authority(&host) {
        return Err(header("Host", "is not a host with or without a port"));
    }
    match (target.scheme_str(), target.authority()) {
        (Some(scheme), Some(authority))
            if !same_origin(&format!("{scheme}://{authority}"), &host, Transport::Unknown) =>
        {
            Err(header("Host", "is another one than in the request's target"))
        }
        _ => Ok(host),
    }
}

/// `uri-host [ ":" port ]` of RFC 9110 section 7.2, not empty.
fn is_authority(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let port = host.strip_prefix(authority.host());
    match port.map(|port| port.strip_prefix(':').ok_or(port)) {
        Some(Ok(port)) => port.bytes().all(|digit| digit.is_ascii_digit()),
        Some(Err(rest)) => rest.is_empty() && !host.is_empty(),
        // A user name comes first.
        None => false,
    }
}

fn check_body(headers: &HeaderMap) -> Result<(), HandshakeError> {
    if headers.contains_key(TRANSFER_ENCODING) {
        return Err(header("Transfer-Encoding", "announces a body, which an upgrade has not"));
    }
    if headers.get_all(CONTENT_LENGTH).iter().any(|length| length != "0") {
        return Err(header("Content-Length", "announces a body, which an upgrade has not"));
    }
    Ok(())
}

fn check_version(headers: &HeaderMap) -> Result<(), HandshakeError> {
    match at_most_one(headers, &SEC_WEBSOCKET_VERSION, "Sec-WebSocket-Version")? {
        Some(version) if version.as_bytes().trim_ascii() == b"13" => Ok(()),
        version => {
            let received = version.map(|version| shown(version.as_bytes())).unwrap_or_default();
            Err(HandshakeError::WebSocketVersion { received })
        }
    }
}

fn accept_key(headers: &HeaderMap) -> Result<String, HandshakeError> {
    let key = exactly_one(headers, &SEC_WEBSOCKET_KEY, "Sec-WebSocket-Key")?;
    let key = key.as_bytes().trim_ascii();
    if is_key(key) {
        Ok(derive_accept_key(key))
    } else {
        Err(header("Sec-WebSocket-Key", "is not the base64 of 16 bytes"))
    }
}

/// Base64 of 16 bytes: 22 characters and the padding. The last character may
/// have bits that belong to no byte: some encoders don't clear them.
fn is_key(key: &[u8]) -> bool {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    match key.strip_suffix(b"==") {
        Some(digits) => digits.len() == 22 && digits.iter().all(is_base64),
        None => false,
    }
}

fn subprotocols(headers: &HeaderMap) -> Result<Vec<String>, HandshakeError> {
    const NAME: &str = "Sec-WebSocket-Protocol";
    let (mut names, mut seen) = (Vec::new(), HashSet::new());
    for element in list(headers, &SEC_WEBSOCKET_PROTOCOL) {
        let Some(name) = str::from_utf8(element).ok().filter(|name| is_token(name)) else {
            return Err(header(NAME, "names something that is not a token"));
        };
        if !seen.insert(name) {
            return Err(header(NAME, "names a subprotocol more than once"));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn checked_extensions(headers: &HeaderMap) -> Result<String, HandshakeError> {
    extensions(headers)
        .filter(|value| is_extension_list(value))
        .ok_or_else(|| header("Sec-WebSocket-Extensions", "breaks the grammar of RFC 6455"))
}

fn origin(headers: &HeaderMap) -> Result<Option<String>, HandshakeError> {
    let origin = at_most_one(headers, &ORIGIN, "Origin")?;
    origin.map(|origin| text(origin, "Origin")).transpose()
}
