//! Frames on the wire: headers in both directions, and whole frames out
//! (RFC 6455 section 5.2).

use std::io::Cursor;

use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, OpCode};

use super::{Masks, ProtocolError, Role, apply_mask, cut_reason};

/// The longest header: two bytes, a 64-bit length and a mask.
pub(super) const LONGEST_HEADER: usize = 14;

/// The first reserved bit, which marks compressed messages.
pub(super) const RSV1: u8 = 0b100;

/// The most that a control frame may carry.
pub(super) const LONGEST_CONTROL: usize = 125;

/// Appends the header of a frame with a payload of `length` bytes. If it has a
/// mask the payload has to be masked with it.
pub fn encode_header(out: &mut Vec<u8>, header: &FrameHeader, length: u64) {
    // Writing into memory does not fail.
    let _ = header.format(length, out);
}

/// Appends a whole frame with FIN, masked with the next of `masks`.
pub fn encode_frame(out: &mut Vec<u8>, masks: &Masks, opcode: OpCode, payload: &[u8]) {
    let mask = masks.next();
    let header = FrameHeader { is_final: true, opcode, mask, ..FrameHeader::default() };
    encode_header(out, &header, payload.len() as u64);
    let start = out.len();
    out.extend_from_slice(payload);
    if let (Some(mask), Some(payload)) = (mask, out.get_mut(start..)) {
        apply_mask(payload, mask, 0);
    }
}

/// Appends a Close frame. The reason is cut to the 123 bytes that fit; without
/// a code there is none.
pub fn encode_close(out: &mut Vec<u8>, masks: &Masks, code: Option<u16>, reason: &str) {
    let mut payload = Vec::with_capacity(LONGEST_CONTROL);
    if let Some(code) = code {
        payload.extend_from_slice(&code.to_be_bytes());
        payload.extend_from_slice(cut_reason(reason).as_bytes());
    }
    encode_frame(out, masks, OpCode::Control(Control::Close), &payload);
}

/// What the first reserved bit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rsv1 {
    /// Nothing.
    Reserved,
    /// It marks the first frame of a compressed message (RFC 7692 section 6).
    Compressed,
}

/// A header as it was read.
pub(super) struct Header {
    pub fields: FrameHeader,
    /// Declared length of the payload.
    pub length: u64,
    /// Bytes that the header itself takes.
    pub size: usize,
}

/// Reads the header at the start of `bytes`; `None` if it is not complete.
#[inline]
pub(super) fn parse_header(bytes: &[u8]) -> Result<Option<Header>, ProtocolError> {
    let mut cursor = Cursor::new(bytes);
    match FrameHeader::parse(&mut cursor) {
        Ok(Some((fields, length))) => {
            let size = usize::try_from(cursor.position()).unwrap_or(LONGEST_HEADER);
            Ok(Some(Header { fields, length, size }))
        }
        Ok(None) => Ok(None),
        // Nothing else goes wrong in memory.
        Err(_) => Err(ProtocolError::ReservedOpcode(bytes.first().map_or(0, |byte| byte & 0x0F))),
    }
}

impl Header {
    /// The rules that hold for a frame by itself, whatever came before it.
    #[inline]
    pub fn check(&self, receiver: Role, rsv1: Rsv1) -> Result<(), ProtocolError> {
        let fields = &self.fields;
        let compressed = rsv1 == Rsv1::Compressed && matches!(fields.opcode, OpCode::Data(_));
        if fields.rsv1 && !compressed || fields.rsv2 || fields.rsv3 {
            return Err(self.reserved_bits());
        }
        match (receiver, fields.mask) {
            (Role::Server, None) => return Err(ProtocolError::Unmasked),
            (Role::Client, Some(_)) => return Err(ProtocolError::Masked),
            _ => {}
        }
        if self.length > i64::MAX as u64 {
            return Err(ProtocolError::LengthTopBit);
        }
        if fields.len(self.length) != self.size {
            return Err(ProtocolError::LengthNotMinimal(self.length));
        }
        if let OpCode::Control(_) = fields.opcode {
            if !fields.is_final {
                return Err(ProtocolError::FragmentedControl);
            }
            if self.length > LONGEST_CONTROL as u64 {
                return Err(ProtocolError::ControlTooLong(self.length));
            }
        }
        Ok(())
    }

    #[cold]
    fn reserved_bits(&self) -> ProtocolError {
        let FrameHeader { rsv1, rsv2, rsv3, .. } = self.fields;
        ProtocolError::ReservedBits(u8::from(rsv1) << 2 | u8::from(rsv2) << 1 | u8::from(rsv3))
    }
}
