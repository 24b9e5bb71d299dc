//! A stream of bytes, in two halves that are used from different threads.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::io::{AsyncRead, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// A peer that is gone must not raise SIGPIPE in a host that does not know of it.
#[cfg(all(unix, not(target_vendor = "apple")))]
const NO_SIGNAL: i32 = libc::MSG_NOSIGNAL;
#[cfg(not(all(unix, not(target_vendor = "apple"))))]
const NO_SIGNAL: i32 = 0;

/// A connected stream.
pub struct Stream {
    tcp: TcpStream,
}

/// The engine's half: reading.
pub struct Reader {
    tcp: OwnedReadHalf,
}

/// The half that any thread may use: writing without waiting.
pub struct Writer {
    tcp: OwnedWriteHalf,
}

impl Stream {
    /// A TCP stream with small messages sent at once.
    pub fn tcp(tcp: TcpStream) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        #[cfg(target_vendor = "apple")]
        SockRef::from(&tcp).set_nosigpipe(true)?;
        Ok(Self { tcp })
    }

    /// A stream that was made by `tcp` before its opening handshake.
    pub fn upgraded(tcp: TcpStream) -> Self {
        Self { tcp }
    }

    /// The TCP stream, for the opening handshake.
    pub fn into_tcp(self) -> TcpStream {
        self.tcp
    }

    /// Local and peer address.
    pub fn addresses(&self) -> io::Result<(SocketAddr, SocketAddr)> {
        Ok((self.tcp.local_addr()?, self.tcp.peer_addr()?))
    }

    /// The two halves.
    pub fn split(self) -> (Reader, Writer) {
        let (reader, writer) = self.tcp.into_split();
        (Reader { tcp: reader }, Writer { tcp: writer })
    }
}

impl Reader {
    /// Reads what is there.
    pub fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(cx, buffer)
    }
}

impl Writer {
    /// Writes what the system takes now.
    pub fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let tcp: &TcpStream = self.tcp.as_ref();
        let socket = SockRef::from(tcp);
        tcp.try_io(Interest::WRITABLE, || socket.send_vectored_with_flags(slices, NO_SIGNAL))
    }

    /// Waits until the system takes more.
    pub fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tcp.as_ref().poll_write_ready(cx)
    }

    /// Ends this direction of the stream.
    pub fn shut_down(&self) -> io::Result<()> {
        SockRef::from(self.tcp.as_ref()).shutdown(std::net::Shutdown::Write)
    }

    /// Makes the end of the stream a reset, so that unsent bytes are dropped.
    pub fn reset_on_drop(&self) -> io::Result<()> {
        SockRef::from(self.tcp.as_ref()).set_linger(Some(std::time::Duration::ZERO))
    }
}
