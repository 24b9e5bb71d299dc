//! The opening handshake of one accepted TCP connection (RFC 6455 section 4.2)
//! over hyper, and the hand-over to the connection's own task.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue, SERVER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::server::{Acceptance, Arrival, Shared, State};
use crate::connection::{Connection, Decision, Driver, Facts, Finally};
use crate::net::Stream;
use crate::protocol::{
    Refusal, Upgrade, accept_deflate, choose_subprotocol, examine, respond, same_origin,
};
use crate::queue::{Event, Failure, Source};
use crate::sync::lock;

/// Most bytes of a request's header block, and fields in it.
const MAX_HEADER_BLOCK: usize = 16 * 1024;
const MAX_HEADERS: usize = 100;

/// The host ended TCP instead of answering.
#[derive(Debug, Error)]
#[error("aborted by the application")]
struct AbortedByHost;

/// One handshake under way.
struct Handshake {
    shared: Arc<Shared>,
    local: SocketAddr,
    peer: SocketAddr,
    /// The connection that a valid request would become.
    pending: Mutex<Option<Finally>>,
    /// The 101 was sent.
    accepted: Mutex<Option<OnUpgrade>>,
}

/// Serves one request.
pub(super) async fn run(shared: Arc<Shared>, tcp: TcpStream, peer: SocketAddr) {
    let Ok(stream) = Stream::tcp(tcp) else { return };
    let Ok((local, _)) = stream.addresses() else { return };
    let timeout = shared.options.handshake_timeout;
    let handshake =
        Handshake { shared, local, peer, pending: Mutex::new(None), accepted: Mutex::new(None) };
    let result = match timeout {
        Some(limit) => {
            let served = tokio::time::timeout(limit, handshake.serve_while_open(stream)).await;
            served.unwrap_or_else(|_| Err(late("handshake_timeout", limit)))
        }
        None => handshake.serve_while_open(stream).await,
    };
    match result {
        Ok(Some((stream, early))) => handshake.open(stream, early),
        // Answered with something else than 101.
        Ok(None) => {}
        Err(failure) => handshake.fail(failure),
    }
}

impl Handshake {
    /// Serves; ends when the server closes, but for what is being answered.
    async fn serve_while_open(&self, stream: Stream) -> Result<Option<(Stream, Bytes)>, Failure> {
        match select(pin!(self.serve(stream)), pin!(self.shared.closed())).await {
            Either::Left((served, _)) => served,
            Either::Right((_, serve)) if lock(&self.pending).is_some() => {
                let limit = self.shared.options.settings.close_timeout;
                let served = tokio::time::timeout(limit, serve).await;
                served.unwrap_or_else(|_| Err(late("close_timeout", limit)))
            }
            Either::Right(_) => Ok(None),
        }
    }

    /// The stream, once it speaks WebSocket.
    async fn serve(&self, stream: Stream) -> Result<Option<(Stream, Bytes)>, Failure> {
        let service = service_fn(|request| self.answer(request));
        http1::Builder::new()
            // Vectored writes of the standard library raise SIGPIPE.
            .writev(false)
            .max_buf_size(MAX_HEADER_BLOCK)
            .max_headers(MAX_HEADERS)
            .header_read_timeout(None)
            .serve_connection(TokioIo::new(stream.into_tcp()), service)
            .with_upgrades()
            .await
            .map_err(|error| self.http_failure(&error))?;
        let Some(upgrade) = lock(&self.accepted).take() else { return Ok(None) };
        let upgraded = upgrade.await.map_err(|error| self.http_failure(&error))?;
        let parts = upgraded
            .downcast::<TokioIo<TcpStream>>()
            .map_err(|_| Failure::Http("the stream was lost in the upgrade".to_owned()))?;
        Ok(Some((Stream::upgraded(parts.io.into_inner()), parts.read_buf)))
    }

    async fn answer(
        &self,
        mut request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, AbortedByHost> {
        let options = &self.shared.options;
        let upgrade = match self.examine(&request) {
            Ok(upgrade) => upgrade,
            Err(refusal) => {
                let Refusal { status, headers, error } = *refusal;
                return Ok(self.refuse(status, headers, error.into()));
            }
        };
        let Ok(permit) = self.shared.connections.clone().try_acquire_owned() else {
            let reason = format!("max_connections ({}) are open", options.max_connections);
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let failure = Failure::Refused { status: status.as_u16(), reason };
            return Ok(self.refuse(status, HeaderMap::new(), failure));
        };
        let (decision, headers) = match self.decide(&mut request, permit).await? {
            Decision::Accept(subprotocol, headers) => (subprotocol, headers),
            Decision::Refuse(status, headers, body) => {
                if let Some(finally) = lock(&self.pending).take() {
                    let (status, reason) = (status.as_u16(), body.clone());
                    let failure = Arc::new(Failure::Refused { status, reason });
                    finally.connection().end(None, Some(failure));
                }
                return Ok(response(status, headers, body));
            }
        };
        let subprotocol = match &decision {
            Some(chosen) => Some(chosen.as_str()).filter(|chosen| !chosen.is_empty()),
            None => choose_subprotocol(&upgrade, &options.subprotocols),
        };
        let mut extensions = String::new();
        if let Some(finally) = lock(&self.pending).as_ref() {
            let connection = finally.connection();
            let compression = connection.settings().compression;
            let accepted = Some(&compression.wanted)
                .filter(|_| compression.enabled)
                .and_then(|wanted| accept_deflate(&upgrade.extensions, wanted));
            if let Some((agreed, answer)) = accepted {
                extensions.clone_from(&answer);
                connection.handshake().set_extensions(answer, Some(agreed));
            }
            let chosen = subprotocol.unwrap_or_default().to_owned();
            connection.handshake().set_subprotocol(chosen);
        }
        let mut headers = match respond(&upgrade, subprotocol, &extensions, headers) {
            Ok(headers) => headers,
            Err(error) => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                let failure =
                    Failure::Refused { status: status.as_u16(), reason: error.to_string() };
                return Ok(self.refuse(status, HeaderMap::new(), failure));
            }
        };
        if let Some(name) = &options.name {
            headers.insert(SERVER, name.clone());
        }
        *lock(&self.accepted) = Some(hyper::upgrade::on(&mut request));
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// What the RFC and the server's own rule say.
    fn examine(&self, request: &Request<Incoming>) -> Result<Upgrade, Box<Refusal>> {
        let headers = request.headers();
        let upgrade = examine(request.method(), request.uri(), request.version(), headers)?;
        let admitted = match (&self.shared.options.accept, upgrade.origin.as_deref()) {
            (Acceptance::All | Acceptance::Ask, _) | (_, None) => true,
            (Acceptance::SameOrigin(origins), Some(origin)) => {
                same_origin(origin, &upgrade.host)
                    || origins.iter().any(|known| known.eq_ignore_ascii_case(origin))
            }
        };
        if admitted { Ok(upgrade) } else { Err(Refusal::foreign_origin(&upgrade).into()) }
    }

    /// Makes the connection and lets the host decide if it wants to.
    async fn decide(
        &self,
        request: &mut Request<Incoming>,
        permit: OwnedSemaphorePermit,
    ) -> Result<Decision, AbortedByHost> {
        let (shared, options) = (&self.shared, &self.shared.options);
        let refusal = || {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Decision::Refuse(status, HeaderMap::new(), "the server closed".to_owned())
        };
        if *shared.state.borrow() == State::Closed {
            return Ok(refusal());
        }
        let asks = options.accept == Acceptance::Ask;
        let (sender, decision) = oneshot::channel();
        let facts = Facts {
            local: self.local,
            peer: self.peer,
            target: request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned(),
            headers: std::mem::take(request.headers_mut()),
        };
        let source = Source::parked(shared.source.delivery().clone(), options.user_data);
        let sender = asks.then_some(sender);
        let connection = Connection::requested(source, options.settings, facts, sender);
        *lock(&self.pending) = Some(Finally::new(connection.clone(), Some(permit)));
        if !asks {
            return Ok(Decision::Accept(None, HeaderMap::new()));
        }
        shared.source.push_event(Event::Request(Arrival::new(connection)));
        match select(decision, pin!(shared.closed())).await {
            Either::Left((Ok(decision), _)) => Ok(decision),
            Either::Left((Err(_), _)) => Err(AbortedByHost),
            Either::Right(_) => Ok(refusal()),
        }
    }

    /// Refuses a request of which the host does not know.
    fn refuse(
        &self,
        status: StatusCode,
        headers: HeaderMap,
        failure: Failure,
    ) -> Response<Full<Bytes>> {
        let body = failure.to_string();
        tracing::info!(peer = %self.peer, status = status.as_u16(), %failure, "refused a request");
        self.report(failure, status.as_u16());
        response(status, headers, body)
    }

    /// The handshake is complete.
    fn open(self, stream: Stream, early: Bytes) {
        let Some(finally) = lock(&self.pending).take() else { return };
        let connection = finally.connection().clone();
        let tell = || {
            if self.shared.options.accept == Acceptance::Ask {
                connection.source().push_event(Event::Opened);
            } else {
                self.shared.source.push_event(Event::Accepted(Arrival::new(connection.clone())));
            }
        };
        tokio::spawn(Driver::new(finally, stream, early, tell));
    }

    /// No 101 was sent, or not all of it.
    fn fail(&self, failure: Failure) {
        match lock(&self.pending).take() {
            Some(finally) => finally.connection().end(None, Some(Arc::new(failure))),
            // Whoever connects and leaves again did not ask for anything.
            None if matches!(failure, Failure::Lost) => {
                tracing::debug!(peer = %self.peer, "the peer left before its request");
            }
            None => {
                let status = match &failure {
                    Failure::InvalidHttp { status, .. } => *status,
                    _ => 0,
                };
                tracing::info!(peer = %self.peer, %failure, "a handshake failed");
                self.report(failure, status);
            }
        }
    }

    fn report(&self, failure: Failure, status: u16) {
        self.shared.source.push_event(Event::HandshakeFailed(Box::new(failure), status));
    }

    fn http_failure(&self, error: &hyper::Error) -> Failure {
        if error.is_parse_too_large() {
            Failure::InvalidHttp { status: 431, reason: error.to_string() }
        } else if error.is_parse() {
            Failure::InvalidHttp { status: 400, reason: error.to_string() }
        } else if error.is_user() {
            Failure::Aborted
        } else {
            Failure::Lost
        }
    }
}

fn response(status: StatusCode, headers: HeaderMap, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    let headers = response.headers_mut();
    headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.entry(CONNECTION).or_insert(HeaderValue::from_static("close"));
    response
}

fn late(setting: &'static str, limit: Duration) -> Failure {
    Failure::Timeout { what: "the opening handshake", setting, ms: limit.as_millis() as u64 }
}
