//! What attackers and accidents do to WebSocket libraries: a file for each
//! class. SECURITY.md says which test holds which promise.

#[cfg(target_os = "linux")]
mod allocation;
#[cfg(target_os = "linux")]
pub mod alone;
#[cfg(target_os = "linux")]
mod bombs;
mod deflate_parameters;
#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
mod footprint;
mod fragments;
mod framing;
#[cfg(target_os = "linux")]
mod handles;
mod handshake_cost;
mod injection;
#[cfg(target_os = "linux")]
mod leaks;
mod masks;
mod origins;
#[cfg(target_os = "linux")]
mod pings;
mod raw;
#[cfg(target_os = "linux")]
mod receiving;
mod sending;
#[cfg(target_os = "linux")]
mod slow_handshake;
mod smuggling;
mod violations;
