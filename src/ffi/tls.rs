//! TLS: what one side says and accepts, as an object that many connections
//! share.

#![allow(non_camel_case_types)]

use std::fs;
use std::ptr::null;
use std::sync::Arc;

use super::arguments;
use super::guard::{Fault, guard};
use super::handles;
use super::init::{init, no_text};
use super::settings::within;
use super::status::*;
use super::tls_errors::flaw;
use super::types::*;
use crate::net::{
    ClientAuth, ClientTls, Credentials, Flaw, IdentityError, Pin, ServerTls, TlsConfigError,
    TlsOptions, Version, certificates, private_key, provider, revocation_lists, server_name,
};

/// A certificate that is accepted in spite of one error.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_tls_exception_t {
    /// The certificate with the error, in DER.
    pub certificate: wirebird_bytes_t,
    /// The error: WIREBIRD_TLS_ERROR_….
    pub error: u32,
}

/// What a client or a server says and accepts in TLS handshakes. Certificates
/// and keys are PEM or DER, as they are found; of files both, of memory both.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_tls_options_t {
    /// Set by `wirebird_tls_client_options_init` or
    /// `wirebird_tls_server_options_init`.
    pub size: u32,
    /// 1 (default of clients) trusts the system's root certificates, which are
    /// loaded once, at the first handshake that needs them; 0 (default of
    /// servers) does not.
    pub system_roots: u32,
    /// Further roots: each PEM with any number of certificates, or one in DER.
    /// A certificate in this list is also accepted as the peer's own.
    pub ca: *const wirebird_bytes_t,
    /// How many.
    pub ca_count: usize,
    /// Further roots, by the names of their files.
    pub ca_files: *const wirebird_text_t,
    /// How many.
    pub ca_file_count: usize,
    /// One's own certificate and those that lead to its root, in this order. A
    /// server needs one; a client shows it to a server that asks.
    pub certificates: *const wirebird_bytes_t,
    /// How many.
    pub certificate_count: usize,
    /// The same in a file, instead.
    pub certificate_file: wirebird_text_t,
    /// The private key of the certificate, not encrypted: PKCS#8, PKCS#1 or
    /// SEC1, RSA, ECDSA (P-256, P-384) or Ed25519.
    pub key: wirebird_bytes_t,
    /// The same in a file, instead; may be the certificate's.
    pub key_file: wirebird_text_t,
    /// The oldest version: WIREBIRD_TLS_1_2 (default) or WIREBIRD_TLS_1_3.
    pub min_version: u32,
    /// The newest version: WIREBIRD_TLS_1_2 or WIREBIRD_TLS_1_3 (default).
    pub max_version: u32,
    /// Application protocols in order of preference (RFC 7301). NULL (default)
    /// is "http/1.1"; not NULL with `alpn_count` 0 is none.
    pub alpn: *const wirebird_text_t,
    /// How many.
    pub alpn_count: usize,
    /// Client: whose certificate the server has to have, and whom it is asked
    /// for; empty (default) is the host of the URL.
    pub server_name: wirebird_text_t,
    /// Client: 1 (default) tells the server that name (RFC 6066 section 3), 0
    /// does not. An IP address is never told.
    pub server_name_indication: u32,
    /// 1 (default): sessions are resumed, among the connections of this object.
    /// 0: they are not. A server that asks clients for certificates never does,
    /// and a client none with a server that was accepted in spite of an error.
    pub resumption: u32,
    /// SHA-256 hashes of public keys (SubjectPublicKeyInfo in DER), 32 bytes
    /// each: the peer's own certificate, or one that vouches for it, up to and
    /// with the trusted root, has to have one of these keys, besides everything
    /// else. What else the peer shows does not count. NULL (default): any.
    pub pins: *const u8,
    /// How many hashes.
    pub pin_count: usize,
    /// Errors that are accepted: each of one certificate. Those errors are not
    /// told and do not end a handshake; all others do. An issuer that is accepted
    /// has to have signed what it vouches for.
    pub exceptions: *const wirebird_tls_exception_t,
    /// How many.
    pub exception_count: usize,
    /// Server: whether clients show a certificate: WIREBIRD_TLS_CLIENT_NONE
    /// (default), WIREBIRD_TLS_CLIENT_REQUEST or WIREBIRD_TLS_CLIENT_REQUIRE. It
    /// has to be issued by one of the roots.
    pub client_certificates: u32,
    /// What issuers have revoked (RFC 5280): each PEM with any number of lists, or
    /// one in DER. A peer whose certificate, or one that vouches for it, is in the
    /// list of its issuer has WIREBIRD_TLS_ERROR_REVOKED; if that list is out of
    /// date, WIREBIRD_TLS_ERROR_OTHER. What an issuer without a list has issued is
    /// not looked up, and nothing is fetched. Make another object for newer lists.
    /// NULL (default): none.
    pub crls: *const wirebird_bytes_t,
    /// How many.
    pub crl_count: usize,
    /// More of them, by the names of their files.
    pub crl_files: *const wirebird_text_t,
    /// How many.
    pub crl_file_count: usize,
}

/// TLS 1.2 (RFC 5246).
pub const WIREBIRD_TLS_1_2: u32 = 0x0303;
/// TLS 1.3 (RFC 8446).
pub const WIREBIRD_TLS_1_3: u32 = 0x0304;

/// Clients are not asked for a certificate.
pub const WIREBIRD_TLS_CLIENT_NONE: u32 = 0;
/// Clients are asked for a certificate, and may have none.
pub const WIREBIRD_TLS_CLIENT_REQUEST: u32 = 1;
/// Clients have to show a certificate.
pub const WIREBIRD_TLS_CLIENT_REQUIRE: u32 = 2;

/// Writes a client's defaults into `options`; `size` is `sizeof *options`.
///
/// # Safety
/// `options` is valid for writing `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_tls_client_options_init(
    options: *mut wirebird_tls_options_t,
    size: u32,
) -> wirebird_status_t {
    let defaults = wirebird_tls_options_t { size, system_roots: 1, ..defaults() };
    // SAFETY: the caller's promise.
    guard(|| unsafe { init(options, size, defaults) })
}

/// Writes a server's defaults into `options`; `size` is `sizeof *options`.
///
/// # Safety
/// `options` is valid for writing `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_tls_server_options_init(
    options: *mut wirebird_tls_options_t,
    size: u32,
) -> wirebird_status_t {
    // SAFETY: the caller's promise.
    guard(|| unsafe { init(options, size, wirebird_tls_options_t { size, ..defaults() }) })
}

/// Makes the TLS side of clients, for `wirebird_client_options_t`. Reads the
/// files that the options name. `options` may be NULL.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT, also for a file, certificate or key that
/// can't be used, and a key of another certificate.
///
/// # Safety
/// `options` and what it points to are valid as their sizes say; `tls` is valid
/// for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_tls_client_new(
    options: *const wirebird_tls_options_t,
    tls: *mut wirebird_tls_t,
) -> wirebird_status_t {
    guard(|| {
        arguments::check_output(tls, "tls")?;
        let defaults = wirebird_tls_options_t { system_roots: 1, ..defaults() };
        // SAFETY: the caller's promise, for both.
        let options = unsafe { read(options, defaults) }?;
        let made = Tls::Client(Arc::new(ClientTls::new(options)?));
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(tls, handles::add_tls(made), "tls") }?;
        Ok(WIREBIRD_OK)
    })
}

/// Makes the TLS side of servers, for `wirebird_server_options_t`. Reads the
/// files that the options name.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT, as for `wirebird_tls_client_new`, and
/// without a certificate.
///
/// # Safety
/// `options` and what it points to are valid as their sizes say; `tls` is valid
/// for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_tls_server_new(
    options: *const wirebird_tls_options_t,
    tls: *mut wirebird_tls_t,
) -> wirebird_status_t {
    guard(|| {
        arguments::check_output(tls, "tls")?;
        // SAFETY: the caller's promise, for both.
        let options = unsafe { read(options, defaults()) }?;
        let made = Tls::Server(Arc::new(ServerTls::new(options)?));
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(tls, handles::add_tls(made), "tls") }?;
        Ok(WIREBIRD_OK)
    })
}

/// Replaces one's own certificate and key by those in `options`, of which
/// nothing else is looked at, for handshakes from now on: a renewed certificate
/// needs no restart. A client resumes no session of the certificate from before.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT; the certificate from before stays.
///
/// # Safety
/// `options` and what it points to are valid as their sizes say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_tls_set_certificate(
    tls: wirebird_tls_t,
    options: *const wirebird_tls_options_t,
) -> wirebird_status_t {
    guard(|| {
        let tls = handles::tls(tls)?;
        // SAFETY: the caller's promise, for both.
        let c = unsafe { arguments::options(options, defaults(), "options") }?;
        let Some(credentials) = (unsafe { credentials(&c) })? else {
            return Err(TlsConfigError::NoCertificate.into());
        };
        match &*tls {
            Tls::Client(tls) => tls.set_credentials(credentials),
            Tls::Server(tls) => tls.set_credentials(credentials),
        }
        Ok(WIREBIRD_OK)
    })
}

/// Releases the handle. Clients and servers that were made with it keep what
/// they need.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_tls_release(tls: wirebird_tls_t) -> wirebird_status_t {
    guard(|| {
        drop(handles::take_tls(tls)?);
        Ok(WIREBIRD_OK)
    })
}

/// What a handle stands for.
pub(super) enum Tls {
    Client(Arc<ClientTls>),
    Server(Arc<ServerTls>),
}

/// The client's side behind a handle; none for id 0.
pub(super) fn of_client(handle: wirebird_tls_t) -> Result<Option<Arc<ClientTls>>, Fault> {
    if handle.id == 0 {
        return Ok(None);
    }
    match &*handles::tls(handle)? {
        Tls::Client(tls) => Ok(Some(tls.clone())),
        Tls::Server(_) => Err(Fault::argument(
            "options->tls was made by wirebird_tls_server_new: a client needs one of \
             wirebird_tls_client_new",
        )),
    }
}

/// The server's side behind a handle; none for id 0.
pub(super) fn of_server(handle: wirebird_tls_t) -> Result<Option<Arc<ServerTls>>, Fault> {
    if handle.id == 0 {
        return Ok(None);
    }
    match &*handles::tls(handle)? {
        Tls::Server(tls) => Ok(Some(tls.clone())),
        Tls::Client(_) => Err(Fault::argument(
            "options->tls was made by wirebird_tls_client_new: a server needs one of \
             wirebird_tls_server_new",
        )),
    }
}

impl From<TlsConfigError> for Fault {
    fn from(error: TlsConfigError) -> Self {
        Self::argument(error.to_string())
    }
}

impl From<IdentityError> for Fault {
    fn from(error: IdentityError) -> Self {
        Self::argument(error.to_string())
    }
}

fn no_bytes() -> wirebird_bytes_t {
    wirebird_bytes_t { data: null(), length: 0 }
}

/// A server's.
fn defaults() -> wirebird_tls_options_t {
    wirebird_tls_options_t {
        size: size_of::<wirebird_tls_options_t>() as u32,
        system_roots: 0,
        ca: null(),
        ca_count: 0,
        ca_files: null(),
        ca_file_count: 0,
        certificates: null(),
        certificate_count: 0,
        certificate_file: no_text(),
        key: no_bytes(),
        key_file: no_text(),
        min_version: WIREBIRD_TLS_1_2,
        max_version: WIREBIRD_TLS_1_3,
        alpn: null(),
        alpn_count: 0,
        server_name: no_text(),
        server_name_indication: 1,
        resumption: 1,
        pins: null(),
        pin_count: 0,
        exceptions: null(),
        exception_count: 0,
        client_certificates: WIREBIRD_TLS_CLIENT_NONE,
        crls: null(),
        crl_count: 0,
        crl_files: null(),
        crl_file_count: 0,
    }
}

/// # Safety
/// `options` and what it points to are valid as their sizes say.
unsafe fn read(
    options: *const wirebird_tls_options_t,
    defaults: wirebird_tls_options_t,
) -> Result<TlsOptions, Fault> {
    // SAFETY: the caller's promise, for all of these.
    let c = unsafe { arguments::options(options, defaults, "options") }?;
    let mut roots = Vec::new();
    for &bytes in unsafe { arguments::slice(c.ca, c.ca_count, "options->ca") }? {
        let bytes = unsafe { arguments::bytes(bytes, "options->ca") }?;
        roots.extend(certificates(bytes, "options->ca")?);
    }
    for name in unsafe { arguments::texts(c.ca_files, c.ca_file_count, "options->ca_files") }? {
        roots.extend(certificates(&file(name, "options->ca_files")?, name)?);
    }
    let alpn = match c.alpn.is_null() {
        true => TlsOptions::default().alpn,
        false => unsafe { protocols(&c) }?,
    };
    let name = match unsafe { arguments::text(c.server_name, "options->server_name") }? {
        "" => None,
        name => Some(server_name(name).ok_or_else(|| {
            Fault::argument(format!(
                "options->server_name is {name:?}, which is neither a host name nor an address"
            ))
        })?),
    };
    let switch = |name, value| Ok::<_, Fault>(within(name, u64::from(value), 0, 1)? == 1);
    Ok(TlsOptions {
        system_roots: switch("options->system_roots", c.system_roots)?,
        roots,
        credentials: unsafe { credentials(&c) }?,
        versions: [
            version("options->min_version", c.min_version)?,
            version("options->max_version", c.max_version)?,
        ],
        alpn,
        name,
        sni: switch("options->server_name_indication", c.server_name_indication)?,
        resumption: switch("options->resumption", c.resumption)?,
        pins: unsafe { pins(&c) }?,
        exceptions: unsafe { exceptions(&c) }?,
        revoked: unsafe { revoked(&c) }?,
        client_auth: match c.client_certificates {
            WIREBIRD_TLS_CLIENT_NONE => ClientAuth::None,
            WIREBIRD_TLS_CLIENT_REQUEST => ClientAuth::Request,
            WIREBIRD_TLS_CLIENT_REQUIRE => ClientAuth::Require,
            other => {
                return Err(Fault::argument(format!(
                    "options->client_certificates is {other}, not WIREBIRD_TLS_CLIENT_…"
                )));
            }
        },
    })
}

/// # Safety
/// What `c` points to is valid as its sizes say.
unsafe fn credentials(c: &wirebird_tls_options_t) -> Result<Option<Credentials>, Fault> {
    let mut chain = Vec::new();
    let what = "options->certificates";
    // SAFETY: the caller's promise, for all of these.
    for &bytes in unsafe { arguments::slice(c.certificates, c.certificate_count, what) }? {
        chain.extend(certificates(unsafe { arguments::bytes(bytes, what) }?, what)?);
    }
    let what = "options->certificate_file";
    let name = unsafe { arguments::text(c.certificate_file, what) }?;
    if !name.is_empty() {
        if !chain.is_empty() {
            return Err(Fault::argument(format!(
                "{what} and options->certificates are both given"
            )));
        }
        chain = certificates(&file(name, what)?, name)?;
    }
    let bytes = unsafe { arguments::bytes(c.key, "options->key") }?;
    let name = unsafe { arguments::text(c.key_file, "options->key_file") }?;
    let key = match (bytes, name) {
        (&[], "") => None,
        (bytes, "") => Some(private_key(bytes, "options->key")?),
        (&[], name) => Some(private_key(&file(name, "options->key_file")?, name)?),
        _ => return Err(Fault::argument("options->key and options->key_file are both given")),
    };
    match (chain.is_empty(), key) {
        (true, None) => Ok(None),
        (false, Some(key)) => Ok(Some(Credentials::new(chain, key, provider())?)),
        _ => Err(IdentityError::Incomplete.into()),
    }
}

/// # Safety
/// What `c` points to is valid as its sizes say.
unsafe fn protocols(c: &wirebird_tls_options_t) -> Result<Vec<Vec<u8>>, Fault> {
    // SAFETY: the caller's promise.
    let names = unsafe { arguments::texts(c.alpn, c.alpn_count, "options->alpn") }?;
    if names.iter().any(|name| name.is_empty() || name.len() > 255) {
        return Err(Fault::argument("options->alpn: a protocol has 1 to 255 bytes"));
    }
    Ok(names.into_iter().map(|name| name.as_bytes().to_vec()).collect())
}

/// # Safety
/// What `c` points to is valid as its sizes say.
unsafe fn pins(c: &wirebird_tls_options_t) -> Result<Vec<Pin>, Fault> {
    let length = c.pin_count.checked_mul(size_of::<Pin>());
    let length = length.ok_or_else(|| Fault::argument("options->pin_count is too large"))?;
    // SAFETY: the caller's promise.
    let bytes = unsafe { arguments::slice(c.pins, length, "options->pins") }?;
    let (pins, _) = bytes.as_chunks();
    Ok(pins.to_vec())
}

/// # Safety
/// What `c` points to is valid as its sizes say.
unsafe fn exceptions(
    c: &wirebird_tls_options_t,
) -> Result<Vec<super::tls_errors::Exception>, Fault> {
    let what = "options->exceptions";
    // SAFETY: the caller's promise, for both.
    let list = unsafe { arguments::slice(c.exceptions, c.exception_count, what) }?;
    list.iter()
        .map(|exception| {
            let bytes = unsafe { arguments::bytes(exception.certificate, what) }?;
            let flaw: Flaw = flaw(exception.error).ok_or_else(|| {
                Fault::argument(format!(
                    "{what}: {} is no WIREBIRD_TLS_ERROR_… of a certificate",
                    exception.error
                ))
            })?;
            Ok((bytes.to_vec().into(), flaw))
        })
        .collect()
}

/// # Safety
/// What `c` points to is valid as its sizes say.
unsafe fn revoked(
    c: &wirebird_tls_options_t,
) -> Result<Vec<webpki::CertRevocationList<'static>>, Fault> {
    let mut lists = Vec::new();
    let what = "options->crls";
    // SAFETY: the caller's promise, for all of these.
    for &bytes in unsafe { arguments::slice(c.crls, c.crl_count, what) }? {
        lists.extend(revocation_lists(unsafe { arguments::bytes(bytes, what) }?, what)?);
    }
    let what = "options->crl_files";
    for name in unsafe { arguments::texts(c.crl_files, c.crl_file_count, what) }? {
        lists.extend(revocation_lists(&file(name, what)?, name)?);
    }
    Ok(lists)
}

fn version(name: &str, value: u32) -> Result<Version, Fault> {
    match value {
        WIREBIRD_TLS_1_2 => Ok(Version::Tls12),
        WIREBIRD_TLS_1_3 => Ok(Version::Tls13),
        other => Err(Fault::argument(format!(
            "{name} is {other:#x}, not WIREBIRD_TLS_1_2 or WIREBIRD_TLS_1_3"
        ))),
    }
}

fn file(name: &str, what: &str) -> Result<Vec<u8>, IdentityError> {
    let what = format!("{what} {name:?}");
    fs::read(name).map_err(|error| IdentityError::File { what, error })
}
