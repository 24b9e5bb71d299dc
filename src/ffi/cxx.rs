//! The C ABI's types for applications that have a cxx bridge of their own:
//! `type Queue = wirebird::ffi::wirebird_queue_t;` in an `extern "C++"` block
//! that includes <wirebird/wirebird.h>.

use cxx::{ExternType, kind, type_id};

use super::event::wirebird_event_t;
use super::types::*;

// SAFETY, for each of these: the header that C++ sees is generated from the
// Rust type, a plain `repr(C)` struct without a destructor.

unsafe impl ExternType for wirebird_queue_t {
    type Id = type_id!("wirebird_queue_t");
    type Kind = kind::Trivial;
}

// SAFETY: as above.
unsafe impl ExternType for wirebird_connection_t {
    type Id = type_id!("wirebird_connection_t");
    type Kind = kind::Trivial;
}

// SAFETY: as above.
unsafe impl ExternType for wirebird_server_t {
    type Id = type_id!("wirebird_server_t");
    type Kind = kind::Trivial;
}

// SAFETY: as above.
unsafe impl ExternType for wirebird_stream_t {
    type Id = type_id!("wirebird_stream_t");
    type Kind = kind::Trivial;
}

// SAFETY: as above.
unsafe impl ExternType for wirebird_cookie_jar_t {
    type Id = type_id!("wirebird_cookie_jar_t");
    type Kind = kind::Trivial;
}

// SAFETY: as above.
unsafe impl ExternType for wirebird_request_t {
    type Id = type_id!("wirebird_request_t");
    type Kind = kind::Trivial;
}

// SAFETY: as above.
unsafe impl ExternType for wirebird_text_t {
    type Id = type_id!("wirebird_text_t");
    type Kind = kind::Trivial;
}

// SAFETY: as above.
unsafe impl ExternType for wirebird_address_t {
    type Id = type_id!("wirebird_address_t");
    type Kind = kind::Trivial;
}

// SAFETY: as above.
unsafe impl ExternType for wirebird_event_t {
    type Id = type_id!("wirebird_event_t");
    type Kind = kind::Trivial;
}
