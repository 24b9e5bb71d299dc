//! What a connection takes while nothing happens: the figures of
//! docs/guide/tuning.md.

use wirebird::ffi::*;

use super::alone::{alone, resident};
use crate::engine::host::*;
use crate::tls::certificates::Authority;
use crate::tls::fixture;

const PAIRS: usize = 200;

/// Memory per pair of a client's and a server's connection, in KiB, after
/// each has sent a message.
fn per_pair(change: fn(&mut wirebird_connection_options_t)) -> usize {
    per_pair_over(None, change)
}

/// The same with TLS objects for the client and the server.
fn per_pair_over(
    tls: Option<[wirebird_tls_t; 2]>,
    change: fn(&mut wirebird_connection_options_t),
) -> usize {
    let host = Host::new();
    let [of_client, of_server] = tls.unwrap_or_default();
    let listening = host.listen_with(|options, connection| {
        options.tls = of_server;
        connection.compression = 1;
        change(connection);
    });
    let url = match tls {
        Some(_) => fixture::url("localhost", listening.port),
        None => listening.url(),
    };
    let grow = |pairs: usize| {
        for _ in 0..pairs {
            let client = host.open_with(&url, |options, connection| {
                options.tls = of_client;
                change(connection);
            });
            let events = [host.next(), host.next()];
            let server = events.iter().find(|event| event.kind == WIREBIRD_EVENT_ACCEPTED);
            let message = r#"{"symbol":"WIRE","price":101.25,"change":-0.5}"#.repeat(5);
            for end in [client, server.expect("accepted").connection] {
                send_text(end, &message);
                assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), message);
            }
        }
    };
    grow(20);
    let before = resident();
    grow(PAIRS);
    resident().saturating_sub(before) / PAIRS / 1024
}

#[test]
fn an_idle_connection_takes_what_the_readme_says() {
    alone(an_idle_connection_takes_what_the_readme_says, || {
        let plain = per_pair(|options| options.compression = 0);
        let forgetting = per_pair(|options| {
            options.server_no_context_takeover = 1;
            options.client_no_context_takeover = 1;
        });
        let narrow = per_pair(|options| {
            options.server_max_window_bits = 9;
            options.client_max_window_bits = 9;
        });
        let wide = per_pair(|_| {});
        let authority = Authority::new("Root");
        let server = fixture::server(&authority.server(&["localhost"]));
        let client = fixture::client(&authority);
        let secure = per_pair_over(Some([client.0, server.0]), |options| options.compression = 0);
        // Two ends, and the noise of the allocator.
        assert!(plain <= 2 * 10, "{plain} KiB without compression");
        assert!(secure <= 2 * 20, "{secure} KiB over TLS");
        assert!(forgetting <= 2 * 10, "{forgetting} KiB without context");
        assert!(narrow <= 2 * 260, "{narrow} KiB with windows of 512 bytes");
        assert!(wide <= 2 * 400, "{wide} KiB with windows of 32 KiB");
    });
}
