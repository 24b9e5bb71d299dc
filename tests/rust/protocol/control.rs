//! Section 5.5: control frames.

use super::support::*;
use wirebird::protocol::ProtocolError;

#[test]
fn ping_and_pong_carry_up_to_125_bytes() {
    for length in [0, 1, 124, 125] {
        let payload = vec![0xFE; length];
        let frames: [(u8, &[u8]); 2] = [(FIN | PING, &payload), (FIN | PONG, &payload)];
        assert_eq!(accepted(&frames), [Seen::Ping(payload.clone()), Seen::Pong(payload.clone())]);
    }
}

#[test]
fn longer_control_frames_are_refused() {
    for opcode in [PING, PONG, CLOSE] {
        for length in [126, 65_536] {
            let error = refused(&[(FIN | opcode, &vec![0; length])]);
            assert_eq!(error, ProtocolError::ControlTooLong(length as u64));
            assert_eq!(error.close_code(), 1002);
        }
    }
}

#[test]
fn fragmented_control_frames_are_refused() {
    for opcode in [PING, PONG, CLOSE] {
        let error = refused(&[(opcode, b"part")]);
        assert_eq!(error, ProtocolError::FragmentedControl);
        assert_eq!(error.close_code(), 1002);
    }
}

#[test]
fn one_ping_after_another_keeps_its_own_payload() {
    let payloads: Vec<Vec<u8>> = (0..50u8).map(|n| vec![n; usize::from(n)]).collect();
    let frames: Vec<(u8, &[u8])> = payloads.iter().map(|p| (FIN | PING, p.as_slice())).collect();
    let expected: Vec<Seen> = payloads.iter().cloned().map(Seen::Ping).collect();
    assert_eq!(accepted(&frames), expected);
}
