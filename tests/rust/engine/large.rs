//! A message of 100 MiB in both directions.

use tokio_tungstenite::tungstenite::Message;
use wirebird::ffi::*;

use super::host::*;
use super::peers;

const SIZE: usize = 100 << 20;

fn content() -> Vec<u8> {
    let mut state = 1u32;
    let step = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let block: Vec<u8> = (0..1 << 16).map(step).collect();
    block.iter().copied().cycle().take(SIZE).collect()
}

#[test]
fn a_server_receives_and_sends_100_mib() {
    let host = Host::new();
    let server = host.listen_with(|_, connection| {
        connection.max_message_size = SIZE as u64;
        connection.max_unsent = 2 * SIZE as u64;
    });
    let (url, port) = (server.url(), server.port);
    let client = std::thread::spawn(move || {
        let mut socket = peers::connect(&url, port);
        let content = content();
        socket.send(Message::binary(content.clone())).expect("sent");
        let came = socket.read().expect("the echo").into_data();
        assert!(came == content, "the echo differs");
    });
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    let message = host.expect(WIREBIRD_EVENT_BINARY);
    assert_eq!(message.data.len(), SIZE);
    echo(&message);
    client.join().expect("the client is content");
}
