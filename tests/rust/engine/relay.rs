//! A relay between two peers that keeps what passes.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use super::peers::be_patient;

/// Passes one TCP connection on.
pub struct Relay {
    port: u16,
    passed: Arc<Mutex<Passed>>,
}

/// What passed in both directions.
#[derive(Clone, Default)]
pub struct Passed {
    pub from_client: Vec<u8>,
    pub from_server: Vec<u8>,
}

impl Relay {
    /// To a port on 127.0.0.1.
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let passed = Arc::<Mutex<Passed>>::default();
        let relay = Self {
            port: listener.local_addr().expect("an address").port(),
            passed: passed.clone(),
        };
        std::thread::spawn(move || {
            let (client, _) = listener.accept().expect("a client");
            let server = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
            let (from, to) = (client.try_clone().expect("a socket"), server.try_clone());
            let passed_back = passed.clone();
            std::thread::spawn(move || {
                pass(server, client, |bytes| {
                    passed_back.lock().expect("kept").from_server.extend_from_slice(bytes);
                });
            });
            pass(from, to.expect("a socket"), |bytes| {
                passed.lock().expect("kept").from_client.extend_from_slice(bytes);
            });
        });
        relay
    }

    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}/", self.port)
    }

    pub fn passed(&self) -> Passed {
        self.passed.lock().expect("kept").clone()
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, keep: impl Fn(&[u8])) {
    be_patient(&from);
    let mut block = vec![0; 64 << 10];
    while let Ok(count @ 1..) = from.read(&mut block) {
        keep(&block[..count]);
        if to.write_all(&block[..count]).is_err() {
            break;
        }
    }
    // The other side may be gone already.
    let _ = to.shutdown(Shutdown::Write);
}
