//! Options of the sockets that are dialled with.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpSocket;

/// TCP's own look for a peer that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepAlive {
    /// The first probe after so long a silence.
    pub idle: Duration,
    /// Between probes; `None` is the system's.
    pub interval: Option<Duration>,
    /// Unanswered probes until the connection is lost; `None` is the system's.
    pub count: Option<u32>,
}

/// What a dialled socket is like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SocketOptions {
    /// Small segments wait for the peer's acknowledgement (Nagle).
    pub delay: bool,
    /// TCP keep-alive.
    pub keep_alive: Option<KeepAlive>,
    /// The address to connect from.
    pub local: Option<SocketAddr>,
}

impl SocketOptions {
    /// A socket to connect to `address` with.
    pub(super) fn make(&self, address: SocketAddr) -> io::Result<TcpSocket> {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4(),
            SocketAddr::V6(_) => TcpSocket::new_v6(),
        }?;
        socket.set_nodelay(!self.delay)?;
        if let Some(keep_alive) = &self.keep_alive {
            SockRef::from(&socket).set_tcp_keepalive(&keep_alive.to_socket2())?;
        }
        if let Some(local) = self.local {
            socket.bind(local)?;
        }
        Ok(socket)
    }
}

impl KeepAlive {
    fn to_socket2(self) -> TcpKeepalive {
        let mut keep_alive = TcpKeepalive::new().with_time(self.idle);
        if let Some(interval) = self.interval {
            keep_alive = keep_alive.with_interval(interval);
        }
        #[cfg(not(windows))]
        if let Some(count) = self.count {
            keep_alive = keep_alive.with_retries(count);
        }
        keep_alive
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use socket2::SockRef;

    use super::{KeepAlive, SocketOptions};

    #[test]
    fn a_socket_has_the_options_that_were_asked_for() {
        let to = "127.0.0.1:1".parse().expect("an address");
        let plain = SocketOptions::default().make(to).expect("a socket");
        let plain = SockRef::from(&plain);
        assert!(plain.tcp_nodelay().expect("read"), "small messages leave at once");
        assert!(!plain.keepalive().expect("read"));
        let local = "127.0.0.1:0".parse().expect("an address");
        let (idle, interval) = (Duration::from_secs(61), Duration::from_secs(7));
        let keep_alive = KeepAlive { idle, interval: Some(interval), count: Some(3) };
        let options =
            SocketOptions { delay: true, keep_alive: Some(keep_alive), local: Some(local) };
        let own = options.make(to).expect("a socket");
        let own = SockRef::from(&own);
        assert!(!own.tcp_nodelay().expect("read"));
        assert!(own.keepalive().expect("read"));
        assert_eq!(own.tcp_keepalive_time().expect("read"), idle);
        assert_eq!(own.tcp_keepalive_interval().expect("read"), interval);
        assert_eq!(own.tcp_keepalive_retries().expect("read"), 3);
        let bound = own.local_addr().expect("bound").as_socket().expect("an IP address");
        assert_eq!((bound.ip(), bound.port() != 0), (local.ip(), true));
    }
}
