//! Sec-WebSocket-Extensions: what a server agrees to is what the client asked
//! for or less, and what it answers is understood by a client of ours.
//!
//! The first byte chooses what this side wants (bit 0 and 1: no contexts, bits
//! 2 to 4 and 5 to 7: windows); the field's value follows.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wirebird::protocol::{Deflate, accept_deflate, confirm_deflate, offer_deflate};

fuzz_target!(|input: &[u8]| {
    let [choice, field @ ..] = input else { return };
    let Ok(field) = std::str::from_utf8(field) else { return };
    let wanted = Deflate {
        server_no_context_takeover: choice & 1 != 0,
        client_no_context_takeover: choice & 2 != 0,
        server_max_window_bits: 8 + (choice >> 2 & 7),
        client_max_window_bits: 8 + (choice >> 5),
    };
    if let Some((agreed, answer)) = accept_deflate(field, &wanted) {
        assert!(agreed.server_max_window_bits <= wanted.server_max_window_bits, "{agreed:?}");
        assert!((8..=15).contains(&agreed.server_max_window_bits), "{agreed:?}");
        assert!((8..=15).contains(&agreed.client_max_window_bits), "{agreed:?}");
        assert!(agreed.server_no_context_takeover >= wanted.server_no_context_takeover);
        // A client that wants no more than this understands the same.
        let confirmed = confirm_deflate(&answer, Some(&agreed));
        assert_eq!(confirmed, Ok(Some(agreed)), "{answer:?}");
    }
    // Whatever a server answers, no more than what was offered comes of it.
    if let Ok(Some(agreed)) = confirm_deflate(field, Some(&wanted)) {
        assert!(agreed.server_max_window_bits <= wanted.server_max_window_bits, "{agreed:?}");
        assert!(agreed.client_max_window_bits <= wanted.client_max_window_bits, "{agreed:?}");
        assert!(agreed.server_no_context_takeover >= wanted.server_no_context_takeover);
        assert!(agreed.client_no_context_takeover >= wanted.client_no_context_takeover);
    }
    assert!(!matches!(confirm_deflate(field, None), Ok(Some(_))), "not offered: {field:?}");
    // Our own offer is taken by a server of ours.
    let offered = accept_deflate(&offer_deflate(&wanted), &Deflate::default());
    assert!(offered.is_some_and(|(agreed, _)| agreed.server_max_window_bits <= 15));
});
