//! A plain request: read within its limits, given to the host, and answered
//! whatever the host does.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue, SERVER};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use tokio::time::{sleep, timeout};

use super::super::addresses::network;
use super::super::gate::Gate;
use super::super::handshake::Handshake;
use super::super::limits::{Full, HttpPlace};
use super::super::proxies::HttpClient;
use super::super::server::{PlainHttp, State};
use super::files;
use super::outflow::OutflowBody;
use super::{HttpArrival, HttpRequest, Reply, ReplyBody, ReplyContent, RequestFacts};
use crate::protocol::{Refusal, examine_plain};
use crate::queue::{Event, Failure, Pressure, Resume, Source};
use crate::sync::lock;

/// Why a request is not answered by the host.
struct Refused(StatusCode, Failure);

impl Refused {
    fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self(status, Failure::Refused { status: status.as_u16(), reason: reason.into() })
    }
}

/// Tells the host that a request is over if the task that serves it ends.
struct Unanswered(Arc<HttpRequest>);

impl Drop for Unanswered {
    fn drop(&mut self) {
        self.0.give_up(Failure::Gone);
    }
}

impl Handshake {
    /// Whether a request is served as plain HTTP.
    pub(in super::super) fn is_plain(&self, target: &hyper::Uri) -> bool {
        self.shared.options.http == PlainHttp::Ask || self.is_health(target)
    }

    fn is_health(&self, target: &hyper::Uri) -> bool {
        let path = &self.shared.options.health_path;
        !path.is_empty() && target.path() == path
    }

    /// The answer to a plain request, which has a place among them.
    pub(in super::super) async fn plain(&self, request: Request<Incoming>) -> Response<ReplyBody> {
        let answer = self.serve_plain(request).await;
        self.finish(answer)
    }

    /// The answer to one that has none.
    pub(in super::super) fn crowded(&self, Full(setting, most): Full) -> Response<ReplyBody> {
        let reason = format!("{setting} ({most}) are open");
        self.finish(Err(Refused::new(StatusCode::SERVICE_UNAVAILABLE, reason)))
    }

    fn finish(&self, answer: Result<Response<ReplyBody>, Refused>) -> Response<ReplyBody> {
        let mut response = match answer {
            Ok(response) => response,
            Err(Refused(status, failure)) => self.refuse(status, HeaderMap::new(), failure),
        };
        if let Some(name) = &self.shared.options.name {
            response.headers_mut().entry(SERVER).or_insert_with(|| name.clone());
        }
        response
    }

    async fn serve_plain(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<ReplyBody>, Refused> {
        let (parts, body) = request.into_parts();
        let host = examine_plain(&parts.uri, parts.version, &parts.headers)
            .map_err(|error| Refused::new(StatusCode::BAD_REQUEST, error.to_string()))?;
        let client = self.client(&parts.headers);
        let host = client.host.clone().unwrap_or(host);
        let is_safe = parts.method == Method::GET || parts.method == Method::HEAD;
        if self.is_health(&parts.uri) && is_safe && body.is_end_stream() {
            return Ok(health());
        }
        if self.shared.options.http == PlainHttp::Refuse {
            return Err(Refused::new(StatusCode::NOT_FOUND, "there is nothing else here"));
        }
        if !self.shared.options.hosts.has(&host) {
            let Refusal { status, error, .. } = Refusal::unknown_host(&host);
            return Err(Refused(status, error.into()));
        }
        self.wait_for_room().await?;
        let body = self.read(body).await?;
        self.peer_is_done();
        self.ask(parts, client, host, body).await
    }

    /// A connection that serves plain requests counts among those, if there is a
    /// place for it.
    pub(in super::super) fn take_http_place(&self) -> Result<(), Full> {
        let mut own = lock(&self.http_place);
        if own.is_none() {
            *own = Some(self.another_http_place()?);
        }
        lock(&self.place).take();
        Ok(())
    }

    /// One more place, counted with those of the same address. A proxy that names
    /// its clients has as many as it likes.
    pub(in super::super) fn another_http_place(&self) -> Result<HttpPlace, Full> {
        let later = self.shared.options.proxies.names_clients_later(self.peer);
        let peer = self.peer.filter(|_| !later);
        self.shared.load.take_http(peer.map(|peer| network(peer.ip())))
    }

    /// Waits while the host has too much to take, as long as it may take to answer.
    async fn wait_for_room(&self) -> Result<(), Refused> {
        let gate = Arc::new(Gate::default());
        let resume: Arc<dyn Resume> = gate.clone();
        let mut given_up = pin!(self.given_up(self.limits.http.answer_timeout));
        while self.shared.source.pressure(&resume) == Pressure::Wait {
            if let Either::Left((failure, _)) = select(given_up.as_mut(), pin!(gate.opened())).await
            {
                return Err(Refused(StatusCode::SERVICE_UNAVAILABLE, failure));
            }
        }
        Ok(())
    }

    async fn read(&self, body: Incoming) -> Result<Bytes, Refused> {
        let http = &self.limits.http;
        let most = http.max_body_size;
        let too_large = || {
            let reason = format!("the body is over http_max_body_size ({most} bytes)");
            Refused::new(StatusCode::PAYLOAD_TOO_LARGE, reason)
        };
        if body.size_hint().lower() > most {
            return Err(too_large());
        }
        let body = Limited::new(body, usize::try_from(most).unwrap_or(usize::MAX)).collect();
        let collected = match http.body_timeout {
            None => body.await,
            Some(limit) => timeout(limit, body).await.map_err(|_| {
                let ms = limit.as_millis() as u64;
                let setting = "http_body_timeout";
                let failure = Failure::Timeout { what: "the request's body", setting, ms };
                Refused(StatusCode::REQUEST_TIMEOUT, failure)
            })?,
        };
        match collected {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
            Err(error) => {
                let reason = format!("the body can't be read: {error}");
                Err(Refused::new(StatusCode::BAD_REQUEST, reason))
            }
        }
    }

    /// Gives the request to the host and waits for what it says.
    async fn ask(
        &self,
        mut parts: Parts,
        client: HttpClient,
        host: String,
        body: Bytes,
    ) -> Result<Response<ReplyBody>, Refused> {
        let unavailable = |reason| Refused::new(StatusCode::SERVICE_UNAVAILABLE, reason);
        if *self.shared.state.borrow() == State::Closed {
            return Err(unavailable("the server closed"));
        }
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let facts = RequestFacts {
            method: parts.method.clone(),
            target,
            headers: client.named_in(std::mem::take(&mut parts.headers)),
            body,
            version: parts.version,
            host,
            local: self.local,
            transport: client.transport,
            peer: client.peer,
        };
        let source = &self.shared.source;
        let settings = &self.shared.options.settings;
        let own = Source::parked(source.delivery().clone(), 0);
        let cost = facts.body.len();
        let water = (settings.high_water, settings.max_unsent);
        let (request, reply) = HttpRequest::new(own, facts, water);
        let unanswered = Unanswered(request.clone());
        source.push_event(Event::HttpRequest(HttpArrival::new(request), cost));
        let answer_timeout = self.limits.http.answer_timeout;
        let reply = match select(reply, pin!(self.given_up(answer_timeout))).await {
            Either::Left((Ok(reply), _)) => reply,
            Either::Left((Err(_), _)) => {
                let reason = "the application gave no answer";
                return Err(Refused::new(StatusCode::INTERNAL_SERVER_ERROR, reason));
            }
            Either::Right((failure, mut reply)) => {
                let reason = failure.to_string();
                unanswered.0.give_up(failure);
                // It may have come at the same time.
                match reply.try_recv() {
                    Ok(reply) => reply,
                    Err(_) => return Err(unavailable(&reason)),
                }
            }
        };
        Ok(finished(reply, unanswered).await)
    }

    /// Why the host is not waited for any longer.
    async fn given_up(&self, limit: Option<Duration>) -> Failure {
        let late = async {
            match limit {
                Some(limit) => {
                    sleep(limit).await;
                    limit.as_millis() as u64
                }
                None => std::future::pending().await,
            }
        };
        match select(pin!(late), pin!(self.shared.closed())).await {
            Either::Left((ms, _)) => Failure::Timeout {
                what: "the application's answer",
                setting: "http_answer_timeout",
                ms,
            },
            Either::Right(_) => {
                let status = StatusCode::SERVICE_UNAVAILABLE.as_u16();
                Failure::Refused { status, reason: "the server closed".to_owned() }
            }
        }
    }
}

/// The host's answer as hyper sends it.
async fn finished(reply: Reply, unanswered: Unanswered) -> Response<ReplyBody> {
    let Reply { head, content } = reply;
    match content {
        ReplyContent::Bytes(bytes) => files::with_head(ReplyBody::whole(bytes), head),
        ReplyContent::Outflow(outflow) => {
            files::with_head(ReplyBody::other(OutflowBody(outflow)), head)
        }
        ReplyContent::File(path) => files::serve(unanswered.0.facts(), head, path).await,
        ReplyContent::Below(directory, path) => {
            files::serve_below(unanswered.0.facts(), head, directory, path).await
        }
    }
}

/// The server is up: nothing more is said.
fn health() -> Response<ReplyBody> {
    let mut response = Response::new(ReplyBody::whole(Bytes::from_static(b"ok\n")));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(hyper::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
