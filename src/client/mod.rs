//! Opening a connection.

mod open;

pub use open::{Opening, open};
