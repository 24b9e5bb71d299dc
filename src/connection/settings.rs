//! What a connection may use and how long things may take.

use std::time::Duration;

use crate::protocol::{Deflate, DeflatePreferences, Limits, Role};

/// Optional events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// Each frame of a fragmented message.
    pub frames: bool,
    /// Messages as they arrive, in pieces, instead of whole ones.
    pub stream: bool,
    /// Bytes given to the operating system.
    pub written: bool,
    /// Pings, which are answered in any case.
    pub pings: bool,
    /// Challenges of servers and proxies.
    pub authentication: bool,
    /// The decision about errors in the peer's certificate.
    pub tls_errors: bool,
    /// Each new round-trip time.
    pub round_trips: bool,
}

/// What happens to a message past `max_unsent`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// It is refused, and the connection closes with 1013.
    #[default]
    Close,
    /// It is refused.
    DropNewest,
    /// Those that wait longest make room for it.
    DropOldest,
}

/// Compression of messages (RFC 7692).
#[derive(Clone, Copy, Debug)]
pub struct Compression {
    /// Offered by a client, accepted by a server.
    pub enabled: bool,
    /// 1, fastest, to 9, smallest.
    pub level: u8,
    /// Shorter messages travel plain, in bytes.
    pub threshold: u64,
    /// What is asked for.
    pub wanted: DeflatePreferences,
}

/// Limits and timeouts of one connection.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Optional events.
    pub wants: Wants,
    /// Bounds of what arrives.
    pub limits: Limits,
    /// Compression; holds from the opening handshake on, but for the threshold.
    pub compression: Compression,
    /// Longer messages are sent in several frames.
    pub outgoing_frame_size: u64,
    /// Unsent bytes above which the host is told.
    pub high_water: u64,
    /// Unsent bytes above which messages are refused.
    pub max_unsent: u64,
    /// What happens then.
    pub overflow: Overflow,
    /// How long the closing handshake may take.
    pub close_timeout: Duration,
    /// A Ping is sent after so long a silence.
    pub ping_interval: Option<Duration>,
    /// The connection is lost after so long a silence after a Ping.
    pub pong_timeout: Option<Duration>,
    /// How long nothing may arrive in the middle of a frame.
    pub frame_timeout: Option<Duration>,
}

const MIB: u64 = 1024 * 1024;

impl Settings {
    /// The defaults of a role.
    pub fn new(role: Role) -> Self {
        let (max_message, max_unsent, ping_interval) = match role {
            Role::Client => (64 * MIB, 64 * MIB, None),
            Role::Server => (MIB, 16 * MIB, Some(Duration::from_secs(25))),
        };
        Self {
            wants: Wants::default(),
            compression: Compression {
                enabled: role == Role::Client,
                level: 6,
                threshold: 64,
                wanted: Deflate::default(),
            },
            limits: Limits { max_message, max_frame: i64::MAX as u64, max_fragments: 131_072 },
            outgoing_frame_size: i64::MAX as u64,
            high_water: MIB,
            max_unsent,
            overflow: Overflow::Close,
            close_timeout: Duration::from_secs(5),
            ping_interval,
            pong_timeout: Some(Duration::from_secs(20)),
            frame_timeout: None,
        }
    }
}
