//! Whether a page's origin is the server's own (RFC 6455 section 10.2,
//! RFC 6454).

use url::Url;

/// Whether `origin`, an Origin field's value, has the same host and port as
/// `host`, a Host field's value. A port that is not named is the default of
/// the origin's scheme, so that this holds behind a proxy that ends TLS, too.
/// `null` and schemes other than http, https, ws and wss have no such host.
pub fn same_origin(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let is_web = ["http", "https", "ws", "wss"].iter().any(|web| web.eq_ignore_ascii_case(scheme));
    if !is_web {
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
