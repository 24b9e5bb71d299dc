//! Section 10.2: whether an Origin is the server's own.

use wirebird::protocol::{Transport, same_origin};

#[test]
fn the_same_host_and_port() {
    for (origin, host) in [
        ("http://example.com", "example.com"),
        ("http://example.com", "EXAMPLE.com"),
        ("HTTP://Example.com", "example.com"),
        ("http://example.com:8080", "example.com:8080"),
        ("http://example.com", "example.com:80"),
        ("http://example.com:80", "example.com"),
        ("https://example.com", "example.com"),
        ("https://example.com", "example.com:443"),
        ("ws://example.com", "example.com:80"),
        ("wss://example.com:443", "example.com"),
        ("http://127.0.0.1:9000", "127.0.0.1:9000"),
        ("http://[::1]:9000", "[::1]:9000"),
        ("http://[0:0:0:0:0:0:0:1]", "[::1]"),
        ("http://bücher.example", "xn--bcher-kva.example"),
    ] {
        assert!(same_origin(origin, host, Transport::Unknown), "{origin} at {host}");
    }
}

#[test]
fn another_host_port_or_no_host_at_all() {
    for (origin, host) in [
        ("null", "null"),
        ("", ""),
        ("", "example.com"),
        ("http://example.com", ""),
        ("http://", "example.com"),
        ("example.com", "example.com"),
        ("http://example.com", "example.org"),
        ("http://example.com", "www.example.com"),
        ("http://example.com.evil.example", "example.com"),
        ("http://evil.example", "example.com"),
        ("http://example.com:8080", "example.com"),
        ("http://example.com", "example.com:8080"),
        ("https://example.com", "example.com:80"),
        ("http://example.com", "example.com:443"),
        ("ftp://example.com", "example.com"),
        ("file://", "example.com"),
        ("chrome-extension://example.com", "example.com"),
        ("http://example.com@evil.example", "evil.example"),
        ("http://evil.example", "example.com@evil.example"),
        ("http://example.com/", "example.com"),
        ("http://example.com", "example.com/"),
        ("http://example.com#x", "example.com"),
        ("http://example.com\\x", "example.com"),
        ("http://example.com http://evil.example", "example.com"),
        ("http://example.com:99999", "example.com:99999"),
    ] {
        assert!(!same_origin(origin, host, Transport::Unknown), "{origin} at {host}");
    }
}

#[test]
fn the_same_scheme_where_it_is_known() {
    let is_own = |origin: &str, transport| same_origin(origin, "example.com", transport);
    for scheme in ["http", "HTTP", "ws"] {
        let origin = format!("{scheme}://example.com");
        assert!(is_own(&origin, Transport::Plain) && is_own(&origin, Transport::Unknown));
        assert!(!is_own(&origin, Transport::Encrypted), "{origin}");
    }
    for scheme in ["https", "Https", "wss"] {
        let origin = format!("{scheme}://example.com");
        assert!(is_own(&origin, Transport::Encrypted) && is_own(&origin, Transport::Unknown));
        assert!(!is_own(&origin, Transport::Plain), "{origin}");
    }
}
