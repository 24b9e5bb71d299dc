//! Whether a page's origin is the server's own (RFC 6455 section 10.2,
//! RFC 6454).

use url::Url;

/// How a client's own connection is, as far as a server knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// Not encrypted when it arrives; somebody in between may have ended TLS.
    #[default]
    Unknown,
    /// Not encrypted.
    Plain,
    /// Encrypted.
    Encrypted,
}

impl Transport {
    /// Whether it is known to be encrypted.
    pub fn is_encrypted(self) -> bool {
        self == Self::Encrypted
    }

    /// Whether a page of `scheme` may be of the server that it asks so.
    fn fits(self, scheme: &str) -> bool {
        let is_one_of =
            |schemes: [&str; 2]| schemes.iter().any(|known| known.eq_ignore_ascii_case(scheme));
        let (plain, encrypted) = (is_one_of(["http", "ws"]), is_one_of(["https", "wss"]));
        match self {
            Self::Unknown => plain || encrypted,
            Self::Plain => plain,
            Self::Encrypted => encrypted,
        }
    }
}

/// Whether `origin`, an Origin field's value, has the same scheme, host and port
/// as `host`, a Host field's value, over `transport`. A port that is not named is
/// the default of the origin's scheme. Behind a proxy that ends TLS and says
/// nothing of it, each scheme is taken. `null` and schemes other than http, https,
/// ws and wss have no such host.
pub fn same_origin(origin: &str, host: &str, transport: Transport) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    if !transport.fits(scheme) {
        return false;
    }
    match (endpoint(scheme, authority), endpoint(scheme, host)) {
        (Some(origin), Some(host)) => origin == host,
        _ => false,
    }
}

/// Host and port of `host[:port]`, the host in its normal form.
fn endpoint(scheme: &str, authority: &str) -> Option<(String, u16)> {
    let is_foreign = |byte: u8| b"/\\?#@".contains(&byte) || byte <= b' ' || byte == 0x7F;
    if authority.is_empty() || authority.bytes().any(is_foreign) {
        return None;
    }
    let url = Url::parse(&format!("{scheme}://{authority}/")).ok()?;
    Some((url.host_str()?.to_owned(), url.port_or_known_default()?))
}
