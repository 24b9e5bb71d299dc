//! Servers that speak no HTTP/2, or no WebSockets in it: the client says so.

use wirebird::ffi::*;

use super::proxies::Proxy;
use crate::engine::host::*;

fn refused(port: u16) -> String {
    let host = Host::new();
    host.open_with(&format!("ws://127.0.0.1:{port}/"), |options, _| {
        options.http_version = WIREBIRD_HTTP_2;
    });
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_HANDSHAKE, "{closed:?}");
    assert!(closed.message.contains("http_version to WIREBIRD_HTTP_1_1"), "{}", closed.message);
    closed.message
}

#[test]
fn a_server_of_http_1_1_is_named_so() {
    let host = Host::new();
    let message = refused(host.listen().port);
    assert!(message.contains("does not speak HTTP/2"), "{message}");
}

#[test]
fn nginx_has_no_extended_connect() {
    let nginx = Proxy::start("nginx", |port, folder| {
        format!(
            "pid {folder}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n\
             client_body_temp_path {folder}/body;\nproxy_temp_path {folder}/proxy;\n\
             fastcgi_temp_path {folder}/fastcgi;\nuwsgi_temp_path {folder}/uwsgi;\n\
             scgi_temp_path {folder}/scgi;\nserver {{\nlisten 127.0.0.1:{port} http2;\n\
             location / {{ return 200; }}\n}}\n}}\n"
        )
    });
    let message = refused(nginx.port);
    assert!(message.contains("extended CONNECT"), "{message}");
}
