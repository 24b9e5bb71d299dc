//! What goes wrong with proxies.

use std::io;

use thiserror::Error;

use crate::net::{DialError, ExchangeError, HeadError};

/// Why a URL names no proxy that can be used. Never repeats the URL, which may
/// have a password.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProxyUrlError {
    /// No URL.
    #[error("is not a valid URL: {0}")]
    Syntax(url::ParseError),
    /// Another protocol.
    #[error("has the scheme {0:?}, which is not supported: use http, socks5 or socks5h")]
    Scheme(String),
    /// Nowhere.
    #[error("names no host")]
    NoHost,
    /// A path, query or fragment.
    #[error("has a path, a query or a fragment: a proxy is a host and a port")]
    More,
    /// What could end a line of HTTP.
    #[error("has a control character (CR, LF, NUL or another), perhaps in its user or password")]
    Control,
    /// RFC 1929.
    #[error("needs a user and a password of 1 to 255 bytes each, or none: SOCKS 5 has no other")]
    SocksLength,
}

/// Why a proxy led nowhere. Texts name the proxy without its credentials.
#[derive(Debug, Error)]
pub enum ProxyError {
    /// The environment names a proxy that can't be used.
    #[error(
        "the proxy that the environment variables HTTP_PROXY, HTTPS_PROXY or ALL_PROXY name {0}"
    )]
    Environment(ProxyUrlError),
    /// The proxy can't be reached, or did not answer in time.
    #[error("the proxy {proxy}: {error}")]
    Dial {
        /// The proxy.
        proxy: String,
        /// Why.
        error: DialError,
    },
    /// The proxy wants to know who asks.
    #[error(
        "the proxy {proxy} wants credentials, or others than those it got (it answered {answer}): \
         check the user and password in the proxy's URL or in proxy_user and proxy_password"
    )]
    Credentials {
        /// The proxy.
        proxy: String,
        /// What it answered.
        answer: String,
        /// The HTTP status, or 0.
        status: u16,
    },
    /// The proxy did not let this through, or could not reach the server.
    #[error("the proxy {proxy} did not connect to {target}: it answered {answer}")]
    Refused {
        /// The proxy.
        proxy: String,
        /// Where to.
        target: String,
        /// What it answered.
        answer: String,
        /// The HTTP status or the SOCKS reply, or 0.
        code: u16,
    },
    /// The proxy ended the connection without an answer.
    #[error("the proxy {proxy} ended the connection instead of leading to {target}")]
    Lost {
        /// The proxy.
        proxy: String,
        /// Where to.
        target: String,
    },
    /// The operating system reported an error.
    #[error("talking to the proxy {proxy}: {error}")]
    Io {
        /// The proxy.
        proxy: String,
        /// The system's error.
        error: io::Error,
    },
    /// The header block of the proxy's answer reached a limit.
    #[error("the answer of the proxy {proxy}: {error}")]
    Head {
        /// The proxy.
        proxy: String,
        /// The limit.
        error: HeadError,
    },
    /// The proxy does not speak what it should.
    #[error("the proxy {proxy} broke its protocol: {problem}")]
    Protocol {
        /// The proxy.
        proxy: String,
        /// What it did.
        problem: String,
    },
}

impl ProxyError {
    /// What an exchange with `proxy` for the sake of `target` came to.
    pub fn exchange(proxy: String, target: String, error: ExchangeError) -> Self {
        match error {
            ExchangeError::Lost => Self::Lost { proxy, target },
            ExchangeError::Io(error) => Self::Io { proxy, error },
            ExchangeError::Head(error) => Self::Head { proxy, error },
            ExchangeError::Invalid(problem) => Self::Protocol { proxy, problem },
        }
    }
}
