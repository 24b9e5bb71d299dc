//! Behind reverse proxies: nginx, haproxy, and what pretends to be one.

use std::fs;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use wirebird::ffi::*;

use super::site::*;
use crate::engine::host::*;
use crate::engine::peers::{be_patient, connect_raw, read_to_end, request};

/// A running proxy; ended with the test.
pub struct Proxy {
    child: Child,
    folder: PathBuf,
    pub port: u16,
}

impl Proxy {
    /// Starts `program` with a configuration for a port and a folder.
    pub fn start(program: &str, configuration: impl Fn(u16, &str) -> String) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("wirebird-proxy-{}-{}", std::process::id(), NUMBER.fetch_add(1, SeqCst));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).expect("a folder");
        // Somebody may take the port in between.
        for _ in 0..10 {
            let port = free_port();
            let shown = folder.to_str().expect("UTF-8");
            let file = folder.join("proxy.conf");
            fs::write(&file, configuration(port, shown)).expect("written");
            let mut command = Command::new(program);
            match program {
                "haproxy" => command.arg("-db").arg("-f").arg(&file),
                _ => command.arg("-e").arg("stderr").arg("-p").arg(&folder).arg("-c").arg(&file),
            };
            if program == "nginx" {
                command.args(["-g", "daemon off; master_process off;"]);
            }
            let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
            let child = child.unwrap_or_else(|error| panic!("{program}: {error}: `make setup`"));
            let mut proxy = Self { child, folder: folder.clone(), port };
            if proxy.listens() {
                return proxy;
            }
            proxy.folder = PathBuf::new();
        }
        panic!("{program} does not start");
    }

    fn listens(&mut self) -> bool {
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(60) {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            if self.child.try_wait().expect("a child").is_some() {
                return false;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        false
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !self.folder.as_os_str().is_empty() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// nginx with these directives in a server that listens.
fn nginx(directives: &str) -> Proxy {
    Proxy::start("nginx", |port, folder| {
        format!(
            "pid {folder}/pid;\nevents {{}}\nhttp {{\n\
             access_log off;\nclient_body_temp_path {folder}/body;\n\
             proxy_temp_path {folder}/proxy;\nfastcgi_temp_path {folder}/fastcgi;\n\
             uwsgi_temp_path {folder}/uwsgi;\nscgi_temp_path {folder}/scgi;\n\
             server {{\nlisten 127.0.0.1:{port};\nlocation / {{\n{directives}\n}}\n}}\n}}\n"
        )
    })
}

/// haproxy in front of a server.
fn haproxy(mode: &str, port: u16, more: &str) -> Proxy {
    Proxy::start("haproxy", |own, _| {
        format!(
            "defaults\nmode {mode}\ntimeout connect 60s\ntimeout client 60s\ntimeout server 60s\n\
             timeout tunnel 60s\nlisten all\nbind 127.0.0.1:{own}\nserver one 127.0.0.1:{port} {more}\n"
        )
    })
}

/// A client that comes from an address of its own.
pub fn from(address: [u8; 4], port: u16) -> (TcpStream, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let own = SocketAddr::from((address, 0));
    socket.bind(&own.into()).expect("all of 127.0.0.0/8 is this machine");
    socket.connect(&SocketAddr::from(([127, 0, 0, 1], port)).into()).expect("connected");
    let stream = TcpStream::from(socket);
    be_patient(&stream);
    let own = stream.local_addr().expect("an address");
    (stream, own)
}

pub const CLIENT: [u8; 4] = [127, 0, 0, 9];

/// Trusts what is on this machine's first address.
pub fn behind(host: &Host, change: impl FnOnce(&mut wirebird_server_options_t)) -> Listening {
    let trusted = [text("127.0.0.1/32"), text("10.0.0.0/8")];
    listen(host, |server| {
        (server.trusted_proxies, server.trusted_proxy_count) = (trusted.as_ptr(), trusted.len());
        change(server);
    })
}

fn ip(address: &wirebird_address_t) -> IpAddr {
    let [a, b, c, d, ..] = address.bytes;
    match address.family {
        4 => Ipv4Addr::new(a, b, c, d).into(),
        6 => address.bytes.into(),
        family => panic!("family {family}"),
    }
}

fn peer_of(connection: wirebird_connection_t) -> (IpAddr, u16) {
    let mut peer = wirebird_address_t::default();
    ok(unsafe { wirebird_connection_addresses(connection, std::ptr::null_mut(), &mut peer) });
    (ip(&peer), peer.port)
}

fn peer_of_request(request: wirebird_request_t) -> (IpAddr, u16) {
    let mut peer = wirebird_address_t::default();
    ok(unsafe { wirebird_request_addresses(request, std::ptr::null_mut(), &mut peer) });
    (ip(&peer), peer.port)
}

fn is_secure(request: wirebird_request_t) -> u64 {
    let mut value = 2;
    ok(unsafe { wirebird_request_get(request, WIREBIRD_REQUEST_OPTION_SECURE, &mut value) });
    value
}

/// A message each way through whatever is in between, and a plain request.
fn both_ways(host: &Host, port: u16, check_port: bool) {
    let (stream, own) = from(CLIENT, port);
    let url = format!("ws://127.0.0.1:{port}/chat");
    let (mut socket, accepted) = std::thread::scope(|scope| {
        let opening = scope.spawn(|| {
            tokio_tungstenite::tungstenite::client(url.as_str(), stream)
                .expect("an open connection")
        });
        let accepted = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
        (opening.join().expect("opened").0, accepted)
    });
    let (address, seen_port) = peer_of(accepted);
    assert_eq!(address, own.ip());
    assert_eq!(seen_port, if check_port { own.port() } else { 0 });
    send_text(accepted, "through");
    assert_eq!(socket.read().expect("a message").to_text().expect("text"), "through");
    socket.send("back".into()).expect("sent");
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "back");
    drop(socket);
    host.until(WIREBIRD_EVENT_CLOSED);
    let (mut stream, own) = from(CLIENT, port);
    write!(stream, "GET /page HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").expect("sent");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    assert_eq!(peer_of_request(asked).0, own.ip());
    ok(answer(asked, "page"));
    assert!(read_to_end(stream).ends_with("page"));
}

#[test]
fn nginx_names_the_client_by_x_forwarded_for() {
    let host = Host::new();
    let server = behind(&host, |server| server.forwarded = WIREBIRD_FORWARDED_X);
    let nginx = nginx(&format!(
        "proxy_pass http://127.0.0.1:{};\nproxy_http_version 1.1;\n\
         proxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection \"upgrade\";\n\
         proxy_set_header Host $http_host;\n\
         proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n\
         proxy_set_header X-Forwarded-Proto https;",
        server.port
    ));
    both_ways(&host, nginx.port, false);
    // What a client claims is before what nginx adds.
    let (mut stream, own) = from(CLIENT, nginx.port);
    write!(
        stream,
        "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n\r\n"
    )
    .expect("sent");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    assert_eq!((peer_of_request(asked).0, is_secure(asked)), (own.ip(), 1));
    ok(answer(asked, "page"));
    assert!(read_to_end(stream).ends_with("page"));
}

#[test]
fn nginx_names_the_client_by_forwarded() {
    let host = Host::new();
    let server = behind(&host, |server| server.forwarded = WIREBIRD_FORWARDED_RFC7239);
    let nginx = nginx(&format!(
        "proxy_pass http://127.0.0.1:{};\nproxy_http_version 1.1;\n\
         proxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection \"upgrade\";\n\
         proxy_set_header Forwarded 'for=\"$remote_addr:$remote_port\";proto=$scheme;host=\"$http_host\"';",
        server.port
    ));
    both_ways(&host, nginx.port, true);
    let (mut stream, own) = from(CLIENT, nginx.port);
    write!(stream, "GET / HTTP/1.1\r\nHost: example.org:81\r\nConnection: close\r\n\r\n")
        .expect("sent");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    assert_eq!((peer_of_request(asked), is_secure(asked)), ((own.ip(), own.port()), 0));
    assert_eq!(read(asked, wirebird_request_host), "example.org:81");
    assert!(
        fields_of(asked).contains(&"host: example.org:81".to_owned()),
        "{:?}",
        fields_of(asked)
    );
    ok(answer(asked, "page"));
    assert!(read_to_end(stream).ends_with("page"));
}

#[test]
fn haproxy_names_the_client_by_the_proxy_header() {
    for more in ["send-proxy", "send-proxy-v2", "send-proxy-v2-ssl-cn"] {
        let host = Host::new();
        let server = behind(&host, |server| server.proxy_protocol = 1);
        let haproxy = haproxy("tcp", server.port, more);
        both_ways(&host, haproxy.port, true);
    }
}

#[test]
fn nginx_names_the_client_by_the_proxy_header() {
    let host = Host::new();
    let server = behind(&host, |server| server.proxy_protocol = 1);
    let nginx = Proxy::start("nginx", |port, folder| {
        format!(
            "load_module /usr/lib/nginx/modules/ngx_stream_module.so;\npid {folder}/pid;\n\
             events {{}}\nstream {{\nserver {{\nlisten 127.0.0.1:{port};\nproxy_protocol on;\n\
             proxy_pass 127.0.0.1:{};\n}}\n}}\n",
            server.port
        )
    });
    // Where it looks whether nginx listens, it comes from an address of its own, too.
    both_ways(&host, nginx.port, true);
}

#[test]
fn haproxy_names_the_client_by_x_forwarded_for() {
    let host = Host::new();
    let server = behind(&host, |server| server.forwarded = WIREBIRD_FORWARDED_X);
    let haproxy = haproxy("http", server.port, "\noption forwardfor");
    both_ways(&host, haproxy.port, false);
}

#[test]
fn fields_of_untrusted_peers_are_ignored() {
    let host = Host::new();
    let server = behind(&host, |server| server.forwarded = WIREBIRD_FORWARDED_X);
    let (mut stream, own) = from(CLIENT, server.port);
    write!(
        stream,
        "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n\
         X-Forwarded-Host: b\r\nForwarded: for=192.0.2.2\r\nConnection: close\r\n\r\n"
    )
    .expect("sent");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    assert_eq!((peer_of_request(asked), is_secure(asked)), ((own.ip(), own.port()), 0));
    assert_eq!(read(asked, wirebird_request_host), "a");
    ok(answer(asked, ""));
}

/// What a server makes of bytes in front of a request: the events' peers.
fn introduced(host: &Host, port: u16, header: &[u8]) -> Result<IpAddr, Happened> {
    let mut stream = connect_raw(port);
    stream.write_all(header).expect("sent");
    // It may be closed already.
    let _ = stream.write_all(request("").as_bytes());
    let event = host.next();
    match event.kind {
        WIREBIRD_EVENT_ACCEPTED => {
            let address = peer_of(event.connection).0;
            drop(stream);
            host.until(WIREBIRD_EVENT_CLOSED);
            Ok(address)
        }
        WIREBIRD_EVENT_HANDSHAKE_FAILED => {
            assert_eq!(read_to_end(stream), "", "no answer");
            Err(event)
        }
        _ => panic!("{event:?}"),
    }
}

#[test]
fn proxy_headers_of_both_versions_are_read() {
    const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
    let host = Host::new();
    let server = behind(&host, |server| server.proxy_protocol = 1);
    let v2 = |rest: &[u8]| [SIGNATURE, rest].concat();
    let six = [&[0x21, 0x21, 0, 36][..], &[0x20; 16], &[1; 16], &[0, 80, 0, 81]].concat();
    for (header, expected) in [
        (b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n".to_vec(), "192.0.2.1"),
        (b"PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n".to_vec(), "2001:db8::1"),
        (b"PROXY UNKNOWN\r\n".to_vec(), "127.0.0.1"),
        (b"PROXY UNKNOWN ffff:f... 1 2\r\n".to_vec(), "127.0.0.1"),
        (v2(&[0x21, 0x11, 0, 12, 192, 0, 2, 7, 1, 2, 3, 4, 0, 80, 0, 81]), "192.0.2.7"),
        // With something behind the addresses.
        (v2(&[0x21, 0x11, 0, 16, 192, 0, 2, 7, 1, 2, 3, 4, 0, 80, 0, 81, 4, 0, 1, 0]), "192.0.2.7"),
        (v2(&six), "2020:2020:2020:2020:2020:2020:2020:2020"),
        // The proxy itself asks.
        (v2(&[0x20, 0, 0, 0]), "127.0.0.1"),
    ] {
        let found = introduced(&host, server.port, &header).map(|address| address.to_string());
        assert_eq!(found.expect("introduced"), expected, "{header:?}");
    }
}

#[test]
fn what_is_not_introduced_is_closed_without_an_answer() {
    let host = Host::new();
    let server = behind(&host, |server| server.proxy_protocol = 1);
    let mut long = b"PROXY TCP4 ".to_vec();
    long.extend([b'1'; 200]);
    let huge = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff".to_vec();
    for header in [
        b"".to_vec(),
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 99999\r\n".to_vec(),
        b"PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n".to_vec(),
        b"PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n".to_vec(),
        b"PROXY \xff\xff\xff\xff\xff\xff\xff\r\n".to_vec(),
        b"\r\n\r\n\0\r\nQUIT\n\x11\x11\0\0".to_vec(),
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x04abcd".to_vec(),
        b"\r\n\r\n\0\r\nQUIT\n\x21\x99\0\0".to_vec(),
        long,
        huge,
    ] {
        let failed = introduced(&host, server.port, &header).expect_err("refused");
        let shown = String::from_utf8_lossy(&header).into_owned();
        assert_eq!((failed.status, failed.value), (WIREBIRD_ERROR_HANDSHAKE, 0), "{shown:?}");
        assert!(failed.message.contains("PROXY header"), "{shown:?}: {}", failed.message);
    }
    // Whoever is not trusted may not introduce anybody.
    let (mut stream, _) = from(CLIENT, server.port);
    stream.write_all(b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n").expect("sent");
    let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
    assert!(failed.message.contains("trusted_proxies"), "{}", failed.message);
    assert_eq!(read_to_end(stream), "");
}

#[test]
fn a_slow_proxy_header_ends_at_the_handshake_timeout() {
    let host = Host::new();
    let server = behind(&host, |server| {
        server.proxy_protocol = 1;
        server.handshake_timeout_ms = 50;
    });
    let mut stream = connect_raw(server.port);
    stream.write_all(b"PROXY").expect("sent");
    assert_eq!(host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED).status, WIREBIRD_ERROR_TIMEOUT);
    assert_eq!(read_to_end(stream), "");
}

#[test]
fn handshakes_are_counted_by_the_client_that_is_introduced() {
    let host = Host::new();
    let server = behind(&host, |server| {
        server.proxy_protocol = 1;
        server.max_handshakes_per_address = 1;
    });
    let come = |client: &str, more: &str| {
        let mut stream = connect_raw(server.port);
        write!(stream, "PROXY TCP4 {client} 192.0.2.2 1 2\r\n{more}").expect("sent");
        stream
    };
    // One of them holds its address's only place, the other one waits.
    let slow = [come("192.0.2.1", "GET"), come("192.0.2.1", "GET")];
    let waiting = || {
        let mut value = 0;
        let option = WIREBIRD_SERVER_OPTION_WAITING;
        ok(unsafe { wirebird_server_get(server.handle, option, &mut value) });
        value
    };
    let begin = Instant::now();
    while waiting() == 0 {
        assert!(begin.elapsed() < Duration::from_secs(60), "the second one does not wait");
        std::thread::sleep(Duration::from_millis(1));
    }
    let other = come("192.0.2.9", &request(""));
    let first = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    assert_eq!(peer_of(first).0.to_string(), "192.0.2.9", "others pass");
    drop(slow);
    let same = come("192.0.2.1", &request(""));
    let second = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    assert_eq!(peer_of(second).0.to_string(), "192.0.2.1");
    drop((same, other));
}

#[test]
fn proxies_have_to_be_named() {
    let host = Host::new();
    let refused = |change: &dyn Fn(&mut wirebird_server_options_t)| {
        let mut options = initialised(wirebird_server_options_init);
        change(&mut options);
        let mut server = wirebird_server_t::default();
        let status = unsafe { wirebird_server_listen(host.queue, &options, &mut server) };
        assert_eq!(status, WIREBIRD_ERROR_ARGUMENT, "{}", last_error());
        assert!(last_error().contains("options->"), "{}", last_error());
    };
    refused(&|options| options.proxy_protocol = 1);
    refused(&|options| options.forwarded = WIREBIRD_FORWARDED_X);
    refused(&|options| options.forwarded = 3);
    refused(&|options| options.proxy_protocol = 2);
    let wrong = [text("10.0.0.0/40")];
    refused(&|options| {
        (options.trusted_proxies, options.trusted_proxy_count) = (wrong.as_ptr(), 1)
    });
}
