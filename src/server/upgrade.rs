//! A request to become a WebSocket (RFC 6455 section 4.2): checked, decided on
//! and answered.

use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use hyper::body::Incoming;
use hyper::header::{SEC_WEBSOCKET_ACCEPT, SERVER};
use hyper::{HeaderMap, Request, Response, StatusCode, Version};
use thiserror::Error;
use tokio::sync::oneshot;

use super::handshake::{Handshake, response};
use super::http::ReplyBody;
use super::proxies::HttpClient;
use super::server::{Acceptance, Arrival, MissingOrigin, State};
use crate::connection::{Decision, Facts};
use crate::places::Place;
use crate::protocol::{
    Refusal, Upgrade, accept_deflate, choose_subprotocol, examine, examine_extended, respond,
    same_origin,
};
use crate::queue::{Event, Failure};
use crate::sync::lock;

/// The host ended TCP instead of answering.
#[derive(Debug, Error)]
#[error("aborted by the application")]
pub(super) struct AbortedByHost;

impl Handshake {
    /// The answer to a request to become a WebSocket.
    pub(super) async fn answer(
        &self,
        mut request: Request<Incoming>,
    ) -> Result<Response<ReplyBody>, AbortedByHost> {
        let options = &self.shared.options;
        let client = self.client(request.headers());
        let upgrade = match self.examine(&request, &client) {
            Ok(upgrade) => upgrade,
            Err(refusal) => {
                let Refusal { status, headers, error } = *refusal;
                return Ok(self.refuse(status, headers, error.into()));
            }
        };
        let Some(place) = self.shared.load.connections.take() else {
            let most = self.shared.load.limits().max_connections;
            let reason = format!("max_connections ({most}) are open");
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let failure = Failure::Refused { status: status.as_u16(), reason };
            return Ok(self.refuse(status, HeaderMap::new(), failure));
        };
        let (decision, headers) = match self.decide(&mut request, client, place).await? {
            Decision::Accept(subprotocol, headers) => (subprotocol, headers),
            Decision::Refuse(status, phrase, headers, body) => {
                if let Some(finally) = lock(&self.pending).take() {
                    let (status, reason) = (status.as_u16(), body.clone());
                    let failure = Arc::new(Failure::Refused { status, reason });
                    finally.connection().end(None, Some(failure));
                }
                let mut response = response(status, headers, body);
                if let Some(phrase) = phrase {
                    response.extensions_mut().insert(phrase);
                }
                return Ok(response);
            }
        };
        let subprotocol = match &decision {
            Some(chosen) => Some(chosen.as_str()).filter(|chosen| !chosen.is_empty()),
            None => choose_subprotocol(&upgrade, &options.subprotocols),
        };
        let mut extensions = String::new();
        if let Some(finally) = lock(&self.pending).as_ref() {
            let connection = finally.connection();
            let compression = connection.settings().compression;
            let accepted = Some(&compression.wanted)
                .filter(|_| compression.enabled)
                .and_then(|wanted| accept_deflate(&upgrade.extensions, wanted));
            if let Some((agreed, answer)) = accepted {
                extensions.clone_from(&answer);
                connection.handshake().set_extensions(answer, Some(agreed));
            }
            let chosen = subprotocol.unwrap_or_default().to_owned();
            connection.handshake().set_subprotocol(chosen);
        }
        let mut headers = match respond(&upgrade, subprotocol, &extensions, headers) {
            Ok(headers) => headers,
            Err(error) => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                let failure =
                    Failure::Refused { status: status.as_u16(), reason: error.to_string() };
                return Ok(self.refuse(status, HeaderMap::new(), failure));
            }
        };
        if let Some(name) = &options.name {
            headers.insert(SERVER, name.clone());
        }
        *lock(&self.accepted) = Some(hyper::upgrade::on(&mut request));
        let mut response = Response::new(ReplyBody::empty());
        *response.status_mut() = match request.version() {
            Version::HTTP_2 => {
                headers.remove(SEC_WEBSOCKET_ACCEPT);
                StatusCode::OK
            }
            _ => StatusCode::SWITCHING_PROTOCOLS,
        };
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// What the RFC and the server's own rule say.
    fn examine(
        &self,
        request: &Request<Incoming>,
        client: &HttpClient,
    ) -> Result<Upgrade, Box<Refusal>> {
        let (headers, options) = (request.headers(), &self.shared.options);
        let mut upgrade = match request.version() {
            Version::HTTP_2 => examine_extended(request.uri(), headers)?,
            version => examine(request.method(), request.uri(), version, headers)?,
        };
        if let Some(host) = &client.host {
            upgrade.host.clone_from(host);
        }
        if !options.hosts.has(&upgrade.host) {
            return Err(Refusal::unknown_host(&upgrade.host).into());
        }
        let admitted = match (&options.accept, upgrade.origin.as_deref()) {
            (_, None) if options.missing_origin == MissingOrigin::Refuse => {
                return Err(Refusal::without_origin().into());
            }
            (Acceptance::All | Acceptance::Ask, _) | (_, None) => true,
            (Acceptance::SameOrigin(origins), Some(origin)) => {
                same_origin(origin, &upgrade.host, client.transport)
                    || origins.iter().any(|known| known.eq_ignore_ascii_case(origin))
            }
        };
        if admitted { Ok(upgrade) } else { Err(Refusal::foreign_origin(&upgrade).into()) }
    }

    /// Makes the connection and lets the host decide if it wants to.
    async fn decide(
        &self,
        request: &mut Request<Incoming>,
        client: HttpClient,
        place: Place,
    ) -> Result<Decision, AbortedByHost> {
        let (shared, options) = (&self.shared, &self.shared.options);
        let refusal = || {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Decision::Refuse(status, None, HeaderMap::new(), "the server closed".to_owned())
        };
        if *shared.state.borrow() == State::Closed {
            return Ok(refusal());
        }
        let asks = options.accept == Acceptance::Ask;
        let (sender, decision) = oneshot::channel();
        let facts = Facts {
            local: self.local,
            peer: client.peer,
            transport: client.transport,
            target: request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned(),
            headers: client.named_in(std::mem::take(request.headers_mut())),
        };
        let connection = self.requested(facts, asks.then_some(sender), place);
        if connection.is_given_up() {
            return Ok(refusal());
        }
        if !asks {
            return Ok(Decision::Accept(None, HeaderMap::new()));
        }
        self.peer_is_done();
        shared.source.push_event(Event::Request(Arrival::new(connection)));
        match select(decision, pin!(shared.closed())).await {
            Either::Left((Ok(decision), _)) => Ok(decision),
            Either::Left((Err(_), _)) => Err(AbortedByHost),
            Either::Right(_) => Ok(refusal()),
        }
    }
}
