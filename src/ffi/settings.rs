//! The figures of a connection: options of C and settings of the engine.

use std::ffi::c_void;
use std::time::Duration;

use super::arguments;
use super::guard::Fault;
use super::options::*;
use crate::connection::{Compression, Overflow, Settings, Wants};
use crate::protocol::{Deflate, Limits, Role};

const LARGEST: u64 = i64::MAX as u64;
const LONGEST_MS: u64 = i32::MAX as u64;

/// Changes one figure.
pub(super) fn set(settings: &mut Settings, option: u32, value: u64) -> Result<(), Fault> {
    let Limits { max_message, max_frame, max_fragments } = &mut settings.limits;
    match option {
        WIREBIRD_OPTION_MAX_MESSAGE_SIZE => {
            *max_message = within("max_message_size", value, 1, LARGEST)?;
        }
        WIREBIRD_OPTION_MAX_FRAME_SIZE => {
            *max_frame = within("max_frame_size", value, 1, LARGEST)?;
        }
        WIREBIRD_OPTION_MAX_FRAGMENTS => {
            *max_fragments = within("max_fragments", value, 1, LARGEST)?;
        }
        WIREBIRD_OPTION_OUTGOING_FRAME_SIZE => {
            settings.outgoing_frame_size = within("outgoing_frame_size", value, 4, LARGEST)?;
        }
        WIREBIRD_OPTION_HIGH_WATER => {
            settings.high_water = within("high_water", value, 0, LARGEST)?;
        }
        WIREBIRD_OPTION_MAX_UNSENT => {
            settings.max_unsent = within("max_unsent", value, 1, LARGEST)?;
        }
        WIREBIRD_OPTION_CLOSE_TIMEOUT => {
            let ms = within("close_timeout_ms", value, 1, LONGEST_MS)?;
            settings.close_timeout = Duration::from_millis(ms);
        }
        WIREBIRD_OPTION_PING_INTERVAL => {
            settings.ping_interval = time("ping_interval_ms", value)?;
        }
        WIREBIRD_OPTION_PONG_TIMEOUT => {
            settings.pong_timeout = time("pong_timeout_ms", value)?;
        }
        WIREBIRD_OPTION_WANT => settings.wants = wants(value)?,
        WIREBIRD_OPTION_COMPRESSION_THRESHOLD => {
            settings.compression.threshold = within("compression_threshold", value, 0, LARGEST)?;
        }
        WIREBIRD_OPTION_OVERFLOW => settings.overflow = overflow(value)?,
        WIREBIRD_OPTION_FRAME_TIMEOUT => {
            settings.frame_timeout = time("frame_timeout_ms", value)?;
        }
        WIREBIRD_OPTION_SECURE
        | WIREBIRD_OPTION_NUMBER
        | WIREBIRD_OPTION_UNSENT
        | WIREBIRD_OPTION_ROUND_TRIP
        | WIREBIRD_OPTION_DROPPED..=WIREBIRD_OPTION_MESSAGES_RECEIVED
        | WIREBIRD_OPTION_FOREIGN_ORIGIN..=WIREBIRD_OPTION_CLIENT_NO_CONTEXT_TAKEOVER => {
            return Err(Fault::argument(format!("option {option} can only be read")));
        }
        _ => return Err(Fault::argument(format!("{option} is no WIREBIRD_OPTION_…"))),
    }
    Ok(())
}

/// One figure; `None` if the settings have no such option.
pub(super) fn get(settings: &Settings, option: u32) -> Option<u64> {
    let ms = |time: Option<Duration>| time.map_or(0, |time| time.as_millis() as u64);
    Some(match option {
        WIREBIRD_OPTION_MAX_MESSAGE_SIZE => settings.limits.max_message,
        WIREBIRD_OPTION_MAX_FRAME_SIZE => settings.limits.max_frame,
        WIREBIRD_OPTION_MAX_FRAGMENTS => settings.limits.max_fragments,
        WIREBIRD_OPTION_OUTGOING_FRAME_SIZE => settings.outgoing_frame_size,
        WIREBIRD_OPTION_HIGH_WATER => settings.high_water,
        WIREBIRD_OPTION_MAX_UNSENT => settings.max_unsent,
        WIREBIRD_OPTION_CLOSE_TIMEOUT => ms(Some(settings.close_timeout)),
        WIREBIRD_OPTION_PING_INTERVAL => ms(settings.ping_interval),
        WIREBIRD_OPTION_PONG_TIMEOUT => ms(settings.pong_timeout),
        WIREBIRD_OPTION_WANT => {
            let Wants { frames, stream, written, pings, authentication, tls_errors, round_trips } =
                settings.wants;
            let flag = |is_set: bool, flag: u32| if is_set { u64::from(flag) } else { 0 };
            flag(frames, WIREBIRD_WANT_FRAMES)
                | flag(written, WIREBIRD_WANT_WRITTEN)
                | flag(pings, WIREBIRD_WANT_PING)
                | flag(stream, WIREBIRD_WANT_STREAM)
                | flag(authentication, WIREBIRD_WANT_AUTHENTICATION)
                | flag(tls_errors, WIREBIRD_WANT_TLS_ERRORS)
                | flag(round_trips, WIREBIRD_WANT_ROUND_TRIP)
        }
        WIREBIRD_OPTION_COMPRESSION_THRESHOLD => settings.compression.threshold,
        WIREBIRD_OPTION_COMPRESSION_LEVEL => u64::from(settings.compression.level),
        WIREBIRD_OPTION_OVERFLOW => u64::from(match settings.overflow {
            Overflow::Close => WIREBIRD_OVERFLOW_CLOSE,
            Overflow::DropNewest => WIREBIRD_OVERFLOW_DROP_NEWEST,
            Overflow::DropOldest => WIREBIRD_OVERFLOW_DROP_OLDEST,
        }),
        WIREBIRD_OPTION_FRAME_TIMEOUT => ms(settings.frame_timeout),
        _ => return None,
    })
}

/// The defaults of a role as C sees them.
pub(super) fn defaults(role: Role) -> wirebird_connection_options_t {
    let settings = Settings::new(role);
    let value = |option| get(&settings, option).unwrap_or_default();
    let Compression { enabled, level, threshold, wanted } = settings.compression;
    wirebird_connection_options_t {
        size: size_of::<wirebird_connection_options_t>() as u32,
        want: 0,
        user_data: std::ptr::null_mut(),
        max_message_size: value(WIREBIRD_OPTION_MAX_MESSAGE_SIZE),
        max_frame_size: value(WIREBIRD_OPTION_MAX_FRAME_SIZE),
        max_fragments: value(WIREBIRD_OPTION_MAX_FRAGMENTS),
        outgoing_frame_size: value(WIREBIRD_OPTION_OUTGOING_FRAME_SIZE),
        high_water: value(WIREBIRD_OPTION_HIGH_WATER),
        max_unsent: value(WIREBIRD_OPTION_MAX_UNSENT),
        close_timeout_ms: value(WIREBIRD_OPTION_CLOSE_TIMEOUT),
        ping_interval_ms: value(WIREBIRD_OPTION_PING_INTERVAL),
        pong_timeout_ms: value(WIREBIRD_OPTION_PONG_TIMEOUT),
        compression: u32::from(enabled),
        compression_level: u32::from(level),
        server_max_window_bits: u32::from(wanted.server_max_window_bits),
        client_max_window_bits: u32::from(wanted.client_max_window_bits),
        server_no_context_takeover: u32::from(wanted.server_no_context_takeover),
        client_no_context_takeover: u32::from(wanted.client_no_context_takeover),
        compression_threshold: threshold,
        overflow: WIREBIRD_OVERFLOW_CLOSE,
        frame_timeout_ms: value(WIREBIRD_OPTION_FRAME_TIMEOUT) as u32,
    }
}

/// A connection's settings and user data.
///
/// # Safety
/// As for `arguments::options`.
pub(super) unsafe fn read(
    options: *const wirebird_connection_options_t,
    role: Role,
) -> Result<(Settings, *mut c_void), Fault> {
    // SAFETY: the caller's promise; the struct is plain integers and a pointer.
    let options = unsafe { arguments::options(options, defaults(role), "options->connection") }?;
    let mut settings = Settings::new(role);
    let figures = [
        (WIREBIRD_OPTION_WANT, u64::from(options.want)),
        (WIREBIRD_OPTION_MAX_MESSAGE_SIZE, options.max_message_size),
        (WIREBIRD_OPTION_MAX_FRAME_SIZE, options.max_frame_size),
        (WIREBIRD_OPTION_MAX_FRAGMENTS, options.max_fragments),
        (WIREBIRD_OPTION_OUTGOING_FRAME_SIZE, options.outgoing_frame_size),
        (WIREBIRD_OPTION_HIGH_WATER, options.high_water),
        (WIREBIRD_OPTION_MAX_UNSENT, options.max_unsent),
        (WIREBIRD_OPTION_CLOSE_TIMEOUT, options.close_timeout_ms),
        (WIREBIRD_OPTION_PING_INTERVAL, options.ping_interval_ms),
        (WIREBIRD_OPTION_PONG_TIMEOUT, options.pong_timeout_ms),
        (WIREBIRD_OPTION_COMPRESSION_THRESHOLD, options.compression_threshold),
        (WIREBIRD_OPTION_OVERFLOW, u64::from(options.overflow)),
        (WIREBIRD_OPTION_FRAME_TIMEOUT, u64::from(options.frame_timeout_ms)),
    ];
    for (option, value) in figures {
        set(&mut settings, option, value)?;
    }
    read_compression(&mut settings.compression, &options)?;
    Ok((settings, options.user_data))
}

fn read_compression(
    compression: &mut Compression,
    options: &wirebird_connection_options_t,
) -> Result<(), Fault> {
    let small = |name, value: u32, least, most| {
        let value = within(name, u64::from(value), least, most)?;
        Ok::<_, Fault>(u8::try_from(value).unwrap_or(u8::MAX))
    };
    let switch = |name, value| Ok::<_, Fault>(small(name, value, 0, 1)? == 1);
    let bits = |name, value| small(name, value, 8, 15);
    compression.enabled = switch("compression", options.compression)?;
    compression.level = small("compression_level", options.compression_level, 1, 9)?;
    compression.wanted = Deflate {
        server_no_context_takeover: switch(
            "server_no_context_takeover",
            options.server_no_context_takeover,
        )?,
        client_no_context_takeover: switch(
            "client_no_context_takeover",
            options.client_no_context_takeover,
        )?,
        server_max_window_bits: bits("server_max_window_bits", options.server_max_window_bits)?,
        client_max_window_bits: bits("client_max_window_bits", options.client_max_window_bits)?,
    };
    Ok(())
}

/// Checks a figure against its range.
pub(super) fn within(name: &str, value: u64, least: u64, most: u64) -> Result<u64, Fault> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(Fault::argument(format!("{name} is {value}; it has to be {least} to {most}")))
}

/// A time in ms, 0 for none.
pub(super) fn time(name: &str, ms: u64) -> Result<Option<Duration>, Fault> {
    let ms = within(name, ms, 0, LONGEST_MS)?;
    Ok((ms > 0).then(|| Duration::from_millis(ms)))
}

fn overflow(value: u64) -> Result<Overflow, Fault> {
    Ok(match u32::try_from(value) {
        Ok(WIREBIRD_OVERFLOW_CLOSE) => Overflow::Close,
        Ok(WIREBIRD_OVERFLOW_DROP_NEWEST) => Overflow::DropNewest,
        Ok(WIREBIRD_OVERFLOW_DROP_OLDEST) => Overflow::DropOldest,
        _ => return Err(Fault::argument(format!("overflow is {value}, not WIREBIRD_OVERFLOW_…"))),
    })
}

fn wants(value: u64) -> Result<Wants, Fault> {
    const KNOWN: u32 = WIREBIRD_WANT_FRAMES
        | WIREBIRD_WANT_WRITTEN
        | WIREBIRD_WANT_PING
        | WIREBIRD_WANT_STREAM
        | WIREBIRD_WANT_AUTHENTICATION
        | WIREBIRD_WANT_TLS_ERRORS
        | WIREBIRD_WANT_ROUND_TRIP;
    let flags = u32::try_from(value)
        .ok()
        .filter(|flags| flags & !KNOWN == 0)
        .ok_or_else(|| Fault::argument(format!("want is {value:#x}: it has unknown flags")))?;
    Ok(Wants {
        frames: flags & WIREBIRD_WANT_FRAMES != 0,
        written: flags & WIREBIRD_WANT_WRITTEN != 0,
        pings: flags & WIREBIRD_WANT_PING != 0,
        stream: flags & WIREBIRD_WANT_STREAM != 0,
        authentication: flags & WIREBIRD_WANT_AUTHENTICATION != 0,
        tls_errors: flags & WIREBIRD_WANT_TLS_ERRORS != 0,
        round_trips: flags & WIREBIRD_WANT_ROUND_TRIP != 0,
    })
}
