//! Where the queue's events become what C sees.

use std::any::Any;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::Arc;

use super::arguments::view;
use super::event::*;
use super::failures;
use super::handles;
use super::host;
use super::status::*;
use super::types::*;
use crate::connection::Connection;
use crate::protocol::{MessageKind, Scheme};
use crate::queue::{
    Arena, Event, Failure, Hop, Payload, PayloadKind, Question, Queue, Source, Taken, TextForm,
};
use crate::server::{Arrival, HttpArrival, HttpRequest};

/// An event with the memory that it points to.
pub(super) struct Delivered {
    event: wirebird_event_t,
    /// Kept while the host looks at the event.
    keep: Vec<Box<dyn Any + Send>>,
    library_memory: Option<Box<dyn Send>>,
    /// A connection that has no handle yet.
    arrival: Option<Arc<Connection>>,
    /// The same for a request.
    http_arrival: Option<Arc<HttpRequest>>,
    /// Set off once the host has looked at the event.
    answer: Option<Box<dyn Taken>>,
}

/// An event of which nothing is known.
const BLANK: wirebird_event_t = wirebird_event_t {
    kind: 0,
    status: WIREBIRD_OK,
    user_data: null_mut(),
    connection: wirebird_connection_t { id: 0 },
    server: wirebird_server_t { id: 0 },
    data: null(),
    length: 0,
    storage: null_mut(),
    payload: 0,
    close_code: 0,
    frame: 0,
    value: 0,
    message: wirebird_text_t { data: null(), length: 0 },
    detail: 0,
    request: wirebird_request_t { id: 0 },
};

impl Delivered {
    /// No event yet.
    pub fn new() -> Self {
        Self {
            event: BLANK,
            keep: Vec::new(),
            library_memory: None,
            arrival: None,
            http_arrival: None,
            answer: None,
        }
    }

    /// Translates an event while its arena can be read; forgets the one before.
    pub fn fill(&mut self, source: &Arc<Source>, event: Event, arena: &Arena) {
        self.keep.clear();
        self.library_memory = None;
        self.event = BLANK;
        self.event.user_data = source.user_data() as *mut c_void;
        self.event.connection.id = source.handle();
        self.translate(source, event, arena, source.delivery().text);
    }

    /// The event. New connections get their handle, and their own events
    /// follow into `queue`.
    pub fn finish(&mut self, queue: &Arc<Queue>) -> &wirebird_event_t {
        if let Some(connection) = self.arrival.take() {
            match connection.source().handle() {
                0 => {
                    self.event.connection = handles::add_connection(&connection);
                    connection.set_queue(Some(queue));
                }
                // The host was asked about its certificate.
                id => self.event.connection = wirebird_connection_t { id },
            }
        }
        if let Some(request) = self.http_arrival.take() {
            self.event.request = handles::add_request(&request);
            request.set_queue(Some(queue));
        }
        // A peer's Close is answered with its own code, whatever the host does.
        if self.event.value == 1 {
            self.seen();
        }
        &self.event
    }

    /// The host has looked at the event.
    pub fn seen(&mut self) {
        if let Some(answer) = self.answer.take() {
            answer.taken();
        }
    }

    fn translate(&mut self, source: &Source, event: Event, arena: &Arena, text: TextForm) {
        match event {
            Event::Message { kind, payload, whole } => {
                self.event.frame =
                    WIREBIRD_FRAME_LAST | if whole { WIREBIRD_FRAME_WHOLE } else { 0 };
                let event = match kind {
                    MessageKind::Text => WIREBIRD_EVENT_TEXT,
                    MessageKind::Binary => WIREBIRD_EVENT_BINARY,
                };
                self.payload(event, kind, payload, arena, text);
            }
            Event::Frame { kind, payload, last } => {
                self.event.frame = if last { WIREBIRD_FRAME_LAST } else { 0 };
                let event = match kind {
                    MessageKind::Text => WIREBIRD_EVENT_TEXT_FRAME,
                    MessageKind::Binary => WIREBIRD_EVENT_BINARY_FRAME,
                };
                self.payload(event, kind, payload, arena, text);
            }
            Event::Ping(payload) => {
                self.payload(WIREBIRD_EVENT_PING, MessageKind::Binary, payload, arena, text);
            }
            Event::Pong(payload, microseconds) => {
                self.event.value = microseconds.unwrap_or(u64::MAX);
                self.payload(WIREBIRD_EVENT_PONG, MessageKind::Binary, payload, arena, text);
            }
            Event::RoundTrip(time) => self.figure(WIREBIRD_EVENT_ROUND_TRIP, time),
            Event::Opened => self.event.kind = WIREBIRD_EVENT_OPENED,
            Event::Closing(closing) => {
                self.event.kind = WIREBIRD_EVENT_CLOSING;
                self.event.close_code = closing.code;
                self.event.value = u64::from(closing.failure.is_none());
                self.event.detail = closing.failure.as_deref().map_or(0, failures::detail);
                self.answer = closing.answer;
                self.reason(closing.reason, text);
                self.failure(closing.failure.as_deref());
            }
            Event::Closed(closed) => {
                self.event.kind = WIREBIRD_EVENT_CLOSED;
                self.event.close_code = closed.code;
                self.event.value = closed.failure.as_deref().map_or(0, failures::value);
                self.event.detail = closed.failure.as_deref().map_or(0, |failure| match failure {
                    Failure::Tls(_) => failures::detail(failure),
                    _ => 0,
                });
                self.reason(closed.reason, text);
                self.failure(closed.failure.as_deref());
            }
            Event::Written(bytes) => self.figure(WIREBIRD_EVENT_WRITTEN, bytes),
            Event::HighWater(bytes) => self.figure(WIREBIRD_EVENT_HIGH_WATER, bytes),
            Event::LowWater => self.figure(WIREBIRD_EVENT_LOW_WATER, 0),
            Event::Request(arrival) => self.arrival(WIREBIRD_EVENT_REQUEST, source, arrival),
            Event::Accepted(arrival) => self.arrival(WIREBIRD_EVENT_ACCEPTED, source, arrival),
            Event::TlsErrors(None) => self.event.kind = WIREBIRD_EVENT_TLS_ERRORS,
            Event::TlsErrors(Some(arrival)) => {
                self.arrival(WIREBIRD_EVENT_TLS_ERRORS, source, arrival);
            }
            Event::HandshakeFailed(failure, status) => {
                self.of_server(WIREBIRD_EVENT_HANDSHAKE_FAILED, source);
                self.event.value = u64::from(status);
                if let Failure::Tls(_) = &*failure {
                    self.event.value = failures::value(&failure);
                    self.event.detail = failures::detail(&failure);
                }
                self.failure(Some(&failure));
            }
            Event::AcceptFailed(failure) => {
                self.of_server(WIREBIRD_EVENT_ACCEPT_FAILED, source);
                self.failure(Some(&failure));
            }
            Event::Authenticate(question) => self.question(*question, text),
            Event::ServerClosed => self.of_server(WIREBIRD_EVENT_SERVER_CLOSED, source),
            Event::HttpRequest(arrival, length) => {
                self.of_server(WIREBIRD_EVENT_HTTP_REQUEST, source);
                self.event.value = length as u64;
                let arrival = arrival.downcast::<HttpArrival>();
                self.http_arrival = arrival.ok().and_then(|arrival| arrival.take());
            }
            Event::HttpRoom => self.of_request(WIREBIRD_EVENT_HTTP_ROOM, source),
            Event::HttpOver(failure) => {
                self.of_request(WIREBIRD_EVENT_HTTP_OVER, source);
                self.failure(failure.as_deref());
                // What the host has read of it lives on for this event.
                if let Ok(request) = handles::take_request(self.event.request) {
                    self.keep.push(Box::new(request));
                }
            }
        }
    }

    fn question(&mut self, question: Question, text: TextForm) {
        let Question { hop, scheme, realm, refused, place } = question;
        self.event.kind = WIREBIRD_EVENT_AUTHENTICATE;
        self.event.detail = match scheme {
            Scheme::Basic => WIREBIRD_SCHEME_BASIC,
            Scheme::Digest => WIREBIRD_SCHEME_DIGEST,
            Scheme::Socks => WIREBIRD_SCHEME_SOCKS,
        };
        let (value, refusal, what) = match hop {
            Hop::Server => (WIREBIRD_HOP_SERVER, WIREBIRD_ERROR_HTTP_STATUS, "server"),
            Hop::Proxy => (WIREBIRD_HOP_PROXY, WIREBIRD_ERROR_PROXY_AUTHENTICATION, "proxy"),
        };
        self.event.value = value;
        self.event.status = if refused { refusal } else { WIREBIRD_OK };
        self.reason(realm, text);
        self.message(match refused {
            true => format!("the {what} {place} refused the credentials"),
            false => format!("the {what} {place} wants credentials"),
        });
    }

    fn figure(&mut self, kind: u32, value: u64) {
        self.event.kind = kind;
        self.event.value = value;
    }

    fn of_server(&mut self, kind: u32, source: &Source) {
        self.event.kind = kind;
        self.event.connection = wirebird_connection_t::default();
        self.event.server = wirebird_server_t { id: source.handle() };
    }

    fn of_request(&mut self, kind: u32, source: &Source) {
        self.event.kind = kind;
        self.event.connection = wirebird_connection_t::default();
        self.event.request = wirebird_request_t { id: source.handle() };
    }

    fn arrival(&mut self, kind: u32, source: &Source, arrival: Box<dyn Any + Send + Sync>) {
        self.of_server(kind, source);
        self.arrival = arrival.downcast::<Arrival>().ok().and_then(|arrival| arrival.take());
    }

    fn payload(
        &mut self,
        event: u32,
        message: MessageKind,
        payload: Payload,
        arena: &Arena,
        text: TextForm,
    ) {
        self.event.kind = event;
        let kind = match message {
            MessageKind::Text => text.payload(),
            MessageKind::Binary => PayloadKind::Binary,
        };
        self.event.payload = host::code(kind);
        match payload {
            Payload::Bytes(range) => {
                let bytes = arena.bytes.get(range).unwrap_or_default();
                self.event.data = bytes.as_ptr().cast();
                self.event.length = bytes.len();
            }
            Payload::Units(range) => {
                let units = arena.units.get(range).unwrap_or_default();
                self.event.data = units.as_ptr().cast();
                self.event.length = units.len();
            }
            Payload::Stored(storage, length) => {
                let handed_over = storage.hand_over();
                self.event.data = handed_over.data;
                self.event.length = length;
                self.event.storage = handed_over.object;
                self.library_memory = handed_over.keep;
            }
        }
    }

    /// A peer's reason, in the form in which text comes.
    fn reason(&mut self, reason: String, text: TextForm) {
        self.event.payload = host::code(text.payload());
        match text {
            TextForm::Utf8 => {
                self.event.length = reason.len();
                self.event.data = reason.as_ptr().cast();
                self.keep.push(Box::new(reason));
            }
            TextForm::Utf16 => {
                let units: Vec<u16> = reason.encode_utf16().collect();
                self.event.length = units.len();
                self.event.data = units.as_ptr().cast();
                self.keep.push(Box::new(units));
            }
        }
    }

    fn failure(&mut self, failure: Option<&Failure>) {
        let Some(failure) = failure else { return };
        self.event.status = failures::status(failure);
        self.message(failure.to_string());
    }

    fn message(&mut self, message: String) {
        self.event.message = view(message.as_bytes());
        self.keep.push(Box::new(message));
    }
}
