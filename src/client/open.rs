//! TCP, the opening handshake (RFC 6455 section 4.1) over hyper, and the
//! hand-over to the connection's own task.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, poll_fn, select};
use hyper::Response;
use hyper::client::conn::http1;
use hyper::ext::ReasonPhrase;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::connection::{Connection, Driver, Facts, Finally, NO_CLOSE};
use crate::net::{Engine, Stream, connect};
use crate::protocol::{ClientRequest, HandshakeError};
use crate::queue::{Event, Failure};

/// Most bytes of a response's header block, and fields in it.
const MAX_HEADER_BLOCK: usize = 64 * 1024;
const MAX_HEADERS: usize = 100;

/// What is opened, and how long that may take.
pub struct Opening {
    /// The request and what has to come back.
    pub request: ClientRequest,
    /// Bounds name look-up, TCP and the handshake together.
    pub timeout: Duration,
}

/// Opens `connection` in the background.
pub fn open(engine: &Engine, connection: Arc<Connection>, opening: Opening) {
    let finally = Finally::new(connection, None);
    engine.handle().spawn(async move {
        let connection = finally.connection().clone();
        match run(&connection, &opening).await {
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

async fn run(connection: &Connection, opening: &Opening) -> Result<(Stream, Bytes), Failure> {
    let handshake = pin!(tokio::time::timeout(opening.timeout, shake_hands(connection, opening)));
    let given_up = poll_fn(|cx| connection.poll_given_up(cx));
    match select(handshake, given_up).await {
        Either::Left((Ok(result), _)) => result,
        Either::Left((Err(_), _)) => Err(Failure::Timeout {
            what: "the opening handshake",
            setting: "handshake_timeout",
            ms: opening.timeout.as_millis() as u64,
        }),
        Either::Right(((), _)) => Err(Failure::GivenUp),
    }
}

async fn shake_hands(
    connection: &Connection,
    opening: &Opening,
) -> Result<(Stream, Bytes), Failure> {
    let request = &opening.request;
    let stream = connect(request.host(), request.port()).await?;
    let (local, peer) = stream.addresses().map_err(|error| Failure::io("a new stream", error))?;
    let io = TokioIo::new(stream.into_tcp());
    let (mut sender, http) = http1::Builder::new()
        .title_case_headers(true)
        // Vectored writes of the standard library raise SIGPIPE.
        .writev(false)
        .max_buf_size(MAX_HEADER_BLOCK)
        .max_headers(MAX_HEADERS)
        .handshake(io)
        .await
        .map_err(http_failure)?;
    let exchange = async move {
        let mut response = sender.send_request(request.request()).await.map_err(http_failure)?;
        let checked = request.check(response.status(), response.version(), response.headers());
        let agreed = checked.map_err(|error| with_own_phrase(error, &response))?;
        let headers = std::mem::take(response.headers_mut());
        let upgraded = hyper::upgrade::on(response).await.map_err(http_failure)?;
        Ok::<_, Failure>((upgraded, headers, agreed))
    };
    let (upgraded, headers, agreed) = match select(pin!(exchange), pin!(http.with_upgrades())).await
    {
        Either::Left((exchanged, _)) => exchanged?,
        Either::Right((_, exchange)) => exchange.await?,
    };
    let parts = upgraded
        .downcast::<TokioIo<TcpStream>>()
        .map_err(|_| Failure::Http("the stream was lost in the upgrade".to_owned()))?;
    let stream =
        Stream::tcp(parts.io.into_inner()).map_err(|error| Failure::io("a new stream", error))?;
    connection.handshake().set_subprotocol(agreed.subprotocol.unwrap_or_default());
    connection.handshake().set_extensions(agreed.extensions, agreed.deflate);
    connection.handshake().set_facts(Facts { local, peer, target: String::new(), headers });
    Ok((stream, parts.read_buf))
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
    if error.is_incomplete_message() {
        return Failure::Lost;
    }
    match error.source().and_then(|source| source.downcast_ref::<std::io::Error>()) {
        Some(io) => Failure::io("the opening handshake", io.kind().into()),
        None => Failure::Http(error.to_string()),
    }
}
