//! The opening handshake of one accepted stream (RFC 6455 section 4.2) over
//! hyper, and the hand-over to the connection's own task.

use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::future::{Either, poll_fn, select};
use http_body_util::Full;
use httpdate::fmt_http_date;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue, SERVER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout, timeout_at};

use super::accept::{Newcomer, TimeLimit, pass_on};
use super::addresses::Turn;
use super::limits::Limits;
use super::server::{Acceptance, Arrival, Shared, State};
use crate::connection::{Decision, Driver, Facts, Finally};
use crate::net::{HeadError, HeadState, LimitedHead, Stream, TlsFacts};
use crate::places::Place;
use crate::protocol::{
    Refusal, Role, Upgrade, accept_deflate, choose_subprotocol, examine, respond, same_origin,
};
use crate::queue::{Event, Failure};
use crate::sync::lock;

/// How long, and how many bytes, a peer is listened to that was answered
/// before it had sent everything.
const LINGER: Duration = Duration::from_secs(1);
const MOST_DISCARDED: usize = 256 * 1024;

/// The host ended TCP instead of answering.
#[derive(Debug, Error)]
#[error("aborted by the application")]
struct AbortedByHost;

/// One handshake under way.
pub(super) struct Handshake {
    pub(super) shared: Arc<Shared>,
    /// As they were when it began.
    pub(super) limits: Limits,
    local: Option<SocketAddr>,
    peer: Option<SocketAddr>,
    /// Its turn among those of its address, until the peer has done its part.
    turn: Mutex<Option<Turn<Newcomer>>>,
    /// The connection that a valid request would become.
    pub(super) pending: Mutex<Option<Finally>>,
    /// What the TLS handshake told.
    pub(super) tls: OnceLock<Arc<TlsFacts>>,
    /// The 101 was sent.
    accepted: Mutex<Option<OnUpgrade>>,
}

/// How HTTP ended.
enum End {
    Served(Result<(), hyper::Error>),
    Late(Failure),
    ServerClosed,
}

/// A stream that speaks WebSocket, and what was read behind the handshake.
type Upgraded = (Stream, Bytes);

/// Why there is none, and the HTTP status of the answer or 0.
pub(super) type Failed = (Failure, u16);

/// Serves one request.
pub(super) async fn run(
    shared: Arc<Shared>,
    _place: Place,
    turn: Option<Turn<Newcomer>>,
    newcomer: Newcomer,
) {
    let Newcomer { stream, peer, since, limit } = newcomer;
    let mut limits = shared.load.limits();
    if let TimeLimit::Own(limit) = limit {
        limits.handshake_timeout = limit;
    }
    let addresses = stream.addresses();
    let local = addresses.as_ref().ok().and_then(|(local, _)| *local);
    let (turn, pending, accepted) = (Mutex::new(turn), Mutex::default(), Mutex::default());
    let tls = OnceLock::new();
    let handshake = Handshake { shared, limits, local, peer, turn, pending, tls, accepted };
    if addresses.is_err() {
        // The peer is gone.
        return handshake.peer_is_done();
    }
    let served = match handshake.secure(stream, since).await {
        Ok(stream) => handshake.serve(stream, since).await,
        Err(failed) => Err(failed),
    };
    handshake.peer_is_done();
    match served {
        Ok(Some((stream, early))) => handshake.open(stream, early),
        // Answered with something else than 101.
        Ok(None) => {}
        Err((failure, status)) => handshake.fail(failure, status),
    }
}

impl Handshake {
    /// The stream, once it speaks WebSocket.
    async fn serve(&self, stream: Stream, since: Instant) -> Result<Option<Upgraded>, Failed> {
        let service = service_fn(|request| self.answer(request));
        let limits = self.limits.head;
        let io = LimitedHead::new(stream, Role::Server, limits);
        let mut http = http1::Builder::new()
            // Vectored writes of the standard library raise SIGPIPE.
            .writev(false)
            .max_buf_size(limits.buffer_size())
            .max_headers(limits.max_fields)
            .header_read_timeout(None)
            .serve_connection(TokioIo::new(io), service)
            .with_upgrades();
        let end = self.until_end(&mut http, since).await;
        let Some(parts) = http.into_parts() else { return self.upgraded().await };
        let head = parts.io.into_inner();
        let has_answered = head.written() > 0;
        let (failure, status) = match (head.state(), end) {
            (HeadState::Refused(HeadError::BareLf), _) => invalid(HeadError::BareLf),
            (HeadState::Refused(limit), _) => {
                (limit.into(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
            }
            (HeadState::Partial, End::Late(failure)) => (failure, StatusCode::REQUEST_TIMEOUT),
            // Whoever sent nothing does not wait for an answer; one to a
            // request was or is not to be given by `answer`.
            (_, End::Late(failure)) => return Err((failure, 0)),
            (_, End::Served(Err(error))) if error.is_parse() => invalid(error),
            (_, End::Served(Err(error))) => return Err((http_failure(&error), 0)),
            (_, End::Served(Ok(())) | End::ServerClosed) => return Ok(None),
        };
        if has_answered {
            return Err((failure, status.as_u16()));
        }
        Err(self.end_with(head.into_inner(), status, failure).await)
    }

    /// Drives HTTP until it or the time for it ends, or the server closes, but
    /// for what is being answered.
    async fn until_end<H>(&self, http: &mut H, since: Instant) -> End
    where
        H: Future<Output = Result<(), hyper::Error>> + Unpin,
    {
        let end = async {
            match select(http, pin!(self.shared.closed())).await {
                Either::Left((served, _)) => End::Served(served),
                Either::Right((_, http)) if lock(&self.pending).is_some() => {
                    let limit = self.shared.options.settings.close_timeout;
                    let served = timeout(limit, http).await;
                    served.map_or_else(|_| End::Late(late("close_timeout", limit)), End::Served)
                }
                Either::Right(_) => End::ServerClosed,
            }
        };
        let Some(limit) = self.limits.handshake_timeout else { return end.await };
        let in_time = timeout_at(since + limit, end).await;
        in_time.unwrap_or_else(|_| End::Late(late("handshake_timeout", limit)))
    }

    /// Takes the stream out of hyper's hands.
    async fn upgraded(&self) -> Result<Option<Upgraded>, Failed> {
        let Some(upgrade) = lock(&self.accepted).take() else { return Ok(None) };
        let upgraded = upgrade.await.map_err(|error| (http_failure(&error), 0))?;
        let parts = upgraded
            .downcast::<TokioIo<LimitedHead<Stream>>>()
            .map_err(|_| (Failure::Http("the stream was lost in the upgrade".to_owned()), 0))?;
        Ok(Some((parts.io.into_inner().into_inner(), parts.read_buf)))
    }

    /// Answers in the place of hyper, which has no request to answer and does
    /// not say why.
    async fn end_with(&self, mut stream: Stream, status: StatusCode, failure: Failure) -> Failed {
        let body = failure.to_string();
        let date = fmt_http_date(SystemTime::now());
        let answer = format!(
            "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/plain; \
             charset=utf-8\r\nContent-Length: {}\r\nDate: {date}\r\n\r\n{body}",
            body.len()
        );
        // Nothing was written before: the system takes it at once, or never.
        let write = poll_fn(|cx| Pin::new(&mut stream).poll_write(cx, answer.as_bytes()));
        let written = timeout(self.shared.options.settings.close_timeout, write).await;
        let written = matches!(written, Ok(Ok(_)));
        if written {
            // What the peer still sends would reset the connection and with it
            // the answer (RFC 9112 section 9.6).
            let _ = timeout(LINGER, discard(&mut stream)).await;
        }
        (failure, if written { status.as_u16() } else { 0 })
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
        let Some(place) = self.shared.load.connections.take() else {
            let most = self.shared.load.limits().max_connections;
            let reason = format!("max_connections ({most}) are open");
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let failure = Failure::Refused { status: status.as_u16(), reason };
            return Ok(self.refuse(status, HeaderMap::new(), failure));
        };
        let (decision, headers) = match self.decide(&mut request, place).await? {
            Decision::Accept(subprotocol, headers) => (subprotocol, headers),
            Decision::Refuse(status, phrase, headers, body) => {
                if let Some(finally) = lock(&self.pending).take() {
                    let (status, reason) = (status.as_u16(), body.clone());
                    let failure = Arc::new(Failure::Refused { status, reason });
                    finally.connection().end(None, Some(failure));
                }
                let mut response = response(status, headers, body);
                if let Some(phrase) = phrase {
                    response.extensions_mut().insert(phrase);
                }
                return Ok(response);
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
        place: Place,
    ) -> Result<Decision, AbortedByHost> {
        let (shared, options) = (&self.shared, &self.shared.options);
        let refusal = || {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Decision::Refuse(status, None, HeaderMap::new(), "the server closed".to_owned())
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
        let connection = self.requested(facts, asks.then_some(sender), place);
        if connection.is_given_up() {
            return Ok(refusal());
        }
        if !asks {
            return Ok(Decision::Accept(None, HeaderMap::new()));
        }
        self.peer_is_done();
        shared.source.push_event(Event::Request(Arrival::new(connection)));
        match select(decision, pin!(shared.closed())).await {
            Either::Left((Ok(decision), _)) => Ok(decision),
            Either::Left((Err(_), _)) => Err(AbortedByHost),
            Either::Right(_) => Ok(refusal()),
        }
    }

    /// What takes time from now on is not the peer's fault.
    pub(super) fn peer_is_done(&self) {
        let turn = lock(&self.turn).take();
        if let Some(turn) = turn {
            pass_on(&self.shared, turn);
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
        tracing::info!(peer = ?self.peer, status = status.as_u16(), %failure, "refused a request");
        match self.asked_about() {
            Some(finally) => finally.connection().end(None, Some(Arc::new(failure))),
            None => self.report(failure, status.as_u16()),
        }
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
    fn fail(&self, failure: Failure, status: u16) {
        match lock(&self.pending).take() {
            Some(finally) => finally.connection().end(None, Some(Arc::new(failure))),
            // Whoever connects and leaves again did not ask for anything.
            None if matches!(failure, Failure::Lost) => {
                tracing::debug!(peer = ?self.peer, "the peer left before its request");
            }
            None => {
                tracing::info!(peer = ?self.peer, %failure, "a handshake failed");
                self.report(failure, status);
            }
        }
    }

    fn report(&self, failure: Failure, status: u16) {
        self.shared.source.push_event(Event::HandshakeFailed(Box::new(failure), status));
    }
}

/// What hyper's error means once a request was there.
fn http_failure(error: &hyper::Error) -> Failure {
    if error.is_user() { Failure::Aborted } else { Failure::Lost }
}

/// A request that can't be read.
fn invalid(error: impl Display) -> (Failure, StatusCode) {
    let status = StatusCode::BAD_REQUEST;
    (Failure::InvalidHttp { status: status.as_u16(), reason: error.to_string() }, status)
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

/// Ends the sending direction and reads on, a bounded time and length.
async fn discard(stream: &mut Stream) -> io::Result<()> {
    poll_fn(|cx| Pin::new(&mut *stream).poll_shutdown(cx)).await?;
    let (mut memory, mut left) = ([0; 4096], MOST_DISCARDED);
    while left > 0 {
        let mut buffer = ReadBuf::new(&mut memory);
        poll_fn(|cx| Pin::new(&mut *stream).poll_read(cx, &mut buffer)).await?;
        match buffer.filled().len() {
            0 => break,
            read => left = left.saturating_sub(read),
        }
    }
    Ok(())
}

pub(super) fn late(setting: &'static str, limit: Duration) -> Failure {
    Failure::Timeout { what: "the opening handshake", setting, ms: limit.as_millis() as u64 }
}
