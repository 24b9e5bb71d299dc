//! From the URL to the open connection: dialling, the opening handshake (RFC
//! 6455 section 4.1), and both again for redirects and credentials.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::ext::ReasonPhrase;
use hyper::header::{AUTHORIZATION, COOKIE, HeaderValue, SET_COOKIE, WWW_AUTHENTICATE};
use hyper::{HeaderMap, Response, StatusCode};
use tokio::time::Instant;

use super::answers::{Answers, Asking, Next};
use super::open::{HttpVersion, Opening};
use super::redirect::{NotFollowed, Redirects, destination, is_redirect, shown};
use super::tls::secure;
use super::tunnel::{Trip, Tunnel};
use crate::connection::{Connection, Facts, OtherResponse};
use crate::net::{
    Addresses, ClientTls, Deadline, DialError, Exchange, ExchangeError, HostPort, Stream,
    TlsConfigError, TlsError,
};
use crate::protocol::{Destination, HandshakeError, Transport};
use crate::queue::{Failure, Hop};

/// How much is kept of the body of a response that refuses the handshake, and
/// how long that may take.
pub(super) const MOST_OF_BODY: usize = 1024;
pub(super) const PATIENCE_WITH_BODY: Duration = Duration::from_secs(1);

/// One connection on its way to be opened.
pub(super) struct Journey<'a> {
    pub(super) connection: &'a Arc<Connection>,
    pub(super) opening: Opening,
    pub(super) deadline: Deadline,
    /// The host brought the only stream that there is.
    pub(super) is_carried: bool,
    server: Answers,
    tunnel: Option<Tunnel>,
    redirects: u32,
}

/// What follows a response.
enum Then {
    /// The connection is open.
    Opened(Stream, Bytes),
    /// Another request on the same stream.
    Ask(Exchange),
    /// Another stream.
    Dial,
}

/// What to do after a status other than 101.
pub(super) enum Step {
    /// The same request with credentials.
    Authenticate,
    /// A request to somewhere else.
    Redirect,
    /// Nothing: the handshake fails with it.
    Fail,
}

impl<'a> Journey<'a> {
    pub fn new(connection: &'a Arc<Connection>, mut opening: Opening) -> Self {
        let deadline = Deadline::after(opening.timeout, "handshake_timeout")
            .without(connection.handshake().pauses().clone());
        let server = Answers::new(Hop::Server, opening.credentials.take());
        let is_carried = opening.stream.is_some();
        Self { connection, opening, deadline, is_carried, server, tunnel: None, redirects: 0 }
    }

    /// All the way.
    pub async fn travel(mut self) -> Result<(Stream, Bytes), Failure> {
        let arrived = self.go().await;
        self.connection.handshake().set_url(self.opening.url.to_string());
        arrived
    }

    async fn go(&mut self) -> Result<(Stream, Bytes), Failure> {
        loop {
            tracing::debug!(url = shown(&self.opening.url), "dials");
            let stream = self.dial().await?;
            let opened = match self.opening.version {
                HttpVersion::Http1 => self.shake_hands(stream).await?,
                HttpVersion::Http2 => self.extended(stream).await?,
            };
            if let Some(opened) = opened {
                return Ok(opened);
            }
        }
    }

    /// A stream that leads to the server, encrypted if the URL says so.
    async fn dial(&mut self) -> Result<Stream, Failure> {
        if self.connection.handshake().tls().is_some() {
            // Of a server that was left.
            self.connection.handshake().set_tls(Arc::default());
        }
        let stream = self.dial_plain().await?;
        let Opening { url, request, tls, .. } = &self.opening;
        let setup = |error: TlsConfigError| Failure::Tls(TlsError::Setup(error.to_string()));
        let tls = match url.scheme() {
            "wss" if self.is_carried => tls.clone(),
            "wss" => Some(tls.clone().map_or_else(ClientTls::shared, Ok).map_err(setup)?),
            _ => None,
        };
        let tls = match self.opening.version {
            HttpVersion::Http1 => tls,
            HttpVersion::Http2 => tls.map(|tls| tls.speaking(b"h2")),
        };
        let secured = secure(self.connection, tls, request.host(), (stream, &self.deadline));
        self.deadline.limit(|| "the TLS handshake".to_owned(), secured).await?
    }

    async fn dial_plain(&mut self) -> Result<Stream, Failure> {
        let Self { connection, opening, deadline, tunnel, .. } = self;
        if let Some(stream) = opening.stream.take() {
            return Ok(stream);
        }
        let route = &opening.route;
        if let Some(dialled) = route.dial_unix(deadline.clone()).await {
            return Ok(dialled?);
        }
        let place = HostPort::of(&opening.url)
            .ok_or_else(|| Failure::Http("the URL names no host".to_owned()))?
            .in_zone(route.zone.clone());
        let Some(proxy) = route.proxies.proxy_to(&opening.url)? else {
            return Ok(route.dial(&place, deadline.clone()).await?);
        };
        let tunnel = match tunnel {
            Some(tunnel) if tunnel.is_through(&proxy) => tunnel,
            _ => tunnel.insert(Tunnel::new(proxy)),
        };
        let (head, deadline, most_of_body) = (opening.head, deadline.clone(), MOST_OF_BODY);
        tunnel.dig(&Trip { connection, route, head, deadline, most_of_body }, &place).await
    }

    /// The handshake on one stream; nothing if another one is needed.
    async fn shake_hands(&mut self, stream: Stream) -> Result<Option<(Stream, Bytes)>, Failure> {
        let addresses = stream.addresses();
        let addresses = addresses.map_err(|error| Failure::io("a new stream", error))?;
        let mut exchange = Exchange::new(stream, self.opening.head).await.map_err(failure)?;
        let mut is_fresh = true;
        loop {
            let response = match self.ask(&mut exchange).await? {
                // It was only kept for this, and the server did not.
                Err(error) if !is_fresh && !self.is_carried && error.is_end() => return Ok(None),
                response => response.map_err(failure)?,
            };
            exchange = match self.answered(exchange, response, addresses).await? {
                Then::Opened(stream, early) => return Ok(Some((stream, early))),
                Then::Dial => return Ok(None),
                Then::Ask(exchange) => exchange,
            };
            is_fresh = false;
        }
    }

    /// Sends the request.
    async fn ask(
        &mut self,
        exchange: &mut Exchange,
    ) -> Result<Result<Response<Incoming>, ExchangeError>, Failure> {
        let mut http = self.opening.request.request();
        self.add_fields("GET", http.headers_mut());
        let step = || "the opening handshake".to_owned();
        self.deadline.limit(step, exchange.send(http)).await.map_err(late)
    }

    /// Adds credentials and cookies to a request.
    pub(super) fn add_fields(&mut self, method: &str, fields: &mut HeaderMap) {
        let Opening { request, url, jar, .. } = &self.opening;
        if let Some(field) = self.server.field(method, request.target()) {
            fields.insert(AUTHORIZATION, field);
        }
        if let Some(cookies) = jar.as_ref().and_then(|jar| jar.cookies_for(url)) {
            let all = match fields.get(COOKIE) {
                Some(own) => [own.as_bytes(), b"; ", cookies.as_bytes()].concat(),
                None => cookies.into_bytes(),
            };
            if let Ok(value) = HeaderValue::from_bytes(&all) {
                fields.insert(COOKIE, value);
            }
        }
    }

    /// What follows from a response.
    async fn answered(
        &mut self,
        mut exchange: Exchange,
        response: Response<Incoming>,
        addresses: Addresses,
    ) -> Result<Then, Failure> {
        self.keep_cookies(response.headers());
        let checked =
            self.opening.request.check(response.status(), response.version(), response.headers());
        let error = match checked {
            Ok(agreed) => {
                let handshake = self.connection.handshake();
                let mut response = response;
                let headers = std::mem::take(response.headers_mut());
                set_facts(self.connection, addresses, headers);
                handshake.set_subprotocol(agreed.subprotocol.unwrap_or_default());
                handshake.set_extensions(agreed.extensions, agreed.deflate);
                let step = || "the opening handshake".to_owned();
                let upgraded = self.deadline.limit(step, exchange.upgrade(response)).await;
                let upgraded = upgraded.map_err(late)?.map_err(failure)?;
                self.connection.wrote_handshake(upgraded.written);
                return Ok(Then::Opened(upgraded.stream, upgraded.early));
            }
            Err(error) => with_own_phrase(error, &response),
        };
        if !matches!(error, HandshakeError::Status { .. }) {
            set_facts(self.connection, addresses, response.into_parts().0.headers);
            return Err(error.into());
        }
        self.connection.handshake().add_other_response(OtherResponse {
            url: self.opening.url.to_string(),
            status: response.status().as_u16(),
            headers: response.headers().clone(),
        });
        let step = self.next(response.status(), response.headers()).await;
        let (head, mut body) = response.into_parts();
        let by = self.deadline.at().min(Instant::now() + PATIENCE_WITH_BODY);
        let failure = match step {
            Ok(Step::Redirect) => return Ok(Then::Dial),
            // There is no other stream to ask again on.
            Ok(Step::Authenticate) if self.is_carried => {
                if exchange.finish(body, by).await {
                    return Ok(Then::Ask(exchange));
                }
                set_facts(self.connection, addresses, head.headers);
                return Err(error.into());
            }
            Ok(Step::Authenticate) => {
                let may_go_on = exchange.finish(body, by).await;
                return Ok(if may_go_on { Then::Ask(exchange) } else { Then::Dial });
            }
            Ok(Step::Fail) => error.into(),
            Err(failure) => failure,
        };
        set_facts(self.connection, addresses, head.headers);
        let beginning = exchange.beginning(&mut body, MOST_OF_BODY, by).await;
        self.connection.handshake().set_response_body(beginning);
        Err(failure)
    }

    pub(super) async fn next(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<Step, Failure> {
        if status == StatusCode::UNAUTHORIZED {
            let place = origin(&self.opening.url);
            let asking = Asking { connection: self.connection, place, deadline: &self.deadline };
            let next = self.server.challenged((headers, &WWW_AUTHENTICATE), &asking).await;
            if next == Next::GiveUp {
                return Ok(Step::Fail);
            }
            self.renew_key();
            return Ok(Step::Authenticate);
        }
        let may_follow = self.opening.max_redirects > 0 && !self.is_carried;
        if !may_follow || !is_redirect(status) {
            return Ok(Step::Fail);
        }
        let Some(led) = destination(headers, &self.opening.url) else { return Ok(Step::Fail) };
        let not_followed = |NotFollowed { location, problem }| Failure::Redirect {
            status: status.as_u16(),
            location,
            problem,
        };
        self.follow(led).map(|()| Step::Redirect).map_err(not_followed)
    }

    /// Goes on to where a redirect leads.
    fn follow(
        &mut self,
        led: Result<(url::Url, Destination), NotFollowed>,
    ) -> Result<(), NotFollowed> {
        let (url, to) = led?;
        let Self { opening, .. } = self;
        let location = shown(&url);
        let not_followed = |problem: String| NotFollowed { location: location.clone(), problem };
        if self.redirects >= opening.max_redirects {
            let most = opening.max_redirects;
            return Err(not_followed(format!("is one redirect more than max_redirects ({most})")));
        }
        if to == Destination::Elsewhere && opening.redirects == Redirects::SameOrigin {
            let problem = "is of another scheme, host or port, and redirect_policy is \
                           WIREBIRD_REDIRECT_SAME_ORIGIN";
            return Err(not_followed(problem.to_owned()));
        }
        if opening.redirects == Redirects::SameScheme && url.scheme() != opening.url.scheme() {
            let problem = "is of another scheme, and redirect_policy is \
                           WIREBIRD_REDIRECT_SAME_SCHEME";
            return Err(not_followed(problem.to_owned()));
        }
        if to == Destination::Elsewhere && opening.route.unix.is_some() {
            let problem = "is elsewhere than the Unix domain socket that was asked for";
            return Err(not_followed(problem.to_owned()));
        }
        let request = opening.request.redirected(&url, to);
        let request =
            request.map_err(|error| not_followed(format!("can't be asked for: {error}")))?;
        tracing::debug!(%location, "following a redirect");
        opening.request = request;
        opening.url = url;
        if to == Destination::Elsewhere {
            opening.route.zone = None;
            opening.tls = opening.tls.take().map(|tls| tls.elsewhere());
            self.server = Answers::new(Hop::Server, None);
        }
        self.redirects = self.redirects.saturating_add(1);
        self.set_own_key();
        Ok(())
    }

    pub(super) fn keep_cookies(&self, headers: &HeaderMap) {
        let Some(jar) = &self.opening.jar else { return };
        for field in headers.get_all(SET_COOKIE).iter().filter_map(|field| field.to_str().ok()) {
            if let Err(error) = jar.set(field, &self.opening.url) {
                tracing::debug!(%error, "a cookie was not kept");
            }
        }
    }

    /// Another request, another key.
    fn renew_key(&mut self) {
        let fresh = self.opening.request.clone().with_fresh_key();
        self.opening.request = fresh;
        self.set_own_key();
    }

    fn set_own_key(&mut self) {
        if let Some(key) = self.opening.masks.key() {
            self.opening.request = self.opening.request.clone().with_key(key);
        }
    }
}

/// Scheme, host and port.
fn origin(url: &url::Url) -> String {
    match HostPort::of(url) {
        Some(place) => format!("{}://{place}", url.scheme()),
        None => url.scheme().to_owned(),
    }
}

pub(super) fn set_facts(connection: &Connection, (local, peer): Addresses, headers: HeaderMap) {
    connection.handshake().set_facts(Facts {
        local,
        peer,
        transport: Transport::Unknown,
        target: String::new(),
        headers,
    });
}

/// The server's own reason phrase instead of the usual one.
fn with_own_phrase<T>(mut error: HandshakeError, response: &Response<T>) -> HandshakeError {
    let own = response.extensions().get::<ReasonPhrase>();
    if let (HandshakeError::Status { reason, .. }, Some(own)) = (&mut error, own) {
        *reason = String::from_utf8_lossy(own.as_bytes()).into_owned();
    }
    error
}

/// The server did not answer in time.
fn late(error: DialError) -> Failure {
    match error {
        DialError::Timeout { setting, ms, .. } => {
            Failure::Timeout { what: "the opening handshake", setting, ms }
        }
        error => error.into(),
    }
}

fn failure(error: ExchangeError) -> Failure {
    match error {
        ExchangeError::Lost => Failure::Lost,
        ExchangeError::Io(error) => Failure::io("the opening handshake", error),
        ExchangeError::Head(limit) => limit.into(),
        ExchangeError::Invalid(problem) => Failure::Http(problem),
    }
}
