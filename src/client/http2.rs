//! The opening handshake over HTTP/2: extended CONNECT (RFC 8441).

use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::poll_fn;
use http_body_util::{BodyExt, Empty};
use hyper::Response;
use hyper::body::Incoming;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::time::{Instant, timeout_at};

use super::journey::{Journey, MOST_OF_BODY, PATIENCE_WITH_BODY, Step, set_facts};
use crate::connection::OtherResponse;
use crate::net::{Stream, bridged};
use crate::protocol::HandshakeError;
use crate::queue::Failure;

/// How long the server's settings are waited for, which come first.
const PATIENCE_WITH_SETTINGS: Duration = Duration::from_secs(5);

/// What may arrive ahead of its being read.
const WINDOW: u32 = 256 * 1024;

type Sender = SendRequest<Empty<Bytes>>;

impl Journey<'_> {
    /// The handshake on one stream; nothing if another one is needed.
    pub(super) async fn extended(
        &mut self,
        stream: Stream,
    ) -> Result<Option<(Stream, Bytes)>, Failure> {
        let is_chosen = stream.tls_facts().is_none_or(|facts| facts.alpn == b"h2");
        if !is_chosen {
            return Err(HandshakeError::NoHttp2.into());
        }
        let addresses = stream.addresses();
        let addresses = addresses.map_err(|error| Failure::io("a new stream", error))?;
        let deadline = self.deadline.clone();
        let step = || "the opening handshake".to_owned();
        let header_size = u32::try_from(self.opening.head.max_size).unwrap_or(u32::MAX);
        let begun = async {
            let begun = Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .max_header_list_size(header_size)
                .initial_stream_window_size(WINDOW)
                .initial_connection_window_size(WINDOW)
                .handshake(TokioIo::new(stream))
                .await;
            let (sender, http) = begun.map_err(lost)?;
            let mut http = Box::pin(http);
            let settings = poll_fn(|cx| match http.as_mut().poll(cx) {
                Poll::Ready(ended) => Poll::Ready(Err(ended.map_or_else(lost, |()| Failure::Lost))),
                // The server has said that it knows extended CONNECT.
                Poll::Pending if http.is_extended_connect_protocol_enabled() => Poll::Ready(Ok(())),
                Poll::Pending => Poll::Pending,
            });
            let settings = timeout_at(Instant::now() + PATIENCE_WITH_SETTINGS, settings).await;
            let settings =
                settings.unwrap_or_else(|_| Err(HandshakeError::NoExtendedConnect.into()));
            settings.map_err(|failure| match failure {
                Failure::Http(problem) => HandshakeError::NotHttp2(problem).into(),
                failure => failure,
            })?;
            // It ends with its last stream and its sender.
            tokio::spawn(http);
            Ok::<_, Failure>(sender)
        };
        let mut sender: Sender = deadline.limit(step, begun).await??;
        let mut request = self.opening.request.extended_request()?;
        self.add_fields("CONNECT", request.headers_mut());
        let mut response =
            deadline.limit(step, sender.send_request(request)).await?.map_err(lost)?;
        self.keep_cookies(response.headers());
        let agreed =
            match self.opening.request.check_extended(response.status(), response.headers()) {
                Ok(agreed) => agreed,
                Err(error) => return self.refused(error, response, addresses).await,
            };
        let headers = std::mem::take(response.headers_mut());
        set_facts(self.connection, addresses, headers);
        let handshake = self.connection.handshake();
        handshake.set_subprotocol(agreed.subprotocol.unwrap_or_default());
        handshake.set_extensions(agreed.extensions, agreed.deflate);
        let upgraded = hyper::upgrade::on(response).await.map_err(lost)?;
        let (stream, carrying) = bridged(TokioIo::new(upgraded), addresses);
        tokio::spawn(async move {
            carrying.await;
            drop(sender);
        });
        Ok(Some((stream, Bytes::new())))
    }

    /// What follows another status: another try, or the end.
    async fn refused(
        &mut self,
        error: HandshakeError,
        response: Response<Incoming>,
        addresses: crate::net::Addresses,
    ) -> Result<Option<(Stream, Bytes)>, Failure> {
        let (head, body) = response.into_parts();
        if matches!(error, HandshakeError::Status { .. }) {
            self.connection.handshake().add_other_response(OtherResponse {
                url: self.opening.url.to_string(),
                status: head.status.as_u16(),
                headers: head.headers.clone(),
            });
            match self.next(head.status, &head.headers).await? {
                Step::Redirect => return Ok(None),
                Step::Authenticate if !self.is_carried => return Ok(None),
                Step::Authenticate | Step::Fail => {}
            }
            let by = self.deadline.at().min(Instant::now() + PATIENCE_WITH_BODY);
            self.connection.handshake().set_response_body(beginning(body, by).await);
        }
        set_facts(self.connection, addresses, head.headers);
        Err(error.into())
    }
}

/// How a body begins.
async fn beginning(mut body: Incoming, by: Instant) -> Vec<u8> {
    let mut read = Vec::new();
    while read.len() < MOST_OF_BODY
        && let Ok(Some(Ok(frame))) = timeout_at(by, body.frame()).await
    {
        read.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
    }
    read.truncate(MOST_OF_BODY);
    read
}

fn lost(error: hyper::Error) -> Failure {
    // What is below it says more.
    let below = std::error::Error::source(&error).map(ToString::to_string);
    match below {
        Some(below) => Failure::Http(below),
        None => Failure::Lost,
    }
}
