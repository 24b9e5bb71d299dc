//! A peer that does not read, among others that do.

use std::thread::spawn;

use wirebird::ffi::*;
use wirebird::protocol::Role;

use super::raw;
use crate::engine::host::*;

const SIZE: usize = 64 * 1024;
const COUNT: usize = 2000; // 125 MiB to each of the others

#[test]
fn a_peer_that_does_not_read_is_closed_and_holds_up_nobody() {
    let host = Host::new();
    let limit = |connection: &mut wirebird_connection_options_t| {
        connection.high_water = 1 << 20;
        connection.max_unsent = 8 << 20;
        connection.close_timeout_ms = 100;
    };
    let (stuck, _reads_nothing) = raw::open(&host, Role::Server, limit);
    let others: Vec<_> = (0..3).map(|_| raw::open(&host, Role::Server, limit)).collect();
    let mut readers = Vec::new();
    let others: Vec<_> = others
        .into_iter()
        .map(|(connection, mut peer)| {
            readers.push(spawn(move || {
                for number in 0..COUNT {
                    let (_, message) = peer.next().expect("a message");
                    assert_eq!(message.len(), SIZE);
                    assert_eq!(message[..8], number.to_le_bytes());
                }
                peer
            }));
            connection
        })
        .collect();
    let (mut high, mut refused) = (false, false);
    let mut message = vec![0; SIZE];
    for number in 0..COUNT {
        message[..8].copy_from_slice(&number.to_le_bytes());
        for connection in &others {
            // The host keeps to the mark for those who read.
            while get(*connection, WIREBIRD_OPTION_UNSENT) > 4 << 20 {
                std::thread::yield_now();
            }
            send_binary(*connection, &message);
        }
        if !refused {
            let data = message.as_ptr().cast();
            let sent = unsafe { wirebird_connection_send_binary(stuck, data, SIZE) };
            refused = sent != WIREBIRD_OK;
            assert!(sent == WIREBIRD_OK || sent == WIREBIRD_ERROR_LIMIT, "{sent}");
        }
    }
    assert!(refused, "nothing bounds what is unsent");
    for reader in readers {
        reader.join().expect("everything came");
    }
    loop {
        let event = host.next();
        let of_stuck = event.connection == stuck;
        match event.kind {
            WIREBIRD_EVENT_HIGH_WATER | WIREBIRD_EVENT_LOW_WATER => high |= of_stuck,
            WIREBIRD_EVENT_CLOSING if of_stuck => assert_eq!(event.close_code, 1013),
            WIREBIRD_EVENT_CLOSED if of_stuck => {
                break assert_eq!(event.status, WIREBIRD_ERROR_TIMEOUT, "{event:?}");
            }
            // The peers of the others are gone.
            _ => assert!(!of_stuck, "{event:?}"),
        }
    }
    assert!(high, "the host was not told");
}
