//! Cookies of a jar in opening handshakes.

use wirebird::ffi::*;

use super::http_peer::HttpPeer;
use crate::engine::host::*;

struct Jar(wirebird_cookie_jar_t);

impl Jar {
    fn new() -> Self {
        let mut jar = wirebird_cookie_jar_t::default();
        ok(unsafe { wirebird_cookie_jar_new(&mut jar) });
        Self(jar)
    }

    fn get(&self, url: &str) -> String {
        let (mut buffer, mut length) = ([0u8; 4096], 0);
        let place = buffer.as_mut_ptr().cast();
        ok(unsafe { wirebird_cookie_jar_get(self.0, text(url), place, 4096, &mut length) });
        String::from_utf8(buffer[..length].to_vec()).expect("UTF-8")
    }

    fn set(&self, url: &str, field: &str) -> wirebird_status_t {
        unsafe { wirebird_cookie_jar_set(self.0, text(url), text(field)) }
    }

    fn open(&self, host: &Host, url: &str) -> wirebird_connection_t {
        host.open_with(url, |options, _| {
            options.cookies = self.0;
            options.max_redirects = 5;
        })
    }
}

impl Drop for Jar {
    fn drop(&mut self) {
        ok(wirebird_cookie_jar_release(self.0));
    }
}

#[test]
fn cookies_of_every_response_are_kept_and_sent() {
    let mut peer = HttpPeer::start();
    let (host, jar) = (Host::new(), Jar::new());
    jar.open(&host, &format!("{}/redirect/302/1/end", peer.url));
    host.expect(WIREBIRD_EVENT_OPENED);
    let sent: Vec<_> = (0..3).map(|_| peer.asked().field("cookie").map(str::to_owned)).collect();
    assert_eq!(sent[0], None);
    assert_eq!(sent[1].as_deref(), Some("hop1=1"));
    assert_eq!(sent[2].as_deref(), Some("hop0=1; hop1=1"));
    // Of a refusal, too; what is Secure stays at home.
    jar.open(&host, &format!("{}/cookies", peer.url));
    host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!(jar.get(&format!("{}/", peer.url)), "hop0=1; hop1=1; refused=1");
    assert!(jar.get("wss://127.0.0.1/").contains("secret=2"));
    // Of a challenge.
    let url = format!("{}/digest/MD5", peer.url.replacen("ws://", "ws://bird:seed@", 1));
    jar.open(&host, &url);
    host.until(WIREBIRD_EVENT_OPENED);
    let last = std::iter::repeat_with(|| peer.asked())
        .find(|asked| asked.field("authorization").is_some())
        .expect("without end");
    assert_eq!(last.field("cookie"), Some("asked=yes; hop0=1; hop1=1; refused=1"));
    ok(wirebird_cookie_jar_clear(jar.0));
    assert_eq!(jar.get(&peer.url), "");
}

#[test]
fn cookies_of_the_caller_and_of_the_jar_are_one_field() {
    let mut peer = HttpPeer::start();
    let (host, jar) = (Host::new(), Jar::new());
    ok(jar.set(&peer.url, "own=1"));
    let header = [wirebird_header_t { name: text("Cookie"), value: text("callers=2") }];
    host.open_with(&peer.url, |options, _| {
        options.cookies = jar.0;
        (options.headers, options.header_count) = (header.as_ptr(), 1);
    });
    host.expect(WIREBIRD_EVENT_OPENED);
    assert_eq!(peer.asked().field("cookie"), Some("callers=2; own=1"));
}

#[test]
fn a_jar_that_was_released_serves_those_that_have_it() {
    let mut peer = HttpPeer::start();
    let host = Host::new();
    let jar = Jar::new();
    ok(jar.set(&peer.url, "own=1"));
    let handle = jar.0;
    jar.open(&host, &peer.url);
    drop(jar);
    host.expect(WIREBIRD_EVENT_OPENED);
    assert_eq!(peer.asked().field("cookie"), Some("own=1"));
    let mut options = initialised(wirebird_client_options_init);
    options.url = text(&peer.url);
    options.cookies = handle;
    let mut made = wirebird_connection_t::default();
    let status = unsafe { wirebird_client_open(host.queue, &options, &mut made) };
    assert_eq!(status, WIREBIRD_ERROR_HANDLE, "{}", last_error());
    assert_eq!(wirebird_cookie_jar_release(handle), WIREBIRD_ERROR_HANDLE);
}

#[test]
fn what_cannot_be_kept_or_written_is_told() {
    let jar = Jar::new();
    for (url, field, status) in [
        ("no URL", "a=1", WIREBIRD_ERROR_URL),
        ("file:///a", "a=1", WIREBIRD_ERROR_URL),
        ("ws://a.example", "nothing", WIREBIRD_ERROR_ARGUMENT),
        ("ws://a.example", "a=1; Domain=b.example", WIREBIRD_ERROR_ARGUMENT),
        ("ws://a.example", "a=1\r\nX: y", WIREBIRD_ERROR_ARGUMENT),
        ("ws://a.example", &format!("a={}", "x".repeat(4096)), WIREBIRD_ERROR_LIMIT),
    ] {
        assert_eq!(jar.set(url, field), status, "{url} {field:.40}: {}", last_error());
    }
    ok(jar.set("ws://a.example", "long=cookie"));
    let (mut buffer, mut length) = ([7u8; 4], 0);
    let url = text("ws://a.example");
    let place = buffer.as_mut_ptr().cast();
    let status = unsafe { wirebird_cookie_jar_get(jar.0, url, place, 4, &mut length) };
    assert_eq!((status, length, buffer), (WIREBIRD_ERROR_LIMIT, 11, [7; 4]), "{}", last_error());
    let null = std::ptr::null_mut();
    let status = unsafe { wirebird_cookie_jar_get(jar.0, url, null, 0, &mut length) };
    assert_eq!(status, WIREBIRD_ERROR_LIMIT);
    let nowhere = text("ws://b.example");
    ok(unsafe { wirebird_cookie_jar_get(jar.0, nowhere, null, 0, &mut length) });
    assert_eq!(length, 0);
}
