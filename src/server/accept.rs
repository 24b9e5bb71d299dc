//! The task that accepts TCP connections, and streams that the host brings.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::watch;
use tokio::time::Instant;

use super::addresses::{Arrived, Turn, network};
use super::gate::Gate;
use super::handshake;
use super::proxies::{Introduction, introduced};
use super::server::{Shared, State};
use crate::net::{Listener, Stream};
use crate::places::Place;
use crate::protocol::Transport;
use crate::queue::{Event, Failure, Pressure, Resume};

/// How long accepting rests when the system has no descriptors left.
const REST: Duration = Duration::from_millis(100);

/// A stream whose opening handshake begins.
pub(super) struct Newcomer {
    pub stream: Stream,
    pub peer: Option<SocketAddr>,
    pub since: Instant,
    pub limit: TimeLimit,
    /// What a proxy has said of the client's connection to it.
    pub transport: Transport,
}

/// How long the handshake of a newcomer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeLimit {
    /// As long as the server says.
    OfServer,
    /// So long, or without a limit.
    Own(Option<Duration>),
}

/// Accepts, if there is a listener, until the server closes.
pub(super) async fn run(shared: Arc<Shared>, listener: Option<Arc<Listener>>) {
    match listener {
        Some(listener) => accept(&shared, &listener).await,
        None => shared.closed().await,
    }
    shared.load.addresses.clear();
    // What is still being answered may have something to tell.
    shared.load.handshakes.all_free().await;
    shared.source.push_last(Event::ServerClosed);
}

/// Begins the handshake of a stream that was not accepted here, once there is
/// room for it.
pub(super) async fn attach(shared: Arc<Shared>, newcomer: Newcomer) {
    let place = pin!(shared.load.handshakes.wait());
    if let Either::Right((place, _)) = select(pin!(shared.closed()), place).await {
        arrive(&shared, place, newcomer);
    }
}

async fn accept(shared: &Arc<Shared>, listener: &Listener) {
    let handshakes = &shared.load.handshakes;
    let gate = Arc::new(Gate::default());
    let resume: Arc<dyn Resume> = gate.clone();
    let mut state = shared.state.clone();
    let mut exhausted = false;
    while is_accepting(&mut state).await {
        if shared.source.pressure(&resume) == Pressure::Wait {
            unless_changed(&mut state, gate.opened()).await;
            continue;
        }
        if unless_changed(&mut state, handshakes.room()).await.is_none() {
            continue;
        }
        match unless_changed(&mut state, listener.accept()).await {
            None => {}
            Some(Ok((accepted, peer))) => {
                exhausted = false;
                // Or else the peer is gone.
                let Ok(stream) = accepted.into_stream() else { continue };
                let (since, limit) = (Instant::now(), TimeLimit::OfServer);
                let transport = Transport::Unknown;
                let newcomer = Newcomer { stream, peer, since, limit, transport };
                // There is room, unless somebody else was quicker or the limit is lower now.
                let place = pin!(handshakes.wait());
                if let Either::Left((place, _)) = select(place, pin!(shared.closed())).await {
                    welcome(shared, place, newcomer);
                }
            }
            Some(Err(error)) if is_about_one_connection(&error) => {}
            Some(Err(error)) => {
                if !std::mem::replace(&mut exhausted, true) {
                    tracing::warn!(%error, "accepting failed; trying again");
                    let failure = Box::new(Failure::io("accepting a connection", error));
                    shared.source.push_event(Event::AcceptFailed(failure));
                }
                unless_changed(&mut state, tokio::time::sleep(REST)).await;
            }
        }
    }
}

/// Reads who is behind a proxy, if that has to say so, before anything else.
fn welcome(shared: &Arc<Shared>, place: Place, newcomer: Newcomer) {
    if shared.options.proxies.introduction == Introduction::None {
        return arrive(shared, place, newcomer);
    }
    let shared = shared.clone();
    tokio::spawn(async move {
        let peer = newcomer.peer;
        match introduced(&shared, newcomer).await {
            Ok(newcomer) => arrive(&shared, place, newcomer),
            Err(Failure::Lost) => {
                tracing::debug!(peer = peer.map(display), "a peer left before its PROXY header")
            }
            Err(failure) => {
                tracing::info!(peer = peer.map(display), %failure, "closed a connection");
                shared.source.push_event(Event::HandshakeFailed(Box::new(failure), 0));
            }
        }
    });
}

/// Begins a handshake, or has it wait for others of its address.
fn arrive(shared: &Arc<Shared>, place: Place, newcomer: Newcomer) {
    tracing::debug!(peer = newcomer.peer.map(display), "accepted a connection");
    let later = shared.options.proxies.names_clients_later(newcomer.peer);
    let Some(peer) = newcomer.peer.filter(|_| !later) else {
        tokio::spawn(handshake::run(shared.clone(), place, None, newcomer));
        return;
    };
    let most = shared.load.limits().max_handshakes_per_address;
    let (network, most_waiting) = (network(peer.ip()), shared.options.most_waiting);
    match shared.load.addresses.arrive(network, newcomer, most, most_waiting) {
        Arrived::Turn(turn, newcomer) => {
            tokio::spawn(handshake::run(shared.clone(), place, Some(turn), newcomer));
        }
        Arrived::Waits => {}
        Arrived::Surplus(newcomer) => {
            let address = newcomer.peer.unwrap_or(peer).ip();
            let failure = Failure::Crowd { address, most, most_waiting };
            tracing::info!(peer = %address, %failure, "closed a connection");
            shared.source.push_event(Event::HandshakeFailed(Box::new(failure), 0));
        }
    }
}

/// Begins the next handshake of an address, and more if its limit was raised.
pub(super) fn pass_on(shared: &Arc<Shared>, turn: Turn<Newcomer>) {
    let most = shared.load.limits().max_handshakes_per_address;
    let (addresses, network) = turn.place();
    let mut next = turn.pass_on(most);
    while let Some((turn, newcomer)) = next {
        let shared = shared.clone();
        tokio::spawn(async move {
            let place = pin!(shared.load.handshakes.wait());
            if let Either::Right((place, _)) = select(pin!(shared.closed()), place).await {
                handshake::run(shared.clone(), place, Some(turn), newcomer).await;
            }
        });
        next = addresses.one_more(network, most);
    }
}

/// Waits while paused; false once closed.
async fn is_accepting(state: &mut watch::Receiver<State>) -> bool {
    match state.wait_for(|state| *state != State::Paused).await {
        Ok(state) => *state == State::Accepting,
        Err(_) => false,
    }
}

async fn unless_changed<T>(
    state: &mut watch::Receiver<State>,
    future: impl Future<Output = T>,
) -> Option<T> {
    match select(pin!(state.changed()), pin!(future)).await {
        Either::Left(_) => None,
        Either::Right((result, _)) => Some(result),
    }
}

/// The peer was gone before it was accepted.
fn is_about_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}
