//! HTTP/1.1 over a stream, request by request, until an answer switches the
//! protocol: the opening handshake, and the CONNECT to a proxy.

use std::error::Error as _;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};

use bytes::Bytes;
use futures_util::future::{Either, select};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::time::{Instant, timeout_at};

use super::{HeadError, HeadLimits, LimitedHead, Stream, TlsError};
use crate::protocol::Role;

/// What is read of a body so that another request may follow.
const MOST_DRAINED: usize = 64 * 1024;

type Io = TokioIo<LimitedHead<Stream>>;

/// hyper's work on a connection. On the heap: it goes from request to request.
type Http = Pin<Box<dyn Future<Output = Result<(), hyper::Error>> + Send>>;

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum ExchangeError {
    /// The peer ended the stream.
    #[error("the peer ended the connection without an answer")]
    Lost,
    /// The operating system reported an error.
    #[error(transparent)]
    Io(io::Error),
    /// The header block of the answer reached a limit.
    #[error(transparent)]
    Head(HeadError),
    /// The answer is not HTTP/1.1.
    #[error("invalid HTTP: {0}")]
    Invalid(String),
}

impl ExchangeError {
    /// The stream has ended, perhaps before the request arrived.
    pub fn is_end(&self) -> bool {
        matches!(self, Self::Lost | Self::Io(_))
    }
}

/// What is left of an exchange whose last answer switched the protocol.
pub struct Upgraded {
    /// The stream.
    pub stream: Stream,
    /// What was read of it already.
    pub early: Bytes,
    /// How many bytes the requests had.
    pub written: u64,
}

/// A stream that speaks HTTP/1.1 as a client.
pub struct Exchange {
    sender: SendRequest<Empty<Bytes>>,
    /// Nothing once it is over: what still waits for it knows by that.
    http: Option<Http>,
}

impl Exchange {
    /// Begins to speak. The limits hold for each answer.
    ///
    /// # Errors
    ///
    /// None that is known of.
    pub async fn new(stream: Stream, head: HeadLimits) -> Result<Self, ExchangeError> {
        let (sender, http) = Builder::new()
            .title_case_headers(true)
            // Vectored writes of the standard library raise SIGPIPE.
            .writev(false)
            .max_buf_size(head.buffer_size())
            .max_headers(head.max_fields)
            .handshake(TokioIo::new(LimitedHead::new(stream, Role::Client, head)))
            .await
            .map_err(of_hyper)?;
        Ok(Self { sender, http: Some(Box::pin(http.with_upgrades())) })
    }

    /// Sends a request; gives its answer once the header block is there.
    ///
    /// # Errors
    ///
    /// There is none.
    pub async fn send(
        &mut self,
        request: Request<Empty<Bytes>>,
    ) -> Result<Response<Incoming>, ExchangeError> {
        let Self { sender, http } = self;
        drive(http, sender.send_request(request)).await
    }

    /// What comes of a body until `by`, at most `most` bytes.
    pub async fn beginning(&mut self, body: &mut Incoming, most: usize, by: Instant) -> Vec<u8> {
        let mut beginning = Vec::new();
        while beginning.len() < most
            && let Some(data) = self.piece(body, by).await
        {
            let room = most.saturating_sub(beginning.len());
            beginning.extend_from_slice(data.get(..room).unwrap_or(&data));
        }
        beginning
    }

    /// Reads the rest of a body until `by`; whether another request may follow.
    pub async fn finish(&mut self, mut body: Incoming, by: Instant) -> bool {
        let mut read = 0usize;
        while let Some(data) = self.piece(&mut body, by).await {
            read = read.saturating_add(data.len());
            if read > MOST_DRAINED {
                return false;
            }
        }
        drop(body);
        let Self { sender, http } = self;
        let ready = drive(http, sender.ready());
        matches!(timeout_at(by, ready).await, Ok(Ok(()))) && self.http.is_some()
    }

    /// Takes the stream back after an answer that switched the protocol.
    ///
    /// # Errors
    ///
    /// The stream failed meanwhile.
    pub async fn upgrade(
        mut self,
        response: Response<Incoming>,
    ) -> Result<Upgraded, ExchangeError> {
        let on = hyper::upgrade::on(response);
        let upgraded = drive(&mut self.http, on).await?;
        let parts = upgraded
            .downcast::<Io>()
            .map_err(|_| ExchangeError::Invalid("the stream was lost in the upgrade".to_owned()))?;
        let limited = parts.io.into_inner();
        let written = limited.written();
        Ok(Upgraded { stream: limited.into_inner(), early: parts.read_buf, written })
    }

    /// The next piece of a body, if one comes by then.
    async fn piece(&mut self, body: &mut Incoming, by: Instant) -> Option<Bytes> {
        let Self { http, .. } = self;
        loop {
            let frame = async { body.frame().await.transpose() };
            let frame = timeout_at(by, drive(http, frame)).await.ok()?.ok()??;
            // Else a trailer.
            if let Ok(data) = frame.into_data() {
                return Some(data);
            }
        }
    }
}

/// Does `work` while the connection makes progress.
async fn drive<T>(
    http: &mut Option<Http>,
    work: impl Future<Output = Result<T, hyper::Error>>,
) -> Result<T, ExchangeError> {
    let Some(running) = http else { return work.await.map_err(of_hyper) };
    match select(pin!(work), running).await {
        Either::Left((done, _)) => done.map_err(of_hyper),
        Either::Right((ended, work)) => {
            *http = None;
            match (work.await.map_err(of_hyper), ended) {
                // The work does not know why.
                (Err(ExchangeError::Lost), Err(error)) => Err(of_hyper(error)),
                (done, _) => done,
            }
        }
    }
}

/// hyper's error, with the system's own taken out of it.
fn of_hyper(error: hyper::Error) -> ExchangeError {
    let (mut cause, mut io) = (error.source(), None);
    while let (None, Some(error)) = (io, cause) {
        io = error.downcast_ref::<io::Error>();
        cause = error.source();
    }
    match (io, io.and_then(HeadError::of)) {
        (_, Some(limit)) => ExchangeError::Head(limit),
        (Some(io), None) => ExchangeError::Io(again(io)),
        // Also before the request was begun.
        (None, None) if error.is_incomplete_message() || error.is_canceled() => ExchangeError::Lost,
        (None, None) => ExchangeError::Invalid(error.to_string()),
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
