//! The client's half: its request, and the check of the answer (RFC 6455
//! section 4.1).

use std::collections::HashSet;

use bytes::Bytes;
use data_encoding::BASE64;
use http_body_util::Empty;
use hyper::ext::Protocol;
use hyper::header::{
    AUTHORIZATION, CONNECTION, COOKIE, HOST, HeaderName, HeaderValue, ORIGIN, PROXY_AUTHORIZATION,
    SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::{HeaderMap, Method, Request, StatusCode, Uri, Version};
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use url::{Host, Url};

use super::super::deflate::{
    Deflate, DeflatePreferences, ExtensionError, confirm_deflate, offer_deflate,
};
use super::fields::{
    append, at_most_one, caller_header, exactly_one, extensions, is_token, list_has, shown,
};
use super::{HandshakeError, RequestError};

/// Can't happen: the parts of a URL and tokens are always valid values.
const BAD_HOST: RequestError = RequestError::Url { problem: "can't be put into a header field" };

/// One try to open a connection: what is sent, and what has to be answered.
#[derive(Clone, Debug)]
pub struct ClientRequest {
    endpoint: Endpoint,
    headers: HeaderMap,
    accept_key: String,
    subprotocols: Vec<String>,
    deflate: Option<DeflatePreferences>,
}

/// Where a redirect leads, seen from where the request went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// To the same scheme, host and port.
    SameOrigin,
    /// To somebody else, whom nothing secret is told.
    Elsewhere,
}

/// What the server chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreed {
    /// One of the subprotocols that were asked for.
    pub subprotocol: Option<String>,
    /// permessage-deflate, if both sides want it.
    pub deflate: Option<Deflate>,
    /// The answer's Sec-WebSocket-Extensions, or empty.
    pub extensions: String,
}

/// Where to connect to, and what to ask for there.
#[derive(Clone, Debug)]
struct Endpoint {
    host: String,
    port: u16,
    is_secure: bool,
    target: Uri,
}

impl ClientRequest {
    /// A request for `url`, `ws` or `wss`, with a fresh key. An empty origin is none. Of the
    /// `headers`, Host replaces what follows from the URL. A user name and
    /// password in the URL are not sent: give an Authorization field.
    ///
    /// # Errors
    ///
    /// An argument that must not be sent. Nothing is left out silently.
    pub fn new(
        url: &Url,
        origin: Option<&str>,
        subprotocols: &[&str],
        headers: &[(&str, &[u8])],
    ) -> Result<Self, RequestError> {
        let endpoint = Endpoint::of(url)?;
        let subprotocols = check_subprotocols(subprotocols)?;
        let key = generate_key();
        let (own_host, more) = split_host(headers)?;
        let mut headers = HeaderMap::new();
        headers.insert(HOST, own_host.map_or_else(|| host_field(url), Ok)?);
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(SEC_WEBSOCKET_KEY, field(&key, BAD_HOST)?);
        if let Some(origin) = origin.filter(|origin| !origin.is_empty()) {
            headers.insert(ORIGIN, field(origin, RequestError::Origin)?);
        }
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        if !subprotocols.is_empty() {
            headers.insert(SEC_WEBSOCKET_PROTOCOL, field(&subprotocols.join(", "), BAD_HOST)?);
        }
        for (name, value) in more {
            if name == ORIGIN && headers.contains_key(ORIGIN) {
                return Err(wrong(name.as_str(), "is given more than once"));
            }
            append(&mut headers, &name, value)?;
        }
        let accept_key = derive_accept_key(key.as_bytes());
        Ok(Self { endpoint, headers, accept_key, subprotocols, deflate: None })
    }

    /// The request that follows a redirect to `url`, with a fresh key. Elsewhere
    /// the caller's Host, Authorization, Proxy-Authorization and Cookie stay
    /// behind.
    ///
    /// # Errors
    ///
    /// The URL can't be asked for.
    pub fn redirected(&self, url: &Url, to: Destination) -> Result<Self, RequestError> {
        let mut request = Self { endpoint: Endpoint::of(url)?, ..self.clone() };
        if to == Destination::Elsewhere {
            request.headers.insert(HOST, host_field(url)?);
            for secret in [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE] {
                request.headers.remove(secret);
            }
        }
        Ok(request.with_fresh_key())
    }

    /// Has another key (RFC 6455 section 4.1), as each request has its own.
    pub fn with_fresh_key(self) -> Self {
        let key = BASE64.decode(generate_key().as_bytes()).ok();
        match key.and_then(|key| key.try_into().ok()) {
            Some(key) => self.with_key(key),
            None => self,
        }
    }

    /// Has another key instead of the fresh one.
    pub fn with_key(mut self, key: [u8; 16]) -> Self {
        let key = BASE64.encode(&key);
        if let Ok(field) = HeaderValue::from_str(&key) {
            self.headers.insert(SEC_WEBSOCKET_KEY, field);
            self.accept_key = derive_accept_key(key.as_bytes());
        }
        self
    }

    /// Offers permessage-deflate.
    pub fn with_deflate(mut self, wanted: DeflatePreferences) -> Self {
        if let Ok(offer) = HeaderValue::from_str(&offer_deflate(&wanted)) {
            self.headers.insert(SEC_WEBSOCKET_EXTENSIONS, offer);
            self.deflate = Some(wanted);
        }
        self
    }

    /// The host to connect to: a name, or an address without brackets.
    pub fn host(&self) -> &str {
        &self.endpoint.host
    }

    /// Whether the URL asks for TLS.
    pub fn is_secure(&self) -> bool {
        self.endpoint.is_secure
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.endpoint.port
    }

    /// What is asked for, as in the request: a path, with a query if there is one.
    pub fn target(&self) -> &str {
        self.endpoint.target.path_and_query().map_or("/", |target| target.as_str())
    }

    /// The request, to be sent over HTTP/1.1.
    pub fn request(&self) -> Request<Empty<Bytes>> {
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = self.endpoint.target.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }

    /// The request, to be sent over HTTP/2 (RFC 8441 section 5).
    ///
    /// # Errors
    ///
    /// The Host of the caller's is no host.
    pub fn extended_request(&self) -> Result<Request<Empty<Bytes>>, HandshakeError> {
        let bad = HandshakeError::Header { name: "Host", problem: "can't be sent over HTTP/2" };
        let mut request = Request::new(Empty::new());
        let mut headers = self.headers.clone();
        let host = headers.remove(HOST);
        for name in [UPGRADE, CONNECTION, SEC_WEBSOCKET_KEY] {
            headers.remove(name);
        }
        let scheme = if self.endpoint.is_secure { "https" } else { "http" };
        let host = host.as_ref().map_or(&[][..], HeaderValue::as_bytes);
        let uri = Uri::builder().scheme(scheme).authority(host).path_and_query(self.target());
        *request.uri_mut() = uri.build().map_err(|_| bad)?;
        *request.method_mut() = Method::CONNECT;
        *request.headers_mut() = headers;
        request.extensions_mut().insert(Protocol::from_static("websocket"));
        Ok(request)
    }

    /// Checks the answer to `extended_request`; gives what the server chose.
    ///
    /// # Errors
    ///
    /// The server did not accept, or not what was asked for.
    pub fn check_extended(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<Agreed, HandshakeError> {
        if !status.is_success() {
            let reason = status.canonical_reason().unwrap_or_default().to_owned();
            return Err(HandshakeError::Status { status: status.as_u16(), reason });
        }
        let extensions = extensions(headers).ok_or(ExtensionError::Grammar)?;
        let deflate = confirm_deflate(&extensions, self.deflate.as_ref())?;
        Ok(Agreed { subprotocol: self.check_subprotocol(headers)?, deflate, extensions })
    }

    /// Checks the answer; gives what the server chose.
    ///
    /// # Errors
    ///
    /// The server did not switch protocols, or not to what was asked for.
    pub fn check(
        &self,
        status: StatusCode,
        version: Version,
        headers: &HeaderMap,
    ) -> Result<Agreed, HandshakeError> {
        if status != StatusCode::SWITCHING_PROTOCOLS {
            let reason = status.canonical_reason().unwrap_or_default().to_owned();
            return Err(HandshakeError::Status { status: status.as_u16(), reason });
        }
        if version < Version::HTTP_11 {
            return Err(HandshakeError::Version { version: format!("{version:?}") });
        }
        let upgrade = exactly_one(headers, &UPGRADE, "Upgrade")?;
        if !upgrade.as_bytes().trim_ascii().eq_ignore_ascii_case(b"websocket") {
            return Err(HandshakeError::Header { name: "Upgrade", problem: "is not websocket" });
        }
        if !list_has(headers, &CONNECTION, "upgrade") {
            let problem = "is missing or does not say Upgrade";
            return Err(HandshakeError::Header { name: "Connection", problem });
        }
        self.check_accept_key(headers)?;
        let extensions = extensions(headers).ok_or(ExtensionError::Grammar)?;
        let deflate = confirm_deflate(&extensions, self.deflate.as_ref())?;
        Ok(Agreed { subprotocol: self.check_subprotocol(headers)?, deflate, extensions })
    }

    fn check_accept_key(&self, headers: &HeaderMap) -> Result<(), HandshakeError> {
        let received = exactly_one(headers, &SEC_WEBSOCKET_ACCEPT, "Sec-WebSocket-Accept")?;
        let received = received.as_bytes().trim_ascii();
        if received == self.accept_key.as_bytes() {
            return Ok(());
        }
        let expected = self.accept_key.clone();
        Err(HandshakeError::AcceptKey { received: shown(received), expected })
    }

    fn check_subprotocol(&self, headers: &HeaderMap) -> Result<Option<String>, HandshakeError> {
        let chosen = at_most_one(headers, &SEC_WEBSOCKET_PROTOCOL, "Sec-WebSocket-Protocol")?;
        let Some(chosen) = chosen else { return Ok(None) };
        let chosen = chosen.as_bytes().trim_ascii();
        match self.subprotocols.iter().find(|asked| asked.as_bytes() == chosen) {
            Some(asked) => Ok(Some(asked.clone())),
            None => Err(HandshakeError::Subprotocol { name: shown(chosen) }),
        }
    }
}

impl Endpoint {
    fn of(url: &Url) -> Result<Self, RequestError> {
        let wrong = |problem| RequestError::Url { problem };
        if !matches!(url.scheme(), "ws" | "wss") {
            return Err(RequestError::Scheme { scheme: url.scheme().to_owned() });
        }
        let host = match url.host() {
            Some(Host::Domain(name)) if !name.is_empty() => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(Host::Domain(_)) | None => return Err(wrong("names no host")),
        };
        let Some(port) = url.port_or_known_default() else { return Err(wrong("names no port")) };
        if url.fragment().is_some() {
            return Err(wrong("has a fragment (#): a WebSocket's must not"));
        }
        let mut target = url.path().to_owned();
        if let Some(query) = url.query() {
            target.push('?');
            target.push_str(query);
        }
        match Uri::builder().path_and_query(target).build() {
            Ok(target) => Ok(Self { host, port, is_secure: url.scheme() == "wss", target }),
            Err(_) => Err(wrong("has a path or query that can't be sent: percent-encode it")),
        }
    }
}

/// The caller's Host, if any, and the other fields.
type SplitHost = (Option<HeaderValue>, Vec<(HeaderName, HeaderValue)>);

fn split_host(headers: &[(&str, &[u8])]) -> Result<SplitHost, RequestError> {
    let (mut host, mut more) = (None, Vec::with_capacity(headers.len()));
    for (name, value) in headers {
        let (name, value) = caller_header(name, value)?;
        if name != HOST {
            more.push((name, value));
        } else if host.replace(value).is_some() {
            return Err(wrong("host", "is given more than once"));
        }
    }
    Ok((host, more))
}

fn host_field(url: &Url) -> Result<HeaderValue, RequestError> {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        // The scheme's own port is never there.
        Some(port) => field(&format!("{host}:{port}"), BAD_HOST),
        None => field(host, BAD_HOST),
    }
}

fn check_subprotocols(subprotocols: &[&str]) -> Result<Vec<String>, RequestError> {
    let wrong = |name: &str, problem| RequestError::Subprotocol { name: name.to_owned(), problem };
    let mut seen = HashSet::with_capacity(subprotocols.len());
    for name in subprotocols {
        if !is_token(name) {
            return Err(wrong(name, "is not a token (letters, digits and !#$%&'*+-.^_`|~)"));
        }
        if !seen.insert(name) {
            return Err(wrong(name, "is given more than once"));
        }
    }
    Ok(subprotocols.iter().map(|name| (*name).to_owned()).collect())
}

fn field(value: &str, error: RequestError) -> Result<HeaderValue, RequestError> {
    HeaderValue::from_str(value).map_err(|_| error)
}

fn wrong(name: &str, problem: &'static str) -> RequestError {
    RequestError::Header { name: name.to_owned(), problem }
}
