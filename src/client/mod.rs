//! Opening a connection.

mod open;
mod tls;

pub use open::{Opening, open};
