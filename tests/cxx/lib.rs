//! A cxx bridge as an application would have it: the C ABI's own types go
//! through it to C++ that uses the adapter.

/// What the C++ side offers.
#[cxx::bridge]
pub mod adapter {
    unsafe extern "C++" {
        include!("wirebird-cxx-test/adapter.h");

        /// A connection of the engine.
        #[allow(non_camel_case_types)]
        type wirebird_connection_t = wirebird::ffi::wirebird_connection_t;
        /// An address of the engine.
        #[allow(non_camel_case_types)]
        type wirebird_address_t = wirebird::ffi::wirebird_address_t;
        /// An event of the engine.
        #[allow(non_camel_case_types)]
        type wirebird_event_t = wirebird::ffi::wirebird_event_t;

        /// The URL of a server that listens on `address`.
        fn url_of(address: &wirebird_address_t) -> String;

        /// Sends back the message of an event on its connection; the status.
        fn send_back(event: &wirebird_event_t) -> i32;

        /// Closes a connection; the status.
        fn close_normally(connection: wirebird_connection_t) -> i32;

        /// Opens a `Wirebird::WebSocket`, sends each message when the echo of
        /// the one before has come, and waits for the other side to close.
        /// What its signals told, one line for each.
        fn run_client(url: &str, messages: Vec<String>) -> Vec<String>;
    }
}
