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

/// A Ping of the schedule that waits for an answer.
struct Pinged {
    /// When it was sent, or last came nearer to the peer.
    at: Instant,
    /// How much will have been sent once it has left.
    mark: u64,
    /// How much of it had been sent.
    sent: u64,
}

/// The schedule of one connection.
pub(super) struct Heartbeat {
    heard: Instant,
    pinged: Option<Pinged>,
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

    /// When nothing will have arrived for this long.
    pub fn silent_until(&self, time: Duration) -> Option<Instant> {
        self.heard.checked_add(time)
    }

    /// A Ping was queued; it will have left once `mark` bytes were sent.
    pub fn pinged(&mut self, now: Instant, mark: u64, sent: u64) {
        self.pinged = Some(Pinged { at: now, mark, sent });
    }

    /// What is due, `sent` bytes having been sent in all. A peer that still
    /// takes what was queued before the Ping is alive.
    pub fn due(&mut self, settings: &Settings, now: Instant, sent: u64) -> Due {
        let Some(pinged) = &mut self.pinged else {
            let silence = now.saturating_duration_since(self.heard);
            let is_due = settings.ping_interval.is_some_and(|interval| silence >= interval);
            return if is_due { Due::Ping } else { Due::Nothing };
        };
        let waited = now.saturating_duration_since(pinged.at);
        if settings.pong_timeout.is_none_or(|timeout| waited < timeout) {
            return Due::Nothing;
        }
        if pinged.sent < pinged.mark && sent > pinged.sent {
            (pinged.at, pinged.sent) = (now, sent);
            return Due::Nothing;
        }
        Due::Lost
    }

    /// When `due` has to be asked again.
    pub fn next(&self, settings: &Settings) -> Option<Instant> {
        match &self.pinged {
            Some(pinged) => pinged.at.checked_add(settings.pong_timeout?),
            None => self.heard.checked_add(settings.ping_interval?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Role;

    const INTERVAL: Duration = Duration::from_secs(25);
    const TIMEOUT: Duration = Duration::from_secs(20);

    fn schedule() -> (Heartbeat, Settings, Instant) {
        let settings = Settings::new(Role::Server);
        assert_eq!(
            (settings.ping_interval, settings.pong_timeout),
            (Some(INTERVAL), Some(TIMEOUT))
        );
        let heartbeat = Heartbeat::new();
        let start = heartbeat.heard;
        (heartbeat, settings, start)
    }

    #[test]
    fn silence_is_asked_about_and_then_fatal() {
        let (mut heartbeat, settings, start) = schedule();
        assert_eq!(heartbeat.next(&settings), Some(start + INTERVAL));
        assert_eq!(heartbeat.due(&settings, start + INTERVAL / 2, 0), Due::Nothing);
        let asked = start + INTERVAL;
        assert_eq!(heartbeat.due(&settings, asked, 0), Due::Ping);
        heartbeat.pinged(asked, 6, 0);
        assert_eq!(heartbeat.next(&settings), Some(asked + TIMEOUT));
        // The Ping itself has left.
        assert_eq!(heartbeat.due(&settings, asked + TIMEOUT, 6), Due::Nothing);
        assert_eq!(heartbeat.due(&settings, asked + 2 * TIMEOUT, 6), Due::Lost);
    }

    #[test]
    fn a_peer_that_still_takes_what_was_queued_before_the_ping_is_alive() {
        let (mut heartbeat, settings, start) = schedule();
        let mut now = start + INTERVAL;
        heartbeat.pinged(now, 1000, 0);
        for sent in [100, 500, 1000] {
            now += TIMEOUT;
            assert_eq!(heartbeat.due(&settings, now, sent), Due::Nothing, "{sent} bytes sent");
        }
        assert_eq!(heartbeat.due(&settings, now + TIMEOUT, 5000), Due::Lost, "the Ping had left");
    }

    #[test]
    fn whoever_was_heard_is_alive() {
        let (mut heartbeat, settings, start) = schedule();
        heartbeat.pinged(start + INTERVAL, 6, 6);
        let heard = start + INTERVAL + TIMEOUT / 2;
        heartbeat.heard(heard);
        assert_eq!(heartbeat.due(&settings, start + INTERVAL + TIMEOUT, 6), Due::Nothing);
        assert_eq!(heartbeat.next(&settings), Some(heard + INTERVAL));
    }
}
