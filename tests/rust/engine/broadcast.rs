//! One message for many connections.

use wirebird::ffi::*;

use super::host::*;

fn broadcast(connections: &[wirebird_connection_t], message: &str) -> u64 {
    let mut sent = 0;
    let units: Vec<u16> = message.encode_utf16().collect();
    ok(unsafe {
        wirebird_broadcast(
            connections.as_ptr(),
            connections.len(),
            WIREBIRD_PAYLOAD_UTF16,
            units.as_ptr().cast(),
            units.len(),
            &mut sent,
        )
    });
    sent
}

#[test]
fn everybody_gets_it_whatever_was_negotiated() {
    let host = Host::new();
    let listening = host.listen_with(|_, connection| connection.compression = 1);
    let mut clients = Vec::new();
    for number in 0..12u32 {
        let client = host.open_with(&listening.url(), |_, connection| {
            connection.compression = u32::from(number % 4 != 0);
            connection.server_no_context_takeover = u32::from(number % 4 >= 2);
            connection.server_max_window_bits = if number % 4 == 3 { 9 } else { 15 };
        });
        clients.push(client);
    }
    let (mut connections, mut opened) = (Vec::new(), 0);
    while connections.len() < clients.len() || opened < clients.len() {
        let event = host.next();
        match event.kind {
            WIREBIRD_EVENT_ACCEPTED => connections.push(event.connection),
            WIREBIRD_EVENT_OPENED => opened += 1,
            kind => panic!("{kind}"),
        }
    }
    let long = "Kurse für alle 📈 ".repeat(50_000);
    for message in ["kurz", "für alle: einmal komprimiert, für alle gleich", &long] {
        assert_eq!(broadcast(&connections, message), clients.len() as u64);
        for _ in &clients {
            let event = host.expect(WIREBIRD_EVENT_TEXT);
            assert!(clients.contains(&event.connection));
            assert!(event.text() == message);
        }
    }
    // Those that can't take it are left out.
    let gone = connections.pop().expect("one");
    ok(wirebird_connection_release(gone));
    let mut targets = connections.clone();
    targets.push(gone);
    targets.push(wirebird_connection_t::default());
    assert_eq!(broadcast(&targets, "still here"), connections.len() as u64);
}
