//! HTTP on one accepted stream, over hyper: requests to become a WebSocket and,
//! if the server serves them, plain ones; and the hand-over of the stream to the
//! connection's own task.

use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::future::poll_fn;
use httpdate::fmt_http_date;
use hyper::body::{Body, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1::{self, UpgradeableConnection};
use hyper::service::{HttpService, service_fn};
use hyper::upgrade::OnUpgrade;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tracing::Instrument;

use super::accept::{Newcomer, TimeLimit, pass_on};
use super::addresses::Turn;
use super::http::ReplyBody;
use super::http2::{self, Spoken};
use super::limits::{HttpPlace, Limits};
use super::proxies::HttpClient;
use super::server::{Acceptance, Arrival, Shared};
use super::upgrade::AbortedByHost;
use crate::connection::{Driver, Finally};
use crate::net::{
    Awaited, BodyLength, HeadError, HeadState, RequestControl, RequestStream, Stream, TlsFacts,
};
use crate::places::Place;
use crate::protocol::{Transport, asks_for_websocket};
use crate::queue::{Event, Failure};
use crate::sync::lock;

/// How long, and how many bytes, a peer is listened to that was answered
/// before it had sent everything.
const LINGER: Duration = Duration::from_secs(1);
const MOST_DISCARDED: usize = 256 * 1024;

/// What one stream asks for.
pub(super) struct Handshake {
    pub shared: Arc<Shared>,
    /// As they were when it began.
    pub limits: Limits,
    pub local: Option<SocketAddr>,
    pub peer: Option<SocketAddr>,
    /// What a proxy has said of the client's connection to it.
    pub transport: Transport,
    /// Its turn among those of its address, until the peer has done its part.
    pub turn: Mutex<Option<Turn<Newcomer>>>,
    /// Its place among the handshakes, and that of one that serves plain
    /// requests among those.
    pub place: Mutex<Option<Place>>,
    pub http_place: Mutex<Option<HttpPlace>>,
    /// What the last request asked for.
    pub asked: Mutex<Asked>,
    /// The connection that a valid request would become.
    pub pending: Mutex<Option<Finally>>,
    /// What the TLS handshake told.
    pub tls: OnceLock<Arc<TlsFacts>>,
    /// The 101 was sent.
    pub accepted: Mutex<Option<OnUpgrade>>,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// There was none yet.
    Nothing,
    /// To become a WebSocket.
    Upgrade,
    /// Plain HTTP.
    Plain,
}

/// How HTTP ended.
enum End {
    Served(Result<(), hyper::Error>),
    /// What it took too long for, and the setting.
    Late(&'static str, Duration),
    /// No further request came.
    Idle,
    ServerClosed,
}

/// When something has taken too long, and the setting that says so.
type Deadline = (Instant, &'static str, Duration);

/// The setting whose end is nobody's fault.
const KEEP_ALIVE: &str = "http_keep_alive_timeout";

/// A stream that speaks WebSocket, and what was read behind the handshake.
type Upgraded = (Stream, Bytes);

/// Why there is none, and the HTTP status of the answer or 0.
pub(super) type Failed = (Failure, u16);

/// Serves the requests of one stream.
pub(super) async fn run(
    shared: Arc<Shared>,
    place: Place,
    turn: Option<Turn<Newcomer>>,
    newcomer: Newcomer,
) {
    let Newcomer { stream, peer, since, limit, transport } = newcomer;
    let mut limits = shared.load.limits();
    if let TimeLimit::Own(limit) = limit {
        limits.handshake_timeout = limit;
    }
    let addresses = stream.addresses();
    let local = addresses.as_ref().ok().and_then(|(local, _)| *local);
    let handshake = Handshake {
        shared,
        limits,
        local,
        peer,
        transport,
        turn: Mutex::new(turn),
        place: Mutex::new(Some(place)),
        http_place: Mutex::default(),
        asked: Mutex::new(Asked::Nothing),
        pending: Mutex::default(),
        tls: OnceLock::new(),
        accepted: Mutex::default(),
    };
    if addresses.is_err() {
        // The peer is gone.
        return handshake.peer_is_done();
    }
    let served = match handshake.secure(stream, since).await {
        Ok((stream, since)) => match handshake.spoken(stream, since).await {
            Spoken::Http1(stream, read) => handshake.serve(stream, read, since).await,
            Spoken::Http2(stream) => return http2::serve(handshake, stream, since).await,
        },
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
    async fn serve(
        &self,
        stream: Stream,
        read: Bytes,
        since: Instant,
    ) -> Result<Option<Upgraded>, Failed> {
        let limits = self.limits.head;
        let io = RequestStream::new(stream, read, limits, since);
        let control = io.control();
        let service = service_fn(|request: Request<Incoming>| {
            // Before anything else is read.
            let length = request.body().size_hint().exact();
            control.expect_body(length.map_or(BodyLength::Chunked, BodyLength::Bytes));
            let is_upgrade = asks_for_websocket(request.headers()) || !self.is_plain(request.uri());
            *lock(&self.asked) = if is_upgrade { Asked::Upgrade } else { Asked::Plain };
            self.respond(request, is_upgrade, control.clone())
        });
        let mut http = http1::Builder::new()
            // Vectored writes of the standard library raise SIGPIPE.
            .writev(false)
            .max_buf_size(limits.buffer_size())
            .max_headers(limits.max_fields)
            .header_read_timeout(None)
            .serve_connection(TokioIo::new(io), service)
            .with_upgrades();
        let end = self.until_end(&mut http, &control).await;
        let Some(parts) = http.into_parts() else { return self.upgraded().await };
        let (mut stream, _) = parts.io.into_inner().into_parts();
        let has_answered = control.written() > 0;
        let (failure, status) = match (control.head(), end) {
            (HeadState::Refused(limit @ (HeadError::Size(_) | HeadError::Fields(_))), _) => {
                (limit.into(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
            }
            (HeadState::Refused(error), _) => invalid(error),
            (HeadState::Partial, End::Late(setting, limit)) => {
                (late(setting, limit), StatusCode::REQUEST_TIMEOUT)
            }
            // Whoever sent nothing does not wait for an answer; one to a
            // request was or is not to be given by `answer`.
            (_, End::Late(setting, limit)) => return Err((late(setting, limit), 0)),
            (_, End::Served(Err(error))) if error.is_parse() => invalid(error),
            (_, End::Served(Err(error))) => return Err((http_failure(&error), 0)),
            (_, End::Served(Ok(()))) => {
                if control.has_unread() {
                    linger(&mut stream).await;
                }
                return Ok(None);
            }
            (_, End::Idle | End::ServerClosed) => return Ok(None),
        };
        if has_answered {
            return Err((failure, status.as_u16()));
        }
        Err(self.end_with(stream, status, failure).await)
    }

    async fn respond(
        &self,
        request: Request<Incoming>,
        is_upgrade: bool,
        control: RequestControl,
    ) -> Result<Response<ReplyBody>, AbortedByHost> {
        let response = match is_upgrade {
            true => self.answer(request).await?,
            false => match self.take_http_place() {
                Ok(()) => self.plain(request).await,
                Err(full) => self.crowded(full),
            },
        };
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return Ok(response);
        }
        Ok(response.map(|body| body.then(move || control.expect_request())))
    }

    /// Drives HTTP until it or the time for it ends, or the server closes, but
    /// for what is being answered.
    async fn until_end<S>(
        &self,
        http: &mut UpgradeableConnection<TokioIo<RequestStream<Stream>>, S>,
        control: &RequestControl,
    ) -> End
    where
        S: HttpService<Incoming, ResBody = ReplyBody>,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut closed = pin!(self.shared.closed());
        let mut is_closed = false;
        let mut close_by = None;
        let mut timer: Option<Pin<Box<Sleep>>> = None;
        poll_fn(|cx| {
            if let Poll::Ready(served) = Pin::new(&mut *http).poll(cx) {
                return Poll::Ready(End::Served(served));
            }
            if !is_closed && closed.as_mut().poll(cx).is_ready() {
                is_closed = true;
                if self.asked() == Asked::Plain {
                    Pin::new(&mut *http).graceful_shutdown();
                    if let Poll::Ready(served) = Pin::new(&mut *http).poll(cx) {
                        return Poll::Ready(End::Served(served));
                    }
                } else if lock(&self.pending).is_some() {
                    let limit = self.shared.options.settings.close_timeout;
                    close_by = Some((Instant::now() + limit, "close_timeout", limit));
                } else {
                    return Poll::Ready(End::ServerClosed);
                }
            }
            let deadlines = [self.deadline(control), close_by];
            let deadline = deadlines.into_iter().flatten().min_by_key(|(instant, ..)| *instant);
            let Some((instant, setting, limit)) = deadline else {
                timer = None;
                return Poll::Pending;
            };
            let timer = timer.get_or_insert_with(|| Box::pin(sleep_until(instant)));
            if timer.deadline() != instant {
                timer.as_mut().reset(instant);
            }
            timer.as_mut().poll(cx).map(|()| match setting {
                KEEP_ALIVE => End::Idle,
                _ => End::Late(setting, limit),
            })
        })
        .await
    }

    /// When waiting for the peer or the host ends, and how.
    fn deadline(&self, control: &RequestControl) -> Option<Deadline> {
        let handshake = |since: Instant| {
            let limit = self.limits.handshake_timeout?;
            Some((since + limit, "handshake_timeout", limit))
        };
        if self.asked() != Asked::Plain {
            return handshake(control.since());
        }
        let http = &self.limits.http;
        match control.awaited() {
            Awaited::Request(since) => {
                let limit = http.keep_alive_timeout?;
                Some((since + limit, KEEP_ALIVE, limit))
            }
            Awaited::Head(since) => handshake(since),
            Awaited::Room(since) => {
                let limit = http.body_timeout?;
                Some((since + limit, "http_body_timeout", limit))
            }
            // `plain` has its own limits.
            Awaited::Answer => None,
        }
    }

    fn asked(&self) -> Asked {
        *lock(&self.asked)
    }

    /// Takes the stream out of hyper's hands.
    async fn upgraded(&self) -> Result<Option<Upgraded>, Failed> {
        let Some(upgrade) = lock(&self.accepted).take() else { return Ok(None) };
        let upgraded = upgrade.await.map_err(|error| (http_failure(&error), 0))?;
        let parts = upgraded
            .downcast::<TokioIo<RequestStream<Stream>>>()
            .map_err(|_| (Failure::Http("the stream was lost in the upgrade".to_owned()), 0))?;
        let (stream, held) = parts.io.into_inner().into_parts();
        let early = match parts.read_buf.is_empty() {
            true => held,
            false => [parts.read_buf, held].concat().into(),
        };
        Ok(Some((stream, early)))
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
            linger(&mut stream).await;
        }
        (failure, if written { status.as_u16() } else { 0 })
    }

    /// Who has sent a request.
    pub(super) fn client(&self, headers: &HeaderMap) -> HttpClient {
        let transport = match self.tls.get() {
            Some(_) => Transport::Encrypted,
            None => self.transport,
        };
        self.shared.options.proxies.client(self.peer, transport, headers)
    }

    /// What takes time from now on is not the peer's fault.
    pub(super) fn peer_is_done(&self) {
        let turn = lock(&self.turn).take();
        if let Some(turn) = turn {
            pass_on(&self.shared, turn);
        }
    }

    /// Refuses a request of which the host does not know.
    pub(super) fn refuse(
        &self,
        status: StatusCode,
        headers: HeaderMap,
        failure: Failure,
    ) -> Response<ReplyBody> {
        let body = failure.to_string();
        tracing::info!(peer = self.peer.map(display), status = status.as_u16(), %failure, "refused a request");
        match self.asked_about() {
            Some(finally) => finally.connection().end(None, Some(Arc::new(failure))),
            None => self.report(failure, status.as_u16()),
        }
        response(status, headers, body)
    }

    /// The handshake is complete.
    pub(super) fn open(self, stream: Stream, early: Bytes) {
        let Some(finally) = lock(&self.pending).take() else { return };
        let connection = finally.connection().clone();
        let tell = || {
            if self.shared.options.accept == Acceptance::Ask {
                connection.source().push_event(Event::Opened);
            } else {
                self.shared.source.push_event(Event::Accepted(Arrival::new(connection.clone())));
            }
        };
        let span = connection.span().clone();
        tokio::spawn(Driver::new(finally, stream, early, tell).instrument(span));
    }

    /// No 101 was sent, or not all of it.
    pub(super) fn fail(&self, failure: Failure, status: u16) {
        match lock(&self.pending).take() {
            Some(finally) => finally.connection().end(None, Some(Arc::new(failure))),
            // Whoever connects and leaves again did not ask for anything.
            None if matches!(failure, Failure::Lost) => {
                tracing::debug!(peer = self.peer.map(display), "the peer left before its request");
            }
            None if self.asked() == Asked::Plain && status == 0 => {
                tracing::debug!(peer = self.peer.map(display), %failure, "plain HTTP ended early");
            }
            None => {
                tracing::info!(peer = self.peer.map(display), %failure, "a handshake failed");
                self.report(failure, status);
            }
        }
    }

    fn report(&self, failure: Failure, status: u16) {
        self.shared.source.push_event(Event::HandshakeFailed(Box::new(failure), status));
    }
}

/// What hyper's error means once a request was there.
pub(super) fn http_failure(error: &hyper::Error) -> Failure {
    if error.is_user() { Failure::Aborted } else { Failure::Lost }
}

/// A request that can't be read.
fn invalid(error: impl Display) -> (Failure, StatusCode) {
    let status = StatusCode::BAD_REQUEST;
    (Failure::InvalidHttp { status: status.as_u16(), reason: error.to_string() }, status)
}

pub(super) fn response(
    status: StatusCode,
    headers: HeaderMap,
    body: String,
) -> Response<ReplyBody> {
    let mut response = Response::new(ReplyBody::whole(body.into()));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    let headers = response.headers_mut();
    headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.entry(CONNECTION).or_insert(HeaderValue::from_static("close"));
    response
}

/// What the peer still sends would reset the connection and with it the answer
/// (RFC 9112 section 9.6).
async fn linger(stream: &mut Stream) {
    let _ = timeout(LINGER, discard(stream)).await;
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
