//! A host that pulls its events, and owns what they say.

use std::ffi::CStr;
use std::slice;
use std::str;
use std::time::{Duration, Instant};

use wirebird::ffi::*;

/// Nothing that these tests wait for takes longer.
pub const PATIENCE_MS: u32 = 120_000;

pub struct Host {
    pub queue: wirebird_queue_t,
}

/// An event with copies of what it pointed to.
#[derive(Clone, Debug)]
pub struct Happened {
    pub kind: u32,
    pub status: i32,
    pub connection: wirebird_connection_t,
    pub server: wirebird_server_t,
    pub data: Vec<u8>,
    pub close_code: u16,
    pub frame: u16,
    pub value: u64,
    pub message: String,
    pub detail: u32,
    pub request: wirebird_request_t,
}

impl Happened {
    /// The payload as text.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.data).expect("text events carry UTF-8")
    }
}

pub struct Listening {
    pub handle: wirebird_server_t,
    pub port: u16,
}

impl Listening {
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}/chat?room=1", self.port)
    }
}

impl Host {
    /// A host that wants text as UTF-16.
    pub fn new() -> Self {
        Self::with(|options| options.text = WIREBIRD_PAYLOAD_UTF16)
    }

    pub fn with(change: impl FnOnce(&mut wirebird_queue_options_t)) -> Self {
        let mut options = initialised(wirebird_queue_options_init);
        change(&mut options);
        let mut queue = wirebird_queue_t::default();
        ok(unsafe { wirebird_queue_new(&options, &mut queue) });
        Self { queue }
    }

    /// Opens a client connection with default options.
    pub fn open(&self, url: &str) -> wirebird_connection_t {
        self.open_with(url, |_, _| {})
    }

    pub fn open_with(
        &self,
        url: &str,
        change: impl FnOnce(&mut wirebird_client_options_t, &mut wirebird_connection_options_t),
    ) -> wirebird_connection_t {
        self.open_by(url, change, |options, connection| unsafe {
            wirebird_client_open(self.queue, options, connection)
        })
    }

    /// Opens a client connection by whatever function does it.
    pub fn open_by(
        &self,
        url: &str,
        change: impl FnOnce(&mut wirebird_client_options_t, &mut wirebird_connection_options_t),
        open: impl FnOnce(&wirebird_client_options_t, &mut wirebird_connection_t) -> wirebird_status_t,
    ) -> wirebird_connection_t {
        let mut options = initialised(wirebird_client_options_init);
        let mut connection = initialised(wirebird_client_connection_options_init);
        options.url = text(url);
        change(&mut options, &mut connection);
        options.connection = &connection;
        let mut handle = wirebird_connection_t::default();
        ok(open(&options, &mut handle));
        handle
    }

    /// Both ends of a connection of this host's: the client's and the server's.
    pub fn pair(
        &self,
        of_client: impl FnOnce(&mut wirebird_connection_options_t),
        of_server: impl FnOnce(&mut wirebird_connection_options_t),
    ) -> (wirebird_connection_t, wirebird_connection_t) {
        let listening = self.listen_with(|_, connection| of_server(connection));
        let client = self.open_with(&listening.url(), |_, connection| of_client(connection));
        let next = || match self.next() {
            request if request.kind == WIREBIRD_EVENT_WRITTEN => self.next(),
            other => other,
        };
        let events = [next(), next()];
        let accepted = events.iter().find(|event| event.kind == WIREBIRD_EVENT_ACCEPTED);
        assert!(events.iter().any(|event| event.kind == WIREBIRD_EVENT_OPENED), "{events:?}");
        (client, accepted.expect("accepted").connection)
    }

    /// Listens on 127.0.0.1 and accepts everything.
    pub fn listen(&self) -> Listening {
        self.listen_with(|_, _| {})
    }

    pub fn listen_with(
        &self,
        change: impl FnOnce(&mut wirebird_server_options_t, &mut wirebird_connection_options_t),
    ) -> Listening {
        let mut options = initialised(wirebird_server_options_init);
        let mut connection = initialised(wirebird_server_connection_options_init);
        options.accept = WIREBIRD_ACCEPT_ALL;
        change(&mut options, &mut connection);
        options.connection = &connection;
        let mut handle = wirebird_server_t::default();
        ok(unsafe { wirebird_server_listen(self.queue, &options, &mut handle) });
        let mut address = wirebird_address_t::default();
        ok(unsafe { wirebird_server_address(handle, &mut address) });
        Listening { handle, port: address.port }
    }

    /// The next event.
    pub fn next(&self) -> Happened {
        loop {
            let waited = wirebird_queue_wait(self.queue, PATIENCE_MS);
            assert_eq!(waited, WIREBIRD_OK, "no event came within {PATIENCE_MS} ms");
            if let Some(happened) = self.take() {
                return happened;
            }
        }
    }

    /// An event if one is waiting.
    pub fn take(&self) -> Option<Happened> {
        let mut event = unsafe { std::mem::zeroed() };
        match unsafe { wirebird_queue_next(self.queue, &mut event) } {
            WIREBIRD_OK => Some(copy(&event)),
            WIREBIRD_EMPTY => None,
            status => panic!("wirebird_queue_next: {status}: {}", last_error()),
        }
    }

    /// The next event, which has to be of this kind. How much is unsent depends
    /// on the system: those events are left out unless asked for.
    #[track_caller]
    pub fn expect(&self, kind: u32) -> Happened {
        const WATER: [u32; 2] = [WIREBIRD_EVENT_HIGH_WATER, WIREBIRD_EVENT_LOW_WATER];
        let mut happened = self.next();
        while WATER.contains(&happened.kind) && !WATER.contains(&kind) {
            happened = self.next();
        }
        assert_eq!(happened.kind, kind, "{happened:?}");
        happened
    }

    /// The next event of this kind, others left out.
    pub fn until(&self, kind: u32) -> Happened {
        loop {
            let happened = self.next();
            if happened.kind == kind {
                return happened;
            }
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        wirebird_queue_release(self.queue);
    }
}

/// Options with their defaults.
pub fn initialised<T>(init: unsafe extern "C" fn(*mut T, u32) -> wirebird_status_t) -> T {
    let mut options = unsafe { std::mem::zeroed() };
    ok(unsafe { init(&mut options, size_of::<T>() as u32) });
    options
}

pub fn text(text: &str) -> wirebird_text_t {
    wirebird_text_t { data: text.as_ptr().cast(), length: text.len() }
}

pub fn send_text(connection: wirebird_connection_t, text: &str) {
    ok(unsafe { wirebird_connection_send_text(connection, text.as_ptr().cast(), text.len()) });
}

pub fn send_binary(connection: wirebird_connection_t, bytes: &[u8]) {
    let data = bytes.as_ptr().cast();
    ok(unsafe { wirebird_connection_send_binary(connection, data, bytes.len()) });
}

/// Sends back what a message event carries.
pub fn echo(happened: &Happened) {
    match happened.kind {
        WIREBIRD_EVENT_TEXT => send_text(happened.connection, happened.text()),
        WIREBIRD_EVENT_BINARY => send_binary(happened.connection, &happened.data),
        _ => {}
    }
}

pub fn close(connection: wirebird_connection_t, code: u16, reason: &str) {
    ok(unsafe { wirebird_connection_close(connection, code, text(reason)) });
}

/// What a function like `wirebird_connection_subprotocol` gives.
pub fn read_text(
    connection: wirebird_connection_t,
    read: unsafe extern "C" fn(wirebird_connection_t, *mut wirebird_text_t) -> wirebird_status_t,
) -> String {
    let mut found = text("");
    ok(unsafe { read(connection, &mut found) });
    let bytes = match found.length {
        0 => &[],
        length => unsafe { slice::from_raw_parts(found.data.cast::<u8>(), length) },
    };
    String::from_utf8_lossy(bytes).into_owned()
}

/// The header fields of the peer's handshake.
pub fn headers(connection: wirebird_connection_t) -> Vec<(String, String)> {
    header_fields(|index, header| unsafe { wirebird_connection_header(connection, index, header) })
}

/// What a function like `wirebird_connection_header` gives, one after the other.
pub fn header_fields(
    read: impl Fn(usize, &mut wirebird_header_t) -> wirebird_status_t,
) -> Vec<(String, String)> {
    let mut header = wirebird_header_t { name: text(""), value: text("") };
    let owned = |text: wirebird_text_t| match text.length {
        0 => String::new(),
        length => {
            let bytes = unsafe { slice::from_raw_parts(text.data.cast::<u8>(), length) };
            String::from_utf8_lossy(bytes).into_owned()
        }
    };
    (0..)
        .map_while(|index| {
            let found = read(index, &mut header) == WIREBIRD_OK;
            found.then(|| (owned(header.name), owned(header.value)))
        })
        .collect()
}

pub fn get(connection: wirebird_connection_t, option: u32) -> u64 {
    let mut value = 0;
    ok(unsafe { wirebird_connection_get(connection, option, &mut value) });
    value
}

/// Waits until a figure of the connection is so high.
#[track_caller]
pub fn reaches(connection: wirebird_connection_t, option: u32, value: u64) {
    let begin = Instant::now();
    while get(connection, option) < value {
        let found = get(connection, option);
        let is_late = begin.elapsed() > Duration::from_millis(u64::from(PATIENCE_MS));
        assert!(!is_late, "option {option} is {found}, not {value}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

pub fn set(connection: wirebird_connection_t, option: u32, value: u64) {
    ok(wirebird_connection_set(connection, option, value));
}

#[track_caller]
pub fn ok(status: wirebird_status_t) {
    assert_eq!(status, WIREBIRD_OK, "{}", last_error());
}

pub fn last_error() -> String {
    unsafe { CStr::from_ptr(wirebird_last_error()) }.to_string_lossy().into_owned()
}

fn copy(event: &wirebird_event_t) -> Happened {
    assert!(event.storage.is_null(), "the library's own memory was asked for");
    let data = match event.payload {
        _ if event.length == 0 => Vec::new(),
        WIREBIRD_PAYLOAD_UTF16 => {
            let units = unsafe { slice::from_raw_parts(event.data.cast(), event.length) };
            String::from_utf16(units).expect("no lone surrogates").into_bytes()
        }
        _ => unsafe { slice::from_raw_parts(event.data.cast::<u8>(), event.length) }.to_vec(),
    };
    let message = event.message;
    let message = match message.length {
        0 => &[],
        length => unsafe { slice::from_raw_parts(message.data.cast::<u8>(), length) },
    };
    Happened {
        kind: event.kind,
        status: event.status,
        connection: event.connection,
        server: event.server,
        data,
        close_code: event.close_code,
        frame: event.frame,
        value: event.value,
        message: String::from_utf8_lossy(message).into_owned(),
        detail: event.detail,
        request: event.request,
    }
}
