//! A listening TCP socket.

use std::io;
use std::net::{IpAddr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use thiserror::Error;
use tokio::net::TcpListener;

use super::Engine;

/// Why listening failed.
#[derive(Debug, Error)]
#[error("can't listen on {what}: {error}")]
pub struct ListenError {
    what: String,
    /// The system's error.
    pub error: io::Error,
}

/// A listening TCP socket.
pub struct Listener {
    tcp: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Binds and listens. `::` takes IPv4 too.
    pub fn bind(engine: &Engine, ip: IpAddr, port: u16, backlog: i32) -> Result<Self, ListenError> {
        let address = SocketAddr::new(ip, port);
        let failed = |error| ListenError { what: address.to_string(), error };
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))
            .map_err(failed)?;
        if address.is_ipv6() {
            socket.set_only_v6(!ip.is_unspecified()).map_err(failed)?;
        }
        #[cfg(unix)]
        socket.set_reuse_address(true).map_err(failed)?;
        socket.bind(&address.into()).map_err(failed)?;
        Self::from_socket(engine, socket, backlog).map_err(failed)
    }

    /// Listens on a socket that is bound already.
    #[cfg(unix)]
    pub fn adopt(
        engine: &Engine,
        socket: std::os::fd::OwnedFd,
        backlog: i32,
    ) -> Result<Self, ListenError> {
        Self::from_socket(engine, socket.into(), backlog)
            .map_err(|error| ListenError { what: "the given descriptor".to_owned(), error })
    }

    /// Waits for the next connection.
    pub async fn accept(&self) -> io::Result<(tokio::net::TcpStream, SocketAddr)> {
        self.tcp.accept().await
    }

    /// Stops listening at once, whoever still holds the socket: the port is
    /// free for another one.
    pub fn shut_down(&self) {
        // Where the system refuses, the port is free once the task has ended.
        let _ = socket2::SockRef::from(&self.tcp).shutdown(std::net::Shutdown::Both);
    }

    /// The address listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The socket's descriptor.
    #[cfg(unix)]
    pub fn descriptor(&self) -> i64 {
        use std::os::fd::AsRawFd;
        i64::from(self.tcp.as_raw_fd())
    }

    /// The socket's descriptor.
    #[cfg(not(unix))]
    pub fn descriptor(&self) -> i64 {
        -1
    }

    fn from_socket(engine: &Engine, socket: Socket, backlog: i32) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        socket.listen(backlog)?;
        let _runtime = engine.handle().enter();
        let tcp = TcpListener::from_std(socket.into())?;
        let address = tcp.local_addr()?;
        Ok(Self { tcp, address })
    }
}
