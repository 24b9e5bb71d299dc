//! The host and port that a URL names.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use url::{Host, Url};

/// A host by its name or address, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    host: Host<String>,
    /// Of an IPv6 address, by name or number (RFC 6874).
    zone: Option<String>,
    port: u16,
}

impl HostPort {
    /// A host and a port.
    pub fn new(host: Host<String>, port: u16) -> Self {
        Self { host, zone: None, port }
    }

    /// Where a URL leads; `None` without a host or a port. Names are in the form
    /// in which they are looked up (punycode, lower case).
    pub fn of(url: &Url) -> Option<Self> {
        let host = url.host()?.to_owned();
        match &host {
            Host::Domain(name) if name.is_empty() => None,
            _ => Some(Self::new(host, url.port_or_known_default()?)),
        }
    }

    /// In a zone, which only a link-local address needs.
    pub fn in_zone(mut self, zone: Option<String>) -> Self {
        self.zone = zone.filter(|_| matches!(self.host, Host::Ipv6(_)));
        self
    }

    /// The host.
    pub fn host(&self) -> &Host<String> {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What the system's resolver is asked for: a name, or an address without
    /// brackets, with its zone.
    pub fn name(&self) -> String {
        match (&self.host, &self.zone) {
            (Host::Domain(name), _) => name.clone(),
            (Host::Ipv4(address), _) => address.to_string(),
            (Host::Ipv6(address), None) => address.to_string(),
            (Host::Ipv6(address), Some(zone)) => format!("{address}%{zone}"),
        }
    }

    /// As a request to a proxy names it; without a zone, which means something
    /// on this machine only.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// This machine, by an address or by a name that means it (RFC 6761 section
    /// 6.3). The unspecified address leads there as well.
    pub fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Ipv4(address) => is_here((*address).into()),
            Host::Ipv6(address) => is_here((*address).into()),
            Host::Domain(name) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                name == "localhost" || name.ends_with(".localhost")
            }
        }
    }
}

fn is_here(address: IpAddr) -> bool {
    let address = address.to_canonical();
    address.is_loopback() || address.is_unspecified()
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.host, &self.zone) {
            (Host::Ipv6(address), Some(zone)) => write!(f, "[{address}%{zone}]:{}", self.port),
            (host, _) => write!(f, "{host}:{}", self.port),
        }
    }
}

/// Takes the zone out of the IPv6 address in a URL, which the URL standard has
/// no place for: `ws://[fe80::1%25eth0]/` (RFC 6874), also with a bare `%`.
pub fn split_zone(url: &str) -> (Cow<'_, str>, Option<String>) {
    let unchanged = (Cow::Borrowed(url), None);
    let Some((scheme, rest)) = url.split_once("://") else { return unchanged };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let Some(authority) = rest.get(..end) else { return unchanged };
    let Some((before, after)) = authority.rsplit_once(']') else { return unchanged };
    let Some((address, zone)) = before.rsplit_once('%') else { return unchanged };
    let Some((_, bare)) = address.rsplit_once('[') else { return unchanged };
    let zone = zone.strip_prefix("25").unwrap_or(zone);
    let is_zone = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if zone.is_empty() || !zone.bytes().all(is_zone) || bare.parse::<Ipv6Addr>().is_err() {
        return unchanged;
    }
    let path = rest.get(end..).unwrap_or_default();
    (Cow::Owned(format!("{scheme}://{address}]{after}{path}")), Some(zone.to_owned()))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{HostPort, split_zone};

    fn place(url: &str) -> HostPort {
        HostPort::of(&Url::parse(url).expect("a URL")).expect("a host and a port")
    }

    #[test]
    fn names_travel_in_punycode() {
        assert_eq!(place("ws://Bücher.example/").name(), "xn--bcher-kva.example");
        assert_eq!(place("wss://日本語.テスト").authority(), "xn--wgv71a119e.xn--zckzah:443");
        assert_eq!(place("ws://faß.de:81").authority(), "xn--fa-hia.de:81");
    }

    #[test]
    fn the_zone_of_an_address_is_for_this_machine_only() {
        for url in ["ws://u:p@[fe80::1%25eth0]:81/a%25b?c", "ws://u:p@[fe80::1%eth0]:81/a%25b?c"] {
            let (url, zone) = split_zone(url);
            assert_eq!(url, "ws://u:p@[fe80::1]:81/a%25b?c");
            let place = place(&url).in_zone(zone);
            assert_eq!(place.name(), "fe80::1%eth0");
            assert_eq!(place.authority(), "[fe80::1]:81");
            assert_eq!(place.to_string(), "[fe80::1%eth0]:81");
        }
        for url in
            ["ws://[::1]/%25", "ws://h/[::1%25x]", "ws://[::1%25]/", "ws://[::1%25a b]/", "x"]
        {
            assert_eq!(split_zone(url), (url.into(), None));
        }
    }

    #[test]
    fn this_machine_is_known_by_address_and_by_name() {
        for url in [
            "ws://127.0.0.9",
            "ws://[::1]",
            "ws://[::ffff:127.0.0.1]",
            "ws://LOCALHOST.",
            "ws://a.localhost",
            "ws://0.0.0.0",
            "ws://[::]",
        ] {
            assert!(place(url).is_loopback(), "{url}");
        }
        for url in ["ws://128.0.0.1", "ws://[::2]", "ws://localhost.example", "ws://notlocalhost"] {
            assert!(!place(url).is_loopback(), "{url}");
        }
    }
}
