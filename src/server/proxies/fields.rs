//! Header fields in which proxies name the client: Forwarded (RFC 7239) and
//! X-Forwarded-For, -Proto and -Host. One list item for each proxy, the nearest
//! one's last.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use hyper::HeaderMap;
use hyper::header::{FORWARDED, HeaderName};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// What one proxy says about whoever asked it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hop {
    /// The asker's address; `None` if it can't be read. Port 0 if it has none.
    pub client: Option<SocketAddr>,
    /// The scheme that was asked for.
    pub scheme: Option<String>,
    /// The host that was asked for.
    pub host: Option<String>,
}

/// The hops of X-Forwarded-For. Those of the other two fields that have as many
/// items belong to them one by one, others as a whole to the client's.
pub(super) fn x_forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let clients = items(headers, &X_FORWARDED_FOR);
    let schemes = items(headers, &X_FORWARDED_PROTO);
    let hosts = items(headers, &X_FORWARDED_HOST);
    let of = |list: &[String], place: usize| match list.len() == clients.len() {
        true => list.get(place).cloned(),
        false => list.last().cloned(),
    };
    let hop = |(place, client): (usize, &String)| Hop {
        client: node(client),
        scheme: of(&schemes, place),
        host: of(&hosts, place),
    };
    clients.iter().enumerate().map(hop).collect()
}

/// The hops of Forwarded.
pub(super) fn forwarded(headers: &HeaderMap) -> Vec<Hop> {
    let mut hops = Vec::new();
    for field in headers.get_all(FORWARDED) {
        let text = String::from_utf8_lossy(field.as_bytes());
        for element in split(&text, ',') {
            let mut hop = Hop::default();
            for pair in split(element, ';') {
                let Some((name, value)) = pair.split_once('=') else { continue };
                let value = unquoted(value.trim());
                match name.trim().to_ascii_lowercase().as_str() {
                    "for" => hop.client = node(&value),
                    "proto" => hop.scheme = Some(value),
                    "host" => hop.host = Some(value),
                    _ => {}
                }
            }
            hops.push(hop);
        }
    }
    hops
}

/// The items of a list that may be spread over several fields.
fn items(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let fields = headers.get_all(name);
    let text =
        |field: &hyper::header::HeaderValue| String::from_utf8_lossy(field.as_bytes()).into_owned();
    let joined = fields.iter().map(text).collect::<Vec<_>>().join(",");
    if joined.trim().is_empty() {
        return Vec::new();
    }
    joined.split(',').map(|item| item.trim().to_owned()).collect()
}

/// The parts of a text between separators that are not inside quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0usize, false, false);
    for (place, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if character == separator && !quoted => {
                parts.push(text.get(start..place).unwrap_or_default());
                start = place.saturating_add(separator.len_utf8());
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// A token, or what a quoted string means.
fn unquoted(value: &str) -> String {
    let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let Some(inner) = inner else { return value.to_owned() };
    let (mut text, mut escaped) = (String::with_capacity(inner.len()), false);
    for character in inner.chars() {
        if character == '\\' && !escaped {
            escaped = true;
        } else {
            text.push(character);
            escaped = false;
        }
    }
    text
}

/// `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`, each perhaps with a port; not
/// `unknown` and names that hide an address.
fn node(text: &str) -> Option<SocketAddr> {
    let text = text.trim();
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address);
    }
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let address = match bare {
        Some(bare) => bare.parse::<Ipv6Addr>().ok()?.into(),
        None => text.parse::<IpAddr>().ok()?,
    };
    Some(SocketAddr::new(address, 0))
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;
    use hyper::header::{HeaderName, HeaderValue};

    use super::{Hop, forwarded, node, x_forwarded};

    fn headers(fields: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            let name: HeaderName = name.parse().expect("a name");
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        }
        headers
    }

    fn shown(hops: Vec<Hop>) -> Vec<String> {
        let one = |hop: Hop| {
            let client = hop.client.map_or("-".to_owned(), |client| client.to_string());
            format!("{client} {} {}", hop.scheme.unwrap_or_default(), hop.host.unwrap_or_default())
        };
        hops.into_iter().map(one).collect()
    }

    #[test]
    fn addresses_are_read_in_every_form() {
        for (text, expected) in [
            ("192.0.2.1", "192.0.2.1:0"),
            ("192.0.2.1:80", "192.0.2.1:80"),
            ("2001:db8::1", "[2001:db8::1]:0"),
            ("[2001:db8::1]", "[2001:db8::1]:0"),
            (" [2001:db8::1]:80 ", "[2001:db8::1]:80"),
        ] {
            let found = node(text).map(|node| node.to_string());
            assert_eq!(found.as_deref(), Some(expected), "{text:?}");
        }
        for wrong in ["", "unknown", "_hidden", "example.org", "1.2.3", "[1.2.3.4]", "1.2.3.4:x"] {
            assert_eq!(node(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn each_proxy_adds_an_item() {
        let fields = headers(&[
            ("x-forwarded-for", "192.0.2.1, unknown"),
            ("x-forwarded-for", "10.0.0.1:5"),
            ("x-forwarded-proto", "https,http,http"),
            ("x-forwarded-host", "example.org"),
        ]);
        assert_eq!(
            shown(x_forwarded(&fields)),
            ["192.0.2.1:0 https example.org", "- http example.org", "10.0.0.1:5 http example.org"]
        );
        assert!(x_forwarded(&HeaderMap::new()).is_empty());
        assert!(x_forwarded(&headers(&[("x-forwarded-for", " ")])).is_empty());
    }

    #[test]
    fn forwarded_is_read_with_its_quotes() {
        let fields = headers(&[
            ("forwarded", r#"for="[2001:db8::1]:47";proto=https;host="a\,b", For=192.0.2.1;by=x"#),
            ("forwarded", r#"for=_hidden ; proto="HTTP", host=example.org"#),
        ]);
        assert_eq!(
            shown(forwarded(&fields)),
            ["[2001:db8::1]:47 https a,b", "192.0.2.1:0  ", "- HTTP ", "-  example.org"]
        );
    }

    #[test]
    fn whatever_is_sent_is_read_to_its_end() {
        for odd in ["\"", "for=\"", "for=\"\\", ";;;,,,", "=", "for==,\"\\\"", "\u{e4}=\u{fc};for"]
        {
            for name in ["forwarded", "x-forwarded-for", "x-forwarded-proto"] {
                let fields = headers(&[(name, odd)]);
                forwarded(&fields);
                x_forwarded(&fields);
            }
        }
    }
}
