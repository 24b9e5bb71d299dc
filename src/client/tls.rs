//! A client's step from a plain stream to an encrypted one.

use std::sync::Arc;

use crate::connection::Connection;
use crate::net::{ClientTls, Deadline, Stream, TlsFacts, connect_tls};
use crate::queue::{Event, Failure};

/// Encrypts `stream` if there is a `tls` for it. Errors in the certificate of
/// `host` end it, or the host of `connection` is asked about them if it wants
/// to be, in time that `deadline` does not count.
pub(super) async fn secure(
    connection: &Connection,
    tls: Option<Arc<ClientTls>>,
    host: &str,
    (stream, deadline): (Stream, &Deadline),
) -> Result<Stream, Failure> {
    let Some(tls) = tls else { return Ok(stream) };
    let asks = connection.settings().wants.tls_errors;
    let ask = |facts: Arc<TlsFacts>| {
        let handshake = connection.handshake();
        handshake.set_tls(facts);
        let verdict = handshake.verdict(|| connection.source().push_event(Event::TlsErrors(None)));
        deadline.pause(verdict)
    };
    let secured = connect_tls(&tls, host, stream, asks.then_some(ask)).await;
    let facts = match &secured {
        Ok(stream) => stream.tls_facts().inspect(|facts| facts.log()),
        Err(error) => error.facts(),
    };
    if let Some(facts) = facts {
        connection.handshake().set_tls(facts.clone());
    }
    secured.map_err(Failure::Tls)
}
