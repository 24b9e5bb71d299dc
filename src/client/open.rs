//! TCP unless the host brings a stream, TLS over it, the opening handshake (RFC 6455
//! section 4.1) over hyper, and the hand-over to the connection's own task.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, poll_fn, select};
use http_body_util::BodyExt;
use hyper::Response;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::ext::ReasonPhrase;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, timeout_at};

use crate::connection::{Connection, Driver, Facts, Finally, NO_CLOSE};
use crate::net::{
    ClientTls, Engine, HeadError, HeadLimits, LimitedHead, Stream, TlsError, connect,
};
use crate::protocol::{ClientRequest, HandshakeError, Role};
use crate::queue::{Event, Failure};

/// How much is kept of the body of a response that refuses the handshake, and
/// how long that may take.
const MOST_OF_BODY: usize = 1024;
const PATIENCE_WITH_BODY: Duration = Duration::from_secs(1);

/// What is opened, and how long that may take.
pub struct Opening {
    /// Instead of a TCP connection.
    pub stream: Option<Stream>,
    /// Encrypts the stream.
    pub tls: Option<Arc<ClientTls>>,
    /// The request and what has to come back.
    pub request: ClientRequest,
    /// Limits of the response.
    pub head: HeadLimits,
    /// Bounds name look-up, TCP, TLS and the handshake together.
    pub timeout: Duration,
}

/// Opens `connection` in the background.
pub fn open(engine: &Engine, connection: Arc<Connection>, mut opening: Opening) {
    let finally = Finally::new(connection, None);
    engine.handle().spawn(async move {
        let connection = finally.connection().clone();
        match run(&connection, &mut opening).await {
            Ok((stream, early)) => {
                let tell = || connection.source().push_event(Event::Opened);
                let driver = Driver::new(finally, stream, early, tell);
                // A task of its own: an open connection needs no memory for
                // the state of its handshake.
                tokio::spawn(driver);
            }
            Err(failure) => {
                let phrase = match &failure {
                    Failure::Handshake(HandshakeError::Status { reason, .. }) => reason.clone(),
                    _ => String::new(),
                };
                connection.end(Some((NO_CLOSE, phrase)), Some(Arc::new(failure)));
            }
        }
    });
}

async fn run(connection: &Connection, opening: &mut Opening) -> Result<(Stream, Bytes), Failure> {
    let handshake = pin!(shake_hands(connection, opening));
    let given_up = poll_fn(|cx| connection.poll_given_up(cx));
    match select(handshake, given_up).await {
        Either::Left((result, _)) => result,
        Either::Right(((), _)) => Err(Failure::GivenUp),
    }
}

async fn shake_hands(
    connection: &Connection,
    opening: &mut Opening,
) -> Result<(Stream, Bytes), Failure> {
    let Opening { stream, tls, request, head, timeout } = opening;
    let by = Instant::now() + *timeout;
    let late = |_| Failure::Timeout {
        what: "the opening handshake",
        setting: "handshake_timeout",
        ms: timeout.as_millis() as u64,
    };
    let stream = match stream.take() {
        Some(stream) => stream,
        None => timeout_at(by, connect(request.host(), request.port())).await.map_err(late)??,
    };
    let secured = super::tls::secure(connection, tls.take(), request.host(), stream);
    let stream = timeout_at(by, secured).await.map_err(late)??;
    let (local, peer) = stream.addresses().map_err(|error| Failure::io("a new stream", error))?;
    let (mut sender, http) = http1::Builder::new()
        .title_case_headers(true)
        // Vectored writes of the standard library raise SIGPIPE.
        .writev(false)
        .max_buf_size(head.buffer_size())
        .max_headers(head.max_fields)
        .handshake(TokioIo::new(LimitedHead::new(stream, Role::Client, *head)))
        .await
        .map_err(http_failure)?;
    let handshake = connection.handshake();
    let exchange = async move {
        let response = timeout_at(by, sender.send_request(request.request())).await;
        let mut response = response.map_err(late)?.map_err(http_failure)?;
        let checked = request.check(response.status(), response.version(), response.headers());
        let headers = std::mem::take(response.headers_mut());
        handshake.set_facts(Facts { local, peer, target: String::new(), headers });
        match checked {
            Ok(agreed) => {
                handshake.set_subprotocol(agreed.subprotocol.unwrap_or_default());
                handshake.set_extensions(agreed.extensions, agreed.deflate);
            }
            Err(error) => {
                let error = with_own_phrase(error, &response);
                if matches!(error, HandshakeError::Status { .. }) {
                    let by = by.min(Instant::now() + PATIENCE_WITH_BODY);
                    handshake.set_response_body(beginning(response.into_body(), by).await);
                }
                return Err(error.into());
            }
        }
        hyper::upgrade::on(response).await.map_err(http_failure)
    };
    let upgraded = match select(pin!(exchange), pin!(http.with_upgrades())).await {
        Either::Left((exchanged, _)) => exchanged?,
        Either::Right((ended, exchange)) => match (exchange.await, ended) {
            // The exchange does not know why.
            (Err(Failure::Lost), Err(error)) => return Err(http_failure(error)),
            (exchanged, _) => exchanged?,
        },
    };
    let parts = upgraded
        .downcast::<TokioIo<LimitedHead<Stream>>>()
        .map_err(|_| Failure::Http("the stream was lost in the upgrade".to_owned()))?;
    let stream = parts.io.into_inner();
    connection.wrote_handshake(stream.written());
    Ok((stream.into_inner(), parts.read_buf))
}

/// What comes of a body until `by`, as far as it is kept.
async fn beginning(mut body: Incoming, by: Instant) -> Vec<u8> {
    let mut beginning = Vec::new();
    while beginning.len() < MOST_OF_BODY
        && let Ok(Some(Ok(frame))) = timeout_at(by, body.frame()).await
    {
        let data = frame.data_ref().map_or(&[][..], |data| data);
        let room = MOST_OF_BODY.saturating_sub(beginning.len());
        beginning.extend_from_slice(data.get(..room).unwrap_or(data));
    }
    beginning
}

/// The server's own reason phrase instead of the usual one.
fn with_own_phrase<T>(mut error: HandshakeError, response: &Response<T>) -> HandshakeError {
    let own = response.extensions().get::<ReasonPhrase>();
    if let (HandshakeError::Status { reason, .. }, Some(own)) = (&mut error, own) {
        *reason = String::from_utf8_lossy(own.as_bytes()).into_owned();
    }
    error
}

/// hyper's error, with the system's own taken out of it.
fn http_failure(error: hyper::Error) -> Failure {
    use std::error::Error as _;
    let (mut cause, mut io) = (error.source(), None);
    while let (None, Some(error)) = (io, cause) {
        io = error.downcast_ref::<io::Error>();
        cause = error.source();
    }
    match (io, io.and_then(HeadError::of)) {
        (_, Some(limit)) => limit.into(),
        (Some(io), None) => Failure::io("the opening handshake", again(io)),
        // Also before the request was begun.
        (None, None) if error.is_incomplete_message() || error.is_canceled() => Failure::Lost,
        (None, None) => Failure::Http(error.to_string()),
    }
}

/// The same error.
fn again(error: &io::Error) -> io::Error {
    match (error.raw_os_error(), TlsError::within(error)) {
        (Some(code), _) => io::Error::from_raw_os_error(code),
        (None, Some(tls)) => io::Error::new(error.kind(), tls.clone()),
        (None, None) => io::Error::new(error.kind(), error.to_string()),
    }
}
