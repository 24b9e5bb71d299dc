//! What the host sends, from any thread.

use std::sync::{Arc, MutexGuard};

use thiserror::Error;

use super::Connection;
use super::heartbeat::Sender;
use super::message::Message;
use super::outgoing::{Outgoing, Phase, Piece};
use super::settings::Overflow;
use crate::log;
use crate::protocol::Flush;
use crate::queue::{Closing, Event, Failure};
use crate::sync::lock;

/// The most payload of a control frame (RFC 6455 section 5.5).
pub const MAX_CONTROL: usize = 125;

/// Why a message was not accepted.
#[derive(Debug, Error)]
pub enum SendError {
    /// The connection is not open yet, or not any more.
    #[error("the connection is not open")]
    NotOpen,
    /// The peer does not take what waits already.
    #[error(
        "more than max_unsent ({limit} bytes) would wait to be sent; the connection closes with 1013"
    )]
    Unsent {
        /// The limit.
        limit: u64,
    },
    /// The same, and the connection lives on.
    #[error("more than max_unsent ({limit} bytes) would wait to be sent; the message is dropped")]
    Dropped {
        /// The limit.
        limit: u64,
    },
    /// A message was begun with fragments and is not complete.
    #[error("a message was begun with fragments: send its last fragment first")]
    Begun,
    /// A fragment of another kind than the first.
    #[error("a fragment is text and those before it are binary, or the other way round")]
    OtherKind,
    /// A Ping is too long.
    #[error("a Ping carries at most 125 bytes, not {0}")]
    ControlTooLong(usize),
    /// A close code that must not be sent (RFC 6455 section 7.4).
    #[error(
        "{0} is not a close code that may be sent: use 1000 to 1003, 1007 to 1014 or 3000 to 4999"
    )]
    CloseCode(u16),
}

impl Connection {
    /// Queues a message; the length of its payload in bytes.
    pub fn send(self: &Arc<Self>, message: &Message<'_>) -> Result<u64, SendError> {
        self.queue(message, Piece::Message)
    }

    /// Queues a message in the place of the one of its topic that waits, or
    /// else at the end; the length of its payload in bytes.
    pub fn send_latest(
        self: &Arc<Self>,
        topic: u64,
        message: &Message<'_>,
    ) -> Result<u64, SendError> {
        self.queue(message, Piece::Latest(topic))
    }

    /// Queues a fragment of a message, the last one with `Flush::Message`; the
    /// length of its payload in bytes.
    pub fn send_fragment(
        self: &Arc<Self>,
        fragment: &Message<'_>,
        flush: Flush,
    ) -> Result<u64, SendError> {
        self.queue(fragment, Piece::Fragment(flush))
    }

    fn queue(self: &Arc<Self>, message: &Message<'_>, piece: Piece) -> Result<u64, SendError> {
        let length = message.length();
        let mut out = self.out();
        if out.phase != Phase::Open {
            return Err(SendError::NotOpen);
        }
        match piece {
            Piece::Fragment(_) if !out.goes_on(message) => return Err(SendError::OtherKind),
            Piece::Message | Piece::Latest(_) if out.has_begun() => return Err(SendError::Begun),
            _ => {}
        }
        let Ok(dropped) = out.make_room(length, piece) else {
            return Err(self.full(out, piece));
        };
        let others_wait = out.unsent > 0;
        let replaced = out.push(message, length, piece);
        let may_go_on = others_wait || out.has_begun();
        if may_go_on && !out.above_high_water && out.unsent > out.settings.high_water {
            out.above_high_water = true;
            self.source().push_event(Event::HighWater(out.unsent));
        }
        self.written_by(out);
        self.span().in_scope(|| {
            tracing::trace!(target: log::FRAME, bytes = length, kind = %message.opcode(), "sends data");
        });
        // The host's memory is given back without a lock.
        drop((dropped, replaced));
        Ok(length)
    }

    /// A message would be too much.
    fn full(&self, mut out: MutexGuard<'_, Outgoing>, piece: Piece) -> SendError {
        let limit = out.settings.max_unsent;
        if !matches!(piece, Piece::Fragment(_)) {
            out.dropped = out.dropped.saturating_add(1);
        }
        if out.settings.overflow != Overflow::Close {
            return SendError::Dropped { limit };
        }
        // The host knows of a Close that was prepared.
        let is_told = out.answer.take().is_some();
        out.close(Some(1013), "too much is unsent");
        if !is_told {
            self.source().push_event(Event::Closing(Box::new(Closing {
                code: 1013,
                reason: String::new(),
                failure: Some(Arc::new(Failure::Unsent { limit })),
                answer: None,
            })));
        }
        drop(out);
        self.span().in_scope(|| {
            tracing::warn!(limit, "the peer reads too slowly: closing with 1013 (max_unsent)");
        });
        self.waker.wake();
        SendError::Unsent { limit }
    }

    /// Queues a Ping.
    pub fn ping(self: &Arc<Self>, payload: &[u8]) -> Result<(), SendError> {
        if payload.len() > MAX_CONTROL {
            return Err(SendError::ControlTooLong(payload.len()));
        }
        let mut out = self.out();
        if out.phase != Phase::Open {
            return Err(SendError::NotOpen);
        }
        lock(&self.pings).sent(payload, Sender::Host);
        out.ping(payload);
        self.written_by(out);
        Ok(())
    }
}
