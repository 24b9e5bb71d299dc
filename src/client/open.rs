//! Opening in the background, and the hand-over to the connection's own task.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, poll_fn, select};
use tracing::Instrument;
use url::Url;

use super::journey::Journey;
use super::redirect::Redirects;
use super::{CookieJar, Route};
use crate::connection::{Connection, Driver, Finally, NO_CLOSE};
use crate::net::{ClientTls, Engine, HeadLimits, Stream};
use crate::protocol::{ClientRequest, Credentials, HandshakeError, Masks};
use crate::queue::{Event, Failure};

/// The version of HTTP that the opening handshake uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpVersion {
    /// 1.1, by an upgrade.
    Http1,
    /// 2, by extended CONNECT.
    Http2,
}

/// What is opened, and how long that may take.
pub struct Opening {
    /// Instead of a connection of the engine's.
    pub stream: Option<Stream>,
    /// How to get to the server otherwise.
    pub route: Route,
    /// Where to: a `ws` or `wss` URL without credentials.
    pub url: Url,
    /// Encrypts the stream of a `wss` URL, and one of the host's in any case.
    /// Without, a `wss` URL has the defaults, and the host has encrypted its own.
    pub tls: Option<Arc<ClientTls>>,
    /// How it is asked for.
    pub version: HttpVersion,
    /// The request and what has to come back.
    pub request: ClientRequest,
    /// Where keys come from that the host makes.
    pub masks: Masks,
    /// What the server may want to know.
    pub credentials: Option<Credentials>,
    /// Where cookies come from and go to.
    pub jar: Option<Arc<CookieJar>>,
    /// Most redirects that are followed.
    pub max_redirects: u32,
    /// Which of them.
    pub redirects: Redirects,
    /// Limits of each response.
    pub head: HeadLimits,
    /// Bounds everything together.
    pub timeout: Duration,
}

/// Opens `connection` in the background.
pub fn open(engine: &Engine, connection: Arc<Connection>, opening: Opening) {
    let span = connection.span().clone();
    let finally = Finally::new(connection, None);
    let task = async move {
        let connection = finally.connection().clone();
        // On the heap: what is spawned is as large as its largest step.
        match Box::pin(run(&connection, opening)).await {
            Ok((stream, early)) => {
                let tell = || connection.source().push_event(Event::Opened);
                let driver = Driver::new(finally, stream, early, tell);
                // A task of its own: an open connection needs no memory for
                // the state of its handshake.
                tokio::spawn(driver.instrument(connection.span().clone()));
            }
            Err(failure) => {
                let phrase = match &failure {
                    Failure::Handshake(HandshakeError::Status { reason, .. }) => reason.clone(),
                    _ => String::new(),
                };
                connection.end(Some((NO_CLOSE, phrase)), Some(Arc::new(failure)));
            }
        }
    };
    engine.handle().spawn(task.instrument(span));
}

async fn run(connection: &Arc<Connection>, opening: Opening) -> Result<(Stream, Bytes), Failure> {
    let journey = pin!(Journey::new(connection, opening).travel());
    let given_up = poll_fn(|cx| connection.poll_given_up(cx));
    match select(journey, given_up).await {
        Either::Left((result, _)) => result,
        Either::Right(((), _)) => Err(Failure::GivenUp),
    }
}
