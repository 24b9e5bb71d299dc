//! Who asks: the peer, or the client that trusted proxies name.

use std::net::SocketAddr;

use hyper::HeaderMap;
use hyper::header::{HOST, HeaderValue};
use hyper::http::uri::Authority;

use super::fields::{forwarded, x_forwarded};
use super::{Networks, Proxies};
use crate::protocol::Transport;

/// In which header fields trusted proxies name the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Forwarded {
    /// In none.
    #[default]
    None,
    /// X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host.
    XForwarded,
    /// Forwarded (RFC 7239).
    Rfc7239,
}

/// Who asks, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpClient {
    /// The client's address, as far as it is known. The port is 0 if a proxy
    /// does not tell it.
    pub peer: Option<SocketAddr>,
    /// How the client's own connection is.
    pub transport: Transport,
    /// The host that was asked for, if a proxy replaced it.
    pub host: Option<String>,
}

impl HttpClient {
    /// Header fields whose Host is the one that the client asked for.
    pub(in super::super) fn named_in(&self, mut headers: HeaderMap) -> HeaderMap {
        let host = self.host.as_ref().and_then(|host| HeaderValue::from_str(host).ok());
        if let Some(host) = host {
            headers.insert(HOST, host);
        }
        headers
    }
}

impl Proxies {
    /// Whether the client's address follows from header fields, so that its
    /// handshakes can't be counted before they are there.
    pub(in super::super) fn names_clients_later(&self, peer: Option<SocketAddr>) -> bool {
        self.forwarded != Forwarded::None && self.trusted.has_peer(peer)
    }

    /// The client of a request that `peer` has sent.
    pub(in super::super) fn client(
        &self,
        peer: Option<SocketAddr>,
        transport: Transport,
        headers: &HeaderMap,
    ) -> HttpClient {
        let mut client = HttpClient { peer, transport, host: None };
        if !self.names_clients_later(peer) {
            return client;
        }
        let hops = match self.forwarded {
            Forwarded::None => Vec::new(),
            Forwarded::XForwarded => x_forwarded(headers),
            Forwarded::Rfc7239 => forwarded(headers),
        };
        // From the nearest proxy on, as long as each is trusted by what the one
        // before it has said.
        for hop in hops.into_iter().rev() {
            let Some(address) = hop.client else { break };
            client.peer = Some(address);
            client.transport = match hop.scheme {
                Some(scheme) if is_encrypted(&scheme) => Transport::Encrypted,
                Some(_) => Transport::Plain,
                None => client.transport,
            };
            client.host = hop.host.filter(|host| is_host(host)).or(client.host);
            if !is_trusted(&self.trusted, address) {
                break;
            }
        }
        client
    }
}

fn is_trusted(networks: &Networks, address: SocketAddr) -> bool {
    networks.has(address.ip())
}

fn is_encrypted(scheme: &str) -> bool {
    ["https", "wss"].iter().any(|encrypted| encrypted.eq_ignore_ascii_case(scheme))
}

fn is_host(host: &str) -> bool {
    host.parse::<Authority>().is_ok_and(|host| !host.as_str().contains('@'))
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;
    use hyper::header::HeaderValue;

    use super::super::{Networks, Proxies};
    use super::{Forwarded, HttpClient};
    use crate::protocol::Transport;

    /// Who asks through a peer, as `address secure host`.
    fn client(peer: &str, fields: &[(&'static str, &str)]) -> String {
        let proxies = Proxies {
            trusted: Networks::parse(&["10.0.0.0/8", "127.0.0.1"]).expect("networks"),
            forwarded: Forwarded::XForwarded,
            ..Proxies::default()
        };
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, HeaderValue::from_str(value).expect("a value"));
        }
        let peer = Some(peer.parse().expect("an address"));
        let HttpClient { peer, transport, host } =
            proxies.client(peer, Transport::Unknown, &headers);
        format!("{} {} {host:?}", peer.expect("an address"), transport.is_encrypted())
    }

    #[test]
    fn fields_of_strangers_are_ignored() {
        let fields = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https")];
        assert_eq!(client("198.51.100.1:5", &fields), "198.51.100.1:5 false None");
        assert_eq!(client("127.0.0.1:5", &fields), "192.0.2.1:0 true None");
        assert_eq!(client("127.0.0.1:5", &[]), "127.0.0.1:5 false None");
    }

    #[test]
    fn the_client_is_the_last_one_that_is_not_trusted() {
        let of = |list: &str| client("127.0.0.1:5", &[("x-forwarded-for", list)]);
        assert_eq!(of("203.0.113.9, 192.0.2.1, 10.0.0.2"), "192.0.2.1:0 false None");
        assert_eq!(of("203.0.113.9, 192.0.2.1"), "192.0.2.1:0 false None");
        assert_eq!(of("10.0.0.3, 10.0.0.2"), "10.0.0.3:0 false None", "all are trusted");
        assert_eq!(of("192.0.2.1, unknown, 10.0.0.2"), "10.0.0.2:0 false None");
        assert_eq!(of("192.0.2.1, "), "127.0.0.1:5 false None");
    }

    #[test]
    fn scheme_and_host_are_those_that_the_client_used() {
        let fields = [
            ("x-forwarded-for", "192.0.2.1, 10.0.0.2"),
            ("x-forwarded-proto", "HTTPS, http"),
            ("x-forwarded-host", "a.example:8443, b.example"),
        ];
        assert_eq!(client("127.0.0.1:5", &fields), "192.0.2.1:0 true Some(\"a.example:8443\")");
        let odd = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-host", "user@a b")];
        assert_eq!(client("127.0.0.1:5", &odd), "192.0.2.1:0 false None");
    }
}
