//! What one hop is told about who asks: credentials that were given, and the
//! host's when it is asked.

use std::sync::Arc;

use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};

use crate::connection::Connection;
use crate::net::Deadline;
use crate::protocol::{Challenge, Credentials, Scheme};
use crate::queue::{Event, Hop, Question};

/// Most answers to one hop, those to stale nonces included: a loop of a server
/// and a host, or of a server alone, ends.
const MOST_ANSWERS: u32 = 16;

/// What a hop was told, and what it may be told next.
pub(super) struct Answers {
    hop: Hop,
    /// Not tried yet.
    given: Option<Credentials>,
    /// Told last.
    told: Option<Credentials>,
    challenge: Option<Challenge>,
    answers: u32,
}

/// Why there is another try, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// With other credentials, or the same and a new nonce.
    Again,
    /// There are none that were not refused.
    GiveUp,
}

impl Answers {
    /// With the credentials that came with the URL or the options.
    pub fn new(hop: Hop, given: Option<Credentials>) -> Self {
        Self { hop, given, told: None, challenge: None, answers: 0 }
    }

    /// The credentials to use now.
    pub fn credentials(&self) -> Option<&Credentials> {
        self.told.as_ref()
    }

    /// Uses what was given without having been asked for it.
    pub fn tell_given(&mut self) {
        if self.told.is_none() {
            self.told = self.given.take();
        }
    }

    /// The field for the next request, once there was a challenge.
    pub fn field(&mut self, method: &str, target: &str) -> Option<HeaderValue> {
        self.challenge.as_mut()?.answer(self.told.as_ref()?, method, target)
    }

    /// The hop wants credentials: finds some in its challenge's form.
    pub async fn challenged(
        &mut self,
        (headers, name): (&HeaderMap, &HeaderName),
        host: &Asking<'_>,
    ) -> Next {
        let Some(mut challenge) = Challenge::find(headers, name) else { return Next::GiveUp };
        // A challenge that can't be answered after all gives up, too.
        let is_stale = challenge.is_stale() && self.told.is_some();
        let next = match is_stale && self.may_answer() {
            true => Next::Again,
            false => self.next(challenge.scheme(), challenge.realm(), host).await,
        };
        let can = |told: &Credentials| challenge.answer(told, "GET", "/").is_some();
        if next == Next::GiveUp || !self.told.as_ref().is_some_and(can) {
            return Next::GiveUp;
        }
        self.challenge = Challenge::find(headers, name);
        Next::Again
    }

    /// A SOCKS proxy wants credentials, or refused those it was told.
    pub async fn wanted(&mut self, host: &Asking<'_>) -> Next {
        self.next(Scheme::Socks, "", host).await
    }

    async fn next(&mut self, scheme: Scheme, realm: &str, host: &Asking<'_>) -> Next {
        if !self.may_answer() {
            return Next::GiveUp;
        }
        let refused = self.told.take();
        let mut found = self.given.take();
        if found.is_none() {
            let (hop, realm) = (self.hop, realm.to_owned());
            let (refused, place) = (refused.is_some(), host.place.clone());
            found = host.ask(Question { hop, scheme, realm, refused, place }).await;
        }
        match found {
            Some(found) if refused.as_ref() != Some(&found) => {
                self.told = Some(found);
                Next::Again
            }
            _ => Next::GiveUp,
        }
    }

    fn may_answer(&mut self) -> bool {
        self.answers = self.answers.saturating_add(1);
        self.answers <= MOST_ANSWERS
    }
}

/// How the host is asked.
pub(super) struct Asking<'a> {
    pub connection: &'a Arc<Connection>,
    /// Who wants to know.
    pub place: String,
    /// Which time the host's is no part of.
    pub deadline: &'a Deadline,
}

impl Asking<'_> {
    /// The host's credentials, if it wants to be asked and has some.
    async fn ask(&self, question: Question) -> Option<Credentials> {
        if !self.connection.settings().wants.authentication {
            return None;
        }
        let answer = self.connection.handshake().expect_credentials();
        self.connection.source().push_event(Event::Authenticate(Box::new(question)));
        self.deadline.pause(answer).await.unwrap_or_default()
    }
}
