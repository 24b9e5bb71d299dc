//! Cookies that servers set, for those that they are meant for (RFC 6265 and its
//! successor, draft-ietf-httpbis-rfc6265bis: prefixes of names, public suffixes).

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Mutex;

use cookie_store::{Cookie, CookieStore, RawCookie, StoreAction};
use thiserror::Error;
use url::{Host, Url};

use crate::sync::lock;

/// What one jar keeps at most (RFC 6265 section 6.1 asks for at least 50 of a
/// domain and 3,000 in all, of 4,096 bytes each). A domain is what somebody can
/// register, with all below it.
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
    /// For a domain that the server is not in, or below which anybody may be.
    #[error("the cookie is for the domain {0:?}, for which this server must not set one")]
    Domain(String),
    /// Its name promises what does not hold.
    #[error("the cookie {0:?} {1}")]
    Prefix(String, &'static str),
    /// From a server that nobody has to prove to be, for one that has proved it.
    #[error("the cookie {0:?} of a ws URL would replace, or stand in front of, a Secure one")]
    Secure(String),
    /// Too long.
    #[error("the cookie has {0} bytes: at most 4,096 are kept")]
    Size(usize),
    /// Too many that it may not take the place of.
    #[error(
        "the jar is full of Secure cookies: it keeps 180 of one domain and 3,000 in all, and those \
         of a ws URL take no Secure one's place"
    )]
    Full,
}

/// A jar of cookies, which connections may share.
#[derive(Default)]
pub struct CookieJar(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    store: CookieStore,
    /// The same cookies.
    used: HashMap<Key, Used>,
    now: u64,
}

/// Whose a cookie is, and when it was set or sent last, by a count of such times.
struct Used {
    site: String,
    at: u64,
}

/// Domain, path and name.
type Key = (String, String, String);

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
        check_prefix(&cookie, &url)?;
        let mut cookie = cookie;
        if let Some(domain) = cookie.domain()
            && is_public_suffix(domain)
        {
            if url.host_str() != Some(domain) {
                return Err(CookieError::Domain(domain.to_owned()));
            }
            // For itself alone.
            cookie.unset_domain();
        }
        let foreign = cookie.domain().unwrap_or_default().to_owned();
        let told = |error| match error {
            cookie_store::CookieError::DomainMismatch => CookieError::Domain(foreign.clone()),
            error => CookieError::Syntax(error.to_string()),
        };
        let cookie = Cookie::try_from_raw_cookie(&cookie, &url).map_err(told)?.into_owned();
        let mut kept = lock(&self.0);
        if url.scheme() == "http" && is_secured(&kept.store, &cookie) {
            return Err(CookieError::Secure(cookie.name().to_owned()));
        }
        kept.make_room(&url, &cookie)?;
        let key = key(&cookie);
        kept.use_now(key.clone());
        match kept.store.insert(cookie, &url) {
            Ok(StoreAction::ExpiredExisting) | Err(cookie_store::CookieError::Expired) => {
                kept.used.remove(&key);
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(error) => Err(told(error)),
        }
    }

    /// The value of the Cookie field for `url`, if there is one: cookies of the
    /// longest paths first, Secure ones only for `wss` and `https`.
    pub fn cookies_for(&self, url: &Url) -> Option<String> {
        let url = of_http(url).ok()?;
        let mut kept = lock(&self.0);
        let mut found = kept.store.matches(&url);
        found.retain(|cookie| url.scheme() == "https" || !cookie.secure().unwrap_or(false));
        found.sort_by_key(|cookie| {
            (Reverse(String::from(&cookie.path).len()), cookie.name().to_owned())
        });
        let pairs: Vec<_> =
            found.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect();
        let sent: Vec<_> = found.into_iter().map(key).collect();
        sent.into_iter().for_each(|key| kept.use_now(key));
        Some(pairs.join("; ")).filter(|field| !field.is_empty())
    }

    /// Forgets all.
    pub fn clear(&self) {
        *lock(&self.0) = Kept::default();
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

impl Kept {
    fn use_now(&mut self, key: Key) {
        self.now = self.now.saturating_add(1);
        let at = self.now;
        let new = |key: &Key| Used { site: site(&key.0), at };
        self.used.entry(key).and_modify(|used| used.at = at).or_insert_with_key(new);
    }

    /// Makes sure that a cookie fits, or replaces one: of those that are over, then
    /// of those that are not Secure, then of all, the one that was used least
    /// recently leaves.
    fn make_room(&mut self, url: &Url, cookie: &Cookie<'_>) -> Result<(), CookieError> {
        if cookie.is_expired() || self.used.contains_key(&key(cookie)) {
            return Ok(());
        }
        let site = site(&String::from(&cookie.domain));
        if self.crowd(&site).is_some() {
            let alive: Vec<_> = self.store.iter_unexpired().cloned().map(Ok::<_, ()>).collect();
            self.store = CookieStore::from_cookies(alive, false).unwrap_or_default();
            let store = &self.store;
            self.used.retain(|(domain, path, name), _| store.contains_any(domain, path, name));
        }
        while let Some(crowd) = self.crowd(&site) {
            let is_secure = |(domain, path, name): &Key| {
                let cookie = self.store.get_any(domain, path, name);
                cookie.is_some_and(|cookie| cookie.secure() == Some(true))
            };
            let of_crowd = self.used.iter().filter(|(_, used)| match crowd {
                Crowd::All => true,
                Crowd::Site => used.site == site,
            });
            let found = of_crowd.map(|(key, used)| (is_secure(key), used.at, key));
            let found = found.filter(|(is_secure, ..)| url.scheme() == "https" || !is_secure);
            let oldest = found.min_by_key(|(is_secure, at, _)| (*is_secure, *at));
            let key = oldest.map(|(_, _, key)| key.clone()).ok_or(CookieError::Full)?;
            self.store.remove(&key.0, &key.1, &key.2);
            self.used.remove(&key);
        }
        Ok(())
    }

    /// Of which there are too many for one more.
    fn crowd(&self, site: &str) -> Option<Crowd> {
        let of_site = self.used.values().filter(|used| used.site == site);
        if of_site.count() >= MOST_OF_DOMAIN {
            return Some(Crowd::Site);
        }
        (self.used.len() >= MOST_COOKIES).then_some(Crowd::All)
    }
}

/// Cookies that are too many.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Crowd {
    Site,
    All,
}

fn key(cookie: &Cookie<'_>) -> Key {
    (String::from(&cookie.domain), String::from(&cookie.path), cookie.name().to_owned())
}

/// What somebody has registered, for names below it.
fn site(domain: &str) -> String {
    psl::domain_str(domain).unwrap_or(domain).to_owned()
}

/// Whether anybody may have a name below it, as below `uk`, `co.uk` or `github.io`.
fn is_public_suffix(domain: &str) -> bool {
    let domain = domain.trim_matches('.').to_ascii_lowercase();
    !domain.contains('.') || psl::suffix_str(&domain) == Some(domain.as_str())
}

/// What the beginning of a name promises (rfc6265bis, section 4.1.3).
fn check_prefix(cookie: &RawCookie<'_>, url: &Url) -> Result<(), CookieError> {
    let name = cookie.name();
    let begins = |prefix: &str| {
        name.get(..prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix))
    };
    let is_host = begins("__Host-");
    let refused = |problem| Err(CookieError::Prefix(name.to_owned(), problem));
    if (is_host || begins("__Secure-"))
        && !(cookie.secure() == Some(true) && url.scheme() == "https")
    {
        return refused("has to be Secure, and of a wss or https URL, by its name");
    }
    if is_host && (cookie.domain().is_some() || cookie.path() != Some("/")) {
        return refused("has to be without a Domain, and for the path /, by its name");
    }
    Ok(())
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
    fn nobody_sets_cookies_for_a_public_suffix() {
        let jar = CookieJar::default();
        for (field, from) in [
            ("a=1; Domain=co.uk", "wss://shop.co.uk/"),
            ("a=1; Domain=.CO.uk", "wss://shop.co.uk/"),
            ("a=1; Domain=github.io", "wss://somebody.github.io/"),
            ("a=1; Domain=uk", "wss://shop.co.uk/"),
        ] {
            assert!(matches!(jar.set(field, &url(from)), Err(CookieError::Domain(_))), "{field}");
        }
        jar.set("a=1; Domain=shop.co.uk", &url("wss://www.shop.co.uk/")).expect("a site's own");
        assert_eq!(sent(&jar, "wss://shop.co.uk/"), "a=1");
        // Its own host only.
        jar.set("b=2; Domain=github.io", &url("wss://github.io/")).expect("its own");
        assert_eq!(sent(&jar, "wss://github.io/"), "b=2");
        assert_eq!(sent(&jar, "wss://somebody.github.io/"), "");
    }

    #[test]
    fn a_name_holds_what_it_promises() {
        let jar = CookieJar::default();
        for (field, from) in [
            ("__Secure-a=1", "wss://a.example/"),
            ("__secure-a=1", "wss://a.example/"),
            ("__Secure-a=1; Secure", "ws://a.example/"),
            ("__Host-a=1; Path=/", "wss://a.example/"),
            ("__Host-a=1; Secure", "wss://a.example/"),
            ("__Host-a=1; Secure; Path=/x", "wss://a.example/"),
            ("__HOST-a=1; Secure; Path=/; Domain=a.example", "wss://a.example/"),
            ("__Host-a=1; Secure; Path=/", "ws://a.example/"),
        ] {
            let set = jar.set(field, &url(from));
            assert!(matches!(set, Err(CookieError::Prefix(..))), "{field}: {set:?}");
        }
        let from = url("wss://a.example/x");
        for field in
            ["__Secure-b=1; Secure; Domain=a.example; Path=/", "__Host-c=2; Secure; Path=/"]
        {
            jar.set(field, &from).expect(field);
        }
        assert_eq!(sent(&jar, "wss://a.example/"), "__Host-c=2; __Secure-b=1");
    }

    #[test]
    fn a_server_cannot_fill_the_memory() {
        let jar = CookieJar::default();
        let from = url("ws://a.example/");
        for number in 0..180 {
            jar.set(&format!("{number}=x; Path=/{number}"), &from).expect("there is room");
        }
        assert_eq!(jar.set(&"x".repeat(5000), &from), Err(CookieError::Size(5000)));
        jar.set("other=1", &url("ws://b.example/")).expect("of others");
        // 0 was sent, 1 is the one that was used least recently then.
        assert_eq!(sent(&jar, "ws://a.example/0"), "0=x");
        jar.set("more=x; Domain=a.example", &url("ws://deep.below.a.example/")).expect("kept");
        assert_eq!(sent(&jar, "ws://a.example/0"), "0=x; more=x");
        assert_eq!(sent(&jar, "ws://a.example/1"), "more=x");
        assert_eq!(sent(&jar, "ws://a.example/2"), "2=x; more=x");
        assert_eq!(sent(&jar, "ws://b.example/"), "other=1");
    }

    #[test]
    fn many_servers_cannot_fill_the_memory() {
        let jar = CookieJar::default();
        for number in 0..3010 {
            let from = url(&format!("ws://{number}.example/"));
            jar.set("a=1", &from).expect("kept");
        }
        assert_eq!(sent(&jar, "ws://9.example/"), "");
        assert_eq!(sent(&jar, "ws://10.example/"), "a=1");
        assert_eq!(sent(&jar, "ws://3009.example/"), "a=1");
    }

    #[test]
    fn a_server_that_is_not_encrypted_pushes_no_secure_cookie_out() {
        let jar = CookieJar::default();
        for number in 0..180 {
            jar.set(&format!("{number}=x; Secure"), &url("wss://a.example/")).expect("kept");
        }
        assert_eq!(jar.set("more=x", &url("ws://a.example/")), Err(CookieError::Full));
        jar.set("more=x", &url("wss://a.example/")).expect("kept");
        assert!(sent(&jar, "wss://a.example/").contains("more=x"));
    }
}
