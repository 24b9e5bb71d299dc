//! The PROXY header (versions 1 and 2), by which a proxy says in front of
//! everything else from whom a connection is.

use std::net::SocketAddr;

use futures_util::future::{Either, select};
use proxy_header::{ParseConfig, ProxyHeader};
use std::pin::pin;
use tokio::io::AsyncReadExt;
use tokio::time::timeout_at;

use super::super::accept::Newcomer;
use super::super::handshake::late;
use super::super::server::Shared;
use crate::net::Stream;
use crate::protocol::Transport;
use crate::queue::Failure;

/// How version 2 begins, and version 1.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
const WORD: &[u8; 6] = b"PROXY ";

/// Longest header of version 1, and what is taken of version 2: addresses and
/// what a proxy adds to them.
const LONGEST_LINE: usize = 107;
const LONGEST_BLOCK: usize = 4096;

/// What a header says: the client's address, unless the proxy itself asks, and how
/// the client came to it.
type Introduced = (Option<SocketAddr>, Transport);

/// Reads the header of a newcomer that a proxy has to introduce: its peer is the
/// client from then on.
pub(in super::super) async fn introduced(
    shared: &Shared,
    mut newcomer: Newcomer,
) -> Result<Newcomer, Failure> {
    if !shared.options.proxies.trusted.has_peer(newcomer.peer) {
        let peer = newcomer.peer.map_or("a Unix domain socket".to_owned(), |peer| peer.to_string());
        return Err(Failure::ProxyHeader(format!(
            "{peer} is not among trusted_proxies, and every connection has to come from one of them"
        )));
    }
    let limit = shared.load.limits().handshake_timeout;
    let read = read(&mut newcomer.stream);
    let read = async {
        match limit {
            None => read.await,
            Some(limit) => timeout_at(newcomer.since + limit, read)
                .await
                .unwrap_or_else(|_| Err(late("handshake_timeout", limit))),
        }
    };
    let (client, transport) = match select(pin!(read), pin!(shared.closed())).await {
        Either::Left((found, _)) => found?,
        Either::Right(_) => return Err(Failure::Lost),
    };
    newcomer.peer = client.or(newcomer.peer);
    newcomer.transport = transport;
    Ok(newcomer)
}

/// Reads a header, and no byte behind it.
async fn read(stream: &mut Stream) -> Result<Introduced, Failure> {
    let mut bytes = Vec::with_capacity(LONGEST_LINE);
    // Neither version has a header that is shorter.
    take(stream, &mut bytes, SIGNATURE.len()).await?;
    if bytes == SIGNATURE {
        take(stream, &mut bytes, 4).await?;
        let length = bytes.last_chunk().map_or(0, |length| u16::from_be_bytes(*length));
        let length = usize::from(length);
        if length > LONGEST_BLOCK {
            return Err(invalid(&format!("it has {length} bytes, more than {LONGEST_BLOCK}")));
        }
        take(stream, &mut bytes, length).await?;
    } else if bytes.starts_with(WORD) {
        while bytes.last() != Some(&b'\n') {
            if bytes.len() >= LONGEST_LINE {
                return Err(invalid("its line is too long"));
            }
            take(stream, &mut bytes, 1).await?;
        }
    } else {
        return Err(invalid("there is none"));
    }
    let config = ParseConfig { include_tlvs: true, ..ParseConfig::default() };
    let (header, _) = ProxyHeader::parse(&bytes, config)
        .map_err(|error| invalid(&format!("it can't be read ({error})")))?;
    let transport = match header.ssl() {
        None => Transport::Unknown,
        Some(ssl) if ssl.client_ssl() => Transport::Encrypted,
        Some(_) => Transport::Plain,
    };
    Ok((header.proxied_address().map(|found| found.source), transport))
}

/// Reads so many bytes more.
async fn take(stream: &mut Stream, bytes: &mut Vec<u8>, count: usize) -> Result<(), Failure> {
    let before = bytes.len();
    bytes.resize(before.saturating_add(count), 0);
    let rest = bytes.get_mut(before..).unwrap_or_default();
    stream.read_exact(rest).await.map_err(|_| Failure::Lost)?;
    Ok(())
}

fn invalid(problem: &str) -> Failure {
    Failure::ProxyHeader(format!("proxy_protocol is on, but of the PROXY header: {problem}"))
}
