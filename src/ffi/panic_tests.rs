//! A panic inside each function that C can call.

use std::cell::Cell;
use std::mem::MaybeUninit;

use super::*;

thread_local! {
    static ASKED: Cell<bool> = const { Cell::new(false) };
    static MET: Cell<bool> = const { Cell::new(false) };
}

/// Called by `guard` where the body of a function begins.
pub(super) fn panic_if_asked() {
    if ASKED.get() {
        MET.set(true);
        panic!("injected");
    }
}

/// NULL, zero, or a struct of them: what every argument may be as long as
/// nobody looks at it.
///
/// # Safety
/// Zeroes are a value of the type, as of all types of C.
unsafe fn zeroes<T>() -> T {
    // SAFETY: the caller's promise.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

macro_rules! zeroes {
    ($argument:tt) => {
        zeroes()
    };
}

macro_rules! functions {
    ($($name:ident($($argument:tt),*),)*) => {
        /// Each function with a status, and a call of it.
        const FUNCTIONS: &[(&str, fn() -> wirebird_status_t)] = &[$(
            (stringify!($name), || {
                let function: unsafe extern "C" fn($($argument),*) -> wirebird_status_t = $name;
                // SAFETY: the body panics before it looks at the arguments.
                unsafe { function($(zeroes!($argument)),*) }
            }),
        )*];
    };
}

functions! {
    wirebird_tls_client_options_init(_, _),
    wirebird_tls_server_options_init(_, _),
    wirebird_tls_client_new(_, _),
    wirebird_tls_server_new(_, _),
    wirebird_tls_set_certificate(_, _),
    wirebird_tls_release(_),
    wirebird_connection_tls_continue(_, _),
    wirebird_connection_tls_info(_, _),
    wirebird_connection_tls_certificate(_, _, _),
    wirebird_connection_tls_error(_, _, _),
    wirebird_engine_options_init(_, _),
    wirebird_queue_options_init(_, _),
    wirebird_client_connection_options_init(_, _),
    wirebird_server_connection_options_init(_, _),
    wirebird_client_options_init(_, _),
    wirebird_server_options_init(_, _),
    wirebird_accept_options_init(_, _),
    wirebird_start(_),
    wirebird_shutdown(_),
    wirebird_log(_, _, _),
    wirebird_queue_new(_, _),
    wirebird_queue_next(_, _),
    wirebird_queue_dispatch(_, _, _, _, _),
    wirebird_queue_collect(_),
    wirebird_queue_flush(_),
    wirebird_queue_wait(_, _),
    wirebird_queue_set(_, _, _),
    wirebird_queue_get(_, _, _),
    wirebird_queue_release(_),
    wirebird_client_open(_, _, _),
    wirebird_client_attach(_, _, _, _, _),
    wirebird_connection_authenticate(_, _, _),
    wirebird_connection_decline_authentication(_),
    wirebird_connection_response(_, _, _, _),
    wirebird_connection_response_header(_, _, _, _),
    wirebird_connection_url(_, _),
    wirebird_cookie_jar_new(_),
    wirebird_cookie_jar_release(_),
    wirebird_cookie_jar_set(_, _, _),
    wirebird_cookie_jar_get(_, _, _, _, _),
    wirebird_cookie_jar_clear(_),
    wirebird_server_listen(_, _, _),
    wirebird_server_attach(_, _, _),
    wirebird_server_address(_, _),
    wirebird_server_descriptor(_, _),
    wirebird_server_pause(_),
    wirebird_server_resume(_),
    wirebird_server_set_queue(_, _),
    wirebird_server_set_tls(_, _),
    wirebird_server_close(_),
    wirebird_server_release(_),
    wirebird_server_set(_, _, _),
    wirebird_server_get(_, _, _),
    wirebird_response_options_init(_, _),
    wirebird_request_method(_, _),
    wirebird_request_target(_, _),
    wirebird_request_path(_, _),
    wirebird_request_query(_, _),
    wirebird_request_host(_, _),
    wirebird_request_body(_, _),
    wirebird_request_header(_, _, _),
    wirebird_request_addresses(_, _, _),
    wirebird_request_get(_, _, _),
    wirebird_request_set_user_data(_, _),
    wirebird_request_set_queue(_, _),
    wirebird_request_answer(_, _, _, _),
    wirebird_request_answer_shared(_, _, _, _, _, _),
    wirebird_request_answer_file(_, _, _),
    wirebird_request_answer_below(_, _, _, _),
    wirebird_request_begin(_, _),
    wirebird_request_write(_, _, _, _),
    wirebird_request_finish(_),
    wirebird_request_release(_),
    wirebird_stream_options_init(_, _),
    wirebird_stream_give(_, _, _, _),
    wirebird_stream_give_end(_),
    wirebird_stream_take(_, _, _, _),
    wirebird_stream_fail(_, _),
    wirebird_stream_release(_),
    wirebird_connection_accept(_, _),
    wirebird_connection_refuse(_, _, _, _, _),
    wirebird_connection_refuse_as(_, _, _, _, _, _),
    wirebird_connection_close(_, _, _),
    wirebird_connection_abort(_),
    wirebird_connection_release(_),
    wirebird_connection_set_queue(_, _),
    wirebird_connection_set_user_data(_, _),
    wirebird_connection_pause(_),
    wirebird_connection_resume(_),
    wirebird_connection_pause_handshake(_),
    wirebird_connection_resume_handshake(_),
    wirebird_connection_send_text(_, _, _),
    wirebird_connection_send_utf16(_, _, _, _),
    wirebird_connection_send_binary(_, _, _),
    wirebird_connection_send_shared(_, _, _, _, _, _, _),
    wirebird_connection_send_fragment(_, _, _, _, _, _),
    wirebird_broadcast(_, _, _, _, _, _),
    wirebird_connection_send_latest(_, _, _, _, _, _),
    wirebird_broadcast_latest(_, _, _, _, _, _, _),
    wirebird_connection_ping(_, _, _),
    wirebird_connection_set(_, _, _),
    wirebird_connection_get(_, _, _),
    wirebird_connection_addresses(_, _, _),
    wirebird_connection_subprotocol(_, _),
    wirebird_connection_extensions(_, _),
    wirebird_connection_target(_, _),
    wirebird_connection_header(_, _, _),
    wirebird_connection_response_body(_, _),
}

/// Functions that have no status and nothing that could panic.
const PLAIN: [&str; 5] = [
    "wirebird_last_error",
    "wirebird_status_text",
    "wirebird_abi_version",
    "wirebird_version",
    "wirebird_has_feature",
];

const HEADER: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/include/wirebird/wirebird.h"));

/// The functions that the header declares.
fn declared() -> Vec<String> {
    let code: String = HEADER
        .split("/*")
        .map(|part| part.rsplit_once("*/").map_or(part, |(_, code)| code))
        .collect();
    let declarations = code.split("WIREBIRD_API").skip(1);
    let names = declarations.filter_map(|declaration| {
        let before = declaration.split('(').next()?;
        let name = before.rsplit([' ', '*', '\n']).next()?;
        name.starts_with("wirebird_").then(|| name.to_owned())
    });
    names.collect()
}

#[test]
fn every_function_of_the_header_catches_a_panic_and_the_process_goes_on() {
    let mut declared = declared();
    declared.sort();
    let mut called: Vec<_> =
        FUNCTIONS.iter().map(|(name, _)| *name).chain(PLAIN).map(str::to_owned).collect();
    called.sort();
    assert_eq!(called, declared, "a function of the header is missing in this file's list");

    for (name, call) in FUNCTIONS {
        MET.set(false);
        ASKED.set(true);
        let status = call();
        ASKED.set(false);
        assert!(MET.get(), "{name} does not run in `guard`");
        assert_eq!(status, WIREBIRD_ERROR_PANIC, "{name}");
        // SAFETY: a terminated text of this thread's.
        let text = unsafe { std::ffi::CStr::from_ptr(wirebird_last_error()) };
        assert!(text.to_bytes().starts_with(b"a defect"), "{name}: {text:?}");
    }

    let mut queue = wirebird_queue_t::default();
    // SAFETY: `queue` can be written.
    assert_eq!(unsafe { wirebird_queue_new(std::ptr::null(), &mut queue) }, WIREBIRD_OK);
    assert_eq!(wirebird_queue_release(queue), WIREBIRD_OK);
}
