//! Plain HTTP on the port of the WebSockets, asked for by programs that others
//! wrote.

mod answers;
mod curl;
mod files;
mod keep_alive;
mod limits;
mod outflow;
pub mod site;
