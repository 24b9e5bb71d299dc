//! Several addresses of one host at once, a little apart: the first one that
//! connects wins (Happy Eyeballs, RFC 8305 section 5).

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use futures_util::stream::FuturesUnordered;
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
    let mut passed = pin!(tokio::time::sleep_until(deadline.at()));
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

#[cfg(test)]
mod tests {
    use std::net::{SocketAddr, TcpListener};
    use std::time::Duration;

    use socket2::{Domain, Socket, Type};
    use tokio::net::TcpStream;

    use super::race;
    use crate::net::{Deadline, DialError};

    /// Nothing that these tests wait for takes longer.
    const PATIENCE: Duration = Duration::from_secs(120);

    /// An address whose packets are lost: its queue of connections is full.
    struct BlackHole {
        listener: Socket,
        _queue: Vec<Socket>,
    }

    impl BlackHole {
        fn new() -> Self {
            let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
            let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
            listener.bind(&any.into()).expect("a free port");
            listener.listen(0).expect("listening");
            let address = listener.local_addr().expect("an address");
            let queue = (0..8).map(|_| {
                let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
                socket.set_nonblocking(true).expect("set");
                // Under way, or in the queue.
                let _ = socket.connect(&address);
                socket
            });
            let queue = queue.collect();
            Self { listener, _queue: queue }
        }

        fn address(&self) -> SocketAddr {
            let address = self.listener.local_addr().expect("an address");
            address.as_socket().expect("an IP address")
        }
    }

    fn listening() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        (listener, address)
    }

    /// An address that refuses.
    fn closed() -> SocketAddr {
        listening().1
    }

    fn run(addresses: &[SocketAddr], time: Duration) -> Result<SocketAddr, DialError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let deadline = Deadline::after(time, "connect_timeout");
            let stream = race(addresses.to_vec(), deadline, TcpStream::connect).await?;
            Ok(stream.peer_addr().expect("connected"))
        })
    }

    #[test]
    fn the_next_address_is_tried_when_one_refuses_or_stays_silent() {
        let (hole, (_listener, good)) = (BlackHole::new(), listening());
        let ipv6 = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], closed().port()));
        for before in [
            vec![],
            vec![closed()],
            vec![ipv6],
            vec![hole.address()],
            vec![hole.address(), closed()],
        ] {
            let addresses = [before.clone(), vec![good, hole.address()]].concat();
            let connected = run(&addresses, PATIENCE).expect("connected");
            assert_eq!(connected, good, "{before:?}");
        }
    }

    #[test]
    fn a_failure_names_every_address_and_a_timeout_those_that_stay_silent() {
        let refusing = [closed(), closed()];
        let failed = run(&refusing, PATIENCE).expect_err("refused").to_string();
        assert!(refusing.iter().all(|address| failed.contains(&address.to_string())), "{failed}");
        let hole = BlackHole::new();
        let late = run(&[refusing[0], hole.address()], Duration::from_millis(50));
        let late = late.expect_err("nothing answers").to_string();
        assert!(late.contains("connect_timeout (50 ms)"), "{late}");
        assert!(late.contains(&hole.address().to_string()), "{late}");
        assert!(!late.contains(&refusing[0].to_string()), "{late}");
    }
}
