//! The TLS handshake over a stream that is open already. Nothing is sent while
//! the host is asked about the peer's certificate.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::poll_fn;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout;

use super::config::{ClientTls, ServerTls};
use super::context::Context;
use super::error::{Alert, TlsError};
use super::facts::Facts;
use super::flaw::{Flaw, Problem};
use super::machine::{Machine, Outbox, Step, Wish};
use super::session;
use super::verifier::ClientAuth;
use crate::net::Stream;
use crate::protocol::Role;

/// What is read at once.
const READ: usize = 8 * 1024;

/// How long, and how many bytes, a peer is listened to that was sent an alert:
/// what it still sends would reset the connection, and with it the alert.
const LINGER: Duration = Duration::from_secs(1);
const MOST_DISCARDED: usize = 64 * 1024;

/// RFC 8446 section 6.2.
const CERTIFICATE_UNKNOWN: u8 = 46;

/// What the host says about a peer whose certificate has errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The handshake goes on.
    Accept,
    /// It ends.
    Refuse,
}

/// Makes TLS of a client's stream to `host`. With `ask` the host decides about
/// errors in the server's certificate; without, they end the handshake.
pub async fn connect_tls<F, A>(
    tls: &ClientTls,
    host: &str,
    stream: Stream,
    ask: Option<F>,
) -> Result<Stream, TlsError>
where
    F: FnOnce(Arc<Facts>) -> A,
    A: Future<Output = Verdict>,
{
    let machine = tls.begin(host).await.map_err(|error| TlsError::Setup(error.to_string()))?;
    let context =
        Context { asks: ask.is_some(), server_name: Some(tls.name(host)), ..Context::default() };
    Shake::new(Role::Client, machine, stream, context).run(ClientAuth::None, ask).await
}

/// Makes TLS of a stream that a server has accepted. With `ask` the host decides
/// about errors in the client's certificate.
pub async fn accept_tls<F, A>(
    tls: &ServerTls,
    stream: Stream,
    ask: Option<F>,
) -> Result<Stream, TlsError>
where
    F: FnOnce(Arc<Facts>) -> A,
    A: Future<Output = Verdict>,
{
    let machine = tls.begin().await.map_err(|error| TlsError::Setup(error.to_string()))?;
    let context = Context { asks: ask.is_some(), ..Context::default() };
    Shake::new(Role::Server, machine, stream, context).run(tls.client_auth(), ask).await
}

/// A handshake under way.
struct Shake {
    role: Role,
    machine: Machine,
    stream: Stream,
    context: Context,
    incoming: Vec<u8>,
    /// How much of `incoming` has arrived.
    filled: usize,
    /// What the peer sent first.
    first: Option<[u8; 3]>,
    out: Outbox,
    /// Plaintext that came behind the handshake.
    early: Vec<u8>,
}

impl Shake {
    fn new(role: Role, machine: Machine, stream: Stream, context: Context) -> Self {
        Self {
            role,
            machine,
            stream,
            context,
            incoming: Vec::new(),
            filled: 0,
            first: None,
            out: Outbox::default(),
            early: Vec::new(),
        }
    }

    async fn run<F, A>(mut self, auth: ClientAuth, mut ask: Option<F>) -> Result<Stream, TlsError>
    where
        F: FnOnce(Arc<Facts>) -> A,
        A: Future<Output = Verdict>,
    {
        loop {
            match self.step(&Wish::None) {
                Ok(Step::Plain | Step::Encoded) => {}
                Ok(Step::Transmit) => {
                    self.check(&mut ask).await?;
                    self.send().await?;
                }
                Ok(Step::Blocked) => self.receive().await?,
                Ok(Step::Open) if self.machine.state().is_handshaking() => self.receive().await?,
                Ok(Step::Open) => break,
                Ok(Step::PeerClosed | Step::Closed) => return Err(TlsError::Ended),
                Err(error) => {
                    if ask.is_some() && !self.context.problems.is_empty() {
                        // The host was not asked yet.
                        self.out.clear();
                    }
                    return Err(self.fail(error).await);
                }
            }
        }
        let has_none = self.machine.state().peer_certificates().is_none();
        if auth == ClientAuth::Require && has_none {
            self.context.problems.push(Problem::new(Flaw::NoCertificate, 0));
        }
        self.check(&mut ask).await?;
        let facts = Arc::new(Facts::of(&self.machine, &self.context));
        self.incoming.truncate(self.filled);
        let rest = session::Rest { cipher: self.incoming, plain: self.early };
        let is_tainted = self.context.is_tainted();
        Ok(Stream::tls(session::begin(self.machine, self.stream, rest, facts, is_tainted)))
    }

    /// rustls is shown all that was not used, every time: it may have looked at
    /// its beginning already.
    fn step(&mut self, wish: &Wish<'_>) -> Result<Step, rustls::Error> {
        let Self { machine, context, incoming, filled, out, early, .. } = self;
        let bytes = incoming.get_mut(..*filled).unwrap_or_default();
        let (used, step) = context
            .within(|| machine.step(bytes, wish, out, &mut |plain| early.extend_from_slice(plain)));
        incoming.copy_within(used.min(*filled)..*filled, 0);
        *filled = filled.saturating_sub(used);
        step
    }

    /// Asks the host if there is something to ask.
    async fn check<F, A>(&mut self, ask: &mut Option<F>) -> Result<(), TlsError>
    where
        F: FnOnce(Arc<Facts>) -> A,
        A: Future<Output = Verdict>,
    {
        if self.context.problems.is_empty() {
            return Ok(());
        }
        let Some(ask) = ask.take() else { return Ok(()) };
        let facts = Arc::new(Facts::of(&self.machine, &self.context));
        if ask(facts.clone()).await == Verdict::Accept {
            return Ok(());
        }
        let alert = self.refuse().await;
        Err(TlsError::Refused { facts, alert })
    }

    /// The host does not accept the peer: what was to be sent is not. Until this
    /// side has sent its last message of the handshake, an alert in the clear is
    /// understood (RFC 8446 section 5.1 and appendix D.4). A server of TLS 1.3
    /// has: it ends with close_notify.
    async fn refuse(&mut self) -> Option<Alert> {
        let in_the_clear = !self.out.is_empty() || self.role == Role::Client;
        self.out.clear();
        if in_the_clear {
            let alert = [21, 3, 3, 0, 2, 2, CERTIFICATE_UNKNOWN];
            let sent = write_all(&mut self.stream, &alert).await.is_ok();
            self.linger().await;
            return sent.then_some(Alert::Sent(CERTIFICATE_UNKNOWN));
        }
        if self.step(&Wish::Close).is_ok() && self.send().await.is_ok() {
            self.linger().await;
        }
        None
    }

    async fn send(&mut self) -> Result<(), TlsError> {
        write_all(&mut self.stream, self.out.bytes()).await?;
        self.out.clear();
        Ok(())
    }

    async fn receive(&mut self) -> Result<(), TlsError> {
        if self.filled == self.incoming.len() {
            if self.filled >= session::MOST_KEPT {
                let problem = "a message of the handshake is over 64 KiB".to_owned();
                return Err(TlsError::Broken { problem, alert: None });
            }
            self.incoming.resize(self.filled.saturating_add(READ), 0);
        }
        let Self { incoming, filled, stream, .. } = self;
        let mut buffer = ReadBuf::new(incoming.get_mut(*filled..).unwrap_or_default());
        poll_fn(|cx| Pin::new(&mut *stream).poll_read(cx, &mut buffer)).await?;
        match buffer.filled().len() {
            0 if self.first.is_none() => return Err(TlsError::Left),
            0 => return Err(TlsError::Ended),
            read => *filled = filled.saturating_add(read),
        }
        if self.first.is_none() {
            self.first = self.incoming.first_chunk().copied();
        }
        Ok(())
    }

    /// Sends the alert that rustls has for the peer.
    async fn fail(&mut self, error: rustls::Error) -> TlsError {
        let Self { machine, incoming, filled, out, .. } = self;
        machine.encode(incoming.get_mut(..*filled).unwrap_or_default(), out);
        let in_the_clear = match self.out.bytes() {
            &[.., 21, 3, _, 0, 2, _, alert] => Some(alert),
            _ => None,
        };
        if self.send().await.is_ok() && self.role == Role::Server {
            self.linger().await;
        }
        let is_clear_text =
            self.first.is_some_and(|first| first.iter().all(u8::is_ascii_uppercase));
        if is_clear_text {
            let text = match self.role {
                Role::Server => {
                    "a request in plain HTTP came to a port for TLS: its URL has to begin with \
                     wss:// or https://"
                }
                Role::Client => {
                    "the server answers in plain text: this port is not for wss://, perhaps for ws://"
                }
            };
            return TlsError::NotTls(text, in_the_clear.map(Alert::Sent));
        }
        let (machine, context) = (&self.machine, &self.context);
        TlsError::of(error, in_the_clear, |found| {
            let mut facts = Facts::of(machine, context);
            if facts.problems.is_empty() {
                facts.problems = found;
            }
            facts
        })
    }

    async fn linger(&mut self) {
        let stream = &mut self.stream;
        let discard = async {
            poll_fn(|cx| Pin::new(&mut *stream).poll_shutdown(cx)).await?;
            let (mut memory, mut left) = ([0; 4096], MOST_DISCARDED);
            while left > 0 {
                let mut buffer = ReadBuf::new(&mut memory);
                poll_fn(|cx| Pin::new(&mut *stream).poll_read(cx, &mut buffer)).await?;
                match buffer.filled().len() {
                    0 => break,
                    read => left = left.saturating_sub(read),
                }
            }
            Ok::<_, std::io::Error>(())
        };
        // The peer may be gone, or stay longer than it is listened to.
        let _ = timeout(LINGER, discard).await;
    }
}

async fn write_all(stream: &mut Stream, mut bytes: &[u8]) -> std::io::Result<()> {
    while !bytes.is_empty() {
        let written = poll_fn(|cx| Pin::new(&mut *stream).poll_write(cx, bytes)).await?;
        bytes = match written {
            0 => return Err(std::io::ErrorKind::WriteZero.into()),
            written => bytes.get(written..).unwrap_or_default(),
        };
    }
    Ok(())
}
