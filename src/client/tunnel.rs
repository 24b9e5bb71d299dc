//! The way through a proxy to the server.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::ext::ReasonPhrase;
use hyper::header::{
    HOST, HeaderName, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, WWW_AUTHENTICATE,
};
use hyper::{Method, Request, Response, StatusCode, Uri};
use tokio::time::Instant;

use super::Route;
use super::answers::{Answers, Asking, Next};
use crate::connection::{Connection, Facts, OtherResponse};
use crate::net::{
    Deadline, Exchange, ExchangeError, HeadLimits, HostPort, Proxy, ProxyError, ProxyKind, Stream,
    socks,
};
use crate::protocol::Transport;
use crate::queue::{Failure, Hop};

/// How long the rest of a refusal is waited for.
const PATIENCE_WITH_BODY: Duration = Duration::from_secs(1);

/// A proxy that is gone through, perhaps more than once.
pub(super) struct Tunnel {
    proxy: Proxy,
    answers: Answers,
}

/// What all of it needs to know.
pub(super) struct Trip<'a> {
    pub connection: &'a Arc<Connection>,
    pub route: &'a Route,
    pub head: HeadLimits,
    pub deadline: Deadline,
    /// How much of a refusal's body is kept.
    pub most_of_body: usize,
}

impl Tunnel {
    pub fn new(proxy: Proxy) -> Self {
        let answers = Answers::new(Hop::Proxy, proxy.credentials.clone());
        Self { proxy, answers }
    }

    /// Whether it leads through the same proxy.
    pub fn is_through(&self, proxy: &Proxy) -> bool {
        self.proxy == *proxy
    }

    /// A stream to `target`.
    pub async fn dig(&mut self, trip: &Trip<'_>, target: &HostPort) -> Result<Stream, Failure> {
        loop {
            let stream = trip.route.dial(&self.proxy.place, trip.deadline.clone()).await;
            let stream = stream.map_err(|error| self.unreachable(error))?;
            let dug = match self.proxy.kind {
                ProxyKind::Http => self.connect(trip, stream, target).await?,
                ProxyKind::Socks5 => self.socks(trip, stream, target).await?,
            };
            if let Some(stream) = dug {
                return Ok(stream);
            }
        }
    }

    /// One SOCKS connection; `None`: anew with other credentials. They are told
    /// at once if there are any: the proxy chooses whether it wants them.
    async fn socks(
        &mut self,
        trip: &Trip<'_>,
        stream: Stream,
        target: &HostPort,
    ) -> Result<Option<Stream>, Failure> {
        self.answers.tell_given();
        let step = || format!("the answer of the proxy {}", self.proxy);
        let through = socks(stream, &self.proxy, target, self.answers.credentials());
        let done = trip.deadline.limit(step, through).await;
        match done.map_err(|error| self.unreachable(error))? {
            Ok(stream) => Ok(Some(stream)),
            Err(refused @ ProxyError::Credentials { .. }) => {
                let asking = self.asking(trip);
                match self.answers.wanted(&asking).await {
                    Next::Again => Ok(None),
                    Next::GiveUp => Err(refused.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// CONNECT on one connection, as often as it may be; `None`: on a new one.
    async fn connect(
        &mut self,
        trip: &Trip<'_>,
        stream: Stream,
        target: &HostPort,
    ) -> Result<Option<Stream>, Failure> {
        let addresses = stream.addresses().unwrap_or_default();
        let failed = |proxy: &Proxy, error: ExchangeError| {
            ProxyError::exchange(proxy.to_string(), target.authority(), error)
        };
        let begun = Exchange::new(stream, trip.head).await;
        let mut exchange = begun.map_err(|error| failed(&self.proxy, error))?;
        let mut is_fresh = true;
        loop {
            let request = self.request(target)?;
            let step = || format!("the answer of the proxy {} to CONNECT", self.proxy);
            let answered = trip.deadline.limit(step, exchange.send(request)).await;
            let response = match answered.map_err(|error| self.unreachable(error))? {
                // It was only kept for this, and the proxy did not.
                Err(error) if !is_fresh && error.is_end() => return Ok(None),
                answered => answered.map_err(|error| failed(&self.proxy, error))?,
            };
            if response.status().is_success() {
                let step = || format!("the answer of the proxy {} to CONNECT", self.proxy);
                let upgraded = trip.deadline.limit(step, exchange.upgrade(response)).await;
                let upgraded = upgraded
                    .map_err(|error| self.unreachable(error))?
                    .map_err(|error| failed(&self.proxy, error))?;
                if upgraded.early.is_empty() {
                    return Ok(Some(upgraded.stream));
                }
                let problem = "it sent something before the server was asked".to_owned();
                let proxy = self.proxy.to_string();
                return Err(ProxyError::Protocol { proxy, problem }.into());
            }
            let (url, status) = (self.proxy.to_string(), response.status().as_u16());
            let headers = response.headers().clone();
            let handshake = trip.connection.handshake();
            handshake.add_other_response(OtherResponse { url, status, headers });
            let next = match challenge_field(response.status()) {
                Some(name) => {
                    let asking = self.asking(trip);
                    self.answers.challenged((response.headers(), &name), &asking).await
                }
                None => Next::GiveUp,
            };
            let refusal = self.refusal(&response, target);
            let (head, mut body) = response.into_parts();
            let by = trip.deadline.at().min(Instant::now() + PATIENCE_WITH_BODY);
            if next == Next::GiveUp {
                let (local, peer) = addresses;
                let (target, headers) = (String::new(), head.headers);
                handshake.set_facts(Facts {
                    local,
                    peer,
                    transport: Transport::Unknown,
                    target,
                    headers,
                });
                let body = exchange.beginning(&mut body, trip.most_of_body, by).await;
                handshake.set_response_body(body);
                return Err(refusal.into());
            }
            if !exchange.finish(body, by).await {
                return Ok(None);
            }
            is_fresh = false;
        }
    }

    fn request(&mut self, target: &HostPort) -> Result<Request<Empty<Bytes>>, ProxyError> {
        let authority = target.authority();
        let uri = Uri::builder().authority(authority.as_str()).build();
        let (Ok(uri), Ok(host)) = (uri, HeaderValue::from_str(&authority)) else {
            let problem = format!("{authority} can't be asked for");
            return Err(ProxyError::Protocol { proxy: self.proxy.to_string(), problem });
        };
        let mut request = Request::new(Empty::new());
        *request.method_mut() = Method::CONNECT;
        *request.uri_mut() = uri;
        request.headers_mut().insert(HOST, host);
        if let Some(field) = self.answers.field("CONNECT", &authority) {
            request.headers_mut().insert(PROXY_AUTHORIZATION, field);
        }
        Ok(request)
    }

    fn refusal<T>(&self, response: &Response<T>, target: &HostPort) -> ProxyError {
        let (proxy, status) = (self.proxy.to_string(), response.status());
        let own = response.extensions().get::<ReasonPhrase>();
        let reason = match own {
            Some(own) => String::from_utf8_lossy(own.as_bytes()).into_owned(),
            None => status.canonical_reason().unwrap_or_default().to_owned(),
        };
        let answer = format!("{} {reason}", status.as_u16());
        let code = status.as_u16();
        match challenge_field(status) {
            Some(_) => ProxyError::Credentials { proxy, answer, status: code },
            None => ProxyError::Refused { proxy, target: target.authority(), answer, code },
        }
    }

    fn asking<'a>(&self, trip: &'a Trip<'_>) -> Asking<'a> {
        let (connection, place) = (trip.connection, self.proxy.to_string());
        Asking { connection, place, deadline: &trip.deadline }
    }

    fn unreachable(&self, error: crate::net::DialError) -> Failure {
        ProxyError::Dial { proxy: self.proxy.to_string(), error }.into()
    }
}

/// Where a proxy that wants credentials says which. Some answer 401 as if they
/// were the server.
fn challenge_field(status: StatusCode) -> Option<HeaderName> {
    match status {
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => Some(PROXY_AUTHENTICATE),
        StatusCode::UNAUTHORIZED => Some(WWW_AUTHENTICATE),
        _ => None,
    }
}
