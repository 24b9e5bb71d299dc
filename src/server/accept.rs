//! The task that accepts TCP connections.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::{Notify, Semaphore, watch};

use super::handshake;
use super::server::{Shared, State};
use crate::net::Listener;
use crate::queue::{Event, Failure, Pressure, Resume};

/// How long accepting rests when the system has no descriptors left.
const REST: Duration = Duration::from_millis(100);

/// Accepts until the server closes.
pub(super) async fn run(shared: Arc<Shared>, listener: Arc<Listener>, handshakes: Arc<Semaphore>) {
    let most = handshakes.available_permits();
    let gate = Arc::new(Gate::default());
    let resume: Arc<dyn Resume> = gate.clone();
    let mut state = shared.state.clone();
    let mut exhausted = false;
    while is_accepting(&mut state).await {
        if shared.source.pressure(&resume) == Pressure::Wait {
            unless_changed(&mut state, gate.0.notified()).await;
            continue;
        }
        let Some(Ok(permit)) = unless_changed(&mut state, handshakes.clone().acquire_owned()).await
        else {
            continue;
        };
        match unless_changed(&mut state, listener.accept()).await {
            None => {}
            Some(Ok((tcp, peer))) => {
                exhausted = false;
                let shared = shared.clone();
                tokio::spawn(async move {
                    handshake::run(shared, tcp, peer).await;
                    drop(permit);
                });
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
    // What is still being answered may have something to tell.
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    drop(handshakes.acquire_many(most).await);
    shared.source.push_last(Event::ServerClosed);
}

/// Closed while the host has too much to take of what the server tells.
#[derive(Default)]
struct Gate(Notify);

impl Resume for Gate {
    fn resume(&self) {
        self.0.notify_one();
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
