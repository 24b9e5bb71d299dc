//! The options of a client that say where to, which way, and who asks.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV6};
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use url::Url;

use super::arguments;
use super::guard::Fault;
use super::options::*;
use super::settings::{time, within};
use super::status::*;
use super::types::*;
use crate::client::{Redirects, Route};
use crate::net::{KeepAlive, Proxy, ProxyChoice, SocketOptions, split_zone};
use crate::protocol::Credentials;

/// Longest times and most probes that TCP knows.
const MOST_SECONDS: u64 = 32_767;
const MOST_PROBES: u64 = 127;

/// What a URL says, its parts put where they belong.
pub(super) struct Target {
    /// Without credentials.
    pub url: Url,
    pub unix: Option<PathBuf>,
    pub zone: Option<String>,
    pub credentials: Option<Credentials>,
}

impl Target {
    /// # Safety
    /// The texts are valid as their lengths say.
    pub unsafe fn read(options: &wirebird_client_options_t) -> Result<Self, Fault> {
        // SAFETY: the caller's promise, for these.
        let text = unsafe { arguments::text(options.url, "options->url") }?;
        let unix = unsafe { arguments::text(options.unix_path, "options->unix_path") }?;
        let user = unsafe { arguments::text(options.user, "options->user") }?;
        let password = unsafe { arguments::text(options.password, "options->password") }?;
        // The parser leaves some of these out.
        if text.contains(|character: char| character.is_ascii_control()) {
            return Err(url_fault("has a control character (CR, LF, NUL or another)"));
        }
        let (named, text) = match split_unix(text) {
            Some(parts) => {
                let (path, text) = parts?;
                (Some(path), text)
            }
            None => (None, text.to_owned()),
        };
        let unix = match (named, unix) {
            (named, "") => named,
            (None, path) => Some(PathBuf::from(path)),
            (Some(_), _) => {
                return Err(url_fault("names a socket, and so does options->unix_path"));
            }
        };
        if unix.as_ref().is_some_and(|path| path.as_os_str().as_encoded_bytes().contains(&0)) {
            return Err(Fault::argument("the path of the Unix domain socket has a NUL"));
        }
        let (text, zone) = split_zone(&text);
        let mut url =
            Url::parse(&text).map_err(|error| url_fault(&format!("is not valid: {error}")))?;
        let credentials = match (user, password) {
            ("", "") => of_url(&url)?,
            (user, password) => Some(credentials(user, password, "options->user or password")?),
        };
        // Neither fails for URLs that have a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Ok(Self { url, unix, zone, credentials })
    }
}

/// The way to the target.
///
/// # Safety
/// The texts are valid as their lengths say.
pub(super) unsafe fn route(
    options: &wirebird_client_options_t,
    target: &Target,
) -> Result<Route, Fault> {
    let connect_timeout =
        time("options->connect_timeout_ms", u64::from(options.connect_timeout_ms))?;
    Ok(Route {
        unix: target.unix.clone(),
        zone: target.zone.clone(),
        // SAFETY: the caller's promise.
        proxies: unsafe { proxies(options) }?,
        socket: socket(options)?,
        connect_timeout,
    })
}

fn socket(options: &wirebird_client_options_t) -> Result<SocketOptions, Fault> {
    let seconds = |name, value: u32| {
        let value = within(name, u64::from(value), 0, MOST_SECONDS)?;
        Ok::<_, Fault>((value > 0).then(|| Duration::from_secs(value)))
    };
    let idle = seconds("options->keep_alive_idle_s", options.keep_alive_idle_s)?;
    let interval = seconds("options->keep_alive_interval_s", options.keep_alive_interval_s)?;
    let count = u64::from(options.keep_alive_count);
    let count = within("options->keep_alive_count", count, 0, MOST_PROBES)? as u32;
    let no_delay = within("options->no_delay", u64::from(options.no_delay), 0, 1)?;
    let keep_alive = match idle {
        Some(idle) => Some(KeepAlive { idle, interval, count: Some(count).filter(|&n| n > 0) }),
        None if interval.is_some() || count > 0 => {
            let text = "options->keep_alive_idle_s is 0: without it there is no keep-alive whose \
                        interval or count could be set";
            return Err(Fault::argument(text));
        }
        None => None,
    };
    Ok(SocketOptions { delay: no_delay == 0, keep_alive, local: local(&options.local)? })
}

fn local(address: &wirebird_address_t) -> Result<Option<SocketAddr>, Fault> {
    let [a, b, c, d, ..] = address.bytes;
    match address.family {
        0 => Ok(None),
        4 => Ok(Some((Ipv4Addr::new(a, b, c, d), address.port).into())),
        6 => {
            let (ip, scope) = (address.bytes.into(), address.scope_id);
            Ok(Some(SocketAddrV6::new(ip, address.port, 0, scope).into()))
        }
        other => Err(Fault::argument(format!("options->local.family is {other}, not 0, 4 or 6"))),
    }
}

/// # Safety
/// The texts are valid as their lengths say.
unsafe fn proxies(options: &wirebird_client_options_t) -> Result<ProxyChoice, Fault> {
    // SAFETY: the caller's promise, for these.
    let url = unsafe { arguments::text(options.proxy_url, "options->proxy_url") }?;
    let user = unsafe { arguments::text(options.proxy_user, "options->proxy_user") }?;
    let password = unsafe { arguments::text(options.proxy_password, "options->proxy_password") }?;
    let mode = options.proxy_mode;
    if mode != WIREBIRD_PROXY_URL && [url, user, password].iter().any(|text| !text.is_empty()) {
        let text = "options->proxy_url, proxy_user and proxy_password need options->proxy_mode to be \
                    WIREBIRD_PROXY_URL";
        return Err(Fault::argument(text));
    }
    match mode {
        WIREBIRD_PROXY_ENVIRONMENT => Ok(ProxyChoice::environment()),
        WIREBIRD_PROXY_NONE => Ok(ProxyChoice::None),
        WIREBIRD_PROXY_URL => {
            let fault = |error| Fault::argument(format!("options->proxy_url {error}"));
            let proxy = Proxy::parse(url).map_err(fault)?;
            let proxy = match (user, password) {
                ("", "") => proxy,
                (user, password) => proxy.with_credentials(user, password).map_err(fault)?,
            };
            Ok(ProxyChoice::One(Box::new(proxy)))
        }
        other => Err(Fault::argument(format!(
            "options->proxy_mode is {other}, not WIREBIRD_PROXY_ENVIRONMENT, …_NONE or …_URL"
        ))),
    }
}

/// Where redirects may lead.
pub(super) fn redirects(options: &wirebird_client_options_t) -> Result<Redirects, Fault> {
    match options.redirect_policy {
        WIREBIRD_REDIRECT_ANYWHERE => Ok(Redirects::Anywhere),
        WIREBIRD_REDIRECT_SAME_ORIGIN => Ok(Redirects::SameOrigin),
        WIREBIRD_REDIRECT_SAME_SCHEME => Ok(Redirects::SameScheme),
        other => Err(Fault::argument(format!(
            "options->redirect_policy is {other}, not WIREBIRD_REDIRECT_ANYWHERE, …_SAME_ORIGIN or \
             …_SAME_SCHEME"
        ))),
    }
}

/// The credentials of a URL.
fn of_url(url: &Url) -> Result<Option<Credentials>, Fault> {
    let (user, password) = (url.username(), url.password());
    if user.is_empty() && password.is_none() {
        return Ok(None);
    }
    let decode = |text| {
        let decoded = percent_decode_str(text).decode_utf8();
        decoded.map_err(|_| url_fault("has a user or password that is not UTF-8"))
    };
    let (user, password) = (decode(user)?, decode(password.unwrap_or_default())?);
    credentials(&user, &password, "the user or password in options->url").map(Some)
}

fn credentials(user: &str, password: &str, what: &str) -> Result<Credentials, Fault> {
    Credentials::new(user, password).map_err(|error| Fault::argument(format!("{what} {error}")))
}

/// The socket's path and the URL to ask for there; `None` for another scheme.
fn split_unix(url: &str) -> Option<Result<(PathBuf, String), Fault>> {
    let (scheme, rest) = url.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("ws+unix") {
        return None;
    }
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, target) = rest.split_once(':').unwrap_or((rest, "/"));
    if !path.starts_with('/') || path.contains(['?', '#']) {
        return Some(Err(url_fault("is not of the form ws+unix:///path/of/socket:/path")));
    }
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    let slash = if target.starts_with('/') { "" } else { "/" };
    Some(Ok((path_of(decoded), format!("ws://localhost{slash}{target}"))))
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

fn url_fault(problem: &str) -> Fault {
    Fault::new(WIREBIRD_ERROR_URL, format!("options->url {problem}"))
}
