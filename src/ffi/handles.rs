//! Handles: a slot and its generation, tagged with the type they belong to.

use std::sync::{Arc, PoisonError, RwLock};

use once_cell::sync::Lazy;
use slotmap::{DefaultKey, Key, KeyData, SlotMap};

use super::guard::Fault;
use super::queue::HostQueue;
use super::status::WIREBIRD_ERROR_HANDLE;
use super::tls::Tls;
use super::types::*;
use crate::client::CookieJar;
use crate::connection::Connection;
use crate::net::HostEnd;
use crate::server::{HttpRequest, Server};

/// Where the tag lies: above the slot's number, below the generation.
const TAG_SHIFT: u32 = 29;
const TAGS: u64 = 0b111 << TAG_SHIFT;

/// All objects of one type that the host holds.
struct Table<T> {
    tag: u64,
    what: &'static str,
    objects: RwLock<SlotMap<DefaultKey, Arc<T>>>,
}

static QUEUES: Lazy<Table<HostQueue>> = Lazy::new(|| Table::new(1, "queue"));
static CONNECTIONS: Lazy<Table<Connection>> = Lazy::new(|| Table::new(2, "connection"));
static SERVERS: Lazy<Table<Server>> = Lazy::new(|| Table::new(3, "server"));
static STREAMS: Lazy<Table<HostEnd>> = Lazy::new(|| Table::new(4, "stream"));
static COOKIE_JARS: Lazy<Table<CookieJar>> = Lazy::new(|| Table::new(7, "cookie jar"));
static REQUESTS: Lazy<Table<HttpRequest>> = Lazy::new(|| Table::new(6, "request"));
static TLS: Lazy<Table<Tls>> = Lazy::new(|| Table::new(5, "tls"));

pub(super) fn add_queue(queue: Arc<HostQueue>) -> wirebird_queue_t {
    wirebird_queue_t { id: QUEUES.add(queue) }
}

pub(super) fn queue(handle: wirebird_queue_t) -> Result<Arc<HostQueue>, Fault> {
    QUEUES.get(handle.id)
}

pub(super) fn take_queue(handle: wirebird_queue_t) -> Result<Arc<HostQueue>, Fault> {
    QUEUES.take(handle.id)
}

/// Also tells the connection's events their handle.
pub(super) fn add_connection(connection: &Arc<Connection>) -> wirebird_connection_t {
    let id = CONNECTIONS.add(connection.clone());
    connection.source().set_handle(id);
    wirebird_connection_t { id }
}

pub(super) fn connection(handle: wirebird_connection_t) -> Result<Arc<Connection>, Fault> {
    CONNECTIONS.get(handle.id)
}

pub(super) fn take_connection(handle: wirebird_connection_t) -> Result<Arc<Connection>, Fault> {
    CONNECTIONS.take(handle.id)
}

/// Also tells the server's events their handle.
pub(super) fn add_server(server: &Arc<Server>) -> wirebird_server_t {
    let id = SERVERS.add(server.clone());
    server.source().set_handle(id);
    wirebird_server_t { id }
}

pub(super) fn server(handle: wirebird_server_t) -> Result<Arc<Server>, Fault> {
    SERVERS.get(handle.id)
}

pub(super) fn take_server(handle: wirebird_server_t) -> Result<Arc<Server>, Fault> {
    SERVERS.take(handle.id)
}

pub(super) fn add_stream(stream: HostEnd) -> wirebird_stream_t {
    wirebird_stream_t { id: STREAMS.add(Arc::new(stream)) }
}

pub(super) fn stream(handle: wirebird_stream_t) -> Result<Arc<HostEnd>, Fault> {
    STREAMS.get(handle.id)
}

pub(super) fn take_stream(handle: wirebird_stream_t) -> Result<Arc<HostEnd>, Fault> {
    STREAMS.take(handle.id)
}

pub(super) fn add_cookie_jar(jar: Arc<CookieJar>) -> wirebird_cookie_jar_t {
    wirebird_cookie_jar_t { id: COOKIE_JARS.add(jar) }
}

pub(super) fn cookie_jar(handle: wirebird_cookie_jar_t) -> Result<Arc<CookieJar>, Fault> {
    COOKIE_JARS.get(handle.id)
}

pub(super) fn take_cookie_jar(handle: wirebird_cookie_jar_t) -> Result<Arc<CookieJar>, Fault> {
    COOKIE_JARS.take(handle.id)
}

/// Also tells the request's events their handle.
pub(super) fn add_request(request: &Arc<HttpRequest>) -> wirebird_request_t {
    let id = REQUESTS.add(request.clone());
    request.source().set_handle(id);
    wirebird_request_t { id }
}

pub(super) fn request(handle: wirebird_request_t) -> Result<Arc<HttpRequest>, Fault> {
    REQUESTS.get(handle.id)
}

pub(super) fn take_request(handle: wirebird_request_t) -> Result<Arc<HttpRequest>, Fault> {
    REQUESTS.take(handle.id)
}

pub(super) fn add_tls(tls: Tls) -> wirebird_tls_t {
    wirebird_tls_t { id: TLS.add(Arc::new(tls)) }
}

pub(super) fn tls(handle: wirebird_tls_t) -> Result<Arc<Tls>, Fault> {
    TLS.get(handle.id)
}

pub(super) fn take_tls(handle: wirebird_tls_t) -> Result<Arc<Tls>, Fault> {
    TLS.take(handle.id)
}

/// Forgets everything; every handle is stale from now on.
pub(super) fn clear() {
    // First the sources, so that queues have nobody to give their events to.
    CONNECTIONS.clear().iter().for_each(|connection| connection.source().release());
    REQUESTS.clear().iter().for_each(|request| request.source().release());
    SERVERS.clear().iter().for_each(|server| server.release());
    drop(STREAMS.clear());
    drop(COOKIE_JARS.clear());
    drop(TLS.clear());
    drop(QUEUES.clear());
}

impl<T> Table<T> {
    fn new(tag: u64, what: &'static str) -> Self {
        Self { tag: tag << TAG_SHIFT, what, objects: RwLock::default() }
    }

    fn add(&self, object: Arc<T>) -> u64 {
        let mut objects = self.objects.write().unwrap_or_else(PoisonError::into_inner);
        let id = objects.insert(object).data().as_ffi();
        debug_assert!(id & TAGS == 0, "fewer than 2^29 objects fit into memory");
        id | self.tag
    }

    fn get(&self, id: u64) -> Result<Arc<T>, Fault> {
        let objects = self.objects.read().unwrap_or_else(PoisonError::into_inner);
        self.key(id).and_then(|key| objects.get(key)).cloned().ok_or_else(|| self.stale(id))
    }

    fn take(&self, id: u64) -> Result<Arc<T>, Fault> {
        let mut objects = self.objects.write().unwrap_or_else(PoisonError::into_inner);
        self.key(id).and_then(|key| objects.remove(key)).ok_or_else(|| self.stale(id))
    }

    fn clear(&self) -> Vec<Arc<T>> {
        let mut objects = self.objects.write().unwrap_or_else(PoisonError::into_inner);
        objects.drain().map(|(_, object)| object).collect()
    }

    fn key(&self, id: u64) -> Option<DefaultKey> {
        (id & TAGS == self.tag).then(|| KeyData::from_ffi(id & !TAGS).into())
    }

    fn stale(&self, id: u64) -> Fault {
        let text = match id {
            0 => format!("the {} handle is zero", self.what),
            _ => format!("this is no {} handle, or it was released before", self.what),
        };
        Fault::new(WIREBIRD_ERROR_HANDLE, text)
    }
}
