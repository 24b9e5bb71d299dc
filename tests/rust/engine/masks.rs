//! Masks that the host makes: the bytes on the wire.

use std::ffi::c_void;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use wirebird::ffi::*;
use wirebird::protocol::{Role, apply_mask};

use super::carried_ends::switching;
use super::carrying::{ByHand, until};
use super::host::*;
use crate::protocol::support::{CLOSE, FIN, PING, frame};

/// Counts up, and notes what it is asked.
#[derive(Default)]
struct Generator {
    next: Mutex<u32>,
    busy: AtomicBool,
    drops: AtomicUsize,
}

const FIRST: u32 = 0x0102_0304;

unsafe extern "C" fn next_mask(context: *mut c_void) -> u32 {
    let generator = unsafe { &*context.cast::<Generator>() };
    assert!(!generator.busy.swap(true, SeqCst), "two calls at once");
    assert_eq!(generator.drops.load(SeqCst), 0, "a call after drop");
    let mut next = generator.next.lock().expect("counted");
    let mask = FIRST + *next;
    *next += 1;
    generator.busy.store(false, SeqCst);
    mask
}

unsafe extern "C" fn drop_generator(context: *mut c_void) {
    unsafe { &*context.cast::<Generator>() }.drops.fetch_add(1, SeqCst);
}

fn own_masks(options: &mut wirebird_client_options_t, generator: &Generator) {
    options.next_mask = Some(next_mask);
    options.mask_drop = Some(drop_generator);
    options.mask_context = (&raw const *generator).cast_mut().cast();
}

/// The next frame of a client: its first byte, mask and plain payload.
fn next_frame(stream: &ByHand) -> (u8, [u8; 4], Vec<u8>) {
    let exactly = |length: usize| {
        let mut bytes = Vec::new();
        while bytes.len() < length {
            let seen = stream.told.wakes();
            match stream.take(length - bytes.len()) {
                (WIREBIRD_OK, more) => bytes.extend(more),
                (WIREBIRD_EMPTY, _) => stream.told.woken(seen),
                (status, _) => panic!("{status} after {bytes:02x?}"),
            }
        }
        bytes
    };
    let head = exactly(2);
    assert!(head[1] & 0x80 != 0, "not masked: {head:02x?}");
    let length = match head[1] & 0x7F {
        126 => exactly(2).iter().fold(0, |all, &byte| all << 8 | usize::from(byte)),
        127 => exactly(8).iter().fold(0, |all, &byte| all << 8 | usize::from(byte)),
        short => usize::from(short),
    };
    let mask = exactly(4).try_into().expect("four bytes");
    let mut payload = exactly(length);
    apply_mask(&mut payload, mask, 0);
    (head[0], mask, payload)
}

#[test]
fn every_frame_and_the_key_are_made_of_the_hosts_masks() {
    // Outlives the connection.
    let generator: &Generator = Box::leak(Box::default());
    let host = Host::new();
    let (stream, connection) = ByHand::open(&host, "ws://example.org/", |options, connection| {
        own_masks(options, generator);
        connection.outgoing_frame_size = 100_000;
        connection.compression_threshold = 1000;
    });
    let request = stream.take_until(b"\r\n\r\n");
    let key: Vec<u8> = (0..4).flat_map(|count| (FIRST + count).to_ne_bytes()).collect();
    let key = format!("Sec-Websocket-Key: {}\r\n", data_encoding::BASE64.encode(&key));
    let shown = String::from_utf8_lossy(&request);
    assert!(shown.contains(&key), "{key} is not in {shown}");
    let deflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    stream.give(switching(&request).trim_end().as_bytes());
    stream.give(format!("\r\n{deflate}").as_bytes());
    host.expect(WIREBIRD_EVENT_OPENED);

    let mut masks = (FIRST + 4..).map(u32::to_be_bytes);
    let mut expect = |first: u8, payload: Option<&[u8]>| {
        let (came, mask, plain) = next_frame(&stream);
        assert_eq!((came, mask), (first, masks.next().expect("endless")), "{plain:02x?}");
        if let Some(payload) = payload {
            assert!(plain == payload, "{} bytes became {}", payload.len(), plain.len());
        }
    };
    send_text(connection, "text");
    expect(0x81, Some(b"text"));
    send_binary(connection, &[]);
    expect(0x82, Some(b""));
    ok(wirebird_connection_set(connection, WIREBIRD_OPTION_COMPRESSION_THRESHOLD, 1 << 40));
    static LARGE: [u8; 150_000] = [b'x'; 150_000];
    let (data, none) = (LARGE.as_ptr().cast(), std::ptr::null_mut());
    let binary = WIREBIRD_PAYLOAD_BINARY;
    ok(unsafe {
        wirebird_connection_send_shared(
            connection,
            binary,
            data,
            LARGE.len(),
            None,
            none,
            none.cast(),
        )
    });
    expect(0x02, Some(&LARGE[..100_000]));
    expect(0x80, Some(&LARGE[100_000..]));
    ok(wirebird_connection_set(connection, WIREBIRD_OPTION_COMPRESSION_THRESHOLD, 0));
    send_text(connection, &"compressed ".repeat(1000));
    expect(0xC1, None);
    ok(unsafe { wirebird_connection_ping(connection, b"ping".as_ptr().cast(), 4) });
    expect(0x89, Some(b"ping"));
    stream.give(&frame(Role::Server, FIN | PING, b"pong"));
    expect(0x8A, Some(b"pong"));
    close(connection, 4000, "why");
    expect(0x88, Some(b"\x0f\xa0why"));

    stream.give(&frame(Role::Server, FIN | CLOSE, &4000u16.to_be_bytes()));
    ok(wirebird_stream_give_end(stream.stream));
    host.expect(WIREBIRD_EVENT_CLOSED);
    ok(wirebird_connection_release(connection));
    // The last hold on the generator goes with the stream's.
    assert_eq!(stream.take_to_end().0, WIREBIRD_OVER);
    stream.release();
    stream.told.dropped();
    until(|| generator.drops.load(SeqCst) > 0);
    assert_eq!(generator.drops.load(SeqCst), 1);
}

#[test]
fn masks_are_not_asked_for_without_a_connection() {
    let generator = Generator::default();
    let host = Host::new();
    let mut options: wirebird_client_options_t = initialised(wirebird_client_options_init);
    own_masks(&mut options, &generator);
    options.url = text("http://example.org/");
    let mut none = wirebird_connection_t::default();
    let status = unsafe { wirebird_client_open(host.queue, &options, &mut none) };
    assert_eq!(status, WIREBIRD_ERROR_SCHEME, "{}", last_error());
    assert_eq!((*generator.next.lock().expect("counted"), generator.drops.load(SeqCst)), (0, 0));
}

#[test]
fn threads_that_send_at_once_ask_one_after_the_other() {
    let generator: &Generator = Box::leak(Box::default());
    let host = Host::new();
    let listening = host.listen();
    let connection = host.open_with(&listening.url(), |options, _| own_masks(options, generator));
    host.until(WIREBIRD_EVENT_OPENED);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..500).for_each(|_| send_text(connection, "x")));
        }
    });
    (0..2000).for_each(|_| assert_eq!(host.until(WIREBIRD_EVENT_TEXT).text(), "x"));
    assert_eq!(*generator.next.lock().expect("counted"), 4 + 2000);
}
