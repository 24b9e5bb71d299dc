//! rustls' state machine of one connection, one step at a time. It has no
//! buffers of its own for what comes and goes: an idle connection keeps none.

use std::sync::Arc;

use rustls::client::{ClientConnectionData, UnbufferedClientConnection};
use rustls::pki_types::ServerName;
use rustls::server::{ServerConnectionData, UnbufferedServerConnection};
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncryptError, UnbufferedStatus, WriteTraffic,
};
use rustls::{ClientConfig, CommonState, Error, ServerConfig};

/// The most plaintext of a record (RFC 8446 section 5.1).
pub(super) const RECORD: usize = 16 * 1024;

/// What a record has besides plaintext, at most (RFC 5246 section 6.2.3).
pub(super) const OVERHEAD: usize = 256;

/// Either side of a connection.
pub(super) enum Machine {
    Client(Box<UnbufferedClientConnection>),
    Server(Box<UnbufferedServerConnection>),
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Plaintext was handed out; there may be more.
    Plain,
    /// Records were added to what has to be sent; go on.
    Encoded,
    /// Everything that has to be sent was handed out; send it before anything
    /// is waited for, and go on.
    Transmit,
    /// More bytes of the peer's are needed; nothing can be encrypted yet.
    Blocked,
    /// More bytes of the peer's are needed, and plaintext can be encrypted.
    Open,
    /// The peer ended its direction.
    PeerClosed,
    /// Both directions have ended.
    Closed,
}

/// What is to be done where plaintext may be encrypted.
pub(super) enum Wish<'a> {
    /// Nothing.
    None,
    /// This is to be sent.
    Send(&'a [u8]),
    /// The end is to be announced.
    Close,
}

/// Ciphertext on its way out.
#[derive(Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    used: usize,
}

impl Outbox {
    /// What has to be sent.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.used).unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    pub fn clear(&mut self) {
        self.used = 0;
    }

    /// Adds what was encrypted elsewhere.
    pub fn push(&mut self, bytes: &[u8]) {
        if let Some(room) = self.room(bytes.len()).get_mut(..bytes.len()) {
            room.copy_from_slice(bytes);
            self.add(bytes.len());
        }
    }

    fn room(&mut self, length: usize) -> &mut [u8] {
        let end = self.used.saturating_add(length);
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes.get_mut(self.used..).unwrap_or_default()
    }

    fn add(&mut self, written: usize) {
        self.used = self.used.saturating_add(written).min(self.bytes.len());
    }
}

impl Machine {
    pub fn client(config: Arc<ClientConfig>, name: ServerName<'static>) -> Result<Self, Error> {
        Ok(Self::Client(Box::new(UnbufferedClientConnection::new(config, name)?)))
    }

    pub fn server(config: Arc<ServerConfig>) -> Result<Self, Error> {
        Ok(Self::Server(Box::new(UnbufferedServerConnection::new(config)?)))
    }

    /// What was negotiated so far.
    pub fn state(&self) -> &CommonState {
        match self {
            Self::Client(client) => client,
            Self::Server(server) => server,
        }
    }

    /// Takes what rustls has for the peer after an error; it must not look at
    /// `incoming` again.
    pub fn encode(&mut self, incoming: &mut [u8], out: &mut Outbox) {
        while self.state().wants_write()
            && let (_, Ok(Step::Encoded)) = self.step(incoming, &Wish::None, out, &mut |_| {})
        {
        }
    }

    /// Goes on with `incoming`, of which so many bytes are used up. Plaintext
    /// of the peer's goes to `plain`, ciphertext for it to `out`.
    pub fn step(
        &mut self,
        incoming: &mut [u8],
        wish: &Wish<'_>,
        out: &mut Outbox,
        plain: &mut dyn FnMut(&[u8]),
    ) -> (usize, Result<Step, Error>) {
        match self {
            Self::Client(client) => handle::<ClientConnectionData>(
                client.process_tls_records(incoming),
                wish,
                out,
                plain,
            ),
            Self::Server(server) => handle::<ServerConnectionData>(
                server.process_tls_records(incoming),
                wish,
                out,
                plain,
            ),
        }
    }
}

fn handle<D>(
    status: UnbufferedStatus<'_, '_, D>,
    wish: &Wish<'_>,
    out: &mut Outbox,
    plain: &mut dyn FnMut(&[u8]),
) -> (usize, Result<Step, Error>) {
    let mut discard = status.discard;
    let step = match status.state {
        Err(error) => Err(error),
        Ok(ConnectionState::ReadTraffic(mut traffic)) => {
            let mut result = Ok(Step::Plain);
            while let Some(record) = traffic.next_record() {
                match record {
                    Ok(record) => {
                        discard = discard.saturating_add(record.discard);
                        plain(record.payload);
                    }
                    Err(error) => result = Err(error),
                }
            }
            result
        }
        Ok(ConnectionState::EncodeTlsData(mut data)) => {
            let mut length = RECORD + OVERHEAD;
            loop {
                match data.encode(out.room(length)) {
                    Ok(written) => break out.add(written),
                    Err(EncodeError::InsufficientSize(size)) if size.required_size > length => {
                        length = size.required_size;
                    }
                    // Not reached: it is encoded once, into enough room.
                    Err(_) => break,
                }
            }
            Ok(Step::Encoded)
        }
        Ok(ConnectionState::TransmitTlsData(data)) => {
            data.done();
            Ok(Step::Transmit)
        }
        Ok(ConnectionState::BlockedHandshake) => Ok(Step::Blocked),
        Ok(ConnectionState::WriteTraffic(traffic)) => encrypt(traffic, wish, out),
        Ok(ConnectionState::PeerClosed) => Ok(Step::PeerClosed),
        Ok(ConnectionState::Closed) => Ok(Step::Closed),
        // Early data is never offered nor accepted.
        Ok(_) => Err(Error::General("an unexpected state of TLS".to_owned())),
    };
    (discard, step)
}

fn encrypt<D>(
    mut traffic: WriteTraffic<'_, D>,
    wish: &Wish<'_>,
    out: &mut Outbox,
) -> Result<Step, Error> {
    let plain = match wish {
        Wish::None => return Ok(Step::Open),
        Wish::Send(plain) => plain.len(),
        Wish::Close => 0,
    };
    let records = plain.div_ceil(RECORD).saturating_add(1);
    let mut length = plain.saturating_add(records.saturating_mul(OVERHEAD));
    loop {
        let result = match wish {
            Wish::None => Ok(0),
            Wish::Send(plain) => traffic.encrypt(plain, out.room(length)),
            Wish::Close => traffic.queue_close_notify(out.room(length)),
        };
        match result {
            Ok(written) => {
                out.add(written);
                return Ok(Step::Open);
            }
            Err(EncryptError::InsufficientSize(size)) if size.required_size > length => {
                length = size.required_size;
            }
            Err(_) => return Err(Error::EncryptError),
        }
    }
}
