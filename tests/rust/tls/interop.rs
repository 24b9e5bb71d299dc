//! TLS with libraries of others: OpenSSL's programs, Python, Node, and rustls
//! under tungstenite.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use tokio_rustls::rustls;
use tokio_tungstenite::tungstenite;
use wirebird::ffi::*;

use super::certificates::{Authority, Certificate};
use super::fixture::*;
use crate::engine::host::*;
use crate::engine::peers;
use crate::engine::programs::{Library, Peer};

/// Files of a test, removed with it.
struct Files(PathBuf);

impl Files {
    fn new(authority: &Authority, certificate: &Certificate) -> Self {
        use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("wirebird-tls-{}-{}", std::process::id(), COUNT.fetch_add(1, SeqCst));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).expect("a folder");
        let files = Self(folder);
        let key = certificate.key_pem();
        for (name, content) in
            [("ca.pem", &authority.pem), ("own.pem", &certificate.pem), ("key.pem", &key)]
        {
            std::fs::write(files.0.join(name), content).expect("written");
        }
        files
    }

    fn name(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("UTF-8").to_owned()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A program that ends with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn talk(host: &Host, connection: wirebird_connection_t) {
    for message in ["Hello", "Grüße", &"x".repeat(300_000)] {
        send_text(connection, message);
        assert!(host.expect(WIREBIRD_EVENT_TEXT).text() == message);
        send_binary(connection, message.as_bytes());
        assert!(host.expect(WIREBIRD_EVENT_BINARY).data == message.as_bytes());
    }
    close(connection, 4001, "enough");
    let closed = host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.close_code), (WIREBIRD_OK, 4001), "{closed:?}");
}

#[test]
fn python_and_node_talk_to_us_and_we_to_them_plain_and_compressed() {
    let authority = Authority::new("Root");
    let certificate = authority.server(&["localhost"]);
    let files = Files::new(&authority, &certificate);
    let (own, key, ca) = (files.name("own.pem"), files.name("key.pem"), files.name("ca.pem"));
    for library in [Library::PythonWebsockets, Library::Ws] {
        for deflate in ["null", "{}"] {
            let host = Host::new();
            let variables = [("PEER_CERTIFICATE", own.as_str()), ("PEER_KEY", &key)];
            let mut peer = Peer::start_in(library, &["server", deflate], &variables);
            let (url, tls) = (peer.line(), client(&authority));
            let protocols = [text("b")];
            let connection = host.open_with(&url, |options, _| {
                options.tls = tls.0;
                (options.subprotocols, options.subprotocol_count) = (protocols.as_ptr(), 1);
            });
            host.expect(WIREBIRD_EVENT_OPENED);
            assert_eq!(get(connection, WIREBIRD_OPTION_COMPRESSION), u64::from(deflate == "{}"));
            talk(&host, connection);
            assert_eq!(peer.line(), "closed 4001 enough", "{library:?}");

            let tls = server(&certificate);
            let listening = host.listen_with(|options, connection| {
                options.tls = tls.0;
                (options.subprotocols, options.subprotocol_count) = (protocols.as_ptr(), 1);
                connection.compression = 1;
            });
            let url = url_of(&listening);
            let variables = [("PEER_CA", ca.as_str())];
            let mut peer = Peer::start_in(library, &["client", deflate, &url], &variables);
            let connection = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
            assert_eq!(get(connection, WIREBIRD_OPTION_COMPRESSION), u64::from(deflate == "{}"));
            talk(&host, connection);
            assert_eq!(peer.line(), "closed 4001 enough", "{library:?}");
        }
    }
}

fn url_of(listening: &Listening) -> String {
    url("localhost", listening.port)
}

#[test]
fn a_client_of_openssl_talks_to_us_in_both_versions() {
    let authority = Authority::new("Root");
    let certificate = authority.server(&["localhost"]);
    let files = Files::new(&authority, &certificate);
    let host = Host::new();
    let listening = listen(&host, &server(&certificate));
    for (version, expected) in [("-tls1_2", WIREBIRD_TLS_1_2), ("-tls1_3", WIREBIRD_TLS_1_3)] {
        let child = Command::new("openssl")
            .args(["s_client", "-quiet", "-verify_return_error", "-verify_hostname", "localhost"])
            .args(["-CAfile", &files.name("ca.pem"), "-servername", "localhost"])
            .args(["-alpn", "http/1.1", version])
            .args(["-connect", &format!("127.0.0.1:{}", listening.port)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl: `make test` installs it");
        let mut program = Program(child);
        let request = peers::request("");
        let mut input = program.0.stdin.take().expect("piped");
        input.write_all(request.as_bytes()).expect("taken");
        let mut output = BufReader::new(program.0.stdout.take().expect("piped"));
        let mut line = String::new();
        output.read_line(&mut line).expect("an answer");
        assert!(line.starts_with("HTTP/1.1 101 "), "{line}");
        let accepted = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
        let info = info(accepted);
        assert_eq!((info.version, info.server_name.as_str()), (expected, "localhost"));
        // A masked Ping frame, and the Pong.
        input.write_all(&[0x89, 0x81, 0, 0, 0, 0, b'!']).expect("taken");
        while line.trim_end() != "" {
            line.clear();
            output.read_line(&mut line).expect("a header");
        }
        let mut pong = [0; 3];
        output.read_exact(&mut pong).expect("a Pong");
        assert_eq!(pong, [0x8A, 1, b'!']);
        drop(program);
        host.expect(WIREBIRD_EVENT_CLOSED);
    }
}

#[test]
fn a_client_of_an_old_version_is_refused_with_the_reason() {
    let host = Host::new();
    let listening = listen(&host, &server(&Authority::new("Root").server(&["localhost"])));
    let address = format!("127.0.0.1:{}", listening.port);
    let status = Command::new("openssl")
        .args(["s_client", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-connect", &address])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("openssl: `make test` installs it");
    assert!(!status.success());
    let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
    assert_eq!(failed.detail, WIREBIRD_TLS_ERROR_INCOMPATIBLE, "{failed:?}");
    assert_eq!(failed.value, WIREBIRD_TLS_ALERT_SENT | 40, "{failed:?}");
    assert!(failed.message.contains("min_version"), "{failed:?}");
}

#[test]
fn a_server_of_openssl_is_checked_and_its_plain_answer_fails_http() {
    let authority = Authority::new("Root");
    let files = Files::new(&authority, &authority.server(&["localhost"]));
    for version in ["-tls1_2", "-tls1_3"] {
        let port = {
            let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
            free.local_addr().expect("an address").port()
        };
        let child = Command::new("openssl")
            .args(["s_server", "-www", version, "-accept", &format!("127.0.0.1:{port}")])
            .args(["-cert", &files.name("own.pem"), "-key", &files.name("key.pem")])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl: `make test` installs it");
        let mut program = Program(child);
        let output = program.0.stdout.take().expect("piped");
        let ready = BufReader::new(output).lines().map_while(Result::ok);
        assert!(ready.into_iter().any(|line| line.starts_with("ACCEPT")), "it does not listen");
        let host = Host::new();
        let connection = open(&host, "localhost", port, &client(&authority));
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        // Its status page, with 200.
        assert_eq!(closed.status, WIREBIRD_ERROR_HTTP_STATUS, "{closed:?}");
        let info = info(connection);
        assert!(info.errors.is_empty() && info.certificates.len() == 1, "{info:?}");
        let unknown = Authority::new("Another");
        open(&host, "localhost", port, &client(&unknown));
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!(closed.detail, WIREBIRD_TLS_ERROR_UNKNOWN_ISSUER, "{closed:?}");
    }
}

/// rustls' client configuration.
pub fn trusting(authority: &Authority) -> Arc<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.der.clone().into()).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

/// rustls' server configuration.
pub fn serving(certificate: &Certificate) -> Arc<rustls::ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = certificate.key.serialize_der().try_into().expect("a key");
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der.clone().into()], key)
        .expect("a certificate");
    Arc::new(config)
}

/// A client's stream of rustls'.
pub fn connect(
    authority: &Authority,
    port: u16,
) -> rustls::StreamOwned<rustls::ClientConnection, TcpStream> {
    let name = "localhost".try_into().expect("a name");
    let client = rustls::ClientConnection::new(trusting(authority), name).expect("a client");
    rustls::StreamOwned::new(client, peers::connect_raw(port))
}

#[test]
fn tungstenite_over_rustls_talks_to_us_and_we_to_it() {
    let (authority, host) = (Authority::new("Root"), Host::new());
    let certificate = authority.server(&["localhost"]);
    let listening = listen(&host, &server(&certificate));
    let (mut socket, _) =
        tungstenite::client(url_of(&listening), connect(&authority, listening.port))
            .expect("a handshake");
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    let long = "long ".repeat(40_000);
    for message in ["short", &long] {
        socket.send(tungstenite::Message::text(message)).expect("sent");
        let came = host.expect(WIREBIRD_EVENT_TEXT);
        echo(&came);
        assert_eq!(socket.read().expect("an echo").to_text().expect("text"), message);
    }
    socket.close(None).expect("closing");
    while socket.read().is_ok() {}
    assert_eq!(host.until(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_OK);

    let config = serving(&certificate);
    let (plain_url, peer) = peers::accept_raw(move |stream| {
        let server = rustls::ServerConnection::new(config).expect("a server");
        let stream = rustls::StreamOwned::new(server, stream);
        let mut socket = tungstenite::accept(stream).expect("a handshake");
        while let Ok(message) = socket.read() {
            if message.is_text() || message.is_binary() {
                socket.send(message).expect("sent");
            }
        }
    });
    let url = plain_url.replace("ws://127.0.0.1", "wss://localhost");
    let tls = client(&authority);
    let connection = host.open_with(&url, |options, _| options.tls = tls.0);
    host.expect(WIREBIRD_EVENT_OPENED);
    talk(&host, connection);
    peer.join().expect("served");
}
