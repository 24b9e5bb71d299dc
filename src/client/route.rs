//! How a client gets to a server.

use std::path::PathBuf;
use std::time::Duration;

use crate::net::{
    Deadline, DialError, HostPort, ProxyChoice, SocketOptions, Stream, dial_tcp, dial_unix,
};

/// How a client gets to a server.
pub struct Route {
    /// Instead of TCP, for the URL's own scheme, host and port.
    pub unix: Option<PathBuf>,
    /// Of the URL's IPv6 address.
    pub zone: Option<String>,
    /// Which proxy.
    pub proxies: ProxyChoice,
    /// Of TCP sockets.
    pub socket: SocketOptions,
    /// Bounds name look-up and connecting, each time anew.
    pub connect_timeout: Option<Duration>,
}

impl Route {
    /// A stream to `place`, which is the next hop.
    pub(super) async fn dial(
        &self,
        place: &HostPort,
        deadline: Deadline,
    ) -> Result<Stream, DialError> {
        dial_tcp(place, &self.socket, self.within(deadline)).await
    }

    /// A stream to the Unix domain socket, if there is to be one.
    pub(super) async fn dial_unix(&self, deadline: Deadline) -> Option<Result<Stream, DialError>> {
        let path = self.unix.as_ref()?;
        Some(dial_unix(path, self.within(deadline)).await)
    }

    fn within(&self, deadline: Deadline) -> Deadline {
        let own = self.connect_timeout.map(|time| Deadline::after(time, "connect_timeout"));
        deadline.or_earlier(own)
    }
}
