//! The C++ adapter, driven from Rust: a client of the adapter talks to a
//! server that Rust makes through the C ABI.

use std::ffi::c_void;

use wirebird::ffi::*;
use wirebird_cxx_test::adapter::{close_normally, run_client, send_back, url_of};

const MESSAGES: [&str; 3] = ["one", "zwei 🐦", "trois"];

/// Answers messages until `context`, which counts them, is at its end.
unsafe extern "C" fn answer(context: *mut c_void, event: *const wirebird_event_t) {
    let (left, event) = unsafe { (&mut *context.cast::<usize>(), &*event) };
    match event.kind {
        WIREBIRD_EVENT_TEXT => {
            assert_eq!(send_back(event), WIREBIRD_OK);
            *left -= 1;
            if *left == 0 {
                assert_eq!(close_normally(event.connection), WIREBIRD_OK);
            }
        }
        WIREBIRD_EVENT_CLOSED => {
            assert_eq!(wirebird_connection_release(event.connection), WIREBIRD_OK);
        }
        _ => {}
    }
}

fn main() {
    let mut queue = wirebird_queue_t::default();
    let mut server = wirebird_server_t::default();
    let mut address = wirebird_address_t::default();
    unsafe {
        assert_eq!(wirebird_queue_new(std::ptr::null(), &mut queue), WIREBIRD_OK);
        let listening = wirebird_server_listen(queue, std::ptr::null(), &mut server);
        assert_eq!(listening, WIREBIRD_OK);
        assert_eq!(wirebird_server_address(server, &mut address), WIREBIRD_OK);
    }
    let host = std::thread::spawn(move || {
        let mut left = MESSAGES.len();
        while left > 0 && wirebird_queue_wait(queue, 30_000) == WIREBIRD_OK {
            let context = (&raw mut left).cast();
            let done = unsafe { wirebird_queue_dispatch(queue, 0, 0, Some(answer), context) };
            assert_eq!(done, WIREBIRD_OK);
        }
    });
    let log = run_client(&url_of(&address), MESSAGES.map(str::to_owned).to_vec());
    host.join().expect("the server is content");
    assert_eq!(log, ["connected", "one", "zwei 🐦", "trois", "disconnected 1000 enough"]);
    assert_eq!(wirebird_queue_release(queue), WIREBIRD_OK);
    // The line that cargo's own harness would write.
    println!("test result: ok. 1 passed; 0 failed; 0 ignored");
}
