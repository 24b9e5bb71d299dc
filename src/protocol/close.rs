//! Close codes and reasons (RFC 6455 sections 5.5.1 and 7.4).

use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::ProtocolError;

/// The only registered code that tungstenite does not know.
const BAD_GATEWAY: u16 = 1014;

/// What fits into a control frame behind the code.
const LONGEST_REASON: usize = 123;

/// Whether a Close frame may carry this code: 1000 to 1003, 1007 to 1014 (of
/// these 1012 to 1014 were registered after RFC 6455), 3000 to 4999.
pub fn may_send(code: u16) -> bool {
    code == BAD_GATEWAY || CloseCode::from(code).is_allowed()
}

/// As much of the reason as fits into a Close frame: 123 bytes at the most,
/// cut between characters.
pub fn cut_reason(reason: &str) -> &str {
    let mut end = reason.len().min(LONGEST_REASON);
    while !reason.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    reason.get(..end).unwrap_or_default()
}

/// The code and the reason in a Close frame's payload.
pub(super) fn parse(payload: &[u8]) -> Result<(Option<u16>, &str), ProtocolError> {
    match payload {
        [] => Ok((None, "")),
        [_] => Err(ProtocolError::CloseTooShort),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            if !may_send(code) {
                return Err(ProtocolError::CloseCode(code));
            }
            match simdutf8::basic::from_utf8(reason) {
                Ok(reason) => Ok((Some(code), reason)),
                Err(_) => Err(ProtocolError::InvalidReason),
            }
        }
    }
}
