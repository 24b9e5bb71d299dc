//! Lists of networks.

use std::net::{IpAddr, SocketAddr};

use ipnet::{IpNet, Ipv4Net};
use thiserror::Error;

/// What stands for peers without an IP address: those of a Unix domain socket.
const UNIX: &str = "unix";

/// Not a network.
#[derive(Debug, Error)]
#[error("{0:?} is no network: name them as 10.0.0.0/8, fd00::/8, 192.0.2.1 or unix")]
pub struct NetworkError(String);

/// A list of networks.
#[derive(Clone, Debug, Default)]
pub struct Networks {
    networks: Vec<IpNet>,
    has_unix: bool,
}

impl Networks {
    /// Reads networks (`10.0.0.0/8`), single addresses, and `unix` for peers
    /// without an address.
    pub fn parse(names: &[&str]) -> Result<Self, NetworkError> {
        let mut list = Self::default();
        for name in names {
            if *name == UNIX {
                list.has_unix = true;
                continue;
            }
            let address = || name.parse::<IpAddr>().map(IpNet::from);
            let Ok(network) = name.parse::<IpNet>().or_else(|_| address()) else {
                return Err(NetworkError((*name).to_owned()));
            };
            list.networks.push(canonical(network));
        }
        Ok(list)
    }

    /// Whether an address is in one of them. An IPv4 address is the same one
    /// when a socket for both versions gives it.
    pub fn has(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Whether a peer is in one of them.
    pub fn has_peer(&self, peer: Option<SocketAddr>) -> bool {
        peer.map_or(self.has_unix, |peer| self.has(peer.ip()))
    }
}

/// An IPv4 network that is written as IPv6 has the addresses of the former.
fn canonical(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else { return network };
    let (address, length) = (v6.addr().to_ipv4_mapped(), v6.prefix_len().checked_sub(96));
    let v4 = address.zip(length).and_then(|(address, length)| Ipv4Net::new(address, length).ok());
    v4.map_or(network, IpNet::V4)
}

#[cfg(test)]
mod tests {
    use super::Networks;

    #[test]
    fn networks_and_addresses_have_what_lies_in_them() {
        let list = Networks::parse(&["10.0.0.0/8", "192.0.2.1", "fd00::/8"]).expect("networks");
        let has = |address: &str| list.has(address.parse().expect("an address"));
        assert!(has("10.255.0.1") && has("192.0.2.1") && has("fd12::1"));
        assert!(has("::ffff:10.0.0.1"), "IPv4 through a socket of IPv6");
        assert!(!has("11.0.0.1") && !has("192.0.2.2") && !has("fe80::1") && !has("::1"));
        assert!(!list.has_peer(None));
        assert!(Networks::parse(&["unix"]).expect("networks").has_peer(None));
        assert!(!Networks::default().has("127.0.0.1".parse().expect("an address")));
    }

    #[test]
    fn ipv4_may_be_written_as_ipv6() {
        let list = Networks::parse(&["::ffff:10.0.0.0/104", "::ffff:192.0.2.1"]).expect("networks");
        let has = |address: &str| list.has(address.parse().expect("an address"));
        assert!(has("10.1.2.3") && has("::ffff:10.1.2.3") && has("192.0.2.1"));
        assert!(!has("11.0.0.1") && !has("192.0.2.2") && !has("::1"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for wrong in ["", "10.0.0.0/33", "10.0.0", "example.org", "10.0.0.0/8 ", "::/129"] {
            assert!(Networks::parse(&[wrong]).is_err(), "{wrong:?}");
        }
    }
}
