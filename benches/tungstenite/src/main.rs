//! Echo server: tokio-tungstenite, on one thread. The same command line and report as the others.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::{SinkExt, StreamExt};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::LocalSet;
use tokio_tungstenite::accept_async_with_config;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

mod meter;

use meter::Meter;

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Echo,
    Sink,
    Handshakes,
}

fn main() -> std::io::Result<()> {
    let mut mode = Mode::Echo;
    for argument in std::env::args().skip(1) {
        mode = match argument.as_str() {
            "--sink" => Mode::Sink,
            "--handshakes" => Mode::Handshakes,
            _ => {
                eprintln!("usage: echo-tungstenite [--sink|--handshakes]");
                std::process::exit(2);
            }
        };
    }
    let meter = Rc::new(RefCell::new(Meter::default()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = LocalSet::new();
    local.block_on(&runtime, serve(mode, Rc::clone(&meter)))?;
    let library = format!("tokio-tungstenite {}", version().unwrap_or("?"));
    meter.borrow().report(&library);
    // A read of standard input may still be waiting.
    runtime.shutdown_background();
    Ok(())
}

/// What the lock file says.
fn version() -> Option<&'static str> {
    let lock = include_str!("../Cargo.lock");
    let package = lock.split("name = \"tokio-tungstenite\"\nversion = \"").nth(1)?;
    package.split('"').next()
}

/// Until SIGTERM, SIGINT or the end of standard input.
async fn serve(mode: Mode, meter: Rc<RefCell<Meter>>) -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    println!("port {}", listener.local_addr()?.port());
    let mut input = tokio::io::stdin();
    let mut byte = [0];
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (socket, _) = accepted?;
                tokio::task::spawn_local(connection(socket, mode, Rc::clone(&meter)));
            }
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
            Ok(0) = input.read(&mut byte) => return Ok(()),
        }
    }
}

/// Answers are collected while there is more to read: one write for all of them.
async fn connection(socket: TcpStream, mode: Mode, meter: Rc<RefCell<Meter>>) {
    let _ = socket.set_nodelay(true);
    let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    let Ok(mut socket) = accept_async_with_config(socket, Some(config)).await else { return };
    if mode == Mode::Handshakes {
        meter.borrow_mut().count(0);
    }
    loop {
        let message = match futures_util::FutureExt::now_or_never(socket.next()) {
            Some(message) => message,
            None => {
                if socket.flush().await.is_err() {
                    return;
                }
                socket.next().await
            }
        };
        let Some(Ok(message)) = message else { return };
        if !message.is_text() && !message.is_binary() {
            continue;
        }
        meter.borrow_mut().count(message.len());
        if mode == Mode::Echo && socket.feed(message).await.is_err() {
            return;
        }
    }
}
