//! A host that carries bytes between a socket of its own and the engine.

use std::ffi::c_void;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use socket2::SockRef;
use wirebird::ffi::*;

use super::host::*;
use super::peers;

/// What the callbacks of a stream count.
#[derive(Default)]
pub struct Told {
    wakes: Mutex<usize>,
    changed: Condvar,
    drops: AtomicUsize,
}

impl Told {
    pub fn wakes(&self) -> usize {
        *self.wakes.lock().expect("counted")
    }

    /// Waits until `wake` was called more than `seen` times.
    pub fn woken(&self, seen: usize) {
        let wakes = self.wakes.lock().expect("counted");
        let patience = Duration::from_millis(u64::from(PATIENCE_MS));
        let waited = self.changed.wait_timeout_while(wakes, patience, |wakes| *wakes <= seen);
        assert!(!waited.expect("counted").1.timed_out(), "no wake after {seen}");
    }

    /// Waits until `drop` was called, which has to be once.
    pub fn dropped(&self) {
        let wakes = self.wakes.lock().expect("counted");
        let patience = Duration::from_millis(u64::from(PATIENCE_MS));
        let none = |_: &mut usize| self.drops.load(SeqCst) == 0;
        let waited = self.changed.wait_timeout_while(wakes, patience, none);
        assert!(!waited.expect("counted").1.timed_out(), "drop was not called");
        assert_eq!(self.drops.load(SeqCst), 1);
    }

    pub fn drops(&self) -> usize {
        self.drops.load(SeqCst)
    }
}

/// Waits for what nothing tells of.
pub fn until(holds: impl Fn() -> bool) {
    let patience = Instant::now() + Duration::from_millis(u64::from(PATIENCE_MS));
    while !holds() {
        assert!(Instant::now() < patience, "it never held");
        std::thread::yield_now();
    }
}

unsafe extern "C" fn wake(context: *mut c_void) {
    let told = unsafe { &*context.cast::<Told>() };
    assert_eq!(told.drops.load(SeqCst), 0, "wake after drop");
    *told.wakes.lock().expect("counted") += 1;
    told.changed.notify_all();
}

unsafe extern "C" fn drop_context(context: *mut c_void) {
    let told = unsafe { Arc::from_raw(context.cast::<Told>()) };
    let wakes = told.wakes.lock().expect("counted");
    told.drops.fetch_add(1, SeqCst);
    told.changed.notify_all();
    drop(wakes);
}

/// Options whose callbacks count.
pub fn options() -> (wirebird_stream_options_t, Arc<Told>) {
    let told = Arc::new(Told::default());
    let mut options: wirebird_stream_options_t = initialised(wirebird_stream_options_init);
    options.wake = Some(wake);
    options.drop = Some(drop_context);
    options.context = Arc::into_raw(told.clone()).cast_mut().cast();
    (options, told)
}

/// A stream without a transport: the test gives and takes.
pub struct ByHand {
    pub stream: wirebird_stream_t,
    pub told: Arc<Told>,
}

impl ByHand {
    /// Of a server.
    pub fn attach(
        server: wirebird_server_t,
        change: impl FnOnce(&mut wirebird_stream_options_t),
    ) -> Self {
        let (mut options, told) = options();
        change(&mut options);
        let mut stream = wirebird_stream_t::default();
        ok(unsafe { wirebird_server_attach(server, &options, &mut stream) });
        Self { stream, told }
    }

    /// Of a client, with its connection.
    pub fn open(
        host: &Host,
        url: &str,
        change: impl FnOnce(&mut wirebird_client_options_t, &mut wirebird_connection_options_t),
    ) -> (Self, wirebird_connection_t) {
        let (options, told) = options();
        let mut stream = wirebird_stream_t::default();
        let connection = host.open_by(url, change, |client, connection| unsafe {
            wirebird_client_attach(host.queue, client, &options, connection, &mut stream)
        });
        (Self { stream, told }, connection)
    }

    /// How much of `bytes` there was room for.
    pub fn give(&self, bytes: &[u8]) -> usize {
        let mut taken = usize::MAX;
        let data = bytes.as_ptr().cast();
        ok(unsafe { wirebird_stream_give(self.stream, data, bytes.len(), &mut taken) });
        taken
    }

    /// What there is, up to `size` bytes, and the status.
    pub fn take(&self, size: usize) -> (wirebird_status_t, Vec<u8>) {
        let mut bytes = vec![0; size];
        let mut taken = usize::MAX;
        let buffer = bytes.as_mut_ptr().cast();
        let status = unsafe { wirebird_stream_take(self.stream, buffer, size, &mut taken) };
        assert!(taken <= size, "{taken} of {size}: {}", last_error());
        bytes.truncate(taken);
        (status, bytes)
    }

    /// Waits for what ends with `end`.
    pub fn take_until(&self, end: &[u8]) -> Vec<u8> {
        let mut all = Vec::new();
        while !all.ends_with(end) {
            let seen = self.told.wakes();
            let (status, bytes) = self.take(1000);
            match status {
                WIREBIRD_OK => all.extend(bytes),
                WIREBIRD_EMPTY => self.told.woken(seen),
                status => panic!("{status} after {:?}", String::from_utf8_lossy(&all)),
            }
        }
        all
    }

    /// Waits for what there is until another status than OK and EMPTY.
    pub fn take_to_end(&self) -> (wirebird_status_t, Vec<u8>) {
        let mut all = Vec::new();
        loop {
            let seen = self.told.wakes();
            match self.take(1000) {
                (WIREBIRD_OK, bytes) => all.extend(bytes),
                (WIREBIRD_EMPTY, _) => self.told.woken(seen),
                (status, _) => return (status, all),
            }
        }
    }

    pub fn release(&self) {
        ok(wirebird_stream_release(self.stream));
    }
}

/// Carries a socket's bytes until the stream is over, on two threads.
pub fn carry(by_hand: ByHand, socket: TcpStream) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let ByHand { stream, told } = &by_hand;
        std::thread::scope(|scope| {
            scope.spawn(|| give_all(*stream, told, &socket));
            take_all(*stream, told, &socket);
        });
        drop(socket);
        by_hand.release();
        by_hand.told.dropped();
    })
}

fn give_all(stream: wirebird_stream_t, told: &Told, mut socket: &TcpStream) {
    let mut block = vec![0; 100_000];
    loop {
        let read = match socket.read(&mut block) {
            Ok(0) => {
                // An error says that writing has failed before.
                wirebird_stream_give_end(stream);
                return;
            }
            Ok(read) => read,
            Err(error) => {
                let error = error.to_string();
                return ok(unsafe { wirebird_stream_fail(stream, text(&error)) });
            }
        };
        let mut rest = &block[..read];
        while !rest.is_empty() {
            let seen = told.wakes();
            let mut taken = 0;
            let (data, length) = (rest.as_ptr().cast(), rest.len());
            if unsafe { wirebird_stream_give(stream, data, length, &mut taken) } != WIREBIRD_OK {
                return;
            }
            rest = &rest[taken..];
            if !rest.is_empty() {
                told.woken(seen);
            }
        }
    }
}

fn take_all(stream: wirebird_stream_t, told: &Told, mut socket: &TcpStream) {
    let mut block = vec![0; 50_000];
    loop {
        let seen = told.wakes();
        let mut taken = 0;
        let buffer = block.as_mut_ptr().cast();
        match unsafe { wirebird_stream_take(stream, buffer, block.len(), &mut taken) } {
            WIREBIRD_OK => {
                if let Err(error) = socket.write_all(&block[..taken]) {
                    let error = error.to_string();
                    ok(unsafe { wirebird_stream_fail(stream, text(&error)) });
                }
                continue;
            }
            WIREBIRD_EMPTY => {}
            WIREBIRD_END => {
                // The peer may be gone already, here and below.
                let _ = socket.shutdown(Shutdown::Write);
            }
            WIREBIRD_OVER => {
                let _ = socket.shutdown(Shutdown::Both);
                return;
            }
            WIREBIRD_RESET => {
                SockRef::from(socket).set_linger(Some(Duration::ZERO)).expect("set");
                let _ = socket.shutdown(Shutdown::Read);
                return;
            }
            status => panic!("{status}: {}", last_error()),
        }
        told.woken(seen);
    }
}

/// Opens a client connection over a socket of the host's.
pub fn open_with(
    host: &Host,
    url: &str,
    change: impl FnOnce(&mut wirebird_client_options_t, &mut wirebird_connection_options_t),
) -> wirebird_connection_t {
    let (_, rest) = url.split_once("://").expect("a scheme");
    let address = rest.split('/').next().expect("a host");
    let socket = TcpStream::connect(address).expect("the server listens");
    peers::be_patient(&socket);
    let (by_hand, connection) = ByHand::open(host, url, change);
    carry(by_hand, socket);
    connection
}

/// Accepts for a server without a socket, as long as the process lives: the
/// port.
pub fn listen(server: wirebird_server_t) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        while let Ok((socket, peer)) = listener.accept() {
            let local = socket.local_addr().expect("an address");
            let by_hand = ByHand::attach(server, |options| {
                (options.local, options.peer) = (to_c(local), to_c(peer));
            });
            carry(by_hand, socket);
        }
    });
    port
}

/// An IPv4 address as C has it.
pub fn to_c(address: SocketAddr) -> wirebird_address_t {
    let SocketAddr::V4(v4) = address else { panic!("{address} is not of IPv4") };
    let mut c = wirebird_address_t { family: 4, port: v4.port(), ..Default::default() };
    c.bytes[..4].copy_from_slice(&v4.ip().octets());
    c
}
