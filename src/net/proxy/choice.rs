//! Which proxy leads to a server.

use data_encoding::BASE64;
use hyper::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use url::Url;

use super::{Proxy, ProxyError, ProxyUrlError};
use crate::net::HostPort;

/// How the way to a server is chosen.
pub enum ProxyChoice {
    /// Straight.
    None,
    /// Always by this proxy.
    One(Box<Proxy>),
    /// As the environment variables said when they were read.
    Environment(Box<Matcher>),
}

impl ProxyChoice {
    /// Reads HTTP_PROXY for `ws`, HTTPS_PROXY for `wss`, ALL_PROXY for both, and
    /// NO_PROXY, each also in lower case.
    pub fn environment() -> Self {
        Self::Environment(Box::new(Matcher::from_env()))
    }

    /// The proxy that leads to `url`, a `ws` or `wss` one.
    ///
    /// # Errors
    ///
    /// The environment names one that can't be used.
    pub fn proxy_to(&self, url: &Url) -> Result<Option<Proxy>, ProxyError> {
        match self {
            Self::None => Ok(None),
            Self::One(proxy) => Ok(Some((**proxy).clone())),
            Self::Environment(matcher) => {
                let Some(place) = HostPort::of(url).filter(|place| !place.is_loopback()) else {
                    return Ok(None);
                };
                let scheme = if url.scheme() == "wss" { "https" } else { "http" };
                let uri = Uri::builder()
                    .scheme(scheme)
                    .authority(place.authority())
                    .path_and_query("/")
                    .build();
                let found = uri.ok().and_then(|uri| matcher.intercept(&uri));
                found.map(|found| read(&found)).transpose().map_err(ProxyError::Environment)
            }
        }
    }
}

fn read(found: &Intercept) -> Result<Proxy, ProxyUrlError> {
    let proxy = Proxy::parse(&found.uri().to_string())?;
    if let Some((user, password)) = found.raw_auth() {
        return proxy.with_credentials(user, password);
    }
    let basic = found.basic_auth().and_then(|field| field.as_bytes().strip_prefix(b"Basic "));
    let decoded = basic.and_then(|text| BASE64.decode(text).ok());
    let pair = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    match pair.as_deref().and_then(|pair| pair.split_once(':')) {
        Some((user, password)) => proxy.with_credentials(user, password),
        None => Ok(proxy),
    }
}

#[cfg(test)]
mod tests {
    use hyper_util::client::proxy::matcher::Matcher;
    use url::Url;

    use super::ProxyChoice;

    fn choice(no: &str) -> ProxyChoice {
        let matcher = Matcher::builder()
            .http("http://bird:s%3Aed@one:1")
            .https("socks5h://bird:seed@two:2")
            .no(no.to_owned());
        ProxyChoice::Environment(Box::new(matcher.build()))
    }

    fn proxy(choice: &ProxyChoice, url: &str) -> Option<String> {
        let proxy = choice.proxy_to(&Url::parse(url).expect("a URL")).expect("a usable proxy")?;
        let credentials = proxy.credentials.as_ref().expect("credentials");
        Some(format!("{proxy} {} {}", credentials.user(), credentials.password()))
    }

    #[test]
    fn the_scheme_chooses_and_credentials_are_decoded() {
        let choice = choice("");
        assert_eq!(proxy(&choice, "ws://far.example/").as_deref(), Some("http://one:1 bird s:ed"));
        assert_eq!(
            proxy(&choice, "wss://far.example/").as_deref(),
            Some("socks5h://two:2 bird seed")
        );
    }

    #[test]
    fn this_machine_and_the_listed_ones_are_reached_straight() {
        let choice = choice("near.example, 10.0.0.0/8, [2001:db8::1]");
        for url in [
            "ws://127.0.0.1:1/",
            "ws://localhost/",
            "wss://[::1]/",
            "ws://near.example/",
            "ws://a.near.example/",
            "ws://10.1.2.3/",
        ] {
            assert_eq!(proxy(&choice, url), None, "{url}");
        }
        assert!(proxy(&choice, "ws://notnear.example/").is_some());
        assert!(proxy(&super::ProxyChoice::None, "ws://far.example/").is_none());
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_an_error_and_not_left_out() {
        for url in ["https://bird:secret@one", "socks4://one", "http://bird:se%0Acret@one"] {
            let matcher = Matcher::builder().all(url).build();
            let choice = ProxyChoice::Environment(Box::new(matcher));
            let url = Url::parse("ws://far.example").expect("a URL");
            let error = choice.proxy_to(&url).expect_err("unusable").to_string();
            assert!(error.contains("ALL_PROXY") && !error.contains("cret"), "{error}");
        }
    }
}
