//! A server, or a proxy, that answers what a test wants: for what real ones
//! don't do.

use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::engine::peers::{be_patient, read_head};

/// What follows a request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// These bytes.
    Text(String),
    /// The connection becomes a WebSocket.
    Upgrade,
    /// The connection ends.
    End,
    /// Nothing, until the client ends the connection.
    Silence,
}

/// Lines of a header block, and a body.
pub fn answer(status: &str, lines: &[&str], body: &str) -> Answer {
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    Answer::Text(format!("HTTP/1.1 {status}\r\n{lines}Content-Length: {length}\r\n\r\n{body}"))
}

pub struct Scripted {
    pub port: u16,
    thread: JoinHandle<Vec<Vec<String>>>,
}

impl Scripted {
    /// Each connection gets its answers, request by request, and ends with the
    /// last one unless that is an upgrade.
    pub fn start(connections: Vec<Vec<Answer>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let thread = std::thread::spawn(move || {
            let mut asked = Vec::new();
            for answers in connections {
                let (stream, _) = listener.accept().expect("a client");
                be_patient(&stream);
                serve(stream, answers, &mut asked);
            }
            asked
        });
        Self { port, thread }
    }

    /// The header blocks of all requests, in order, once all were answered.
    pub fn asked(self) -> Vec<Vec<String>> {
        self.thread.join().expect("the server is content")
    }
}

fn serve(stream: TcpStream, answers: Vec<Answer>, asked: &mut Vec<Vec<String>>) {
    let mut stream = BufReader::new(stream);
    for answer in answers {
        if matches!(answer, Answer::End) {
            return;
        }
        let head = read_head(&mut stream);
        let key = field(&head, "sec-websocket-key").map(str::to_owned);
        asked.push(head);
        match answer {
            Answer::Text(ref text) => stream.get_mut().write_all(text.as_bytes()).expect("taken"),
            Answer::Silence | Answer::End => {}
            Answer::Upgrade => {
                let key = derive_accept_key(key.expect("a key").as_bytes());
                let text = format!(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                     Connection: Upgrade\r\nSec-WebSocket-Accept: {key}\r\n\r\n"
                );
                stream.get_mut().write_all(text.as_bytes()).expect("taken");
            }
        }
        if matches!(answer, Answer::Silence | Answer::Upgrade) {
            // Until the client has enough.
            let _ = stream.read_to_end(&mut Vec::new());
            return;
        }
    }
}

/// The value of a field of a header block, the only one of its name.
pub fn field<'a>(head: &'a [String], name: &str) -> Option<&'a str> {
    let mut found = head.iter().filter_map(|line| {
        let (own, value) = line.split_once(": ")?;
        own.eq_ignore_ascii_case(name).then_some(value)
    });
    let value = found.next();
    assert!(found.next().is_none(), "two {name} fields: {head:?}");
    value
}
