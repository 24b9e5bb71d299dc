//! One proxy, as a URL names it.

use std::fmt;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::ProxyUrlError;
use crate::net::HostPort;
use crate::protocol::Credentials;

/// What a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// CONNECT of HTTP/1.1 (RFC 9110 section 9.3.6).
    Http,
    /// SOCKS version 5 (RFC 1928); the proxy looks the name up.
    Socks5,
}

/// A proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// What it speaks.
    pub kind: ProxyKind,
    /// Where it is.
    pub place: HostPort,
    /// What it may want to know.
    pub credentials: Option<Credentials>,
}

impl Proxy {
    /// The proxy that a URL names: `http://`, `socks5://` or `socks5h://`, with
    /// or without `user:password@`, percent-encoded. Without a port it is 80 or
    /// 1080.
    ///
    /// # Errors
    ///
    /// What is wrong with the URL, or can't be sent.
    pub fn parse(url: &str) -> Result<Self, ProxyUrlError> {
        if url.contains(|character: char| character.is_control()) {
            return Err(ProxyUrlError::Control);
        }
        let url = Url::parse(url).map_err(ProxyUrlError::Syntax)?;
        let (kind, port) = match url.scheme() {
            "http" => (ProxyKind::Http, 80),
            "socks5" | "socks5h" => (ProxyKind::Socks5, 1080),
            scheme => return Err(ProxyUrlError::Scheme(scheme.to_owned())),
        };
        let host = match url.host() {
            // Of schemes that the URL standard does not know hosts stay as they are.
            Some(Host::Domain(name)) if !name.is_empty() => {
                Host::parse(name).map_err(ProxyUrlError::Syntax)?
            }
            Some(Host::Ipv4(address)) => Host::Ipv4(address),
            Some(Host::Ipv6(address)) => Host::Ipv6(address),
            _ => return Err(ProxyUrlError::NoHost),
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(ProxyUrlError::More);
        }
        let place = HostPort::new(host, url.port().unwrap_or(port));
        let proxy = Self { kind, place, credentials: None };
        match (url.username(), url.password()) {
            ("", None) => Ok(proxy),
            (user, password) => {
                let decoded = |text| percent_decode_str(text).decode_utf8_lossy();
                proxy.with_credentials(&decoded(user), &decoded(password.unwrap_or_default()))
            }
        }
    }

    /// With these credentials instead of the URL's.
    ///
    /// # Errors
    ///
    /// They can't be sent to such a proxy.
    pub fn with_credentials(self, user: &str, password: &str) -> Result<Self, ProxyUrlError> {
        let credentials = Credentials::new(user, password).map_err(|_| ProxyUrlError::Control)?;
        if self.kind == ProxyKind::Socks5 && !fit_socks(&credentials) {
            return Err(ProxyUrlError::SocksLength);
        }
        Ok(Self { credentials: Some(credentials), ..self })
    }
}

/// Whether SOCKS has room for them (RFC 1929 section 2).
pub(super) fn fit_socks(credentials: &Credentials) -> bool {
    [credentials.user(), credentials.password()].iter().all(|text| (1..=255).contains(&text.len()))
}

/// Never with credentials.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.kind {
            ProxyKind::Http => "http",
            ProxyKind::Socks5 => "socks5h",
        };
        write!(f, "{scheme}://{}", self.place)
    }
}

#[cfg(test)]
mod tests {
    use super::{Proxy, ProxyKind};

    fn proxy(url: &str) -> Proxy {
        Proxy::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    #[test]
    fn a_url_names_a_proxy() {
        let http = proxy("http://bird:s%40ed%3A@proxy.example:3128/");
        assert_eq!(
            (http.kind, http.to_string().as_str()),
            (ProxyKind::Http, "http://proxy.example:3128")
        );
        let credentials = http.credentials.expect("credentials");
        assert_eq!((credentials.user(), credentials.password()), ("bird", "s@ed:"));
        assert_eq!(proxy("http://Bücher.example").to_string(), "http://xn--bcher-kva.example:80");
        for url in ["socks5://Bücher.example", "socks5h://b%C3%BCcher.example"] {
            assert_eq!(proxy(url).to_string(), "socks5h://xn--bcher-kva.example:1080");
        }
        assert_eq!(proxy("socks5://[::1]:1").to_string(), "socks5h://[::1]:1");
        assert_eq!(proxy("socks5://127.0.0.1").to_string(), "socks5h://127.0.0.1:1080");
    }

    #[test]
    fn what_cannot_be_used_is_refused_and_never_shows_a_password() {
        let long = format!("socks5://bird:{}@h", "x".repeat(256));
        for url in [
            "",
            "proxy.example:3128",
            "https://bird:secret@h",
            "socks4://bird:secret@h",
            "ftp://h",
            "http://",
            "socks5://",
            "http://h/path",
            "http://h?q",
            "http://h#f",
            "http://bird:sec%0Dret@h",
            "http://bird%0A:secret@h",
            "http://bird:secret%00@h",
            "http://bird:sec\rret@h",
            "socks5://bird@h",
            "socks5://:secret@h",
            &long,
        ] {
            let error = Proxy::parse(url).expect_err(url).to_string();
            assert!(!error.contains("secret") && !error.contains("xxx"), "{url}: {error}");
        }
    }
}
