//! A listening socket, of TCP or of a Unix domain.

use std::io;
use std::net::{IpAddr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};

#[cfg(unix)]
use super::unix::SocketFile;
use crate::net::{Engine, Stream};

/// Why listening failed.
#[derive(Debug, Error)]
#[error("can't listen on {what}: {error}")]
pub struct ListenError {
    what: String,
    /// The system's error.
    pub error: io::Error,
}

/// A listening socket.
pub struct Listener(Kind);

enum Kind {
    Tcp(TcpListener, SocketAddr),
    /// With its file, unless somebody else bound the socket.
    #[cfg(unix)]
    Unix(tokio::net::UnixListener, Option<SocketFile>),
}

/// A connection that was accepted.
pub enum Accepted {
    /// Of TCP.
    Tcp(TcpStream),
    /// Of a Unix domain socket.
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
}

impl Accepted {
    /// The stream, or the peer is gone.
    ///
    /// # Errors
    ///
    /// The peer is gone.
    pub fn into_stream(self) -> io::Result<Stream> {
        match self {
            Self::Tcp(tcp) => Stream::tcp(tcp),
            #[cfg(unix)]
            Self::Unix(unix) => Stream::unix(unix),
        }
    }
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

    /// Listens on a Unix domain socket; its file has the permissions `mode`, or
    /// those of the process's umask.
    #[cfg(unix)]
    pub fn bind_unix(
        engine: &Engine,
        path: &std::path::Path,
        mode: Option<u32>,
        backlog: i32,
    ) -> Result<Self, ListenError> {
        let failed = |error| {
            let what = format!("the Unix domain socket {}", path.display());
            ListenError { what, error }
        };
        let (file, socket) = SocketFile::bind(path, mode).map_err(failed)?;
        let listening = listen(&socket, backlog).and_then(|()| {
            let _runtime = engine.handle().enter();
            tokio::net::UnixListener::from_std(std::os::fd::OwnedFd::from(socket).into())
        });
        Ok(Self(Kind::Unix(listening.map_err(failed)?, Some(file))))
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

    /// Waits for the next connection; its peer's address, if it has one.
    pub async fn accept(&self) -> io::Result<(Accepted, Option<SocketAddr>)> {
        match &self.0 {
            Kind::Tcp(tcp, _) => {
                let (tcp, peer) = tcp.accept().await?;
                Ok((Accepted::Tcp(tcp), Some(peer)))
            }
            #[cfg(unix)]
            Kind::Unix(unix, _) => Ok((Accepted::Unix(unix.accept().await?.0), None)),
        }
    }

    /// Stops listening at once, whoever still holds the socket: the port is
    /// free for another one, the file of a Unix domain socket gone.
    pub fn shut_down(&self) {
        // Where the system refuses, the port is free once the task has ended.
        let _ = match &self.0 {
            Kind::Tcp(tcp, _) => socket2::SockRef::from(tcp).shutdown(std::net::Shutdown::Both),
            #[cfg(unix)]
            Kind::Unix(unix, file) => {
                file.iter().for_each(SocketFile::remove);
                socket2::SockRef::from(unix).shutdown(std::net::Shutdown::Both)
            }
        };
    }

    /// The address listened on, if it has one.
    pub fn address(&self) -> Option<SocketAddr> {
        match &self.0 {
            Kind::Tcp(_, address) => Some(*address),
            #[cfg(unix)]
            Kind::Unix(..) => None,
        }
    }

    /// The socket's descriptor.
    #[cfg(unix)]
    pub fn descriptor(&self) -> i64 {
        use std::os::fd::AsRawFd;
        i64::from(match &self.0 {
            Kind::Tcp(tcp, _) => tcp.as_raw_fd(),
            Kind::Unix(unix, _) => unix.as_raw_fd(),
        })
    }

    /// The socket's descriptor.
    #[cfg(not(unix))]
    pub fn descriptor(&self) -> i64 {
        -1
    }

    fn from_socket(engine: &Engine, socket: Socket, backlog: i32) -> io::Result<Self> {
        listen(&socket, backlog)?;
        let _runtime = engine.handle().enter();
        #[cfg(unix)]
        if socket.local_addr()?.is_unix() {
            let unix = std::os::fd::OwnedFd::from(socket).into();
            return Ok(Self(Kind::Unix(tokio::net::UnixListener::from_std(unix)?, None)));
        }
        let tcp = TcpListener::from_std(socket.into())?;
        let address = tcp.local_addr()?;
        Ok(Self(Kind::Tcp(tcp, address)))
    }
}

fn listen(socket: &Socket, backlog: i32) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    socket.listen(backlog)
}
