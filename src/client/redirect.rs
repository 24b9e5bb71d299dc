//! Where a redirect leads, and whether it is followed there.

use hyper::header::LOCATION;
use hyper::{HeaderMap, StatusCode};
use url::Url;

use crate::protocol::Destination;

/// Where redirects may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirects {
    /// To any host.
    Anywhere,
    /// To the same scheme, host and port.
    SameOrigin,
    /// To any host by the same scheme.
    SameScheme,
}

/// Why a redirect is not followed.
pub(super) struct NotFollowed {
    /// Where it leads, without credentials.
    pub location: String,
    /// Why.
    pub problem: String,
}

/// Whether a status says that what was asked for is elsewhere.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// The `ws` or `wss` URL that a response leads to, and whose it is. Credentials
/// in it are left out. `None` without a Location.
pub(super) fn destination(
    headers: &HeaderMap,
    from: &Url,
) -> Option<Result<(Url, Destination), NotFollowed>> {
    let location = headers.get(LOCATION)?;
    let text = String::from_utf8_lossy(location.as_bytes());
    let not_followed = |location: &str, problem: &str| NotFollowed {
        location: location.to_owned(),
        problem: problem.to_owned(),
    };
    let Ok(mut url) = from.join(&text) else {
        return Some(Err(not_followed("a Location", "is no valid URL")));
    };
    // Neither fails for URLs that have a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    let shown = shown(&url);
    let scheme = match url.scheme() {
        "ws" | "http" => "ws",
        "wss" | "https" => "wss",
        _ => {
            return Some(Err(not_followed(
                &shown,
                "has a scheme other than ws, wss, http or https",
            )));
        }
    };
    if url.set_scheme(scheme).is_err() || url.host_str().is_none_or(str::is_empty) {
        return Some(Err(not_followed(&shown, "names no host")));
    }
    if from.scheme() == "wss" && scheme == "ws" {
        let problem = "is not encrypted, as the connection was to be: from wss nothing leads to ws";
        return Some(Err(not_followed(&shown, problem)));
    }
    let destination = match is_same_origin(from, &url) {
        true => Destination::SameOrigin,
        false => Destination::Elsewhere,
    };
    Some(Ok((url, destination)))
}

/// For errors and logs, which a query may have secrets in.
pub(super) fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    if shown.query().is_some() {
        shown.set_query(Some("…"));
    }
    shown.to_string().replace("%E2%80%A6", "…")
}

fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;
    use hyper::header::{HeaderValue, LOCATION};
    use url::Url;

    use super::destination;
    use crate::protocol::Destination::{self, Elsewhere, SameOrigin};

    fn led(from: &str, location: &str) -> Result<(String, Destination), String> {
        let from = Url::parse(from).expect("a URL");
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, HeaderValue::from_str(location).expect("a value"));
        match destination(&headers, &from).expect("a Location") {
            Ok((url, to)) => Ok((url.to_string(), to)),
            Err(not_followed) => Err(not_followed.problem),
        }
    }

    #[test]
    fn a_location_may_be_relative_or_of_http() {
        let from = "ws://a.example:80/b/c?d";
        for (location, to) in [
            ("e?f", ("ws://a.example/b/e?f", SameOrigin)),
            ("/e", ("ws://a.example/e", SameOrigin)),
            ("http://a.example/", ("ws://a.example/", SameOrigin)),
            ("//b.example/", ("ws://b.example/", Elsewhere)),
            ("ws://A.example:80/#f", ("ws://a.example/", SameOrigin)),
            ("ws://u:p@a.example/", ("ws://a.example/", SameOrigin)),
            ("ws://a.example:81/", ("ws://a.example:81/", Elsewhere)),
            ("https://a.example/", ("wss://a.example/", Elsewhere)),
            ("wss://a.example/", ("wss://a.example/", Elsewhere)),
        ] {
            assert_eq!(led(from, location), Ok((to.0.to_owned(), to.1)), "{location}");
        }
    }

    #[test]
    fn nothing_leads_from_encrypted_to_plain_or_out_of_the_web() {
        for location in ["ws://a.example/", "http://a.example/", "http://b.example:443/"] {
            let problem = led("wss://a.example/", location).expect_err(location);
            assert!(problem.contains("not encrypted"), "{problem}");
        }
        for location in
            ["ftp://a.example/", "file:///etc/passwd", "javascript:alert(1)", "ws://", "http://[x/"]
        {
            assert!(led("ws://a.example/", location).is_err(), "{location}");
        }
    }
}
