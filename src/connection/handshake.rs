//! What the opening handshake of a connection told, and what its host says to
//! the request.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};

use hyper::ext::ReasonPhrase;
use hyper::header::{HOST, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use hyper::{HeaderMap, StatusCode};
use tokio::sync::oneshot;

use crate::net::{Pause, Pauses, TlsFacts, Verdict};
use crate::protocol::{Credentials, Deflate, Transport, same_origin};
use crate::sync::lock;

/// What the opening handshake told.
#[derive(Debug)]
pub struct Facts {
    /// This side's address, if it is known.
    pub local: Option<SocketAddr>,
    /// The other side's address, if it is known.
    pub peer: Option<SocketAddr>,
    /// How the client's own connection is (server side).
    pub transport: Transport,
    /// The request target; empty on the client side.
    pub target: String,
    /// The header fields that the peer sent.
    pub headers: HeaderMap,
}

impl Facts {
    /// Whether the client asked for a subprotocol (server side).
    pub fn requests(&self, subprotocol: &str) -> bool {
        self.headers
            .get_all(SEC_WEBSOCKET_PROTOCOL)
            .iter()
            .filter_map(|field| field.to_str().ok())
            .flat_map(|field| field.split(','))
            .any(|requested| requested.trim_matches([' ', '\t']) == subprotocol)
    }

    /// Whether a page of another origin than the server's asks (server side).
    pub fn is_from_elsewhere(&self) -> bool {
        let text = |name| self.headers.get(name).and_then(|field| field.to_str().ok());
        let host = text(HOST).unwrap_or_default().trim();
        self.headers.contains_key(ORIGIN)
            && !text(ORIGIN).is_some_and(|origin| same_origin(origin.trim(), host, self.transport))
    }
}

/// A response to a client that did not switch protocols: of a proxy, a redirect,
/// a challenge, or what the handshake failed with.
#[derive(Debug)]
pub struct OtherResponse {
    /// What was asked for, without credentials.
    pub url: String,
    /// The HTTP status.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
}

/// What the host says to a request.
pub enum Decision {
    /// Switch protocols, with a subprotocol (`None`: as the server's list
    /// says; empty: none) and further header fields.
    Accept(Option<String>, HeaderMap),
    /// Answer with a status, a reason phrase of one's own, header fields and a
    /// body.
    Refuse(StatusCode, Option<ReasonPhrase>, HeaderMap, String),
}

/// The handshake's side of a connection.
pub struct Handshake {
    facts: OnceLock<Facts>,
    subprotocol: OnceLock<String>,
    extensions: OnceLock<(String, Option<Deflate>)>,
    response_body: OnceLock<Vec<u8>>,
    url: OnceLock<String>,
    others: Mutex<Vec<Arc<OtherResponse>>>,
    /// Time that is the host's own (client side).
    pauses: Pauses,
    /// The host's, as long as it says so.
    pause: Mutex<Option<Pause>>,
    /// Who waits for the host's credentials.
    question: Mutex<Option<oneshot::Sender<Option<Credentials>>>>,
    /// Of each handshake, the last one at the end: the host may hold on to texts
    /// of those before.
    tls: Mutex<Vec<Arc<TlsFacts>>>,
    /// Who waits for the host's verdict on a certificate.
    verdict: Mutex<Option<oneshot::Sender<Verdict>>>,
    decision: Mutex<Option<oneshot::Sender<Decision>>>,
    /// An answer that waits for the end of a drain.
    answer: Mutex<Option<(oneshot::Sender<Decision>, Decision)>>,
}

impl Handshake {
    pub(super) fn new() -> Self {
        Self {
            facts: OnceLock::new(),
            subprotocol: OnceLock::new(),
            extensions: OnceLock::new(),
            response_body: OnceLock::new(),
            url: OnceLock::new(),
            others: Mutex::default(),
            pauses: Pauses::default(),
            pause: Mutex::default(),
            question: Mutex::default(),
            tls: Mutex::default(),
            verdict: Mutex::new(None),
            decision: Mutex::new(None),
            answer: Mutex::new(None),
        }
    }

    /// What it told, once it has.
    pub fn facts(&self) -> Option<&Facts> {
        self.facts.get()
    }

    /// Keeps what it told, once.
    pub fn set_facts(&self, facts: Facts) {
        let _ = self.facts.set(facts);
    }

    /// The negotiated subprotocol, or empty.
    pub fn subprotocol(&self) -> &str {
        self.subprotocol.get().map_or("", String::as_str)
    }

    /// Keeps the negotiated subprotocol, once.
    pub fn set_subprotocol(&self, subprotocol: String) {
        let _ = self.subprotocol.set(subprotocol);
    }

    /// The negotiated extensions as the server named them, or empty.
    pub fn extensions(&self) -> &str {
        self.extensions.get().map_or("", |(extensions, _)| extensions)
    }

    /// The parameters of permessage-deflate, if it was negotiated.
    pub fn deflate(&self) -> Option<&Deflate> {
        self.extensions.get()?.1.as_ref()
    }

    /// Keeps the negotiated extensions, once.
    pub fn set_extensions(&self, extensions: String, deflate: Option<Deflate>) {
        let _ = self.extensions.set((extensions, deflate));
    }

    /// How the body of the response begins that refused the handshake (client
    /// side), or empty.
    pub fn response_body(&self) -> &[u8] {
        self.response_body.get().map_or(&[], Vec::as_slice)
    }

    /// Keeps the beginning of the response's body, once.
    pub fn set_response_body(&self, body: Vec<u8>) {
        let _ = self.response_body.set(body);
    }

    /// The URL that was asked last (client side), or empty.
    pub fn url(&self) -> &str {
        self.url.get().map_or("", String::as_str)
    }

    /// Keeps the URL that was asked last, once.
    pub fn set_url(&self, url: String) {
        let _ = self.url.set(url);
    }

    /// The responses that did not switch protocols, in order (client side).
    pub fn other_response(&self, number: usize) -> Option<Arc<OtherResponse>> {
        lock(&self.others).get(number).cloned()
    }

    /// Keeps a response that did not switch protocols.
    pub fn add_other_response(&self, response: OtherResponse) {
        lock(&self.others).push(Arc::new(response));
    }

    /// The time that is not counted in its timeout (client side).
    pub fn pauses(&self) -> &Pauses {
        &self.pauses
    }

    /// Counts no time until `resume`.
    pub fn pause(&self) {
        lock(&self.pause).get_or_insert_with(|| self.pauses.begin());
    }

    /// Counts again.
    pub fn resume(&self) {
        drop(lock(&self.pause).take());
    }

    /// The host is about to be asked for credentials; where its answer comes.
    pub fn expect_credentials(&self) -> oneshot::Receiver<Option<Credentials>> {
        let (answer, question) = oneshot::channel();
        *lock(&self.question) = Some(answer);
        question
    }

    /// The host's answer, `None` for a refusal; false if nobody asks.
    pub fn answer_question(&self, credentials: Option<Credentials>) -> bool {
        let question = lock(&self.question).take();
        question.is_some_and(|question| question.send(credentials).is_ok())
    }

    /// What the last TLS handshake told; at the latest when its certificate is
    /// asked about. The connection keeps it, also when there is a newer one.
    pub fn tls(&self) -> Option<Arc<TlsFacts>> {
        lock(&self.tls).last().cloned()
    }

    /// Keeps what a TLS handshake told, or nothing once another one begins.
    pub fn set_tls(&self, facts: Arc<TlsFacts>) {
        lock(&self.tls).push(facts);
    }

    /// Asks for a verdict on the peer's certificate: none is a refusal.
    pub async fn verdict(&self, ask: impl FnOnce()) -> Verdict {
        let (sender, verdict) = oneshot::channel();
        *lock(&self.verdict) = Some(sender);
        ask();
        verdict.await.unwrap_or(Verdict::Refuse)
    }

    /// Gives the verdict; false if nobody waits for one.
    pub fn give_verdict(&self, verdict: Verdict) -> bool {
        let waiting = lock(&self.verdict).take();
        waiting.is_some_and(|waiting| waiting.send(verdict).is_ok())
    }

    /// Somebody waits for the host's decision, or nobody does.
    pub(super) fn wait_for(&self, decision: Option<oneshot::Sender<Decision>>) {
        *lock(&self.decision) = decision;
    }

    /// Who waits for the host's decision, for whoever decides first. Dropped
    /// without a decision, TCP ends without an answer.
    pub(super) fn undecided(&self) -> Option<oneshot::Sender<Decision>> {
        lock(&self.decision).take()
    }

    /// Keeps an answer until `answer`.
    pub(super) fn answer_later(&self, request: oneshot::Sender<Decision>, decision: Decision) {
        *lock(&self.answer) = Some((request, decision));
    }

    /// There will be no answer.
    pub(super) fn forget(&self) {
        drop(lock(&self.decision).take());
        drop(lock(&self.answer).take());
        drop(lock(&self.verdict).take());
    }

    /// Gives the answer that was kept, if there is one.
    pub(super) fn answer(&self) {
        if let Some((request, decision)) = lock(&self.answer).take() {
            // The peer may be gone.
            let _ = request.send(decision);
        }
    }
}
