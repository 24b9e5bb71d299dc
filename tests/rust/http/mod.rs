//! Plain HTTP on the port of the WebSockets, asked for by programs that others
//! wrote.

mod answers;
mod crowds;
mod curl;
mod files;
mod hosts;
mod http2;
mod http2_limits;
mod http2_refusals;
mod keep_alive;
mod limits;
mod outflow;
mod proxies;
pub mod site;
