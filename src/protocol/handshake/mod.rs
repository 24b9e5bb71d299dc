//! The opening handshake (RFC 6455 section 4), both roles, on hyper's types.

mod error;
mod fields;
mod origin;
mod request;
mod response;
mod upgrade;

pub use error::{HandshakeError, RequestError};
pub use fields::caller_header;
pub(super) use fields::is_token;
pub use origin::{Transport, same_origin};
pub use request::{Agreed, ClientRequest, Destination};
pub use response::{choose_subprotocol, respond};
pub use upgrade::{Refusal, Upgrade, asks_for_websocket, examine, examine_extended, examine_plain};
