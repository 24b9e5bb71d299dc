//! A server as its host holds it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use hyper::header::HeaderValue;
use tokio::sync::watch;
use tokio::time::Instant;

use super::accept::{self, Newcomer, TimeLimit};
use super::hosts::Hosts;
use super::limits::{Limits, Load};
use super::proxies::Proxies;
use crate::connection::{Connection, Settings};
use crate::net::{Engine, Listener, ServerTls, Stream};
use crate::protocol::Transport;
use crate::queue::{Queue, Source};
use crate::sync::lock;

/// Which valid requests are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// Those without an Origin, of the server's own, and of these.
    SameOrigin(Vec<String>),
    /// All.
    All,
    /// The host decides on each.
    Ask,
}

/// What becomes of requests for a WebSocket without an Origin: they don't come
/// from a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingOrigin {
    /// They are treated as if they had the server's own.
    Accept,
    /// 403.
    Refuse,
}

/// What becomes of requests that don't ask for a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainHttp {
    /// 426.
    Refuse,
    /// The host answers each.
    Ask,
}

/// What a server does with requests.
pub struct Options {
    /// Which are accepted.
    pub accept: Acceptance,
    /// Most handshakes that wait for others of the same address.
    pub most_waiting: usize,
    /// What becomes of requests without an Origin.
    pub missing_origin: MissingOrigin,
    /// The hosts that may be asked for.
    pub hosts: Hosts,
    /// What proxies in front of it are believed.
    pub proxies: Proxies,
    /// What becomes of plain HTTP.
    pub http: PlainHttp,
    /// Clients may begin with HTTP/2 where nothing is encrypted.
    pub http2_prior_knowledge: bool,
    /// A path that is answered with 200 without the host, or empty.
    pub health_path: String,
    /// The Server header field.
    pub name: Option<HeaderValue>,
    /// Encrypts every stream.
    pub tls: Option<Arc<ServerTls>>,
    /// Subprotocols that the server speaks.
    pub subprotocols: Vec<String>,
    /// Of accepted connections.
    pub settings: Settings,
    /// Of accepted connections.
    pub user_data: usize,
}

/// What a server has at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Handshakes under way.
    pub handshakes: usize,
    /// Handshakes that wait for others of their address.
    pub waiting: usize,
    /// Open connections, and requests that wait for a decision.
    pub connections: usize,
    /// Streams of plain HTTP.
    pub http: usize,
}

/// What the accepting task has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Accepting,
    Paused,
    Closed,
}

/// A server, which listens or takes what its host brings.
pub struct Server {
    shared: Arc<Shared>,
    listener: Option<Arc<Listener>>,
    state: watch::Sender<State>,
}

/// What the tasks of one server share.
pub(super) struct Shared {
    pub source: Arc<Source>,
    pub options: Options,
    pub state: watch::Receiver<State>,
    pub load: Load,
    /// Instead of `options.tls`, once it was replaced.
    new_tls: Mutex<Option<Arc<ServerTls>>>,
}

impl Shared {
    /// Encrypts the streams whose handshake begins now.
    pub fn tls(&self) -> Option<Arc<ServerTls>> {
        lock(&self.new_tls).clone().or_else(|| self.options.tls.clone())
    }

    /// Waits until the server closes.
    pub async fn closed(&self) {
        let mut state = self.state.clone();
        // An error says that the server is gone altogether.
        drop(state.wait_for(|state| *state == State::Closed).await);
    }
}

impl Server {
    /// A server that does nothing before `start`.
    pub fn new(
        source: Arc<Source>,
        listener: Option<Listener>,
        limits: Limits,
        options: Options,
    ) -> Arc<Self> {
        let state = watch::Sender::new(State::Accepting);
        let load = Load::new(limits);
        let (state_of, new_tls) = (state.subscribe(), Mutex::default());
        let shared = Arc::new(Shared { source, options, state: state_of, load, new_tls });
        Arc::new(Self { shared, listener: listener.map(Arc::new), state })
    }

    /// Begins to accept.
    pub fn start(&self, engine: &Engine) {
        tracing::info!(address = self.address().map(display), "listening");
        engine.handle().spawn(accept::run(self.shared.clone(), self.listener.clone()));
    }

    /// Begins the opening handshake on a stream that the host brings, unless
    /// the server was closed.
    pub fn attach(&self, engine: &Engine, stream: Stream, limit: TimeLimit) {
        let (_, peer) = stream.addresses().unwrap_or_default();
        let (since, transport) = (Instant::now(), Transport::Unknown);
        let newcomer = Newcomer { stream, peer, since, limit, transport };
        engine.handle().spawn(accept::attach(self.shared.clone(), newcomer));
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        *self.state.borrow() == State::Closed
    }

    /// Encrypts with `tls` from now on; false if the server does not encrypt.
    pub fn set_tls(&self, tls: Arc<ServerTls>) -> bool {
        let encrypts = self.shared.options.tls.is_some();
        if encrypts {
            *lock(&self.shared.new_tls) = Some(tls);
        }
        encrypts
    }

    /// The current limits.
    pub fn limits(&self) -> Limits {
        self.shared.load.limits()
    }

    /// Changes limits, for handshakes that begin from now on.
    pub fn change(&self, change: impl FnOnce(&mut Limits)) {
        self.shared.load.change(change);
    }

    /// What there is at the moment.
    pub fn figures(&self) -> Figures {
        let Load { handshakes, addresses, connections, http, .. } = &self.shared.load;
        Figures {
            handshakes: handshakes.taken(),
            waiting: addresses.waiting(),
            connections: connections.taken(),
            http: http.taken(),
        }
    }

    /// Where its events come from.
    pub fn source(&self) -> &Arc<Source> {
        &self.shared.source
    }

    /// The address listened on.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.as_ref().and_then(|listener| listener.address())
    }

    /// The listening socket's descriptor; -1 once closed, or without one.
    pub fn descriptor(&self) -> i64 {
        match (*self.state.borrow(), &self.listener) {
            (State::Closed, _) | (_, None) => -1,
            (_, Some(listener)) => listener.descriptor(),
        }
    }

    /// Stops accepting until `resume`; false once closed.
    pub fn pause(&self) -> bool {
        self.go(State::Paused)
    }

    /// Accepts again; false once closed.
    pub fn resume(&self) -> bool {
        self.go(State::Accepting)
    }

    /// Stops listening at once; false if it was closed before.
    pub fn close(&self) -> bool {
        let first = self.go(State::Closed);
        if first && let Some(listener) = &self.listener {
            listener.shut_down();
            tracing::info!(address = self.address().map(display), "listens no more");
        }
        first
    }

    /// The host lets go: no event follows.
    pub fn release(&self) {
        self.shared.source.release();
        self.close();
    }

    /// Sends the events to another queue, or keeps them.
    pub fn set_queue(&self, queue: Option<&Arc<Queue>>) {
        match queue {
            Some(queue) => self.shared.source.attach(queue),
            None => self.shared.source.detach(),
        }
    }

    fn go(&self, state: State) -> bool {
        self.state.send_if_modified(|current| {
            let open = *current != State::Closed;
            if open {
                *current = state;
            }
            open
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.release();
    }
}

/// A new connection on its way to the host. If the host never takes it, it is
/// released: an undecided request gets 503, an open connection closes.
pub struct Arrival(Option<Arc<Connection>>);

impl Arrival {
    pub(super) fn new(connection: Arc<Connection>) -> Box<Self> {
        Box::new(Self(Some(connection)))
    }

    /// The connection, for the host.
    pub fn take(mut self) -> Option<Arc<Connection>> {
        self.0.take()
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            connection.release();
        }
    }
}
