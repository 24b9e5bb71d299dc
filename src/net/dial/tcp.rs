//! A TCP stream to a host.

use super::lookup::look_up;
use super::race::race;
use super::{Deadline, DialError, HostPort, SocketOptions};
use crate::net::Stream;

/// Connects to the first address of a host that answers.
///
/// # Errors
///
/// The name is not known, no address answered, or the deadline passed: each
/// says at which step, and for which address.
pub async fn dial_tcp(
    place: &HostPort,
    options: &SocketOptions,
    deadline: Deadline,
) -> Result<Stream, DialError> {
    let mut addresses = look_up(place, &deadline).await?;
    if let Some(local) = options.local {
        addresses.retain(|address| address.is_ipv4() == local.is_ipv4());
        if addresses.is_empty() {
            return Err(DialError::OtherFamily { host: place.name(), local });
        }
    }
    race(addresses, deadline, |address| async move {
        let socket = options.make(address)?;
        Stream::dialled(socket.connect(address).await?)
    })
    .await
}
