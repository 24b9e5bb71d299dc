//! Hosts that speak TLS.

use std::slice;

use wirebird::ffi::*;

use super::certificates::{Authority, Certificate};
use crate::engine::host::*;

/// A TLS object that is released with the test.
pub struct Tls(pub wirebird_tls_t);

impl Drop for Tls {
    fn drop(&mut self) {
        ok(wirebird_tls_release(self.0));
    }
}

pub fn bytes(bytes: &[u8]) -> wirebird_bytes_t {
    wirebird_bytes_t { data: bytes.as_ptr(), length: bytes.len() }
}

/// A server's side with this certificate.
pub fn server(certificate: &Certificate) -> Tls {
    server_with(certificate, |_| {})
}

pub fn server_with(
    certificate: &Certificate,
    change: impl FnOnce(&mut wirebird_tls_options_t),
) -> Tls {
    let mut options = initialised(wirebird_tls_server_options_init);
    let chain = [bytes(certificate.pem.as_bytes())];
    (options.certificates, options.certificate_count) = (chain.as_ptr(), 1);
    let key = certificate.key_pem();
    options.key = bytes(key.as_bytes());
    change(&mut options);
    let mut tls = wirebird_tls_t::default();
    ok(unsafe { wirebird_tls_server_new(&options, &mut tls) });
    Tls(tls)
}

/// A client's side that trusts this authority and nobody else.
pub fn client(authority: &Authority) -> Tls {
    client_with(authority, |_| {})
}

pub fn client_with(authority: &Authority, change: impl FnOnce(&mut wirebird_tls_options_t)) -> Tls {
    let mut options = initialised(wirebird_tls_client_options_init);
    let roots = [bytes(authority.pem.as_bytes())];
    (options.ca, options.ca_count) = (roots.as_ptr(), 1);
    options.system_roots = 0;
    change(&mut options);
    let mut tls = wirebird_tls_t::default();
    ok(unsafe { wirebird_tls_client_new(&options, &mut tls) });
    Tls(tls)
}

/// A TLS server that accepts everything.
pub fn listen(host: &Host, tls: &Tls) -> Listening {
    host.listen_with(|options, _| options.tls = tls.0)
}

/// Opens `wss://name:port/`.
pub fn open(host: &Host, name: &str, port: u16, tls: &Tls) -> wirebird_connection_t {
    host.open_with(&url(name, port), |options, _| options.tls = tls.0)
}

pub fn url(name: &str, port: u16) -> String {
    format!("wss://{name}:{port}/chat?room=1")
}

/// An open connection over TLS: the client's end and the server's.
pub fn pair(host: &Host) -> (wirebird_connection_t, wirebird_connection_t) {
    pair_with(host, |_| {}, |_| {})
}

pub fn pair_with(
    host: &Host,
    of_client: impl FnOnce(&mut wirebird_connection_options_t),
    of_server: impl FnOnce(&mut wirebird_connection_options_t),
) -> (wirebird_connection_t, wirebird_connection_t) {
    let authority = Authority::new("Root");
    let (server, client) = (server(&authority.server(&["localhost"])), client(&authority));
    let listening = host.listen_with(|options, connection| {
        options.tls = server.0;
        of_server(connection);
    });
    let client = host.open_with(&url("localhost", listening.port), |options, connection| {
        options.tls = client.0;
        of_client(connection);
    });
    (client, both_open(host))
}

/// Both ends say that they are open; the server's.
#[track_caller]
pub fn both_open(host: &Host) -> wirebird_connection_t {
    let events = [host.next(), host.next()];
    let accepted = events.iter().find(|event| event.kind == WIREBIRD_EVENT_ACCEPTED);
    assert!(events.iter().any(|event| event.kind == WIREBIRD_EVENT_OPENED), "{events:?}");
    accepted.unwrap_or_else(|| panic!("{events:?}")).connection
}

/// What `wirebird_connection_tls_info` says.
#[derive(Debug)]
pub struct Info {
    pub version: u32,
    pub cipher_suite: String,
    pub alpn: String,
    pub server_name: String,
    pub resumed: bool,
    pub certificates: Vec<Vec<u8>>,
    pub errors: Vec<(u32, u32)>,
}

pub fn info(connection: wirebird_connection_t) -> Info {
    let mut info: wirebird_tls_info_t = unsafe { std::mem::zeroed() };
    info.size = size_of::<wirebird_tls_info_t>() as u32;
    ok(unsafe { wirebird_connection_tls_info(connection, &mut info) });
    let string = |text: wirebird_text_t| match text.length {
        0 => String::new(),
        length => {
            let bytes = unsafe { slice::from_raw_parts(text.data.cast::<u8>(), length) };
            String::from_utf8_lossy(bytes).into_owned()
        }
    };
    let mut certificates = Vec::new();
    let mut der = bytes(&[]);
    while unsafe { wirebird_connection_tls_certificate(connection, certificates.len(), &mut der) }
        == WIREBIRD_OK
    {
        certificates.push(unsafe { slice::from_raw_parts(der.data, der.length) }.to_vec());
    }
    let mut errors = Vec::new();
    let mut error = wirebird_tls_error_t { error: 0, certificate: 0 };
    while unsafe { wirebird_connection_tls_error(connection, errors.len(), &mut error) }
        == WIREBIRD_OK
    {
        errors.push((error.error, error.certificate));
    }
    assert_eq!(info.certificate_count as usize, certificates.len());
    assert_eq!(info.error_count as usize, errors.len());
    Info {
        version: info.version,
        cipher_suite: string(info.cipher_suite),
        alpn: string(info.alpn),
        server_name: string(info.server_name),
        resumed: info.resumed == 1,
        certificates,
        errors,
    }
}
