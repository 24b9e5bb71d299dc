//! Files as answers.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use wirebird::ffi::*;

use super::site::*;
use crate::engine::host::*;

/// A folder that is removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("wirebird-{}-{}", std::process::id(), NUMBER.fetch_add(1, SeqCst));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).expect("a folder");
        Self(path.canonicalize().expect("its path"))
    }

    fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, content).expect("written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Asks for something, and has the host answer with a file.
fn ask(host: &Host, client: &mut Client, request: &str, path: &Path) -> Response {
    client.send(&format!("{request} HTTP/1.1\r\nHost: a\r\n\r\n"));
    asked(host, client, path)
}

fn asked(host: &Host, client: &mut Client, path: &Path) -> Response {
    let request = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    let path = text(path.to_str().expect("UTF-8"));
    ok(unsafe { wirebird_request_answer_file(request, std::ptr::null(), path) });
    client.receive()
}

#[test]
fn a_file_comes_with_its_type_length_and_validators() {
    let (host, folder) = (Host::new(), Folder::new());
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    for (name, kind) in [
        ("a.html", "text/html; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.png", "image/png"),
        ("a.svg", "image/svg+xml"),
        ("a.wasm", "application/wasm"),
        ("a", "application/octet-stream"),
    ] {
        let response = ask(&host, &mut client, "GET /", &folder.write(name, "content"));
        assert_eq!((response.status, response.body.as_str()), (200, "content"), "{name}");
        assert_eq!(response.field("content-type"), Some(kind), "{name}");
        assert_eq!(response.field("content-length"), Some("7"), "{name}");
        assert_eq!(response.field("accept-ranges"), Some("bytes"), "{name}");
        assert_eq!(response.field("x-content-type-options"), Some("nosniff"), "{name}");
        assert!(response.field("etag").is_some(), "{response:?}");
        assert!(response.field("last-modified").is_some(), "{response:?}");
    }
}

#[test]
fn a_large_file_arrives_whole() {
    let (host, folder) = (Host::new(), Folder::new());
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    let content: String = (0..200_000).map(|number| format!("{number:07}\n")).collect();
    let response = ask(&host, &mut client, "GET /", &folder.write("large.txt", &content));
    assert!(response.body == content, "{} bytes of {}", response.body.len(), content.len());
    let response = ask(&host, &mut client, "GET /", &folder.write("empty.txt", ""));
    assert_eq!((response.status, response.body.as_str()), (200, ""));
}

#[test]
fn who_has_the_file_is_told_so() {
    let (host, folder) = (Host::new(), Folder::new());
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    let path = folder.write("a.txt", "content");
    let first = ask(&host, &mut client, "GET /", &path);
    let tag = first.field("etag").expect("a tag").to_owned();
    let modified = first.field("last-modified").expect("a date").to_owned();
    for (condition, status) in [
        (format!("If-None-Match: {tag}"), 304),
        ("If-None-Match: \"other\"".to_owned(), 200),
        (format!("If-Modified-Since: {modified}"), 304),
        (format!("If-Match: {tag}"), 200),
        ("If-Match: \"other\"".to_owned(), 412),
    ] {
        client.send(&format!("GET / HTTP/1.1\r\nHost: a\r\n{condition}\r\n\r\n"));
        // 304 has no body, whatever its Content-Length would say.
        let request = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
        let path = text(path.to_str().expect("UTF-8"));
        ok(unsafe { wirebird_request_answer_file(request, std::ptr::null(), path) });
        let response = if status == 304 { client.receive_head() } else { client.receive() };
        assert_eq!(response.status, status, "{condition}: {response:?}");
    }
}

#[test]
fn a_part_of_a_file_is_a_part() {
    let (host, folder) = (Host::new(), Folder::new());
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    let path = folder.write("a.txt", "0123456789");
    let tag = ask(&host, &mut client, "GET /", &path).field("etag").expect("a tag").to_owned();
    let other = "\"other\"".to_owned();
    for (range, condition, status, body, content_range) in [
        ("bytes=2-4", None, 206, "234", Some("bytes 2-4/10")),
        ("bytes=7-", None, 206, "789", Some("bytes 7-9/10")),
        ("bytes=-1", None, 206, "9", Some("bytes 9-9/10")),
        ("bytes=0-100", None, 206, "0123456789", Some("bytes 0-9/10")),
        ("bytes=10-", None, 416, "", Some("bytes */10")),
        ("lines=1-2", None, 200, "0123456789", None),
        ("bytes=2-4", Some(&tag), 206, "234", Some("bytes 2-4/10")),
        ("bytes=2-4", Some(&other), 200, "0123456789", None),
    ] {
        let condition = condition.map_or(String::new(), |tag| format!("If-Range: {tag}\r\n"));
        client.send(&format!("GET / HTTP/1.1\r\nHost: a\r\nRange: {range}\r\n{condition}\r\n"));
        let response = asked(&host, &mut client, &path);
        let found = (response.status, response.body.as_str(), response.field("content-range"));
        assert_eq!(found, (status, body, content_range), "{range} {condition}");
    }
}

#[test]
fn head_has_no_body_and_other_methods_are_refused() {
    let (host, folder) = (Host::new(), Folder::new());
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    let path = folder.write("a.txt", "content");
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    let request = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    let file = text(path.to_str().expect("UTF-8"));
    ok(unsafe { wirebird_request_answer_file(request, std::ptr::null(), file) });
    let response = client.receive_head();
    assert_eq!((response.status, response.field("content-length")), (200, Some("7")));
    assert_eq!(ask(&host, &mut client, "GET /", &path).body, "content", "nothing came between");
    let response = ask(&host, &mut client, "DELETE /", &path);
    assert_eq!(response.status, 405, "{response:?}");
    let allowed = response.field("allow").expect("Allow").to_uppercase();
    assert_eq!(allowed, "GET, HEAD");
}

#[test]
fn what_is_no_file_is_not_found() {
    let (host, folder) = (Host::new(), Folder::new());
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    for path in [folder.0.join("none"), folder.0.clone(), PathBuf::from("/dev/null")] {
        let response = ask(&host, &mut client, "GET /", &path);
        assert_eq!(response.status, 404, "{path:?}: {response:?}");
    }
}

#[test]
fn an_own_status_and_type_hold_for_a_file() {
    let (host, folder) = (Host::new(), Folder::new());
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    let path = folder.write("missing.html", "<p>Not here.");
    client.get("/nowhere");
    let request = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    let headers = [header("Content-Type", "text/x-own"), header("Cache-Control", "no-cache")];
    let file = text(path.to_str().expect("UTF-8"));
    ok(unsafe { wirebird_request_answer_file(request, &options(404, &headers), file) });
    let response = client.receive();
    assert_eq!((response.status, response.body.as_str()), (404, "<p>Not here."));
    assert_eq!(response.field("content-type"), Some("text/x-own"));
    assert_eq!(response.field("cache-control"), Some("no-cache"));
}

fn below(host: &Host, client: &mut Client, root: &Path, path: &str, files: u16) -> Response {
    client.get("/files/x?query");
    let request = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    let mut options = options(200, &[]);
    options.files = files;
    let root = text(root.to_str().expect("UTF-8"));
    ok(unsafe { wirebird_request_answer_below(request, &options, root, text(path)) });
    client.receive()
}

#[test]
fn files_below_a_folder_are_found_by_their_path() {
    let (host, folder) = (Host::new(), Folder::new());
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    folder.write("a.txt", "a");
    folder.write("sub/b c.txt", "b");
    folder.write("sub/ü.txt", "u");
    folder.write("sub/index.html", "index");
    folder.write("index.html", "start");
    for (path, body) in [
        ("a.txt", "a"),
        ("/a.txt", "a"),
        ("sub/b%20c.txt", "b"),
        ("sub//b%20c.txt", "b"),
        ("sub/%C3%BC.txt", "u"),
        ("%61.txt", "a"),
        ("sub/", "index"),
        ("", "start"),
        ("/", "start"),
    ] {
        let response = below(&host, &mut client, &folder.0, path, 0);
        assert_eq!((response.status, response.body.as_str()), (200, body), "{path:?}");
    }
    let response = below(&host, &mut client, &folder.0, "sub", 0);
    assert_eq!(response.status, 301, "{response:?}");
    assert_eq!(response.field("location"), Some("./x/?query"));
}

#[test]
fn nothing_outside_of_the_folder_is_served() {
    let (host, folder) = (Host::new(), Folder::new());
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    let secret = folder.write("secret.txt", "secret");
    let root = folder.0.join("root");
    folder.write("root/a.txt", "a");
    folder.write("root/.hidden", "hidden");
    folder.write("root/.git/config", "config");
    folder.write("root-sibling/b.txt", "b");
    fs::create_dir(root.join("empty")).expect("a folder");
    std::os::unix::fs::symlink(&secret, root.join("link.txt")).expect("a link");
    std::os::unix::fs::symlink(&folder.0, root.join("linked")).expect("a link");
    std::os::unix::fs::symlink(root.join("a.txt"), root.join("inside.txt")).expect("a link");
    let absolute = secret.to_str().expect("UTF-8").to_owned();
    for path in [
        "../secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "%2e%2e%2fsecret.txt",
        "x/../../secret.txt",
        "./a.txt",
        "..\\secret.txt",
        "..%5csecret.txt",
        "../root-sibling/b.txt",
        "link.txt",
        "linked/secret.txt",
        ".hidden",
        "%2ehidden",
        ".git/config",
        "a.txt%00",
        "a.txt%00.png",
        "%ff",
        "C:a.txt",
        "none",
        "a.txt/x",
        "empty/",
        absolute.as_str(),
    ] {
        let response = below(&host, &mut client, &root, path, 0);
        assert_eq!(response.status, 404, "{path:?}: {response:?}");
        assert_eq!(response.body, "Not Found\n", "{path:?}");
    }
    let inside = below(&host, &mut client, &root, "inside.txt", 0);
    assert_eq!((inside.status, inside.body.as_str()), (200, "a"), "a link that stays inside");
    let hidden = below(&host, &mut client, &root, ".hidden", WIREBIRD_FILES_HIDDEN);
    assert_eq!((hidden.status, hidden.body.as_str()), (200, "hidden"));
    let up = below(&host, &mut client, &root, "../secret.txt", WIREBIRD_FILES_HIDDEN);
    assert_eq!(up.status, 404);
}

#[test]
#[cfg(unix)]
fn a_pipe_in_a_files_place_holds_up_nobody() {
    let (host, folder) = (Host::new(), Folder::new());
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    let (name, pipe, spare) = (folder.0.join("a"), folder.0.join("pipe"), folder.0.join("spare"));
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    assert_eq!(ask(&host, &mut client, "GET /", &pipe).status, 404);
    let path = "pipe";
    assert_eq!(below(&host, &mut client, &folder.0, path, 0).status, 404);
    // In turn, so that it is replaced after it was looked at, too.
    folder.write("a", "content");
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(SeqCst) {
                for (from, to) in [(&name, &spare), (&pipe, &name), (&name, &pipe), (&spare, &name)]
                {
                    fs::rename(from, to).expect("renamed");
                }
            }
        });
        for _ in 0..2000 {
            let response = ask(&host, &mut client, "GET /", &name);
            match response.status {
                200 => assert_eq!(response.body, "content"),
                status => assert_eq!(status, 404),
            }
        }
        is_over.store(true, SeqCst);
    });
}
