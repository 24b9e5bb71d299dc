//! A server's step from a plain stream to an encrypted one, before HTTP.

use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, poll_fn, select};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::handshake::{Failed, Handshake, late};
use super::server::Arrival;
use crate::connection::{Connection, Decision, Facts, Finally};
use crate::net::{Deadline, Pauses, ServerTls, Stream, TlsError, TlsFacts, Verdict, accept_tls};
use crate::places::Place;
use crate::queue::{Event, Failure, Source};
use crate::sync::lock;

impl Handshake {
    /// Encrypts `stream` if the server speaks TLS; in the time for the opening
    /// handshake, which began at `since`. Says when it began without what the host
    /// has taken to decide.
    pub(super) async fn secure(
        &self,
        stream: Stream,
        since: Instant,
    ) -> Result<(Stream, Instant), Failed> {
        let Some(tls) = self.shared.tls() else { return Ok((stream, since)) };
        let secured =
            match select(pin!(self.in_time(&tls, stream, since)), pin!(self.shared.closed())).await
            {
                Either::Left((secured, _)) => secured,
                // As a peer that has gone before its request.
                Either::Right(_) => Err(Failure::Lost),
            };
        let (stream, since) = secured.map_err(|failure| (failure, 0))?;
        if let Some(facts) = stream.tls_facts() {
            facts.log();
            let _ = self.tls.set(facts.clone());
        }
        Ok((stream, since))
    }

    async fn in_time(
        &self,
        tls: &ServerTls,
        stream: Stream,
        since: Instant,
    ) -> Result<(Stream, Instant), Failure> {
        let asks = self.shared.options.settings.wants.tls_errors;
        let limit = self.limits.handshake_timeout;
        let pauses = Pauses::default();
        let deadline = limit.map(|limit| {
            Deadline::since(since, limit, "handshake_timeout").without(pauses.clone())
        });
        let deadline = deadline.as_ref();
        let ask = |facts| async move {
            let verdict = self.ask_about_certificate(facts);
            match deadline {
                None => verdict.await,
                Some(deadline) => deadline.pause(verdict).await,
            }
        };
        let secured = accept_tls(tls, stream, asks.then_some(ask));
        let secured = match (deadline, limit) {
            (Some(deadline), Some(limit)) => {
                let secured = deadline.limit(|| "the TLS handshake".to_owned(), secured).await;
                secured.map_err(|_| late("handshake_timeout", limit))?
            }
            _ => secured.await,
        };
        let stream = secured.map_err(|error| match error {
            TlsError::Left => Failure::Lost,
            error => Failure::Tls(error),
        })?;
        Ok((stream, since + pauses.over()))
    }

    /// Asks the host about a client's certificate: the connection exists for it
    /// from now on.
    async fn ask_about_certificate(&self, facts: Arc<TlsFacts>) -> Verdict {
        let connection = Connection::arriving(self.source(), self.shared.options.settings);
        *lock(&self.pending) = Some(Finally::new(connection.clone(), None));
        // What takes time from now on is not the peer's fault.
        self.peer_is_done();
        let handshake = connection.handshake();
        handshake.set_tls(facts);
        let arrival = Arrival::new(connection.clone());
        let verdict = handshake.verdict(|| {
            self.shared.source.push_event(Event::TlsErrors(Some(arrival)));
        });
        let given_up = poll_fn(|cx| connection.poll_given_up(cx));
        match select(pin!(verdict), given_up).await {
            Either::Left((verdict, _)) => verdict,
            Either::Right(_) => Verdict::Refuse,
        }
    }

    /// The connection for a valid request: the one about which the host was
    /// asked, or a new one.
    pub(super) fn requested(
        &self,
        facts: Facts,
        decision: Option<oneshot::Sender<Decision>>,
        place: Place,
    ) -> Arc<Connection> {
        let mut pending = lock(&self.pending);
        let finally = pending.get_or_insert_with(|| {
            let connection = Connection::arriving(self.source(), self.shared.options.settings);
            Finally::new(connection, None)
        });
        finally.occupy(place);
        let connection = finally.connection().clone();
        drop(pending);
        if let Some(facts) = self.tls.get() {
            connection.handshake().set_tls(facts.clone());
        }
        connection.request(facts, decision);
        connection
    }

    /// The connection about whose certificate the host was asked, if its request
    /// is not valid: the host knows it already.
    pub(super) fn asked_about(&self) -> Option<Finally> {
        let mut pending = lock(&self.pending);
        pending.take_if(|finally| finally.connection().handshake().facts().is_none())
    }

    fn source(&self) -> Arc<Source> {
        let shared = &self.shared;
        Source::parked(shared.source.delivery().clone(), shared.options.user_data)
    }
}
