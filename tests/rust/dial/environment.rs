//! The proxy that environment variables name, in processes of their own.

use wirebird::ffi::*;

use super::elsewhere::{is_in, way};
use super::programs::Proxy;
use super::scripted::{Answer, Scripted, field};
use crate::engine::host::*;

/// A client opens, by whatever way.
fn opens(url: &str) {
    let host = Host::new();
    let connection = host.open(url);
    let event = host.next();
    assert_eq!(event.kind, WIREBIRD_EVENT_OPENED, "{event:?}");
    ok(wirebird_connection_abort(connection));
}

#[test]
fn the_variables_name_the_proxy() {
    if way().is_some() {
        return opens("ws://far.example/chat");
    }
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        let connected = Answer::Text("HTTP/1.1 200 Connected\r\n\r\n".to_owned());
        let proxy = Scripted::start(vec![vec![connected, Answer::Upgrade]]);
        let url = format!("http://127.0.0.1:{}", proxy.port);
        let others = ("HTTPS_PROXY", "http://127.0.0.1:9");
        let variables = [(variable, url.as_str()), others, ("NO_PROXY", "near.example")];
        is_in("environment::the_variables_name_the_proxy", "through", &variables);
        let asked = proxy.asked();
        assert_eq!(asked[0][0], "CONNECT far.example:80 HTTP/1.1", "{variable}");
        assert_eq!(field(&asked[1], "host"), Some("far.example"));
    }
}

#[test]
fn a_proxy_of_the_environment_is_told_its_credentials() {
    if way().is_some() {
        let host = Host::new();
        host.open("ws://far.example/");
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        // It was let through, and the name has no address there either.
        assert_eq!(closed.status, WIREBIRD_ERROR_PROXY_REFUSED, "{closed:?}");
        assert!(!closed.message.contains("seed"), "{}", closed.message);
        return;
    }
    let http = Proxy::tinyproxy("BasicAuth bird seed");
    let socks = Proxy::microsocks(&["-u", "bird", "-P", "seed"]);
    for url in [http.url("http", "bird:s%65ed@"), socks.url("socks5h", "bird:seed@")] {
        let test = "environment::a_proxy_of_the_environment_is_told_its_credentials";
        is_in(test, "through", &[("ALL_PROXY", &url)]);
    }
}

#[test]
fn this_machine_and_no_proxy_are_reached_straight() {
    if let Some(way) = way() {
        let host = Host::new();
        let server = host.listen();
        let port = server.port;
        let names = ["127.0.0.1", "localhost"];
        let straight: Vec<_> = names.iter().map(|name| format!("ws://{name}:{port}/")).collect();
        for url in straight {
            host.open(&url);
            let events = [host.next(), host.next()];
            assert!(events.iter().any(|event| event.kind == WIREBIRD_EVENT_OPENED), "{events:?}");
        }
        for (url, named) in [("ws://far.invalid/", true), ("ws://a.near.invalid/", false)] {
            host.open(url);
            let closed = host.expect(WIREBIRD_EVENT_CLOSED);
            let expected = match named && way == "http" {
                true => WIREBIRD_ERROR_PROXY_CONNECTION_REFUSED,
                false => WIREBIRD_ERROR_HOST_NOT_FOUND,
            };
            assert_eq!(closed.status, expected, "{url}: {}", closed.message);
        }
        // Without looking at the variables.
        host.open_with("ws://far.invalid/", |options, _| options.proxy_mode = WIREBIRD_PROXY_NONE);
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!(closed.status, WIREBIRD_ERROR_HOST_NOT_FOUND, "{}", closed.message);
        return;
    }
    let test = "environment::this_machine_and_no_proxy_are_reached_straight";
    // Nobody listens there.
    let nobody = "http://127.0.0.1:9";
    is_in(test, "http", &[("HTTP_PROXY", nobody), ("NO_PROXY", "near.invalid")]);
    is_in(test, "none", &[("HTTP_PROXY", nobody), ("NO_PROXY", "*")]);
    is_in(test, "none", &[("HTTPS_PROXY", nobody)]);
}

#[test]
fn a_proxy_of_the_environment_that_cannot_be_used_is_told() {
    if way().is_some() {
        let host = Host::new();
        host.open("ws://far.invalid/");
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!(closed.status, WIREBIRD_ERROR_PROXY_PROTOCOL, "{}", closed.message);
        assert!(closed.message.contains("HTTP_PROXY"), "{}", closed.message);
        assert!(!closed.message.contains("seed"), "{}", closed.message);
        return;
    }
    for url in ["https://bird:seed@127.0.0.1:9", "socks4://127.0.0.1:9", "http://bird:s%0Aeed@h"] {
        let test = "environment::a_proxy_of_the_environment_that_cannot_be_used_is_told";
        is_in(test, "unusable", &[("HTTP_PROXY", url)]);
    }
}
