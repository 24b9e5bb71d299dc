//! Proxies, credentials, redirects and cookies on one way.

use wirebird::ffi::*;

use super::http_peer::HttpPeer;
use super::programs::Proxy;
use crate::engine::host::*;

fn open(
    host: &Host,
    url: &str,
    proxy: &str,
    change: impl FnOnce(&mut wirebird_client_options_t, &mut wirebird_connection_options_t),
) -> wirebird_connection_t {
    host.open_with(url, |options, connection| {
        (options.proxy_mode, options.proxy_url) = (WIREBIRD_PROXY_URL, text(proxy));
        options.max_redirects = 3;
        change(options, connection);
    })
}

#[track_caller]
fn is_open(host: &Host, connection: wirebird_connection_t) {
    let event = host.next();
    assert_eq!(event.kind, WIREBIRD_EVENT_OPENED, "{event:?}");
    send_text(connection, "here I am");
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "here I am");
}

#[test]
fn a_proxy_and_then_the_server_want_to_know_who_asks() {
    let (proxy, mut peer) = (Proxy::squid("digest"), HttpPeer::start());
    let host = Host::new();
    let url = format!("{}/digest/SHA-256", peer.url.replacen("ws://", "ws://bird:seed@", 1));
    let connection = open(&host, &url, &proxy.url("http", "bird:seed@"), |_, _| {});
    is_open(&host, connection);
    let told = std::iter::repeat_with(|| peer.asked())
        .find(|asked| asked.field("authorization").is_some())
        .expect("without end");
    assert_eq!(told.field("proxy-authorization"), None, "{told:?}");

    // The host is asked by each of them.
    let url = format!("{}/basic", peer.url);
    let connection = open(&host, &url, &proxy.url("http", ""), |_, connection| {
        connection.want = WIREBIRD_WANT_AUTHENTICATION;
    });
    for hop in [WIREBIRD_HOP_PROXY, WIREBIRD_HOP_SERVER] {
        let asked = host.expect(WIREBIRD_EVENT_AUTHENTICATE);
        assert_eq!((asked.value, asked.status), (hop, WIREBIRD_OK), "{asked:?}");
        let (user, password) = (text("bird"), text("seed"));
        ok(unsafe { wirebird_connection_authenticate(connection, user, password) });
    }
    is_open(&host, connection);
}

#[test]
fn each_redirect_goes_through_the_proxy() {
    for (proxy, scheme) in [
        (Proxy::tinyproxy("BasicAuth bird seed"), "http"),
        (Proxy::squid("basic"), "http"),
        (Proxy::microsocks(&["-u", "bird", "-P", "seed"]), "socks5"),
    ] {
        let (mut first, mut second) = (HttpPeer::start(), HttpPeer::start());
        let host = Host::new();
        let url = format!("{}/to?{}/basic", first.url, second.url);
        let through = proxy.url(scheme, "bird:seed@");
        let connection = open(&host, &url, &through, |options, connection| {
            connection.want = WIREBIRD_WANT_AUTHENTICATION;
            (options.user, options.password) = (text("first"), text("only"));
        });
        // What was for the first server is not told to the second one.
        let asked = host.expect(WIREBIRD_EVENT_AUTHENTICATE);
        assert_eq!((asked.value, asked.status), (WIREBIRD_HOP_SERVER, WIREBIRD_OK), "{asked:?}");
        assert!(asked.message.contains(second.authority()), "{}", asked.message);
        let (user, password) = (text("bird"), text("seed"));
        ok(unsafe { wirebird_connection_authenticate(connection, user, password) });
        is_open(&host, connection);
        assert_eq!(first.asked().field("authorization"), None);
        assert_eq!(second.asked().field("authorization"), None);
        assert!(second.asked().field("authorization").is_some());
        // It came by the proxy: there was no other way for the second one either.
        let (mut local, mut peer) = Default::default();
        ok(unsafe { wirebird_connection_addresses(connection, &mut local, &mut peer) });
        assert_eq!(peer.port, proxy.port);
    }
}
