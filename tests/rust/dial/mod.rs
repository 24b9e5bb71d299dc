//! How a client gets to its server: look-up, connecting, proxies, credentials,
//! redirects, cookies. Against proxies and servers written by others; against
//! ones written here for what those never do.

mod authentication;
mod cookies;
mod dialling;
mod elsewhere;
mod encrypted;
mod environment;
mod http_peer;
mod leaks;
mod names;
mod programs;
mod proxies;
mod proxy_answers;
pub mod questions;
mod redirects;
mod routes;
mod scripted;
mod socks_answers;
mod unix;
