//! Between the UTF-8 of the wire and the UTF-16 of the host.

use encoding_rs::mem::{convert_utf8_to_utf16_without_replacement, convert_utf16_to_utf8_partial};

/// Units counted at once, so that the sum of two each fits into 16 bits: the
/// compiler then adds a vector of them at a time.
const CHUNK: usize = 16 * 1024;

/// Bytes of `units` as UTF-8. A lone surrogate counts as U+FFFD.
pub fn utf8_length(units: &[u16]) -> u64 {
    if is_ascii(units) {
        return units.len() as u64;
    }
    let (mut length, mut surrogates) = (units.len() as u64, false);
    for chunk in units.chunks(CHUNK) {
        let mut more = 0u16;
        for unit in chunk {
            more =
                more.wrapping_add(u16::from(*unit >= 0x80)).wrapping_add(u16::from(*unit >= 0x800));
            surrogates |= is_surrogate(*unit);
        }
        length = length.saturating_add(u64::from(more));
    }
    if surrogates {
        // Counted as three bytes each so far; a pair has four.
        let pairs =
            units.iter().zip(units.iter().skip(1)).filter(|(a, b)| is_pair(**a, **b)).count();
        length = length.saturating_sub((pairs as u64).saturating_mul(2));
    }
    length
}

/// Whether valid UTF-8 is ASCII alone: then each byte is a unit of UTF-16.
pub fn is_ascii_text(bytes: &[u8]) -> bool {
    // The standard library's goes byte by byte at the end.
    bytes.iter().fold(0, |all, byte| all | byte) < 0x80
}

/// Appends `units` as UTF-8. A lone surrogate becomes U+FFFD.
pub fn append_utf8(units: &[u16], out: &mut Vec<u8>) {
    if is_ascii(units) {
        out.extend(units.iter().map(|unit| *unit as u8));
        return;
    }
    let start = out.len();
    let length = usize::try_from(utf8_length(units)).unwrap_or(usize::MAX);
    out.resize(start.saturating_add(length), 0);
    let written = match out.get_mut(start..) {
        Some(place) => convert_utf16_to_utf8_partial(units, place).1,
        None => 0,
    };
    out.truncate(start.saturating_add(written));
}

/// Writes UTF-8 as UTF-16 to the front of `units`, which need to be as many as
/// `bytes`; the number of units written. What is not valid becomes U+FFFD, and
/// what does not fit is left out; neither happens to text from the decoder.
pub fn fill_utf16(bytes: &[u8], units: &mut [u16]) -> usize {
    if units.len() >= bytes.len() && is_ascii_text(bytes) {
        for (unit, byte) in units.iter_mut().zip(bytes) {
            *unit = u16::from(*byte);
        }
        return bytes.len();
    }
    if units.len() >= bytes.len()
        && let Some(written) = convert_utf8_to_utf16_without_replacement(bytes, units)
    {
        return written;
    }
    fill_utf16_lossily(bytes, units)
}

/// Where `units` may be cut near `at`: there, unless that is inside a
/// surrogate pair; then before it, or behind it if nothing else comes before.
pub fn chunk_end(units: &[u16], at: usize) -> usize {
    if at >= units.len() {
        return units.len();
    }
    let before = at.checked_sub(1).and_then(|index| units.get(index));
    match (before, units.get(at)) {
        (Some(before), Some(behind)) if is_pair(*before, *behind) => match at.saturating_sub(1) {
            0 => at.saturating_add(1),
            cut => cut,
        },
        _ => at,
    }
}

#[cold]
fn fill_utf16_lossily(bytes: &[u8], units: &mut [u16]) -> usize {
    let mut written = 0usize;
    for character in String::from_utf8_lossy(bytes).chars() {
        let end = written.saturating_add(character.len_utf16());
        let Some(place) = units.get_mut(written..end) else { break };
        character.encode_utf16(place);
        written = end;
    }
    written
}

/// Without an early end the whole slice is looked at by vector instructions.
fn is_ascii(units: &[u16]) -> bool {
    units.iter().fold(0, |all, unit| all | unit) < 0x80
}

fn is_surrogate(unit: u16) -> bool {
    unit & 0xF800 == 0xD800
}

fn is_pair(first: u16, second: u16) -> bool {
    first & 0xFC00 == 0xD800 && second & 0xFC00 == 0xDC00
}
