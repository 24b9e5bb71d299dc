//! tests/interop/http_peer.py as a server: 401, redirects, cookies.

use crate::engine::programs::{Library, Peer};

/// A running server, and what it was asked.
pub struct HttpPeer {
    peer: Peer,
    pub url: String,
}

/// One request that it got.
#[derive(Debug)]
pub struct Asked(String);

impl HttpPeer {
    pub fn start() -> Self {
        let mut peer = Peer::start_program(Library::PythonWebsockets, "http_peer.py", &[]);
        let url = peer.line();
        Self { peer, url }
    }

    /// The next request.
    pub fn asked(&mut self) -> Asked {
        Asked(self.peer.line())
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        self.url.trim_start_matches("ws://")
    }
}

impl Asked {
    /// Whether the path, with the query, is this one.
    #[track_caller]
    pub fn is_for(&self, path: &str) {
        assert!(self.0.starts_with(&format!("{{\"path\": \"{path}\"")), "{path}: {}", self.0);
    }

    /// The value of a field, the only one of its name.
    pub fn field(&self, name: &str) -> Option<&str> {
        let start = format!("[\"{name}\", \"");
        let mut found =
            self.0.match_indices(&start).map(|(place, _)| &self.0[place + start.len()..]);
        let value = found.next().and_then(|rest| rest.split_once("\"]")).map(|(value, _)| value);
        assert!(found.next().is_none(), "two {name} fields: {}", self.0);
        value
    }
}
