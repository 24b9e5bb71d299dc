//! Random walks over the C ABI, from several threads at once: handles that are
//! good, stale, foreign, zero, freed twice, or made up.

use std::ffi::{c_char, c_void};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use wirebird::ffi::*;

use super::alone::alone;
use crate::engine::host::*;
use crate::engine::peers::request;

const THREADS: u64 = 4;
const STEPS: usize = 8000;
const PLAIN_REQUESTS: usize = 20;

/// Handles of every type that ever were, oldest first.
static KNOWN: Mutex<Vec<u64>> = Mutex::new(Vec::new());
static URL: Mutex<String> = Mutex::new(String::new());
static SHARED: AtomicUsize = AtomicUsize::new(0);
static RELEASED: AtomicUsize = AtomicUsize::new(0);
static REQUESTS: AtomicUsize = AtomicUsize::new(0);
static STREAMS: AtomicUsize = AtomicUsize::new(0);
static DROPPED: AtomicUsize = AtomicUsize::new(0);

/// splitmix64: the walk of a seed is always the same.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// One of the newest handles as a rule, of whatever type.
    fn handle(&mut self) -> u64 {
        let known = KNOWN.lock().expect("not poisoned");
        let newest = known.len().min(40);
        match self.below(20) {
            0 => 0,
            1 => self.next(),
            2 => known.get(self.below(known.len().max(1))).map_or(1, |id| id ^ 1 << self.below(64)),
            3 => known.get(self.below(known.len().max(1))).copied().unwrap_or(2),
            _ if newest == 0 => 3,
            _ => known[known.len() - 1 - self.below(newest)],
        }
    }
}

fn remember(id: u64) {
    if id != 0 {
        KNOWN.lock().expect("not poisoned").push(id);
    }
}

unsafe extern "C" fn released(_: *mut c_void) {
    RELEASED.fetch_add(1, SeqCst);
}

unsafe extern "C" fn woken(_: *mut c_void) {
    assert!(STREAMS.load(SeqCst) > DROPPED.load(SeqCst), "a wake without a stream");
}

unsafe extern "C" fn dropped(_: *mut c_void) {
    DROPPED.fetch_add(1, SeqCst);
}

/// Options of a stream that is counted.
fn stream_options(random: &mut Random) -> wirebird_stream_options_t {
    STREAMS.fetch_add(1, SeqCst);
    let mut options: wirebird_stream_options_t = initialised(wirebird_stream_options_init);
    options.buffer_size = 1 + random.below(1000) as u32;
    (options.wake, options.drop) = (Some(woken as _), Some(dropped as _));
    options
}

/// No stream was made of them.
fn given_up() {
    STREAMS.fetch_sub(1, SeqCst);
}

/// Goes on with the walk inside an event.
unsafe extern "C" fn handler(context: *mut c_void, event: *const wirebird_event_t) {
    let (random, event) = unsafe { (&mut *context.cast::<Random>(), &*event) };
    remember(event.connection.id);
    remember(event.server.id);
    remember(event.request.id);
    if event.length > 0 && event.payload != WIREBIRD_PAYLOAD_UTF16 {
        let payload = unsafe { std::slice::from_raw_parts(event.data.cast::<u8>(), event.length) };
        std::hint::black_box(payload.iter().map(|byte| u64::from(*byte)).sum::<u64>());
    }
    for _ in 0..random.below(3) {
        step(random);
    }
}

/// Calls a random function; its status is one that it may have.
fn step(random: &mut Random) {
    let queue = wirebird_queue_t { id: random.handle() };
    let connection = wirebird_connection_t { id: random.handle() };
    let server = wirebird_server_t { id: random.handle() };
    let stream = wirebird_stream_t { id: random.handle() };
    let asked = wirebird_request_t { id: random.handle() };
    // Aligned as UTF-16 wants it.
    let units = [0x7878u16; 1500];
    let bytes = unsafe { units.align_to::<u8>().1 };
    let length = random.below(bytes.len());
    let function = random.below(63);
    let status = unsafe {
        match function {
            0 => {
                let mut made = wirebird_queue_t::default();
                let status = wirebird_queue_new(null(), &mut made);
                remember(made.id);
                status
            }
            1..=3 => {
                let mut options = initialised(wirebird_client_options_init);
                let url = URL.lock().expect("not poisoned").clone();
                options.url = text(&url);
                let mut made = wirebird_connection_t::default();
                let status = wirebird_client_open(queue, &options, &mut made);
                remember(made.id);
                status
            }
            4 => {
                let mut options = initialised(wirebird_server_options_init);
                options.accept = random.below(3) as u16;
                options.http = random.below(2) as u32;
                let mut settings = initialised(wirebird_server_connection_options_init);
                settings.compression = random.below(2) as u32;
                settings.server_no_context_takeover = random.below(2) as u32;
                options.connection = &settings;
                options.descriptor = -1 - random.below(2) as i64;
                let mut made = wirebird_server_t::default();
                let status = wirebird_server_listen(queue, &options, &mut made);
                remember(made.id);
                let mut address = wirebird_address_t::default();
                let has_address = wirebird_server_address(made, &mut address) == WIREBIRD_OK;
                if has_address && address.port != 0 {
                    *URL.lock().expect("not poisoned") =
                        format!("ws://127.0.0.1:{}/", address.port);
                }
                status
            }
            5..=6 => {
                let mut event = std::mem::zeroed::<wirebird_event_t>();
                let status = wirebird_queue_next(queue, &mut event);
                remember(event.connection.id);
                remember(event.request.id);
                status
            }
            7..=9 => {
                let mut inner = Random(random.next());
                let context = (&raw mut inner).cast();
                wirebird_queue_dispatch(queue, 20, 1000, Some(handler), context)
            }
            10 => wirebird_queue_collect(queue).min(wirebird_queue_flush(queue)),
            11 => wirebird_queue_wait(queue, random.below(2) as u32),
            12 if random.below(8) == 0 => wirebird_queue_release(queue),
            13 => wirebird_server_address(server, &mut wirebird_address_t::default()),
            14 => wirebird_server_descriptor(server, &mut 0),
            15 => wirebird_server_pause(server),
            16 => wirebird_server_resume(server),
            17 => wirebird_server_set_queue(server, queue),
            18 if random.below(4) == 0 => wirebird_server_close(server),
            19 if random.below(4) == 0 => wirebird_server_release(server),
            20 => wirebird_connection_accept(connection, null()),
            21 if random.below(4) == 0 => {
                let (none, body) = (null(), text("no"));
                match random.below(2) {
                    0 => wirebird_connection_refuse(connection, 403, none, 0, body),
                    _ => wirebird_connection_refuse_as(connection, 403, text("No"), none, 0, body),
                }
            }
            22 => wirebird_connection_close(connection, 1000 + random.below(20) as u16, text("")),
            23 if random.below(4) == 0 => wirebird_connection_abort(connection),
            24 => wirebird_connection_release(connection),
            25 => wirebird_connection_set_queue(connection, queue),
            26 => wirebird_connection_set_user_data(connection, null_mut()),
            27 => wirebird_connection_pause(connection),
            28 => wirebird_connection_resume(connection),
            29 => {
                let data: *const c_char = bytes.as_ptr().cast();
                wirebird_connection_send_text(connection, data, length)
            }
            30 => wirebird_connection_send_utf16(connection, units.as_ptr(), 100, null_mut()),
            31 => wirebird_connection_send_binary(connection, bytes.as_ptr().cast(), length),
            32 => {
                static BYTES: [u8; 100_000] = [7; 100_000];
                SHARED.fetch_add(1, SeqCst);
                let data = BYTES.as_ptr().cast();
                let payload = WIREBIRD_PAYLOAD_BINARY;
                let (length, release) = (random.below(BYTES.len()), Some(released as _));
                wirebird_connection_send_shared(
                    connection,
                    payload,
                    data,
                    length,
                    release,
                    null_mut(),
                    null_mut(),
                )
            }
            33 => wirebird_connection_ping(connection, bytes.as_ptr().cast(), random.below(130)),
            34 => {
                let option = random.below(36) as u32;
                wirebird_connection_set(connection, option, random.next() >> random.below(64))
                    .min(wirebird_connection_get(connection, option, &mut 0))
            }
            35 => {
                let (data, frame) = (bytes.as_ptr().cast(), random.below(3) as u16);
                let payload = 1 + random.below(4) as u32;
                let length = length / 2;
                wirebird_connection_send_fragment(
                    connection,
                    payload,
                    data,
                    length,
                    frame,
                    null_mut(),
                )
            }
            36 => {
                let all: Vec<_> =
                    (0..9).map(|_| wirebird_connection_t { id: random.handle() }).collect();
                let data = bytes.as_ptr().cast();
                let payload = WIREBIRD_PAYLOAD_UTF8;
                wirebird_broadcast(all.as_ptr(), all.len(), payload, data, length, null_mut())
            }
            37 => {
                let option = random.below(10) as u32;
                wirebird_server_set(server, option, random.next() >> random.below(64))
                    .min(wirebird_server_get(server, option, &mut 0))
            }
            38..=40 => {
                let (mut made, options) = (wirebird_stream_t::default(), stream_options(random));
                let status = wirebird_server_attach(server, &options, &mut made);
                remember(made.id);
                if status != WIREBIRD_OK {
                    given_up();
                }
                status
            }
            41 => {
                let mut client = initialised(wirebird_client_options_init);
                client.url = text("wss://example.org/");
                let (mut made, mut over) = Default::default();
                let options = stream_options(random);
                let status = wirebird_client_attach(queue, &client, &options, &mut made, &mut over);
                remember(made.id);
                remember(over.id);
                if status != WIREBIRD_OK {
                    given_up();
                }
                status
            }
            42..=43 => {
                let request = request("");
                let data = match random.below(4) {
                    0 => bytes,
                    1 => request.as_bytes(),
                    2 => b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                    _ => b"\x81\x80abcd",
                };
                let length = length.min(data.len());
                let length = if random.below(2) == 0 { data.len() } else { length };
                wirebird_stream_give(stream, data.as_ptr().cast(), length, &mut 0)
            }
            44..=45 => {
                let mut buffer = [0u8; 500];
                let (size, mut taken) = (random.below(buffer.len()), 0);
                let status =
                    wirebird_stream_take(stream, buffer.as_mut_ptr().cast(), size, &mut taken);
                assert!(taken <= size, "{taken} of {size}");
                status
            }
            46 => match random.below(4) {
                0 => wirebird_stream_give_end(stream),
                1 => wirebird_stream_fail(stream, text("failed")),
                _ => WIREBIRD_EMPTY,
            },
            47 if random.below(4) == 0 => wirebird_stream_release(stream),
            48 => {
                let option = random.below(4) as u32;
                wirebird_queue_set(queue, option, random.next() >> random.below(64))
                    .min(wirebird_queue_get(queue, option, &mut 0))
            }
            49 => {
                let (topic, payload) = (random.below(4) as u64, 1 + random.below(4) as u32);
                let all = [connection, wirebird_connection_t { id: random.handle() }];
                let (data, length) = (bytes.as_ptr().cast(), length / 2);
                wirebird_connection_send_latest(
                    connection,
                    topic,
                    payload,
                    data,
                    length,
                    null_mut(),
                )
                .min(wirebird_broadcast_latest(
                    all.as_ptr(),
                    all.len(),
                    topic,
                    payload,
                    data,
                    length,
                    null_mut(),
                ))
            }
            50..=51 => plain_http(random, asked, queue),
            52 => {
                SHARED.fetch_add(1, SeqCst);
                static BYTES: [u8; 3000] = [7; 3000];
                let (data, release) = (BYTES.as_ptr().cast(), Some(released as _));
                wirebird_request_answer_shared(asked, null(), data, length, release, null_mut())
            }
            53 => wirebird_request_begin(asked, null()),
            54..=55 => {
                let mut unsent = 0;
                wirebird_request_write(asked, bytes.as_ptr().cast(), length, &mut unsent)
                    .min(wirebird_request_finish(wirebird_request_t { id: random.handle() }))
            }
            56 => {
                let jar = wirebird_cookie_jar_t { id: random.handle() };
                let (url, mut length) = (text("ws://127.0.0.1/"), 0);
                match random.below(6) {
                    0 => {
                        let mut made = wirebird_cookie_jar_t::default();
                        let status = wirebird_cookie_jar_new(&mut made);
                        remember(made.id);
                        status
                    }
                    1 => wirebird_cookie_jar_set(jar, url, text("a=b")),
                    2 => wirebird_cookie_jar_get(jar, url, null_mut(), 0, &mut length),
                    3 => wirebird_cookie_jar_clear(jar),
                    4 => wirebird_cookie_jar_release(jar),
                    _ => {
                        let mut options = initialised(wirebird_client_options_init);
                        let url = URL.lock().expect("not poisoned").clone();
                        (options.url, options.cookies) = (text(&url), jar);
                        let mut made = wirebird_connection_t::default();
                        let status = wirebird_client_open(queue, &options, &mut made);
                        remember(made.id);
                        status
                    }
                }
            }
            57 => match random.below(4) {
                0 => wirebird_connection_authenticate(connection, text("bird"), text("seed")),
                1 => wirebird_connection_pause_handshake(connection),
                2 => wirebird_connection_resume_handshake(connection),
                _ => wirebird_connection_decline_authentication(connection),
            },
            58..=59 => {
                let tls = wirebird_tls_t { id: random.handle() };
                let mut options = initialised(wirebird_tls_client_options_init);
                options.system_roots = random.below(2) as u32;
                let mut made = wirebird_tls_t::default();
                let status = match random.below(7) {
                    6 => wirebird_server_set_tls(server, tls),
                    0 => wirebird_tls_server_new(&options, &mut made),
                    1 => wirebird_tls_set_certificate(tls, &options),
                    2 => wirebird_tls_release(tls),
                    _ => wirebird_tls_client_new(&options, &mut made),
                };
                remember(made.id);
                status
            }
            60 => {
                let mut client = initialised(wirebird_client_options_init);
                let url = URL.lock().expect("not poisoned").replace("ws://", "wss://");
                client.url = text(&url);
                client.tls = wirebird_tls_t { id: random.handle() };
                let mut made = wirebird_connection_t::default();
                let status = wirebird_client_open(queue, &client, &mut made);
                remember(made.id);
                status
            }
            61 => {
                let mut info = std::mem::zeroed::<wirebird_tls_info_t>();
                info.size = random.below(size_of::<wirebird_tls_info_t>() + 2) as u32;
                let mut der = wirebird_bytes_t { data: null(), length: 0 };
                let mut error = wirebird_tls_error_t { error: 0, certificate: 0 };
                [
                    wirebird_connection_tls_info(connection, &mut info),
                    wirebird_connection_tls_certificate(connection, random.below(3), &mut der),
                    wirebird_connection_tls_error(connection, random.below(3), &mut error),
                    wirebird_connection_tls_continue(connection, random.below(3) as u32),
                ]
                .into_iter()
                .min()
                .unwrap_or_default()
            }
            _ => {
                let mut view = text("");
                let number = random.below(3);
                let mut header = wirebird_header_t { name: text(""), value: text("") };
                let mut address = wirebird_address_t::default();
                [
                    wirebird_connection_addresses(connection, &mut address, null_mut()),
                    wirebird_connection_subprotocol(connection, &mut view),
                    wirebird_connection_extensions(connection, &mut view),
                    wirebird_connection_target(connection, &mut view),
                    wirebird_connection_response_body(connection, &mut view),
                    wirebird_connection_header(connection, random.below(9), &mut header),
                    wirebird_connection_url(connection, &mut view),
                    wirebird_connection_response(connection, number, &mut 0, &mut view),
                    wirebird_connection_response_header(connection, number, 0, &mut header),
                ]
                .into_iter()
                .min()
                .unwrap_or_default()
            }
        }
    };
    let expected = [
        WIREBIRD_OK,
        WIREBIRD_EMPTY,
        WIREBIRD_MORE,
        WIREBIRD_END,
        WIREBIRD_OVER,
        WIREBIRD_RESET,
        WIREBIRD_ERROR_ARGUMENT,
        WIREBIRD_ERROR_HANDLE,
        WIREBIRD_ERROR_STATE,
        WIREBIRD_ERROR_LIMIT,
        WIREBIRD_ERROR_URL,
    ];
    assert!(expected.contains(&status), "function {function}: {status}: {}", last_error());
}

/// Calls a random function on a plain request.
fn plain_http(
    random: &mut Random,
    asked: wirebird_request_t,
    queue: wirebird_queue_t,
) -> wirebird_status_t {
    let mut view = text("");
    let mut header = wirebird_header_t { name: text(""), value: text("") };
    let mut address = wirebird_address_t::default();
    unsafe {
        match random.below(15) {
            0 => wirebird_request_method(asked, &mut view),
            1 => wirebird_request_target(asked, &mut view),
            2 => wirebird_request_path(asked, &mut view),
            3 => wirebird_request_query(asked, &mut view),
            4 => wirebird_request_host(asked, &mut view),
            5 => wirebird_request_body(asked, &mut view),
            6 => wirebird_request_header(asked, random.below(3), &mut header),
            7 => wirebird_request_addresses(asked, &mut address, null_mut()),
            8 => wirebird_request_get(asked, random.below(3) as u32, &mut 0),
            9 => wirebird_request_set_user_data(asked, null_mut()),
            10 => wirebird_request_set_queue(asked, queue),
            11 => wirebird_request_answer(asked, null(), null(), 0),
            13 => wirebird_request_answer_file(asked, null(), text("/dev/null")),
            12 => wirebird_request_answer_below(asked, null(), text("/"), text("dev/null")),
            _ => wirebird_request_release(asked),
        }
    }
}

/// Has plain requests come for as long as others walk, which answer them. A
/// handle that a walk makes up may be of the queue or the server: then they are
/// made anew.
fn keep_asking(is_over: &AtomicBool) {
    while !is_over.load(SeqCst) {
        let host = Host::new();
        let server = host.listen_with(|server, _| server.http = WIREBIRD_HTTP_ASK);
        while !is_over.load(SeqCst) && ask(&host, &server) {}
    }
}

/// Whether a request came.
fn ask(host: &Host, server: &Listening) -> bool {
    let (mut stream, get) = (wirebird_stream_t::default(), b"GET / HTTP/1.0\r\n\r\n");
    if unsafe { wirebird_server_attach(server.handle, null(), &mut stream) } != WIREBIRD_OK {
        return false;
    }
    ok(unsafe { wirebird_stream_give(stream, get.as_ptr().cast(), get.len(), &mut 0) });
    if wirebird_queue_wait(host.queue, 10_000) != WIREBIRD_OK {
        return false;
    }
    if let Some(event) = host.take()
        && event.kind == WIREBIRD_EVENT_HTTP_REQUEST
    {
        REQUESTS.fetch_add(1, SeqCst);
        remember(event.request.id);
    }
    // Some are asked for by nobody any more.
    ok(wirebird_stream_release(stream));
    true
}

#[test]
fn random_calls_with_random_handles_give_errors_and_nothing_worse() {
    alone(random_calls_with_random_handles_give_errors_and_nothing_worse, || {
        let seed = match std::env::var("WIREBIRD_TEST_SEED") {
            Ok(seed) => seed.parse().expect("a number"),
            Err(_) => 6455,
        };
        let is_over = Arc::new(AtomicBool::new(false));
        let asking = std::thread::spawn({
            let is_over = is_over.clone();
            move || keep_asking(&is_over)
        });
        // Some are there before the walks keep the engine busy.
        while REQUESTS.load(SeqCst) < PLAIN_REQUESTS {
            std::thread::yield_now();
        }
        let walks: Vec<_> = (0..THREADS)
            .map(|thread| {
                std::thread::spawn(move || {
                    let mut random = Random(seed + thread);
                    (0..STEPS).for_each(|_| step(&mut random));
                })
            })
            .collect();
        for walk in walks {
            walk.join().expect("only errors that are allowed");
        }
        is_over.store(true, SeqCst);
        asking.join().expect("requests came");
        // The library is as good as before.
        let host = Host::new();
        let server = host.listen();
        let client = host.open(&server.url());
        while !matches!(host.next().kind, WIREBIRD_EVENT_OPENED) {}
        send_text(client, "still here");
        assert_eq!(host.until(WIREBIRD_EVENT_TEXT).text(), "still here");
        ok(wirebird_shutdown(PATIENCE_MS));
        // What was shared is released exactly once, whatever became of it.
        assert_eq!(RELEASED.load(SeqCst), SHARED.load(SeqCst), "seed {seed}");
        assert_eq!(DROPPED.load(SeqCst), STREAMS.load(SeqCst), "seed {seed}");
        assert!(STREAMS.load(SeqCst) > 100, "{} streams were made", STREAMS.load(SeqCst));
        assert!(SHARED.load(SeqCst) > 100, "{} payloads were shared", SHARED.load(SeqCst));
    });
}
