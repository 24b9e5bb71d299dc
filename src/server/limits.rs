//! The figures of a server that can be changed while it listens.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::accept::Newcomer;
use super::addresses::Addresses;
use super::crowds::{Crowds, Member};
use crate::net::HeadLimits;
use crate::places::{Place, Places};
use crate::sync::lock;

/// What handshakes and connections of a server may use. A change holds for
/// handshakes that begin afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a handshake may take, the host's decision included.
    pub handshake_timeout: Option<Duration>,
    /// Of the request.
    pub head: HeadLimits,
    /// Handshakes under way at once.
    pub max_handshakes: usize,
    /// Of those, from one address; requests that wait for the host left out.
    pub max_handshakes_per_address: usize,
    /// Connections open at once.
    pub max_connections: usize,
    /// Of plain HTTP.
    pub http: HttpLimits,
}

/// What plain HTTP requests may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// Connections at once on which plain requests are served; of HTTP/2, each of
    /// several requests at once counts.
    pub max_connections: usize,
    /// Of those, from one address, unless it is a proxy's that serves many clients.
    pub max_connections_per_address: usize,
    /// Requests and WebSockets at once on one connection of HTTP/2.
    pub max_streams: u32,
    /// Bytes of a request's body.
    pub max_body_size: u64,
    /// How long a body may take to arrive, and how long a peer may take nothing
    /// of an answer.
    pub body_timeout: Option<Duration>,
    /// How long the host may take to answer.
    pub answer_timeout: Option<Duration>,
    /// How long the next request may let wait.
    pub keep_alive_timeout: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshake_timeout: Some(Duration::from_secs(10)),
            head: HeadLimits { max_size: 16 * 1024, max_fields: 100 },
            max_handshakes: 256,
            max_handshakes_per_address: 16,
            max_connections: 10_000,
            http: HttpLimits {
                max_connections: 1000,
                max_connections_per_address: 250,
                max_streams: 100,
                max_body_size: 1024 * 1024,
                body_timeout: Some(Duration::from_secs(30)),
                answer_timeout: Some(Duration::from_secs(60)),
                keep_alive_timeout: Some(Duration::from_secs(15)),
            },
        }
    }
}

/// A connection of plain HTTP among the others.
pub(super) struct HttpPlace {
    _place: Place,
    _of_address: Option<Member>,
}

/// Why there is no place: a setting, and its value.
pub(super) struct Full(pub &'static str, pub usize);

/// What a server has to do at the moment, and may.
pub(super) struct Load {
    limits: Mutex<Limits>,
    /// Handshakes under way.
    pub handshakes: Arc<Places>,
    /// The same by their address, and those that wait.
    pub addresses: Arc<Addresses<Newcomer>>,
    /// Connections open, and requests that wait for a decision.
    pub connections: Arc<Places>,
    /// Connections of plain HTTP, and further requests on those of HTTP/2.
    pub http: Arc<Places>,
    /// The same by their address.
    http_addresses: Arc<Crowds>,
}

impl Load {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits: Mutex::new(limits),
            handshakes: Places::new(limits.max_handshakes),
            addresses: Addresses::new(),
            connections: Places::new(limits.max_connections),
            http: Places::new(limits.http.max_connections),
            http_addresses: Arc::default(),
        }
    }

    pub fn limits(&self) -> Limits {
        *lock(&self.limits)
    }

    /// A place among the connections of plain HTTP for one of `network`, if it is
    /// known.
    pub fn take_http(&self, network: Option<IpAddr>) -> Result<HttpPlace, Full> {
        let HttpLimits { max_connections, max_connections_per_address: most, .. } =
            self.limits().http;
        let of_address = match network {
            None => None,
            Some(network) => {
                let one = self.http_addresses.join(network, most);
                Some(one.ok_or(Full("http_max_connections_per_address", most))?)
            }
        };
        let place = self.http.take().ok_or(Full("http_max_connections", max_connections))?;
        Ok(HttpPlace { _place: place, _of_address: of_address })
    }

    pub fn change(&self, change: impl FnOnce(&mut Limits)) {
        let mut limits = lock(&self.limits);
        change(&mut limits);
        self.handshakes.set_limit(limits.max_handshakes);
        self.connections.set_limit(limits.max_connections);
        self.http.set_limit(limits.http.max_connections);
    }
}
