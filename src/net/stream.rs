//! A stream of bytes, in two halves that are used from different threads: TCP, a
//! Unix domain socket, what a host carries, or TLS over one of them.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
#[cfg(unix)]
use tokio::net::{UnixStream, unix};

use super::carried::{Addresses, EngineEnd};
use super::tls::{TlsFacts, TlsReader, TlsStream, TlsWriter};

/// A peer that is gone must not raise SIGPIPE in a host that does not know of it.
#[cfg(all(unix, not(target_vendor = "apple")))]
const NO_SIGNAL: i32 = libc::MSG_NOSIGNAL;
#[cfg(not(all(unix, not(target_vendor = "apple"))))]
const NO_SIGNAL: i32 = 0;

/// A connected stream.
pub struct Stream(Kind<TcpStream, UnixKind, Box<TlsStream>>);

/// The engine's half: reading.
pub struct Reader(Kind<OwnedReadHalf, UnixReader, TlsReader>);

/// The half that any thread may use: writing without waiting.
pub struct Writer(Kind<OwnedWriteHalf, UnixWriter, TlsWriter>);

/// What carries the bytes.
enum Kind<T, U, E> {
    Tcp(T),
    Unix(U),
    Carried(EngineEnd),
    Tls(E),
}

#[cfg(unix)]
type UnixKind = UnixStream;
#[cfg(unix)]
type UnixReader = unix::OwnedReadHalf;
#[cfg(unix)]
type UnixWriter = unix::OwnedWriteHalf;
/// Elsewhere there are none.
#[cfg(not(unix))]
type UnixKind = std::convert::Infallible;
#[cfg(not(unix))]
type UnixReader = std::convert::Infallible;
#[cfg(not(unix))]
type UnixWriter = std::convert::Infallible;

impl Stream {
    /// A TCP stream with small messages sent at once.
    pub fn tcp(tcp: TcpStream) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        Self::dialled(tcp)
    }

    /// A TCP stream with its options set.
    pub fn dialled(tcp: TcpStream) -> io::Result<Self> {
        #[cfg(target_vendor = "apple")]
        SockRef::from(&tcp).set_nosigpipe(true)?;
        Ok(Self(Kind::Tcp(tcp)))
    }

    /// A stream of a Unix domain socket.
    #[cfg(unix)]
    pub fn unix(unix: UnixStream) -> io::Result<Self> {
        #[cfg(target_vendor = "apple")]
        SockRef::from(&unix).set_nosigpipe(true)?;
        Ok(Self(Kind::Unix(unix)))
    }

    /// A stream that the host carries.
    pub fn carried(end: EngineEnd) -> Self {
        Self(Kind::Carried(end))
    }

    /// A stream that is encrypted.
    pub fn tls(tls: TlsStream) -> Self {
        Self(Kind::Tls(Box::new(tls)))
    }

    /// What the TLS handshake told, if the stream is encrypted here.
    pub fn tls_facts(&self) -> Option<&Arc<TlsFacts>> {
        match &self.0 {
            Kind::Tls(tls) => Some(tls.facts()),
            Kind::Tcp(_) | Kind::Unix(_) | Kind::Carried(_) => None,
        }
    }

    /// This side's address and the peer's, as far as they are known.
    pub fn addresses(&self) -> io::Result<Addresses> {
        match &self.0 {
            Kind::Tcp(tcp) => Ok((Some(tcp.local_addr()?), Some(tcp.peer_addr()?))),
            // Paths are no addresses that anybody counts by.
            Kind::Unix(_) => Ok((None, None)),
            Kind::Carried(end) => Ok(end.addresses()),
            Kind::Tls(tls) => Ok(tls.addresses()),
        }
    }

    /// The two halves.
    pub fn split(self) -> (Reader, Writer) {
        match self.0 {
            Kind::Tcp(tcp) => {
                let (reader, writer) = tcp.into_split();
                (Reader(Kind::Tcp(reader)), Writer(Kind::Tcp(writer)))
            }
            #[cfg(unix)]
            Kind::Unix(unix) => {
                let (reader, writer) = unix.into_split();
                (Reader(Kind::Unix(reader)), Writer(Kind::Unix(writer)))
            }
            #[cfg(not(unix))]
            Kind::Unix(never) => match never {},
            Kind::Carried(end) => (Reader(Kind::Carried(end.clone())), Writer(Kind::Carried(end))),
            Kind::Tls(tls) => {
                let (reader, writer) = tls.split();
                (Reader(Kind::Tls(reader)), Writer(Kind::Tls(writer)))
            }
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.0 {
            Kind::Tcp(tcp) => Pin::new(tcp).poll_read(cx, buffer),
            #[cfg(unix)]
            Kind::Unix(unix) => Pin::new(unix).poll_read(cx, buffer),
            #[cfg(not(unix))]
            Kind::Unix(never) => match *never {},
            Kind::Carried(end) => end.poll_read(cx, buffer),
            Kind::Tls(tls) => tls.poll_read(cx, buffer),
        }
    }
}

/// Never vectored: the standard library's vectored writes raise SIGPIPE.
impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.0 {
            Kind::Tcp(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            #[cfg(unix)]
            Kind::Unix(unix) => loop {
                std::task::ready!(unix.poll_write_ready(cx))?;
                let send = || SockRef::from(&*unix).send_with_flags(bytes, NO_SIGNAL);
                match unix.try_io(Interest::WRITABLE, send) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    written => return Poll::Ready(written),
                }
            },
            #[cfg(not(unix))]
            Kind::Unix(never) => match *never {},
            Kind::Carried(end) => end.poll_write(cx, bytes),
            Kind::Tls(tls) => tls.poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Nothing is held back.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.0 {
            Kind::Tcp(tcp) => Pin::new(tcp).poll_shutdown(cx),
            #[cfg(unix)]
            Kind::Unix(unix) => Pin::new(unix).poll_shutdown(cx),
            #[cfg(not(unix))]
            Kind::Unix(never) => match *never {},
            Kind::Carried(end) => {
                end.shut_down();
                Poll::Ready(Ok(()))
            }
            Kind::Tls(tls) => tls.poll_shutdown(cx),
        }
    }
}

impl Reader {
    /// Reads what is there.
    pub fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.0 {
            Kind::Tcp(tcp) => Pin::new(tcp).poll_read(cx, buffer),
            #[cfg(unix)]
            Kind::Unix(unix) => Pin::new(unix).poll_read(cx, buffer),
            #[cfg(not(unix))]
            Kind::Unix(never) => match *never {},
            Kind::Carried(end) => end.poll_read(cx, buffer),
            Kind::Tls(tls) => tls.poll_read(cx, buffer),
        }
    }

    /// Whether TLS ended without its last word: TCP may have been cut off.
    pub fn is_truncated(&self) -> bool {
        matches!(&self.0, Kind::Tls(tls) if tls.is_truncated())
    }
}

impl Writer {
    /// Writes what is taken now.
    pub fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match &self.0 {
            Kind::Tcp(tcp) => {
                let tcp: &TcpStream = tcp.as_ref();
                let socket = SockRef::from(tcp);
                let send = || socket.send_vectored_with_flags(slices, NO_SIGNAL);
                tcp.try_io(Interest::WRITABLE, send)
            }
            #[cfg(unix)]
            Kind::Unix(unix) => {
                let unix: &UnixStream = unix.as_ref();
                let socket = SockRef::from(unix);
                let send = || socket.send_vectored_with_flags(slices, NO_SIGNAL);
                unix.try_io(Interest::WRITABLE, send)
            }
            #[cfg(not(unix))]
            Kind::Unix(never) => match *never {},
            Kind::Carried(end) => end.try_write(slices),
            Kind::Tls(tls) => tls.try_write(slices),
        }
    }

    /// Waits until more is taken.
    pub fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &self.0 {
            Kind::Tcp(tcp) => tcp.as_ref().poll_write_ready(cx),
            #[cfg(unix)]
            Kind::Unix(unix) => unix.as_ref().poll_write_ready(cx),
            #[cfg(not(unix))]
            Kind::Unix(never) => match *never {},
            Kind::Carried(end) => end.poll_ready(cx),
            Kind::Tls(tls) => tls.poll_ready(cx),
        }
    }

    /// Ends this direction of the stream.
    pub fn shut_down(&self) -> io::Result<()> {
        match &self.0 {
            Kind::Tcp(tcp) => SockRef::from(tcp.as_ref()).shutdown(std::net::Shutdown::Write),
            #[cfg(unix)]
            Kind::Unix(unix) => SockRef::from(unix.as_ref()).shutdown(std::net::Shutdown::Write),
            #[cfg(not(unix))]
            Kind::Unix(never) => match *never {},
            Kind::Carried(end) => {
                end.shut_down();
                Ok(())
            }
            Kind::Tls(tls) => tls.shut_down(),
        }
    }

    /// Makes the end of the stream a reset, so that unsent bytes are dropped.
    pub fn reset_on_drop(&self) -> io::Result<()> {
        match &self.0 {
            Kind::Tcp(tcp) => {
                SockRef::from(tcp.as_ref()).set_linger(Some(std::time::Duration::ZERO))
            }
            // What was written is the peer's already; its end can't be a reset.
            Kind::Unix(_) => Ok(()),
            Kind::Carried(end) => {
                end.reset();
                Ok(())
            }
            Kind::Tls(tls) => tls.reset_on_drop(),
        }
    }
}
