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

/// Written so far, and unsent at the same time.
fn progress(host: &Host, connection: wirebird_connection_t, written: &mut u64) -> u64 {
    loop {
        let unsent = get(connection, WIREBIRD_OPTION_UNSENT);
        let mut still = true;
        while let Some(event) = host.take() {
            if event.kind == WIREBIRD_EVENT_WRITTEN {
                *written += event.value;
                still = false;
            }
        }
        if still && get(connection, WIREBIRD_OPTION_UNSENT) == unsent {
            return unsent;
        }
    }
}

#[test]
fn what_is_unsent_of_compressed_broadcasts_is_counted_exactly() {
    const LATER: usize = 12 << 20;
    let host = Host::new();
    let of_server = |connection: &mut wirebird_connection_options_t| {
        connection.compression = 1;
        connection.server_no_context_takeover = 1;
        connection.outgoing_frame_size = 4096;
        connection.want = WIREBIRD_WANT_WRITTEN;
    };
    let (client, server) = host.pair(|_| {}, of_server);
    let mut state = 1u32;
    let message: String = (0..500_000)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b' ' + (state >> 26) as u8)
        })
        .collect();
    let mut one = 0;
    assert_eq!(broadcast(&[server], &message), 1);
    while progress(&host, server, &mut one) > 0 {
        assert_eq!(wirebird_queue_wait(host.queue, PATIENCE_MS), WIREBIRD_OK);
    }
    assert!(one > 300_000, "{one}: it is not easily compressed");

    ok(wirebird_connection_pause(client));
    ok(wirebird_connection_set(server, WIREBIRD_OPTION_COMPRESSION_THRESHOLD, 1 << 40));
    ok(wirebird_connection_set(server, WIREBIRD_OPTION_OUTGOING_FRAME_SIZE, 1 << 40));
    let mut written = 0;
    // One that waits until the peer reads, and three that are compressed then.
    send_binary(server, &vec![0; LATER]);
    ok(wirebird_connection_set(server, WIREBIRD_OPTION_COMPRESSION_THRESHOLD, 0));
    ok(wirebird_connection_set(server, WIREBIRD_OPTION_OUTGOING_FRAME_SIZE, 4096));
    for _ in 0..3 {
        assert_eq!(broadcast(&[server], &message), 1);
    }
    ok(wirebird_connection_set(server, WIREBIRD_OPTION_COMPRESSION_THRESHOLD, 1 << 40));
    ok(wirebird_connection_set(server, WIREBIRD_OPTION_OUTGOING_FRAME_SIZE, 1 << 40));
    // And one behind them, too large to be gone when they are.
    ok(wirebird_connection_set(server, WIREBIRD_OPTION_MAX_UNSENT, 1 << 40));
    send_binary(server, &vec![0; LATER]);
    ok(wirebird_connection_resume(client));
    let before = (LATER + 10) as u64 + 3 * one;
    let all = before + (LATER + 10) as u64;
    let mut checked = 0;
    while written < all {
        let unsent = progress(&host, server, &mut written);
        if written > before {
            assert_eq!(written + unsent, all, "{written} written, {unsent} unsent");
            checked += 1;
        }
        if written < all {
            assert_eq!(wirebird_queue_wait(host.queue, PATIENCE_MS), WIREBIRD_OK);
        }
    }
    assert!(checked > 0);
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
