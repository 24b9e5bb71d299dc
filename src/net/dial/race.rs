//! Several addresses of one host at once, a little apart: the first one that
//! connects wins (Happy Eyeballs, RFC 8305 section 5).

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use futures_util::stream::FuturesUnordered;
use std::pin::pin;
use tokio::time::sleep;

use super::{Attempt, Deadline, DialError};

/// How long one address is waited for before the next one is tried as well.
const APART: Duration = Duration::from_millis(250);

/// Connects to the first of `addresses` that answers by `deadline`. Attempts
/// that are still under way then are given up.
pub(super) async fn race<T, F: Future<Output = io::Result<T>>>(
    addresses: Vec<SocketAddr>,
    deadline: Deadline,
    connect: impl Fn(SocketAddr) -> F,
) -> Result<T, DialError> {
    let mut left: VecDeque<_> = addresses.into();
    let mut running = FuturesUnordered::new();
    let mut pending: Vec<SocketAddr> = Vec::new();
    let mut attempts = Vec::new();
    let mut passed = pin!(tokio::time::sleep_until(deadline.at));
    loop {
        if let Some(address) = left.pop_front() {
            let attempt = connect(address);
            pending.push(address);
            running.push(async move { (address, attempt.await) });
        } else if running.is_empty() {
            return Err(DialError::Failed { attempts });
        }
        // Until one fails, or its head start is over.
        let ended = {
            let next = pin!(next_to_end(&mut running, !left.is_empty()));
            match select(next, passed.as_mut()).await {
                Either::Left((ended, _)) => ended,
                Either::Right(((), _)) => return Err(deadline.passed(connecting_to(&pending))),
            }
        };
        match ended {
            None => {}
            Some((_, Ok(connected))) => return Ok(connected),
            Some((address, Err(error))) => {
                pending.retain(|other| *other != address);
                attempts.push(Attempt { address, error });
            }
        }
    }
}

/// The next attempt that ends; nothing if another address may be tried before.
async fn next_to_end<F: Future>(
    running: &mut FuturesUnordered<F>,
    others_wait: bool,
) -> Option<F::Output> {
    if !others_wait {
        return running.next().await;
    }
    match select(running.next(), pin!(sleep(APART))).await {
        Either::Left((ended, _)) => ended,
        Either::Right(((), _)) => None,
    }
}

fn connecting_to(pending: &[SocketAddr]) -> String {
    let addresses: Vec<_> = pending.iter().map(ToString::to_string).collect();
    format!("connecting to {}", addresses.join(", "))
}
