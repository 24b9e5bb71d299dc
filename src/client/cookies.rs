//! Cookies that servers set, for those that they are meant for (RFC 6265).

use std::cmp::Reverse;
use std::sync::Mutex;

use cookie_store::{Cookie, CookieStore, RawCookie};
use thiserror::Error;
use url::{Host, Url};

use crate::sync::lock;

/// What one jar keeps at most (RFC 6265 section 6.1 asks for at least 50 of a
/// domain and 3,000 in all, of 4,096 bytes each).
const MOST_COOKIES: usize = 3000;
const MOST_OF_DOMAIN: usize = 180;
const MOST_BYTES: usize = 4096;

/// Why a cookie was not kept.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CookieError {
    /// RFC 6265 section 5.2 has to do with it.
    #[error("the cookie can't be read: {0}")]
    Syntax(String),
    /// The URL is not a server's.
    #[error("cookies belong to ws, wss, http and https URLs with a host")]
    Url,
    /// For a domain that the server is not in, or for all of a top-level one.
    #[error("the cookie is for the domain {0:?}, for which this server must not set one")]
    Domain(String),
    /// From a server that nobody has to prove to be, for one that has proved it.
    #[error("the cookie {0:?} of a ws URL would replace, or stand in front of, a Secure one")]
    Secure(String),
    /// Too long.
    #[error("the cookie has {0} bytes: at most 4,096 are kept")]
    Size(usize),
    /// Too many.
    #[error("the jar is full: it keeps 180 cookies of one domain and 3,000 in all")]
    Full,
}

/// A jar of cookies, which connections may share.
#[derive(Default)]
pub struct CookieJar(Mutex<CookieStore>);

impl CookieJar {
    /// Keeps what a Set-Cookie field from `url` says, or forgets what it says is
    /// over.
    ///
    /// # Errors
    ///
    /// Why nothing was kept.
    pub fn set(&self, field: &str, url: &Url) -> Result<(), CookieError> {
        if field.len() > MOST_BYTES {
            return Err(CookieError::Size(field.len()));
        }
        let url = of_http(url)?;
        let cookie =
            RawCookie::parse(field).map_err(|error| CookieError::Syntax(error.to_string()))?;
        // Without the list of public suffixes at least these are known.
        if let Some(domain) = cookie.domain()
            && !domain.trim_matches('.').contains('.')
            && url.host_str() != Some(domain)
        {
            return Err(CookieError::Domain(domain.to_owned()));
        }
        let foreign = cookie.domain().unwrap_or_default().to_owned();
        let told = |error| match error {
            cookie_store::CookieError::DomainMismatch => CookieError::Domain(foreign.clone()),
            error => CookieError::Syntax(error.to_string()),
        };
        let cookie = Cookie::try_from_raw_cookie(&cookie, &url).map_err(told)?.into_owned();
        let mut store = lock(&self.0);
        if url.scheme() == "http" && is_secured(&store, &cookie) {
            return Err(CookieError::Secure(cookie.name().to_owned()));
        }
        make_room(&mut store, &url, &cookie)?;
        match store.insert(cookie, &url) {
            Ok(_) | Err(cookie_store::CookieError::Expired) => Ok(()),
            Err(error) => Err(told(error)),
        }
    }

    /// The value of the Cookie field for `url`, if there is one: cookies of the
    /// longest paths first, Secure ones only for `wss` and `https`.
    pub fn cookies_for(&self, url: &Url) -> Option<String> {
        let url = of_http(url).ok()?;
        let store = lock(&self.0);
        let mut found = store.matches(&url);
        found.retain(|cookie| url.scheme() == "https" || !cookie.secure().unwrap_or(false));
        found.sort_by_key(|cookie| {
            (Reverse(String::from(&cookie.path).len()), cookie.name().to_owned())
        });
        let pairs: Vec<_> =
            found.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect();
        Some(pairs.join("; ")).filter(|field| !field.is_empty())
    }

    /// Forgets all.
    pub fn clear(&self) {
        lock(&self.0).clear();
    }
}

/// The store knows `http` and `https` only.
fn of_http(url: &Url) -> Result<Url, CookieError> {
    let mut url = url.clone();
    let scheme = match url.scheme() {
        "ws" | "http" => "http",
        "wss" | "https" => "https",
        _ => return Err(CookieError::Url),
    };
    url.set_scheme(scheme).map_err(|()| CookieError::Url)?;
    match url.host() {
        None | Some(Host::Domain("")) => Err(CookieError::Url),
        Some(_) => Ok(url),
    }
}

/// Whether a Secure cookie has this one's name and goes to some of its hosts.
fn is_secured(store: &CookieStore, cookie: &Cookie<'_>) -> bool {
    let domain = String::from(&cookie.domain);
    let is_within = |one: &str, other: &str| {
        one.strip_suffix(other).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    store.iter_unexpired().filter(|known| known.secure() == Some(true)).any(|known| {
        let other = String::from(&known.domain);
        known.name() == cookie.name() && (is_within(&domain, &other) || is_within(&other, &domain))
    })
}

/// Makes sure that a cookie fits, or replaces one.
fn make_room(store: &mut CookieStore, url: &Url, cookie: &Cookie<'_>) -> Result<(), CookieError> {
    let (domain, path) = (String::from(&cookie.domain), String::from(&cookie.path));
    if cookie.is_expired() || store.contains_any(&domain, &path, cookie.name()) {
        return Ok(());
    }
    let is_full = |store: &CookieStore| {
        let of_domain = store.iter_any().filter(|cookie| cookie.domain.matches(url)).count();
        of_domain >= MOST_OF_DOMAIN || store.iter_any().count() >= MOST_COOKIES
    };
    if !is_full(store) {
        return Ok(());
    }
    // Those that are over leave first.
    let alive: Vec<_> = store.iter_unexpired().cloned().map(Ok::<_, ()>).collect();
    *store = CookieStore::from_cookies(alive, false).unwrap_or_default();
    if is_full(store) { Err(CookieError::Full) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{CookieError, CookieJar};

    fn url(url: &str) -> Url {
        Url::parse(url).expect("a URL")
    }

    fn jar(cookies: &[(&str, &str)]) -> CookieJar {
        let jar = CookieJar::default();
        for (field, from) in cookies {
            jar.set(field, &url(from)).unwrap_or_else(|error| panic!("{field}: {error}"));
        }
        jar
    }

    fn sent(jar: &CookieJar, to: &str) -> String {
        jar.cookies_for(&url(to)).unwrap_or_default()
    }

    #[test]
    fn cookies_go_where_they_belong() {
        let jar = jar(&[
            ("host=1", "ws://a.example/"),
            ("domain=2; Domain=a.example", "ws://b.a.example/"),
            ("path=3; Path=/x", "ws://a.example/"),
            ("secret=4; Secure; HttpOnly", "wss://a.example/"),
            ("local=5; Secure", "ws://127.0.0.1/"),
        ]);
        assert_eq!(sent(&jar, "ws://a.example/"), "domain=2; host=1");
        assert_eq!(sent(&jar, "ws://a.example/x/y"), "path=3; domain=2; host=1");
        assert_eq!(sent(&jar, "ws://a.example/xy"), "domain=2; host=1");
        assert_eq!(sent(&jar, "wss://a.example/"), "domain=2; host=1; secret=4");
        assert_eq!(sent(&jar, "ws://c.a.example/"), "domain=2");
        assert_eq!(sent(&jar, "ws://nota.example/"), "");
        assert_eq!(sent(&jar, "ws://127.0.0.1/"), "", "Secure is for encrypted connections only");
        jar.clear();
        assert_eq!(sent(&jar, "wss://a.example/x"), "");
    }

    #[test]
    fn a_server_sets_cookies_for_itself_only() {
        let jar = CookieJar::default();
        let set = |field| jar.set(field, &url("ws://a.example/"));
        for field in ["a=1; Domain=b.example", "a=1; Domain=b.a.example", "a=1; Domain=example"] {
            assert!(matches!(set(field), Err(CookieError::Domain(_))), "{field}: {:?}", set(field));
        }
        assert!(matches!(set("no pair"), Err(CookieError::Syntax(_))));
        assert_eq!(jar.set("a=1", &url("file:///a")), Err(CookieError::Url));
        assert_eq!(sent(&jar, "ws://a.example/"), "");
    }

    #[test]
    fn a_server_that_is_not_encrypted_takes_no_secure_cookies_place() {
        let jar = jar(&[
            ("host=1; Secure", "wss://a.example/"),
            ("all=2; Secure; Domain=a.example", "wss://a.example/"),
        ]);
        for (field, from) in [
            ("host=x", "ws://a.example/"),
            ("host=x; Max-Age=0", "ws://a.example/"),
            ("host=x; Path=/y", "ws://a.example/"),
            ("host=x; Domain=a.example", "ws://b.a.example/"),
            ("all=x", "ws://b.a.example/"),
        ] {
            assert!(matches!(jar.set(field, &url(from)), Err(CookieError::Secure(_))), "{field}");
        }
        jar.set("host=3", &url("ws://nota.example/")).expect("of another host");
        jar.set("other=4", &url("ws://a.example/")).expect("of another name");
        jar.set("host=5; Secure", &url("wss://a.example/")).expect("from the server itself");
        assert_eq!(sent(&jar, "wss://a.example/y"), "all=2; host=5; other=4");
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let jar = jar(&[("a=1", "ws://a.example/"), ("b=1; Max-Age=0", "ws://a.example/")]);
        assert_eq!(sent(&jar, "ws://a.example/"), "a=1");
        jar.set("a=; Max-Age=0", &url("ws://a.example/")).expect("forgotten");
        assert_eq!(sent(&jar, "ws://a.example/"), "");
    }

    #[test]
    fn a_server_cannot_fill_the_memory() {
        let jar = CookieJar::default();
        let from = url("ws://a.example/");
        for number in 0..180 {
            jar.set(&format!("{number}=x"), &from).expect("there is room");
        }
        assert_eq!(jar.set("one=more", &from), Err(CookieError::Full));
        assert_eq!(jar.set(&"x".repeat(5000), &from), Err(CookieError::Size(5000)));
        jar.set("other=1", &url("ws://b.example/")).expect("there is room for others");
        jar.set("0=other", &from).expect("one is replaced");
        jar.set("0=; Max-Age=0", &from).expect("one is over");
        jar.set("one=more", &from).expect("there is room again");
    }
}
