//! Pings on a schedule, and what their Pongs tell.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::settings::Settings;

/// Pings whose Pong is waited for; older ones are forgotten.
const MOST_WAITING: usize = 16;

/// Who sent a Ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// The host, who is told of the Pong.
    Host,
    /// The schedule.
    Schedule,
}

/// Pings that were not answered yet, oldest first.
#[derive(Default)]
pub(super) struct SentPings {
    pings: VecDeque<(Vec<u8>, Instant, Sender)>,
}

impl SentPings {
    pub fn sent(&mut self, payload: &[u8], sender: Sender) {
        if self.pings.len() >= MOST_WAITING {
            self.pings.pop_front();
        }
        self.pings.push_back((payload.to_vec(), Instant::now(), sender));
    }

    /// A Pong came: how long after its Ping, and whose that was. A Pong
    /// answers the Pings before it too (RFC 6455 section 5.5.3).
    pub fn answered(&mut self, payload: &[u8]) -> Option<(Duration, Sender)> {
        let place = self.pings.iter().position(|(sent, ..)| sent == payload)?;
        let (_, at, sender) = self.pings.drain(..=place).next_back()?;
        Some((at.elapsed(), sender))
    }
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    Ping,
    Lost,
}

/// The schedule of one connection.
pub(super) struct Heartbeat {
    heard: Instant,
    pinged: Option<Instant>,
}

impl Heartbeat {
    pub fn new() -> Self {
        Self { heard: Instant::now(), pinged: None }
    }

    /// Something arrived.
    pub fn heard(&mut self, now: Instant) {
        self.heard = now;
        self.pinged = None;
    }

    pub fn due(&mut self, settings: &Settings, now: Instant) -> Due {
        if let (Some(pinged), Some(timeout)) = (self.pinged, settings.pong_timeout)
            && now.saturating_duration_since(pinged) >= timeout
        {
            return Due::Lost;
        }
        match settings.ping_interval {
            Some(interval)
                if self.pinged.is_none()
                    && now.saturating_duration_since(self.heard) >= interval =>
            {
                self.pinged = Some(now);
                Due::Ping
            }
            _ => Due::Nothing,
        }
    }

    /// When `due` has to be asked again.
    pub fn next(&self, settings: &Settings) -> Option<Instant> {
        match self.pinged {
            Some(pinged) => pinged.checked_add(settings.pong_timeout?),
            None => self.heard.checked_add(settings.ping_interval?),
        }
    }
}
