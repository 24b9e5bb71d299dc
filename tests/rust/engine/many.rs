//! Many connections at once, and in a row.

use std::collections::HashSet;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;
use wirebird::ffi::*;

use super::host::*;

const CONNECTIONS: usize = 1000;

#[test]
fn a_server_serves_1000_connections_at_once() {
    let host = Host::new();
    let server = host.listen();
    let (url, port) = (server.url(), server.port);
    let clients = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut sockets = Vec::new();
            for _ in 0..CONNECTIONS {
                let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("accepted");
                sockets.push(client_async(&url, stream).await.expect("open").0);
            }
            for (number, socket) in sockets.iter_mut().enumerate() {
                socket.send(Message::text(number.to_string())).await.expect("sent");
            }
            for (number, socket) in sockets.iter_mut().enumerate() {
                let echo = socket.next().await.expect("an echo").expect("no error");
                assert_eq!(echo, Message::text(number.to_string()));
            }
        });
    });
    let mut open = HashSet::new();
    let mut closed = 0;
    while closed < CONNECTIONS {
        let event = host.next();
        match event.kind {
            WIREBIRD_EVENT_ACCEPTED => {
                assert!(open.insert(event.connection.id), "a handle twice");
            }
            WIREBIRD_EVENT_TEXT => echo(&event),
            WIREBIRD_EVENT_CLOSED => {
                closed += 1;
                assert!(open.remove(&event.connection.id));
                ok(wirebird_connection_release(event.connection));
            }
            other => panic!("event {other}"),
        }
    }
    clients.join().expect("the clients are content");
}

#[test]
fn a_process_holds_1000_clients_of_its_own_server() {
    let host = Host::new();
    let server = host.listen();
    let url = server.url();
    let clients: Vec<_> = (0..CONNECTIONS).map(|_| host.open(&url)).collect();
    let (mut opened, mut echoed) = (0, 0);
    while echoed < CONNECTIONS {
        let event = host.next();
        match event.kind {
            WIREBIRD_EVENT_ACCEPTED => {}
            WIREBIRD_EVENT_OPENED => {
                opened += 1;
                send_text(event.connection, "from a client");
            }
            WIREBIRD_EVENT_TEXT if event.text() == "from a client" => {
                send_text(event.connection, "from the server");
            }
            WIREBIRD_EVENT_TEXT => echoed += 1,
            other => panic!("event {other}: {}", event.message),
        }
    }
    assert_eq!(opened, CONNECTIONS);
    for client in clients {
        ok(wirebird_connection_release(client));
    }
    for _ in 0..CONNECTIONS {
        assert_eq!(host.until(WIREBIRD_EVENT_CLOSED).close_code, 1001);
    }
}
