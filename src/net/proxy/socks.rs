//! The way through a SOCKS 5 proxy (RFC 1928, RFC 1929).

use std::io::ErrorKind;

use tokio_socks::tcp::Socks5Stream;
use tokio_socks::{Error, TargetAddr};
use url::Host;

use super::proxy::fit_socks;
use super::{Proxy, ProxyError};
use crate::net::{HostPort, Stream};
use crate::protocol::Credentials;

/// The longest host name that fits into a request.
const MOST_NAME: usize = 255;

/// Has the proxy at the other end of `stream` connect to `target`.
///
/// # Errors
///
/// What the proxy answered; `ProxyError::Credentials` if it wants some, or
/// others than these.
pub async fn socks(
    stream: Stream,
    proxy: &Proxy,
    target: &HostPort,
    credentials: Option<&Credentials>,
) -> Result<Stream, ProxyError> {
    let address = match target.host() {
        Host::Ipv4(address) => TargetAddr::Ip((*address, target.port()).into()),
        Host::Ipv6(address) => TargetAddr::Ip((*address, target.port()).into()),
        Host::Domain(name) if name.len() > MOST_NAME => {
            let problem = "the server's host name is longer than 255 bytes".to_owned();
            return Err(ProxyError::Protocol { proxy: proxy.to_string(), problem });
        }
        Host::Domain(name) => TargetAddr::Domain(name.as_str().into(), target.port()),
    };
    let connected = match credentials.filter(|credentials| fit_socks(credentials)) {
        None => Socks5Stream::connect_with_socket(stream, address).await,
        Some(known) => {
            let (user, password) = (known.user(), known.password());
            Socks5Stream::connect_with_password_and_socket(stream, address, user, password).await
        }
    };
    match connected {
        Ok(stream) => Ok(stream.into_inner()),
        Err(error) => Err(failure(error, proxy.to_string(), target.authority())),
    }
}

fn failure(error: Error, proxy: String, target: String) -> ProxyError {
    let code = match error {
        Error::Io(error) => {
            return match error.kind() {
                ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
                    ProxyError::Lost { proxy, target }
                }
                _ => ProxyError::Io { proxy, error },
            };
        }
        Error::NoAcceptableAuthMethods
        | Error::PasswordAuthFailure(_)
        | Error::AuthorizationRequired => {
            return ProxyError::Credentials { proxy, answer: error.to_string(), status: 0 };
        }
        Error::GeneralSocksServerFailure => 1,
        Error::ConnectionNotAllowedByRuleset => 2,
        Error::NetworkUnreachable => 3,
        Error::HostUnreachable => 4,
        Error::ConnectionRefused => 5,
        Error::TtlExpired => 6,
        Error::CommandNotSupported => 7,
        Error::AddressTypeNotSupported => 8,
        error => return ProxyError::Protocol { proxy, problem: error.to_string() },
    };
    let answer = format!("{error} (SOCKS reply {code})");
    ProxyError::Refused { proxy, target, answer, code }
}
