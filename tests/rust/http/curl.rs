//! curl as the client.

use std::process::{Command, Stdio};

use wirebird::ffi::*;

use super::site::*;
use crate::engine::host::*;

/// What curl prints. The host answers each request with what it read of it.
fn curl(host: &Host, port: u16, arguments: &[&str], path: &str, requests: usize) -> String {
    let child = Command::new("curl")
        .args(["--silent", "--show-error", "--max-time", "60", "--noproxy", "*"])
        .args(arguments)
        .arg(format!("http://127.0.0.1:{port}{path}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("curl is installed");
    for _ in 0..requests {
        let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
        let (method, target) =
            (read(asked, wirebird_request_method), read(asked, wirebird_request_target));
        let body = read(asked, wirebird_request_body);
        ok(answer(asked, &format!("{method} {target} {body}\n")));
    }
    let output = child.wait_with_output().expect("curl ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn curl_gets_posts_and_heads() {
    let host = Host::new();
    let port = listen(&host, |_| {}).port;
    assert_eq!(curl(&host, port, &[], "/a?b=c", 1), "GET /a?b=c \n");
    let posted = curl(&host, port, &["--data", "x=1&y=2"], "/form", 1);
    assert_eq!(posted, "POST /form x=1&y=2\n");
    let chunked = ["--header", "Transfer-Encoding: chunked", "--data", "chunks"];
    assert_eq!(curl(&host, port, &chunked, "/", 1), "POST / chunks\n");
    let head = curl(&host, port, &["--head"], "/", 1);
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.to_lowercase().contains("content-length: 8\r\n"), "{head}");
    let old = curl(&host, port, &["--http1.0", "--include"], "/", 1);
    assert!(old.ends_with("\r\n\r\nGET / \n"), "{old}");
    // A megabyte, announced with Expect: 100-continue.
    let large = "z".repeat(1_000_000);
    let file = std::env::temp_dir().join(format!("wirebird-curl-{}", std::process::id()));
    std::fs::write(&file, &large).expect("written");
    let data = format!("@{}", file.display());
    let answered = curl(&host, port, &["--data-binary", &data], "/large", 1);
    std::fs::remove_file(&file).expect("removed");
    assert_eq!(answered, format!("POST /large {large}\n"));
}

#[test]
fn curl_uses_a_connection_again() {
    let host = Host::new();
    let port = listen(&host, |_| {}).port;
    let format = ["--write-out", "%{num_connects} "];
    let found = curl(&host, port, &format, "/[1-5]", 5);
    let lines: Vec<_> = found.lines().collect();
    assert_eq!(lines.len(), 6, "{found}");
    assert_eq!((lines[0], lines[1]), ("GET /1 ", "1 GET /2 "), "{found}");
    assert_eq!((lines[4], lines[5]), ("0 GET /5 ", "0 "), "{found}");
}
