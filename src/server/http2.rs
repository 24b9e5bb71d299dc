//! HTTP/2 on one accepted stream (RFC 9113): plain requests, and WebSockets over
//! extended CONNECT (RFC 8441), many at once.

use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::poll_fn;
use futures_util::task::AtomicWaker;
use hyper::body::{Body, Incoming};
use hyper::ext::Protocol;
use hyper::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderValue, UPGRADE};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::handshake::{Handshake, http_failure, late};
use super::http::ReplyBody;
use super::limits::{Full, HttpPlace};
use super::stalls::{Offer, Streams};
use super::upgrade::AbortedByHost;
use crate::net::{Prefixed, Stream, bridged};
use crate::places::Place;
use crate::queue::Failure;
use crate::sync::lock;

/// What a client that knows the server's version begins with.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What may arrive ahead of its being read: of one request or WebSocket, and of
/// all together.
const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;

/// What waits to be sent of one stream.
const SEND_BUFFER: usize = 64 * 1024;

/// Streams that a client may cancel before they were looked at, and those that
/// may end for a breach of the protocol (CVE-2023-44487).
const MOST_RESET: usize = 20;
const MOST_BROKEN: usize = 100;

/// The version that a stream speaks.
pub(super) enum Spoken {
    /// HTTP/1.1, and what was read of it.
    Http1(Stream, Bytes),
    /// HTTP/2.
    Http2(Prefixed<Stream>),
}

/// How many requests and WebSockets a connection has.
struct Active {
    visit: Arc<Handshake>,
    count: Mutex<(usize, Instant)>,
    /// The connection's task.
    waker: AtomicWaker,
}

/// One of them.
struct Use {
    active: Arc<Active>,
    /// That of a plain request.
    place: Option<HttpPlace>,
}

impl Active {
    fn begin(self: &Arc<Self>) -> Use {
        let mut count = lock(&self.count);
        count.0 = count.0.saturating_add(1);
        Use { active: self.clone(), place: None }
    }

    /// Since when there is none; `None` if there is one.
    fn idle_since(&self) -> Option<Instant> {
        let (count, since) = *lock(&self.count);
        (count == 0).then_some(since)
    }
}

impl Use {
    /// A plain request counts among those, the first one in the place of its
    /// connection, if there is a place.
    fn take_http_place(&mut self) -> Result<(), Full> {
        let visit = &self.active.visit;
        let own = lock(&visit.http_place).take();
        self.place = Some(own.map_or_else(|| visit.another_http_place(), Ok)?);
        lock(&visit.place).take();
        Ok(())
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            lock(&self.active.visit.http_place).get_or_insert(place);
        }
        let mut count = lock(&self.active.count);
        *count = (count.0.saturating_sub(1), Instant::now());
        drop(count);
        self.active.waker.wake();
    }
}

/// A WebSocket that is asked for. Dropped when the client gives it up.
struct Asked(Option<Handshake>);

impl Asked {
    fn end(&mut self, failure: Failure) {
        if let Some(handshake) = self.0.take() {
            handshake.fail(failure, 0);
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.end(Failure::Lost);
    }
}

impl Handshake {
    /// Finds out what is spoken on a stream that may be either.
    pub(super) async fn spoken(&self, mut stream: Stream, since: Instant) -> Spoken {
        if let Some(tls) = self.tls.get() {
            return match tls.alpn.as_slice() {
                b"h2" => Spoken::Http2(Prefixed::new(Bytes::new(), stream)),
                _ => Spoken::Http1(stream, Bytes::new()),
            };
        }
        if !self.shared.options.http2_prior_knowledge {
            return Spoken::Http1(stream, Bytes::new());
        }
        let mut read = Vec::with_capacity(PREFACE.len());
        let reading = async {
            while PREFACE.starts_with(&read) && read.len() < PREFACE.len() {
                let mut rest = (&mut stream).take(PREFACE.len().saturating_sub(read.len()) as u64);
                match rest.read_buf(&mut read).await {
                    Ok(1..) => {}
                    Ok(0) | Err(_) => break,
                }
            }
        };
        let reading = async {
            match self.limits.handshake_timeout {
                // What comes too late is found out by the first request.
                Some(limit) => drop(timeout_at(since + limit, reading).await),
                None => reading.await,
            }
        };
        futures_util::future::select(pin!(reading), pin!(self.shared.closed())).await;
        let is_http2 = read == PREFACE;
        match is_http2 {
            true => Spoken::Http2(Prefixed::new(read.into(), stream)),
            false => Spoken::Http1(stream, read.into()),
        }
    }

    /// One more handshake on the same connection.
    fn another(&self, place: Place) -> Self {
        let tls = OnceLock::new();
        if let Some(facts) = self.tls.get() {
            let _ = tls.set(facts.clone());
        }
        Self {
            shared: self.shared.clone(),
            limits: self.limits,
            local: self.local,
            peer: self.peer,
            transport: self.transport,
            turn: Mutex::default(),
            place: Mutex::new(Some(place)),
            http_place: Mutex::default(),
            asked: Mutex::new(super::handshake::Asked::Upgrade),
            pending: Mutex::default(),
            tls,
            accepted: Mutex::default(),
        }
    }
}

/// Serves HTTP/2 until one side ends it.
pub(super) async fn serve(visit: Handshake, stream: Prefixed<Stream>, since: Instant) {
    let visit = Arc::new(visit);
    let limits = visit.limits;
    let settings = visit.shared.options.settings;
    let count = Mutex::new((0, since));
    let active = Arc::new(Active { visit: visit.clone(), count, waker: AtomicWaker::new() });
    let service = service_fn({
        let active = active.clone();
        move |request| answer(active.begin(), request)
    });
    let header_size = u32::try_from(limits.head.max_size).unwrap_or(u32::MAX);
    let mut builder = http2::Builder::new(Streams(limits.http.body_timeout));
    builder
        .timer(TokioTimer::new())
        .enable_connect_protocol()
        .max_concurrent_streams(limits.http.max_streams)
        .max_header_list_size(header_size)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .max_pending_accept_reset_streams(MOST_RESET)
        .max_local_error_reset_streams(MOST_BROKEN)
        .keep_alive_interval(settings.ping_interval);
    if let Some(timeout) = settings.pong_timeout {
        builder.keep_alive_timeout(timeout);
    }
    let mut http = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut closed = pin!(visit.shared.closed());
    let mut timer = pin!(sleep_until(since));
    let (mut is_ending, mut end_by) = (false, None::<Instant>);
    let served = poll_fn(|cx| {
        active.waker.register(cx.waker());
        loop {
            if let Poll::Ready(served) = http.as_mut().poll(cx) {
                return Poll::Ready(Some(served));
            }
            if !is_ending && closed.as_mut().poll(cx).is_ready() {
                is_ending = true;
                http.as_mut().graceful_shutdown();
                continue;
            }
            let idle_since = active.idle_since();
            let deadline = match (end_by, idle_since) {
                (Some(end_by), _) => Some(end_by),
                // It has nothing more to do.
                (None, Some(_)) if is_ending => Instant::now().checked_add(settings.close_timeout),
                (None, Some(idle)) if idle == since => end_of(idle, limits.handshake_timeout),
                (None, Some(idle)) if visit.take_http_place().is_ok() => {
                    end_of(idle, limits.http.keep_alive_timeout)
                }
                // There is no place where it could wait.
                (None, Some(idle)) => Some(idle),
                (None, None) => None,
            };
            if is_ending && idle_since.is_some() {
                end_by = deadline;
            }
            let Some(deadline) = deadline else { return Poll::Pending };
            if timer.deadline() != deadline {
                timer.as_mut().reset(deadline);
            }
            if timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            if is_ending {
                return Poll::Ready(None);
            }
            is_ending = true;
            http.as_mut().graceful_shutdown();
        }
    })
    .await;
    visit.peer_is_done();
    if let Some(Err(error)) = served {
        tracing::debug!(peer = visit.peer.map(display), %error, "HTTP/2 ended");
    }
}

fn end_of(since: Instant, limit: Option<Duration>) -> Option<Instant> {
    since.checked_add(limit?)
}

async fn answer(
    mut using: Use,
    mut request: Request<Incoming>,
) -> Result<Response<ReplyBody>, AbortedByHost> {
    let visit = using.active.visit.clone();
    name_host(&mut request);
    let most = visit.limits.head.max_fields;
    let is_connect = request.method() == Method::CONNECT;
    let is_head = request.method() == Method::HEAD;
    let protocol = request.extensions().get::<Protocol>().map(|name| name.as_str().to_owned());
    let mut response = if request.headers().len() > most {
        let reason = format!("there are more header fields than max_headers ({most})");
        refuse(&visit, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, reason)
    } else if is_connect && protocol.as_deref() == Some("websocket") {
        return upgrade(using, visit, request).await.map(without_connection_fields);
    } else if is_connect {
        refuse(&visit, StatusCode::NOT_IMPLEMENTED, "CONNECT is for WebSockets here".to_owned())
    } else if visit.is_plain(request.uri()) {
        match using.take_http_place() {
            Ok(()) => visit.plain(request).await,
            Err(full) => visit.crowded(full),
        }
    } else {
        let reason = "this is a WebSocket endpoint: use extended CONNECT".to_owned();
        refuse(&visit, StatusCode::NOT_IMPLEMENTED, reason)
    };
    if is_head {
        response = head_of(response);
    } else if [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&response.status()) {
        response = response.map(|_| ReplyBody::empty());
    }
    response = response.map(|body| body.then(move || drop(using)));
    if let Some(offer) = Offer::of_task() {
        response = response.map(|body| body.offered_by(offer));
    }
    Ok(without_connection_fields(response))
}

/// A WebSocket over a stream of its own.
async fn upgrade(
    using: Use,
    visit: Arc<Handshake>,
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>, AbortedByHost> {
    visit.peer_is_done();
    let own = lock(&visit.place).take();
    let Some(place) = own.or_else(|| visit.shared.load.handshakes.take()) else {
        let reason = format!("max_handshakes ({}) are under way", visit.limits.max_handshakes);
        return Ok(refuse(&visit, StatusCode::SERVICE_UNAVAILABLE, reason));
    };
    let handshake = visit.another(place);
    let mut asked = Asked(Some(handshake));
    let Some(handshake) = &asked.0 else { return Err(AbortedByHost) };
    let answered = match visit.limits.handshake_timeout {
        None => handshake.answer(request).await,
        Some(limit) => match timeout_at(Instant::now() + limit, handshake.answer(request)).await {
            Ok(answered) => answered,
            Err(_) => {
                asked.end(late("handshake_timeout", limit));
                return Err(AbortedByHost);
            }
        },
    };
    let response = match answered {
        Ok(response) => response,
        Err(aborted) => {
            asked.end(Failure::Aborted);
            return Err(aborted);
        }
    };
    let accepted = lock(&handshake.accepted).take();
    if let Some(accepted) = accepted {
        tokio::spawn(carry(using, asked, accepted));
    }
    Ok(response)
}

/// Carries the WebSocket's bytes until it is over.
async fn carry(using: Use, mut asked: Asked, accepted: OnUpgrade) {
    let upgraded = match accepted.await {
        Ok(upgraded) => upgraded,
        Err(error) => return asked.end(http_failure(&error)),
    };
    let Some(handshake) = asked.0.take() else { return };
    let addresses = (handshake.local, handshake.peer);
    let (stream, carrying) = bridged(TokioIo::new(upgraded), addresses);
    handshake.open(stream, Bytes::new());
    carrying.await;
    drop(using);
}

/// HTTP/2 has the host in a place of its own.
fn name_host(request: &mut Request<Incoming>) {
    if request.headers().contains_key(HOST) {
        return;
    }
    let host = request.uri().authority().map(|authority| authority.as_str());
    if let Some(host) = host.and_then(|host| HeaderValue::from_str(host).ok()) {
        request.headers_mut().insert(HOST, host);
    }
}

fn refuse(visit: &Handshake, status: StatusCode, reason: String) -> Response<ReplyBody> {
    let failure = Failure::Refused { status: status.as_u16(), reason };
    visit.refuse(status, HeaderMap::new(), failure)
}

/// What HTTP/1.1 says about the connection means nothing here.
fn without_connection_fields(mut response: Response<ReplyBody>) -> Response<ReplyBody> {
    response.headers_mut().remove(CONNECTION);
    response.headers_mut().remove(UPGRADE);
    response
}

/// The answer to HEAD, from which hyper takes the body in HTTP/1.1 only.
fn head_of(response: Response<ReplyBody>) -> Response<ReplyBody> {
    let length = response.body().size_hint().exact().filter(|length| *length > 0);
    let mut response = response.map(|_| ReplyBody::empty());
    if let Some(length) = length {
        response.headers_mut().entry(CONTENT_LENGTH).or_insert(length.into());
    }
    response
}
